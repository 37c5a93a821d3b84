"""Errors as others see them: RFC 9457 problem details, an OperationOutcome under `/fhir`, a page for a browser.

A problem says where to look and what was expected, never what stood there: it may have been someone's name.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.edge.web import rendering
from hub.errors import (
    Conflict,
    HubError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SignInAgain,
    TooLarge,
    TooMany,
    Unavailable,
)
from schemas.frozen import Frozen

MACHINE_PATHS = ("/api/", "/fhir/", "/hmis/", "/oauth2/", "/.well-known/")
KINDS: Mapping[int, type[HubError]] = {
    kind.status: kind for kind in (NotSignedIn, NotAllowed, NotFound, Conflict, TooLarge, Invalid, TooMany, Unavailable)
}
# FHIR R4 IssueType: http://hl7.org/fhir/R4/valueset-issue-type.html
ISSUE_TYPES: Mapping[int, str] = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    413: "too-long",
    422: "invalid",
    429: "throttled",
    503: "transient",
}
# The messages of these say what the schema expects; those of others may repeat what was sent.
SAYS_WHAT_IS_EXPECTED = frozenset(
    {
        "bool_type",
        "date_type",
        "datetime_type",
        "dict_type",
        "enum",
        "expected",
        "float_type",
        "greater_than",
        "greater_than_equal",
        "int_type",
        "less_than",
        "less_than_equal",
        "list_type",
        "literal_error",
        "missing",
        "string_pattern_mismatch",
        "string_too_long",
        "string_too_short",
        "string_type",
        "timezone_aware",
        "tuple_type",
    }
)
# Where htmx puts a problem: what was typed stays, and the answer to an earlier question goes.
BESIDE_THE_FORM = {
    "HX-Retarget": "#refusal",
    "HX-Reselect": "#problem",
    "HX-Reswap": "innerHTML show:#refusal:top",
}
BROKEN = "The hub could not finish this. Nothing was changed or disclosed."


class Misfit(Frozen):
    """Where a request does not fit, and what is expected there."""

    at: str
    code: str
    expected: str


class Problem(Frozen):
    """Problem details (RFC 9457), with what can be done and the number to quote."""

    type: str
    title: str
    status: int
    detail: str
    next_steps: str = ""
    request_id: str
    errors: tuple[Misfit, ...] = ()


def install(app: FastAPI) -> None:
    """Every error of this app is answered as a problem; what nobody expected is caught by `middleware.Unexpected`."""
    app.add_exception_handler(HubError, _of_the_hub)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(OperationalError, _of_the_database)
    app.add_exception_handler(InterfaceError, _of_the_database)
    app.add_exception_handler(PoolTimeout, _of_the_database)
    app.add_exception_handler(DataError, _of_what_cannot_be_kept)


def problem_of(request: Request, error: HubError, errors: Sequence[Misfit] = ()) -> Problem:
    """The problem that an error is."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()
    return Problem(
        type=f"urn:handoff-hub:problem:{kind}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        next_steps=error.next_steps,
        request_id=request_id(request),
        errors=tuple(errors),
    )


def request_id(request: Request) -> str:
    """The number under which this request stands in the logs."""
    return str(getattr(request.state, "request_id", ""))


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem in the form that suits who asked."""
    path = request.scope["path"]
    if path.startswith("/fhir/"):
        return _json(_operation_outcome(problem), problem, "application/fhir+json", headers)
    if rendering.wants_page(request) and not path.startswith(MACHINE_PATHS):
        if problem.status == NotSignedIn.status:
            return _to_sign_in(request)
        return _page(request, problem, headers or {})
    return _json(problem.model_dump(exclude_defaults=True), problem, "application/problem+json", headers)


def unexpected(request: Request) -> Response:
    """The answer to what nobody foresaw; says nothing of what it was."""
    return answer(request, problem_of(request, HubError(BROKEN, next_steps="Try again, or quote the request number.")))


def _of_the_hub(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    if isinstance(error, SignInAgain):
        return _to_show_it_again(request, error)
    return answer(request, problem_of(request, error), _when_again(error))


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = KINDS.get(error.status_code)
    if kind is not None:
        return answer(request, problem_of(request, kind(_phrase(error.status_code))), error.headers)
    title = _phrase(error.status_code)
    plain = Problem(
        type="about:blank", title=title, status=error.status_code, detail=title, request_id=request_id(request)
    )
    return answer(request, plain, error.headers)


def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    misfits = [misfit_of(one) for one in error.errors()]
    invalid = Invalid("The request does not fit; errors says where.", next_steps="Correct it and send it again.")
    return answer(request, problem_of(request, invalid, misfits))


def _of_the_database(request: Request, _error: Exception) -> Response:
    down = Unavailable("The database does not answer. Nothing was changed or disclosed.", next_steps="Try again soon.")
    return answer(request, problem_of(request, down), _when_again(down))


def _of_what_cannot_be_kept(request: Request, _error: Exception) -> Response:
    """A value that no schema refused and the database cannot hold, as a NUL character or a number beyond 64 bits."""
    invalid = Invalid("A text holds a NUL character, or a number is too large.", next_steps="Correct it.")
    return answer(request, problem_of(request, invalid))


def _when_again(error: HubError) -> dict[str, str]:
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}


def misfit_of(error: Mapping[str, Any]) -> Misfit:
    """Where, and what is expected there; an attribute nobody knows is not named, for it is the sender's word."""
    place = [str(part) for part in error["loc"]]
    if error["type"] == "extra_forbidden":
        place[-1] = "*"
    return Misfit(at=".".join(place), code=error["type"], expected=_expected(error))


def _expected(error: Mapping[str, Any]) -> str:
    if error["type"] in SAYS_WHAT_IS_EXPECTED:
        return str(error["msg"])
    if error["type"] == "extra_forbidden":
        return "No attribute of this name"
    if error["type"] == "union_tag_invalid":
        return f"One of {error['ctx']['expected_tags']}"
    if error["type"] == "json_invalid":
        return "Well-formed JSON"
    kind = str(error["type"]).removesuffix("_parsing")
    return "Something else: " + kind.replace("_", " ")


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def _page(request: Request, problem: Problem, headers: Mapping[str, str]) -> Response:
    beside = rendering.is_htmx(request)
    context = {"problem": problem, "beside_the_form": beside}
    placed = {**headers, **(BESIDE_THE_FORM if beside else {})}
    return rendering.page(request, "problem.html", context, status=problem.status, headers=placed)


def _json(body: Mapping[str, Any], problem: Problem, media_type: str, headers: Mapping[str, str] | None) -> Response:
    return JSONResponse(dict(body), problem.status, headers=headers, media_type=media_type)


def _operation_outcome(problem: Problem) -> dict[str, Any]:
    """FHIR R4 OperationOutcome: one issue for each misfit, or one for the whole."""
    code = ISSUE_TYPES.get(problem.status, "exception" if problem.status >= 500 else "processing")
    text = " ".join(part for part in (problem.detail, problem.next_steps, f"Request {problem.request_id}.") if part)
    issue: dict[str, Any] = {"severity": "error", "code": code, "details": {"text": problem.title}, "diagnostics": text}
    misfits = [{**issue, "diagnostics": f"{one.at}: {one.expected}"} for one in problem.errors]
    return {"resourceType": "OperationOutcome", "issue": misfits or [issue]}


def _to_show_it_again(request: Request, error: SignInAgain) -> Response:
    """A page that needs a fresh sign-in leads to one and back; a program is told so as RFC 9470 has it."""
    if rendering.wants_page(request) and not request.scope["path"].startswith(MACHINE_PATHS):
        return RedirectResponse(f"/sign-in/again?next={quote(request.scope['path'])}", status_code=303)
    challenge = f'Bearer error="insufficient_user_authentication", max_age={error.within}'
    return answer(request, problem_of(request, error), {"WWW-Authenticate": challenge})


def _to_sign_in(request: Request) -> Response:
    """A page for which nobody is signed in leads to the sign-in page and from there back."""
    where = rendering.sign_in_path(request)
    if rendering.is_htmx(request):
        return Response(status_code=204, headers={"HX-Redirect": where})
    return RedirectResponse(where, status_code=303)
