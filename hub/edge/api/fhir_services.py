"""FHIR for electronic health records: programs to anyone who takes part, and the contact answer as a Bundle.

A HealthcareService is about no person, so it is searched by address. Who works with a person is asked as ever, in the
body, with a purpose; the answer is the contact answer's own, in other words.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from adapters.fhir.contacts import contacts
from adapters.fhir.services import Offered, healthcare_service, searchset
from hub.edge.api.contact_queries import EXAMPLE
from hub.edge.auth import CallerDep, RecencyDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.flow.contacts import ask
from hub.store.directory import Directory, ProgramRow
from hub.store.terms import Terms, terms
from schemas.contacts import ContactQuery
from schemas.frozen import Slug
from schemas.listing import reach_on
from schemas.vocab import Capacity

router = APIRouter(prefix="/fhir", tags=["FHIR"])

FHIR_JSON = "application/fhir+json"


@router.get("/HealthcareService")
def search(
    _caller: CallerDep,
    session: SessionDep,
    settings: SettingsDep,
    at: NowDep,
    organization: Slug | None = None,
    kind: Annotated[str | None, Query(alias="service-type", max_length=60)] = None,
) -> Response:
    """Programs, of one organization or of all, of one type or of all."""
    rows = [row for row in Directory(session).programs(organization) if kind in {None, row.type}]
    known = terms(session)
    found = [healthcare_service(_offered(known, row, at)) for row in rows]
    return _fhir(searchset(found, base=f"{settings.public_url}/fhir"))


@router.post("/$contact")
def contact(
    query: Annotated[ContactQuery, Body(examples=[EXAMPLE])],
    caller: CallerDep,
    lately: RecencyDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
) -> Response:
    """Who in homeless services works with this person, as EpisodeOfCare and CareTeam."""
    if query.states_an_emergency():
        lately.insist()
    return _fhir(contacts(ask(session, keys, caller, query, at=at)))


def _offered(known: Terms, row: ProgramRow, at: datetime) -> Offered:
    """Where a victim service is, is told to nobody (34 U.S.C. 12291(b)(2))."""
    participant = known.participant(row.participant)
    in_hiding = Capacity.VICTIM_SERVICE_PROVIDER in participant.capacities
    return Offered(
        id=row.id,
        key=row.key,
        name=row.name,
        type=row.type,
        participant=row.participant,
        organization=participant.name,
        area=None if in_hiding else row.area,
        active=row.closed_on is None or row.closed_on >= at.date(),
        reach=reach_on(known.programs[row.source, row.key].reach or participant.reach, at.date()),
    )


def _fhir(resource: Any) -> Response:
    return Response(resource.model_dump_json(exclude_none=True), media_type=FHIR_JSON)
