"""Loads the synthetic county the way a real one comes in: directory, every feed through its adapter, papers."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from secrets import token_bytes

from joserfc.jwk import ECKey
from sqlalchemy import Engine
from sqlmodel import Session, select

from hub.demo.county import County, FeedFile
from hub.demo.county.directory import CountyDirectory, DemoUser, Participant, Reach
from hub.demo.home import DemoHome
from hub.flow import files, intake
from hub.flow.evidence import EvidenceDesk
from hub.flow.report import Report
from hub.flow.staffing import Assignment, assign
from hub.store.accounts import Caller, CallerKind, Clients, HubRole, HubScope, Users
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow, webhook_place
from hub.store.listings import Listings, Whose
from schemas.canonical import Identifier
from schemas.listing import Listed
from schemas.vocab import Role

PASSWORD = "riverbend-county-demo"  # noqa: S105  (invented people; printed at every start)
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (the same)
ACTOR = "hub:demo"
LIMIT = 4 * 1024**3

PERSON_SYSTEMS = {
    "riverbend-hmis": "urn:hub:hmis:PersonalID",
    "cedar-opioid-treatment": "urn:hub:fhir:fhir.cedar-opioid-treatment.example/Patient",
    "lakeside-clinic": "urn:hub:fhir:fhir.lakeside-clinic.example/Patient",
}

ON_COUNTY_TIME = (("riverbend-hmis", "hmis-csv"), ("mercy-hospital", "hl7v2"))
"""Those who send the time on the wall and do not say whose."""

CLIENTS: dict[str, tuple[Role, tuple[str, ...]]] = {
    "harbor-mobile-crisis": (Role.CLINICIAN, (HubScope.CONTACT_QUERY, HubScope.HANDOFF, HubScope.HMIS_READ)),
    "open-door-shelter": (Role.CASE_MANAGER, (HubScope.HANDOFF, HubScope.HMIS_READ)),
    "riverbend-hmis": (
        Role.INTERFACE,
        (HubScope.HMIS_READ, HubScope.HMIS_WRITE, HubScope.CONSENT_WRITE, HubScope.AUDIT_READ),
    ),
    "riverbend-jail": (Role.INTERFACE, (HubScope.BOOKING_WRITE,)),
    "lakeside-clinic": (Role.INTERFACE, (HubScope.RECORDS_WRITE,)),
    "cedar-opioid-treatment": (Role.INTERFACE, (HubScope.RECORDS_WRITE,)),
    "willow-peer-respite": (Role.PEER_SPECIALIST, (HubScope.HANDOFF,)),
}


def is_loaded(engine: Engine) -> bool:
    """Whether a county is there from an earlier start."""
    with Session(engine) as session:
        return session.exec(select(ParticipantRow.slug).limit(1)).first() is not None


def load(home: DemoHome) -> Iterator[tuple[FeedFile, Report]]:
    """Loads everything; tells of each file as it is in."""
    county = home.county
    directory = county.directory()
    with transaction(home.engine) as session:
        _set_up(session, directory)
    for file in county.files:
        yield file, import_file(home, file)
    with transaction(home.engine) as session:
        _describe_programs(session, directory)
        _file_papers(session, home.keys, county)
    with transaction(home.engine) as session:
        _register(session, home, directory)


def import_file(home: DemoHome, file: FeedFile) -> Report:
    """One file, sealed and read as any other."""
    message = files.from_path(file.path, feed=file.feed, source=file.source, limit=LIMIT)
    with transaction(home.engine) as session:
        if file.definition is not None:
            Directory(session).define_feed(file.source, file.feed, file.definition.read_text("utf-8"))
        receipt = intake.receive(session, home.keys, message, actor=ACTOR, held_for=intake.HELD)
    return intake.Reader(home.at_work, home.keys, auto_link=home.settings.auto_link, actor=ACTOR).read(receipt.id)


def _set_up(session: Session, county: CountyDirectory) -> None:
    directory = Directory(session)
    sources = {organization.participant: organization.source for organization in county.organizations}
    for participant in sorted(county.participants, key=lambda one: one.slug in sources):
        row = _row(participant, sources.get(participant.slug))
        directory.add(row)
        _list(session, Whose(row), participant.reach)
    for organization in county.organizations:
        directory.knows_as(organization.source, organization.key, organization.participant)
    for agreement in county.agreements:
        directory.agree(agreement)
    for source, feed in ON_COUNTY_TIME:
        directory.define_feed(source, feed, f'timezone = "{county.time_zone}"')
    directory.lay_down(county.policies, at=datetime.now(UTC))


def _row(participant: Participant, administered_by: str | None) -> ParticipantRow:
    return ParticipantRow(
        slug=participant.slug,
        name=participant.name,
        capacities=sorted(participant.capacities),
        administered_by=administered_by,
    )


def _describe_programs(session: Session, county: CountyDirectory) -> None:
    directory = Directory(session)
    for program in county.programs:
        known = directory.program(program.source, program.key)
        if known is not None:
            directory.locate_program(program.source, program.key, program.area)
            _list(session, Whose(directory.participant(known.participant), known), program.reach)


def _list(session: Session, whose: Whose, ways: Iterable[Reach]) -> None:
    for way in ways:
        Listings(session).keep(whose, Listed(**way.model_dump()))


def _file_papers(session: Session, keys: Keys, county: County) -> None:
    at = datetime.now(UTC)
    for filed in county.consents():
        desk = EvidenceDesk(session, keys, _system(filed.source), at=at)
        desk.file(Identifier(system=PERSON_SYSTEMS[filed.source], value=filed.person), filed.consent)
    for one in county.assignments():
        said = one.assignment.model_dump(exclude={"kind"})
        person = Identifier(system=PERSON_SYSTEMS[one.source], value=one.person)
        assignment = Assignment(person=person, **said)
        assign(session, keys, one.source, assignment, at=at, actor=ACTOR)


def _system(participant: str) -> Caller:
    return Caller(kind=CallerKind.CLIENT, id=ACTOR, name=ACTOR, participant=participant, role=Role.INTERFACE)


def _register(session: Session, home: DemoHome, county: CountyDirectory) -> None:
    for user in county.users:
        _create_user(session, home.keys, user)
    home.client_keys.mkdir(mode=0o700, exist_ok=True)
    for client_id, (role, scopes) in CLIENTS.items():
        _register_client(session, home, client_id, role, scopes)


def _create_user(session: Session, keys: Keys, user: DemoUser) -> None:
    Users(session, keys).create(
        login=user.username,
        name=user.name,
        participant=user.participant,
        roles={HubRole(user.account)},
        role=user.role,
        password=PASSWORD,
        totp_secret=TOTP_SECRET,
    )


def _register_client(session: Session, home: DemoHome, client_id: str, role: Role, scopes: tuple[str, ...]) -> None:
    key = ECKey.generate_key("P-384", {"kid": f"{client_id}-1", "use": "sig"}, private=True)
    path = home.client_keys / f"{client_id}.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(key.as_dict(private=True)))
    keys = {"keys": [key.as_dict(private=False)]}
    Clients(session).register(
        client_id=client_id, name=client_id, participant=client_id, scopes=scopes, keys=keys, role=role
    )


def listens_at(session: Session, keys: Keys, participant: str, url: str) -> bytes:
    """Registers where a partner is told of news; gives the secret that webhooks are signed with."""
    secret = token_bytes(32)
    row = Directory(session).participant(participant)
    row.webhook_url = url
    row.sealed_webhook_secret = keys.accounts.seal(secret, webhook_place(participant))
    session.add(row)
    return secret
