"""Declared emergencies: the queue, and one of them with its review."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import RedirectResponse, Response

from hub.edge.auth.guards import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.edge.web import rendering
from hub.flow.reviews import Reviews
from schemas.emergencies import Queue, Review
from schemas.vocab.ledgers import Verdict

ON_A_PAGE = 25
EXPECTED = {"verdict": "Choose what you find.", "note": "Say why, in at most 2000 characters."}

router = APIRouter()


class ReviewForm(BaseModel):
    """The form as typed."""

    verdict: str = ""
    note: str = ""


@router.get("/emergencies")
def queue(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    officer: CallerDep,
    queue: Annotated[Queue, Query()] = Queue.WAITING,
    after: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The declared emergencies that the officer may review, the oldest first."""
    found = Reviews(session, keys, officer, at=at).queue(queue, after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    more = f"/emergencies?queue={queue}&after={shown[-1].id}" if len(found) > ON_A_PAGE else None
    return rendering.page(
        request, "emergencies.html", {"found": shown, "queue": queue, "queues": list(Queue), "more": more}
    )


@router.get("/emergencies/{declaration_id}")
def one(
    request: Request, session: SessionDep, keys: KeysDep, at: NowDep, officer: CallerDep, declaration_id: UUID
) -> Response:
    """One declared emergency: what was stated, what became of it, and its review."""
    return _page(request, Reviews(session, keys, officer, at=at), declaration_id, ReviewForm())


@router.post("/emergencies/{declaration_id}")
def review(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    officer: CallerDep,
    declaration_id: UUID,
    form: Annotated[ReviewForm, Form()],
) -> Response:
    """Writes the review; a form with mistakes comes back with each of them named."""
    reviews = Reviews(session, keys, officer, at=at)
    try:
        found = Review.model_validate(form.model_dump())
    except ValidationError as error:
        fields = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
        return _page(request, reviews, declaration_id, form, {name: EXPECTED[name] for name in fields})
    reviews.review(declaration_id, found)
    return RedirectResponse(f"/emergencies/{declaration_id}", status_code=303)


def _page(
    request: Request, reviews: Reviews, declaration: UUID, form: ReviewForm, wrong: dict[str, str] | None = None
) -> Response:
    context = {
        "one": reviews.get(declaration),
        "form": form,
        "wrong": wrong or {},
        "verdicts": {verdict.value: verdict.meaning for verdict in Verdict},
    }
    return rendering.page(request, "emergency.html", context, status=422 if wrong else 200)
