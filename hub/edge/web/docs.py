"""The API to read and to try: Swagger UI over `/openapi.json`, from files of our own."""

from importlib.metadata import version
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from hub.edge.web import rendering

FILES = "/docs/files"
CARRIED_BY = "fastapi-swagger"
"""The package that carries Swagger UI as its makers publish it; nothing else of it is used."""

router = APIRouter()


@router.get("/docs")
def docs(request: Request) -> Response:
    """Tries requests with an access token that is pasted; it is kept in the page alone, and gone with it."""
    return rendering.page(request, "docs.html", {"swagger": swagger})


def install(app: FastAPI) -> None:
    """Adds the files that the page is made of."""
    app.mount(FILES, rendering.StaticFiles(packages=[("fastapi_swagger", "resources")]), name="swagger")


def swagger(name: str) -> str:
    """The address of a file of Swagger UI; it changes when the package does."""
    return f"{FILES}/{name}?v={quote(version(CARRIED_BY))}"
