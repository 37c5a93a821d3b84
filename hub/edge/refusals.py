"""In the OpenAPI document, what any door that is guarded may answer instead of what it is for, and in which shape."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from hub.edge.problems import Problem
from hub.errors import Conflict, Invalid, TooLarge, TooMany, Unavailable

PROBLEM = "ProblemDetails"
KEYED = "idempotency-key"
_WAIT = "Too many requests in this minute, or messages that wait to be read; Retry-After may say for how long."
_DOWN = "The hub cannot answer now, and has changed and disclosed nothing. Retry-After may say when to ask again."


def install(app: FastAPI) -> None:
    """Adds the refusals to the document of an app whose problems and routes are in."""
    app.openapi = _telling(app.openapi)  # type: ignore[method-assign]


def _telling(openapi: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    def told() -> dict[str, Any]:
        document = openapi()
        schemas = document["components"].setdefault("schemas", {})
        if PROBLEM not in schemas:
            schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= {**schema.pop("$defs"), PROBLEM: schema}
            for path, methods in document["paths"].items():
                for operation in methods.values():
                    if operation.get("security"):
                        _tell(path, operation)
        return document

    return told


def _tell(path: str, operation: dict[str, Any]) -> None:
    said: dict[str, Any] = operation["responses"]
    for status, description in _refusals(operation).items():
        said.setdefault(str(status), {"description": description})
    for code, response in said.items():
        if int(code) >= HTTPStatus.BAD_REQUEST:
            response.pop("content", None)
            response.update(_shaped(path))


def _refusals(operation: Mapping[str, Any]) -> dict[int, str]:
    """What may be answered besides 401 and 403, which the access table tells."""
    takes_a_body = "requestBody" in operation
    parameters = operation.get("parameters", ())
    keyed = any(one["name"] == KEYED for one in parameters)
    return {
        **({Conflict.status: "Another request came with this idempotency key."} if keyed else {}),
        **({TooLarge.status: "The body is larger than this hub takes."} if takes_a_body else {}),
        **({Invalid.status: "The request does not fit; errors says where."} if takes_a_body or parameters else {}),
        TooMany.status: _WAIT,
        Unavailable.status: _DOWN,
        HTTPStatus.INTERNAL_SERVER_ERROR.value: "The hub could not finish this, and has changed and disclosed nothing.",
    }


def _shaped(path: str) -> dict[str, Any]:
    if path.startswith("/fhir/"):
        return {"content": {"application/fhir+json": {"schema": {"type": "object", "description": "OperationOutcome"}}}}
    return {"content": {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}}}
