"""Accountings of disclosures: the form, and the accounting under it, to be printed. A name is never in a URL."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from hub.edge.auth import CallerDep, RecencyDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.edge.web import again, rendering
from hub.errors import Invalid
from hub.flow.accounting import LAW_HAS_SUMMARIES, Accountant
from hub.store.accounts import Caller, HubRole
from schemas.accountings import Accounting, AccountingAsked
from schemas.vocab.ledgers import Ledger

WHO = "Enter a name, or an identifier with its system."
EXPECTED = {
    "law": "Choose an accounting.",
    "given": "Keep the first name to 200 characters.",
    "family": "Keep the last name to 200 characters.",
    "birth_date": "Enter a real birth date.",
    "system": "Enter the system of the identifier, like urn:mercy:mrn.",
    "value": "Enter the identifier.",
    "since": "Enter a real day.",
    "received_on": "Enter the day on which the written request came, today at the latest.",
    "identity_verified": "Make sure that the request is the person\u2019s own.",
}

router = APIRouter()


class AccountingForm(BaseModel):
    """The form as typed."""

    law: str = ""
    given: str = ""
    family: str = ""
    birth_date: str = ""
    system: str = ""
    value: str = ""
    since: str = ""
    summarised: str = ""
    received_on: str = ""
    identity_verified: str = ""


@router.get("/accountings")
def empty(request: Request, at: NowDep, officer: CallerDep) -> Response:
    """The form."""
    return _page(request, officer, AccountingForm(received_on=at.date().isoformat()))


@router.post("/accountings")
def account(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    officer: CallerDep,
    lately: RecencyDep,
    form: Annotated[AccountingForm, Form()],
) -> Response:
    """The accounting; a form with mistakes comes back with each of them named."""
    wrong = _mistakes(form, for_the_person=_hands_over(officer), today=at.date())
    try:
        asked = None if wrong else AccountingAsked.model_validate(_said(form, for_the_person=_hands_over(officer)))
    except ValidationError as error:
        wrong, asked = {name: EXPECTED[name] for name in _fields(error)}, None
    if asked is None:
        return _page(request, officer, form, wrong=wrong)
    if not lately.holds:
        return again.show(request, "/accountings", form)
    try:
        made = Accountant(session, keys, officer, at=at).account(asked)
    except Invalid as refusal:
        return _page(request, officer, form, wrong={"law": refusal.detail})
    return _page(request, officer, form, made=made)


def _hands_over(officer: Caller) -> bool:
    """A privacy officer makes people's own copies; any other officer one for themselves."""
    return HubRole.PRIVACY_OFFICER in officer.roles


def _mistakes(form: AccountingForm, *, for_the_person: bool, today: date) -> dict[str, str]:
    wrong = {}
    if not any(said.strip() for said in (form.given, form.family, form.system, form.value)):
        wrong["given"] = WHO
    if bool(form.system.strip()) is not bool(form.value.strip()):
        missing = "value" if form.system.strip() else "system"
        wrong[missing] = EXPECTED[missing]
    if for_the_person and not form.identity_verified:
        wrong["identity_verified"] = EXPECTED["identity_verified"]
    if for_the_person and form.received_on > today.isoformat():
        wrong["received_on"] = EXPECTED["received_on"]
    return wrong


def _said(form: AccountingForm, *, for_the_person: bool) -> dict[str, Any]:
    identifier = {"system": form.system.strip(), "value": form.value.strip()}
    return {
        "law": form.law,
        "since": form.since.strip() or None,
        "summarised": bool(form.summarised) and form.law in LAW_HAS_SUMMARIES,
        "person": {
            "given": form.given.strip() or None,
            "family": form.family.strip() or None,
            "birth_date": form.birth_date.strip() or None,
            "identifiers": [identifier] if identifier["value"] else [],
        },
        "request": {"received_on": form.received_on.strip(), "identity_verified": True} if for_the_person else None,
    }


def _fields(error: ValidationError) -> dict[str, None]:
    """The fields of the form in which something does not fit, in their order."""
    return dict.fromkeys(
        next(str(part) for part in reversed(one["loc"]) if str(part) in EXPECTED) for one in error.errors()
    )


def _page(
    request: Request,
    officer: Caller,
    form: AccountingForm,
    *,
    wrong: dict[str, str] | None = None,
    made: Accounting | None = None,
) -> Response:
    context = {
        "form": form,
        "wrong": wrong or {},
        "made": made,
        "laws": {ledger.value: ledger.meaning for ledger in Ledger},
        "for_the_person": _hands_over(officer),
    }
    return rendering.page(request, "accountings.html", context, status=422 if wrong else 200)
