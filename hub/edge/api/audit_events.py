"""FHIR AuditEvent: search and read, after IHE BALP. No parameter carries a name; each look is itself in the log."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from adapters.fhir.audit_events import searchset
from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.errors import Invalid, NotFound
from hub.flow.audit_events import Sought, act_of, numbered, pseudonym, search
from hub.settings import Settings
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog, Wanted
from hub.store.ledgers import LogReader

router = APIRouter(prefix="/fhir/AuditEvent", tags=["FHIR"])

FHIR_JSON = "application/fhir+json"
LARGEST_SEQ = 2**63 - 1
NOBODY = "nobody"
TIME = r"T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)"
DATE = re.compile(rf"(?P<how>eq|ge|gt|le|lt)?(?P<when>\d{{4}}-\d\d-\d\d(?P<time>{TIME})?)")
EXPECTED = "a day or a moment with its zone, after eq, ge, gt, le or lt, as ge2026-06-01"

Token = Annotated[str, Field(max_length=200)]
Dates = Annotated[
    list[Annotated[str, Field(max_length=40)]],
    BeforeValidator(lambda said: [said] if isinstance(said, str) else said),
    Field(max_length=2),
]


class Asked(BaseModel):
    """Search parameters (FHIR R4 AuditEvent). `entity` is a person's pseudonym; `_after` belongs to a next page."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    date: Dates = []
    type: Token | None = None
    subtype: Token | None = None
    outcome: Annotated[str, Field(pattern=r"^(0|4|8|12)$")] | None = None
    entity: Token | None = None
    count: int = Field(default=50, alias="_count", ge=1, le=200)
    after: int | None = Field(default=None, alias="_after", ge=0, le=LARGEST_SEQ)
    form: str | None = Field(default=None, alias="_format", max_length=60)

    def sought(self) -> Sought:
        """Raises `Invalid` for a date that is none."""
        wanted = Wanted(act=act_of(self.subtype))
        for since, until in map(_span, self.date):
            wanted["since"] = max(filter(None, (since, wanted.get("since"))), default=None)
            wanted["until"] = min(filter(None, (until, wanted.get("until"))), default=None)
        if self.entity is not None:
            wanted["subject"] = pseudonym(self.entity) or NOBODY
        return Sought(wanted, self.type, self.subtype, self.outcome)

    def address(self, base: str, *, after: int | None) -> str:
        """Where these are found, from the page after an entry on."""
        said = self.model_dump(by_alias=True, exclude_none=True, exclude={"after"})
        page = {} if after is None else {"_after": after}
        return f"{base}/AuditEvent?{urlencode({**said, **page}, doseq=True)}"


class Desk:
    """Answers one caller."""

    def __init__(
        self, caller: CallerDep, session: SessionDep, keys: KeysDep, settings: SettingsDep, at: NowDep
    ) -> None:
        self.reader = LogReader.of(session, keys, caller.participant, at=at)
        self.trail = AuditLog(session, keys)
        self.caller: Caller = caller
        self.settings: Settings = settings
        self.at: datetime = at

    def search(self, asked: Asked) -> Response:
        base = f"{self.settings.public_url}/fhir"
        page = search(self.reader, asked.sought(), after=asked.after, count=asked.count)
        self.record({**asked.model_dump(by_alias=True, exclude_none=True), "found": len(page.found)})
        following = None if page.more_after is None else asked.address(base, after=page.more_after)
        this = asked.address(base, after=asked.after)
        return _fhir(searchset(page.found, base=base, this=this, following=following))

    def read(self, event: str) -> Response:
        seq, _, part = event.partition(".")
        found = numbered(self.reader, int(seq), int(part or 0))
        if found is None:
            raise NotFound("There is no such AuditEvent.")
        self.record({"seq": int(seq)})
        return _fhir(found)

    def record(self, details: dict[str, Any]) -> None:
        self.trail.append(
            Act.AUDIT_READ,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            details={"fhir": "AuditEvent", **details},
        )


DeskDep = Annotated[Desk, Depends()]


@router.get("")
def search_by_address(asked: Annotated[Asked, Query()], desk: DeskDep) -> Response:
    """AuditEvents as far as the caller's organization may see them, newest first."""
    return desk.search(asked)


@router.post("/_search")
def search_by_form(asked: Annotated[Asked, Form()], desk: DeskDep) -> Response:
    """The same, with the parameters in the body."""
    return desk.search(asked)


@router.get("/{event}")
def read(event: Annotated[str, Path(pattern=r"^\d{1,18}(\.\d{1,4})?$")], desk: DeskDep) -> Response:
    """One AuditEvent."""
    return desk.read(event)


def _span(said: str) -> tuple[datetime | None, datetime | None]:
    """From when on, and until before when; a day is a day in UTC."""
    found = DATE.fullmatch(said)
    if found is None:
        raise Invalid(f"date: should be {EXPECTED}.")
    try:
        first = datetime.fromisoformat(found["when"])
        first = first.replace(tzinfo=first.tzinfo or UTC)
        after = first + (timedelta(microseconds=1) if found["time"] else timedelta(days=1))
    except (ValueError, OverflowError):
        raise Invalid(f"date: should be {EXPECTED}.") from None
    spans = {"eq": (first, after), "ge": (first, None), "gt": (after, None), "le": (None, after), "lt": (None, first)}
    return spans[found["how"] or "eq"]


def _fhir(resource: Any) -> Response:
    return Response(resource.model_dump_json(exclude_none=True), media_type=FHIR_JSON)
