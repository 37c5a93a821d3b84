"""Find a contact: a crisis worker asks, and the answer stands on the same page. A name is never in a URL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Form, Request
from sqlmodel import Session
from starlette.responses import Response

from hub.edge.auth import CallerDep, RecencyDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.edge.web import again, rendering
from hub.edge.web.contact_form import EMERGENCIES, PURPOSES, UNOBTAINABLE, ContactForm, Mistake, question_in
from hub.flow import contacts
from hub.flow.reaching import at_this_hour
from hub.store.accounts import Caller
from hub.store.crypto import Keys
from hub.store.terms import terms
from schemas.contacts import STANDING_NOTICE, ContactAnswer, ContactQuery
from schemas.listing import reach_on
from schemas.vocab.records import ProgramType

router = APIRouter()


class Ask(Protocol):
    """Answers a question and records it in the same transaction."""

    def __call__(
        self, session: Session, keys: Keys, caller: Caller, query: ContactQuery, *, at: datetime
    ) -> ContactAnswer: ...


def get_ask() -> Ask:
    """The question path."""
    return contacts.ask


@router.get("/contacts")
def empty(request: Request, session: SessionDep, at: NowDep, _caller: CallerDep) -> Response:
    """The form, and the ways on that are always open."""
    return _page(request, session, at, ContactForm())


@router.post("/contacts")
def ask(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    caller: CallerDep,
    lately: RecencyDep,
    form: Annotated[ContactForm, Form()],
    answer_to: Annotated[Ask, Depends(get_ask)],
) -> Response:
    """The answer under the form; a form with mistakes comes back with each of them named."""
    query = question_in(form)
    if not isinstance(query, ContactQuery):
        return _page(request, session, at, form, mistakes=query)
    if query.states_an_emergency() and not lately.holds:
        return again.show(request, "/contacts", form)
    return _page(request, session, at, form, answer=answer_to(session, keys, caller, query, at=at))


def _page(
    request: Request,
    session: Session,
    at: datetime,
    form: ContactForm,
    *,
    mistakes: Sequence[Mistake] = (),
    answer: ContactAnswer | None = None,
) -> Response:
    context = {
        "form": form,
        "mistakes": mistakes,
        "wrong": {mistake.field: mistake.message for mistake in mistakes},
        "answer": answer,
        "standing_notice": STANDING_NOTICE,
        "entry_lines": _entry_lines(session, at),
        "purposes": PURPOSES,
        "emergencies": EMERGENCIES,
        "unobtainable": UNOBTAINABLE,
    }
    return rendering.page(request, "contacts.html", context, status=422 if mistakes else 200)


def _entry_lines(session: Session, at: datetime) -> list[dict[str, object]]:
    """How to reach coordinated entry, the same whoever is asked about."""
    today = at.date()
    lines: list[dict[str, object]] = [
        {"name": program.name, "ways": at_this_hour(reach_on(program.reach, today), at)}
        for program in sorted(terms(session).programs.values(), key=lambda program: program.name)
        if program.type == ProgramType.COORDINATED_ENTRY and program.closed_on is None
    ]
    return [line for line in lines if line["ways"]]
