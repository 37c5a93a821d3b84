"""The disclosure log: what was done and disclosed, and one entry explained. Reading it is itself recorded."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, StringConstraints, field_validator
from sqlmodel import Session
from starlette.responses import Response

from hub.edge.auth.guards import CallerDep
from hub.edge.parameters import After, Seq
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.edge.web import rendering
from hub.errors import Unavailable
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog, Entry, Unproven, Wanted, check_bundle, prove, witnessed
from hub.store.checkpoints import Verifier
from hub.store.crypto import Keys
from hub.store.directory import Directory
from hub.store.ledgers import LogReader
from schemas.frozen import Frozen, Slug
from schemas.vocab import Outcome, Purpose

ON_A_PAGE = 25
OUTCOMES = {
    Act.CONTACT_RELEASED: "released",
    Act.CONTACT_WITHHELD: "withheld",
    Act.CONTACT_REFUSED: "refused",
    Act.RECORDS_RELEASED: "released",
    Act.RECORDS_WITHHELD: "withheld",
    Act.RECORDS_REFUSED: "refused",
    Act.PARCEL_SENT: "released",
    Act.PARCEL_WITHHELD: "withheld",
    Act.HANDOFF_REVEALED: "released",
    Act.USER_SIGN_IN_FAILED: "refused",
    Act.CLIENT_TOKEN_REFUSED: "refused",
}

router = APIRouter()


class Filters(BaseModel):
    """Which entries are wanted; what is empty does not count. Days are UTC, both included.

    `after` is the number of the last entry on the page before.
    """

    act: Act | None = None
    participant: Slug | None = None
    actor: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,300}$")] | None = None
    since: date | None = None
    until: date | None = None
    after: After = None

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    def wanted(self) -> Wanted:
        return {
            "act": self.act,
            "participant": self.participant,
            "actor": self.actor,
            "since": _midnight(self.since),
            "until": _midnight(self.until, days=1),
        }

    def address(self, **changed: int) -> str:
        """The address of the page with these filters."""
        said = {**self.model_dump(mode="json", exclude_none=True), **changed}
        return f"/log?{urlencode(said)}"


class Proof(Frozen):
    """How far an entry's place in the log is proven: under which signed head, or None while it waits for one."""

    holds: bool | None
    size: int | None = None


@router.get("/log")
def entries(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    settings: SettingsDep,
    officer: CallerDep,
    filters: Annotated[Filters, Query()],
) -> Response:
    """The newest entries that fit the filters, a page at a time."""
    log, reader = AuditLog(session, keys), LogReader.of(session, keys, officer.participant, at=at)
    found = reader.entries(after=filters.after, limit=ON_A_PAGE + 1, **filters.wanted())
    shown = found[:ON_A_PAGE]
    _record(log, at, officer, filters.model_dump(mode="json", exclude_none=True))
    context = {
        "entries": shown,
        "witnessed": witnessed(session.connection(), settings.witnesses_needed),
        "filters": filters,
        "acts": list(Act),
        "participants": Directory(session).participants(),
        "outcomes": OUTCOMES,
        "newest": filters.model_copy(update={"after": None}).address(),
        "older": filters.address(after=shown[-1].seq) if len(found) > ON_A_PAGE else None,
    }
    return rendering.page(request, "log.html", context)


@router.get("/log/{seq}")
def entry(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    settings: SettingsDep,
    officer: CallerDep,
    seq: Seq,
) -> Response:
    """One entry explained: the question, what became of each piece and why, and whether its place is proven."""
    found = LogReader.of(session, keys, officer.participant, at=at).entry(seq)
    _record(AuditLog(session, keys), at, officer, {"seq": seq})
    context = {
        "entry": found,
        "question": _question(found),
        "decisions": found.details.get("decisions", []),
        "outcome": OUTCOMES.get(found.act),
        "meanings": {outcome.value: outcome.meaning for outcome in Outcome},
        "proof": proof_of(session, keys, seq),
        "witnessed": witnessed(session.connection(), settings.witnesses_needed),
    }
    return rendering.page(request, "entry.html", context)


def _question(entry: Entry) -> dict[str, Any]:
    """Everything but the decisions, the purpose spelled out."""
    said = {name: value for name, value in entry.details.items() if name != "decisions"}
    meaning = {purpose.value: purpose.meaning for purpose in Purpose}.get(str(said.get("purpose")))
    return {**said, "purpose": f"{said['purpose']}: {meaning}"} if meaning else said


def proof_of(session: Session, keys: Keys, seq: int) -> Proof:
    """Makes the entry's inclusion proof and checks it, as someone outside would."""
    try:
        bundle = prove(session, keys, seq, fields=())
        check_bundle(bundle)
    except Unavailable:
        return Proof(holds=None)
    except Unproven:
        return Proof(holds=False)
    return Proof(holds=True, size=Verifier.parse(bundle["key"]).open(bundle["checkpoint"]).size)


def _record(log: AuditLog, at: datetime, officer: Caller, read: dict[str, Any]) -> None:
    log.append(Act.AUDIT_READ, at=at, actor=officer.id, participant=officer.participant, details=read)


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=days), time(), UTC)
