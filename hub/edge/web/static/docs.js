// Starts Swagger UI. A token stays in the page's memory, and no address outside the hub is asked. The page can neither
// sign a request for a token nor set a session's cookie, so it offers no boxes for that.
const none = () => () => null;
const tokens = (found) => (...asked) => found(...asked).filter((scheme) => scheme.first().get("scheme") === "bearer");

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger",
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  tryItOutEnabled: true,
  plugins: [
    { wrapComponents: { oauth2: none, apiKeyAuth: none } },
    { statePlugins: { auth: { wrapSelectors: { definitionsToAuthorize: tokens } } } },
  ],
});
