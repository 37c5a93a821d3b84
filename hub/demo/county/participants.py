"""The organizations of Riverbend County, their programs, and who of them signs in to the demo."""

from hub.demo.county.agreements import agreements, policies
from hub.demo.county.days import ZONE, Calendar
from hub.demo.county.directory import (
    CountyDirectory,
    DemoUser,
    DirectoryProgram,
    Participant,
    ParticipantKind,
    Reach,
    SourceOrganization,
)
from hub.demo.county.programs import AGENCIES, HMIS, PROJECTS, Agency, Project
from schemas.vocab import Capacity, Role
from schemas.vocab.records import ProgramType

_ALWAYS = "daily 00:00-24:00"
_OFFICE = "Mon-Fri 08:00-17:00"


def _organization(
    slug: str,
    name: str,
    kind: ParticipantKind,
    capacities: tuple[Capacity, ...],
    phone: str,
    hours: str = _ALWAYS,
    feed: str | None = None,
) -> Participant:
    return Participant(
        slug=slug, name=name, kind=kind, capacities=capacities, reach=(Reach(value=phone, hours=hours),), feed=feed
    )


_HEALTH = (Capacity.COVERED_ENTITY, Capacity.HEALTH_CARE_PROVIDER)

_ORGANIZATIONS = (
    _organization(
        HMIS,
        "Riverbend County HMIS",
        ParticipantKind.HMIS,
        (Capacity.HMIS_LEAD,),
        "+1 555 0190",
        _OFFICE,
        feed="hmis-csv",
    ),
    _organization("mercy-hospital", "Mercy Hospital", ParticipantKind.HOSPITAL, _HEALTH, "+1 555 0170", feed="hl7v2"),
    _organization(
        "lakeside-clinic", "Lakeside Clinic", ParticipantKind.CLINIC, _HEALTH, "+1 555 0171", _OFFICE, feed="fhir"
    ),
    _organization(
        "cedar-opioid-treatment",
        "Cedar Opioid Treatment",
        ParticipantKind.PART2_PROGRAM,
        (*_HEALTH, Capacity.PART2_PROGRAM, Capacity.SUD_ONLY_FACILITY),
        "+1 555 0172",
        "Mon-Sat 05:30-14:00",
        feed="fhir",
    ),
    _organization(
        "riverbend-jail",
        "Riverbend Jail",
        ParticipantKind.JAIL,
        (Capacity.CORRECTIONAL_INSTITUTION,),
        "+1 555 0173",
        feed="jail",
    ),
    _organization(
        "riverbend-reentry",
        "Riverbend Re-entry Office",
        ParticipantKind.REENTRY,
        (Capacity.SOCIAL_SERVICES_AGENCY,),
        "+1 555 0174",
        _OFFICE,
    ),
    _organization(
        "harbor-safe-house",
        "Harbor Safe House",
        ParticipantKind.VICTIM_SERVICES,
        (Capacity.VICTIM_SERVICE_PROVIDER,),
        "+1 555 0160",
    ),
    _organization(
        "willow-peer-respite",
        "Willow Peer Respite",
        ParticipantKind.PEER_RESPITE,
        (Capacity.PEER_SUPPORT,),
        "+1 555 0175",
    ),
    _organization(
        "riverbend-warmline",
        "Riverbend Warmline",
        ParticipantKind.WARMLINE,
        (Capacity.PEER_SUPPORT,),
        "+1 555 0176",
        "daily 10:00-02:00",
    ),
    _organization(
        "harbor-mobile-crisis",
        "Harbor Mobile Crisis",
        ParticipantKind.CRISIS_TEAM,
        (*_HEALTH, Capacity.CRISIS_PROVIDER),
        "+1 555 0177",
    ),
    _organization(
        "county-crisis-line",
        "County Crisis Line (988)",
        ParticipantKind.CRISIS_LINE,
        (*_HEALTH, Capacity.CRISIS_CALL_CENTER),
        "988",
    ),
    _organization(
        "riverbend-311",
        "Riverbend 311",
        ParticipantKind.INFORMATION_LINE,
        (Capacity.MUNICIPAL_INFORMATION_LINE,),
        "311",
        "Mon-Fri 07:00-19:00",
    ),
    _organization(
        "riverbend-police", "Riverbend Police", ParticipantKind.POLICE, (Capacity.LAW_ENFORCEMENT,), "+1 555 0179"
    ),
)


def _agency(agency: Agency) -> Participant:
    front = next(project for project in PROJECTS if project.agency is agency)
    return _organization(
        agency.slug,
        agency.name,
        ParticipantKind.HOMELESS_SERVICES,
        (Capacity.HOMELESS_SERVICES, Capacity.HMIS_PARTICIPANT),
        front.phone,
        front.hours,
    )


def _hmis_program(project: Project) -> DirectoryProgram:
    return DirectoryProgram(
        participant=project.agency.slug,
        source=HMIS,
        key=project.key,
        name=project.name,
        type=project.kind,
        reach=(Reach(value=project.phone, hours=project.hours),),
        area=project.area,
        funding=(project.funding,) if project.funding else (),
    )


def _program(slug: str, key: str, name: str, kind: ProgramType, area: str) -> DirectoryProgram:
    """A program of a participant that speaks for itself, reached as its organization is."""
    organization = next(found for found in _ORGANIZATIONS if found.slug == slug)
    return DirectoryProgram(
        participant=slug, source=slug, key=key, name=name, type=kind, reach=organization.reach, area=area
    )


_OTHER_PROGRAMS = (
    _program("lakeside-clinic", "primary-care", "Primary Care", ProgramType.CLINIC, "Lakeside"),
    _program(
        "cedar-opioid-treatment",
        "opioid-treatment",
        "Opioid Treatment",
        ProgramType.SUBSTANCE_USE_TREATMENT,
        "Cedar Avenue",
    ),
    _program("riverbend-reentry", "reentry", "Re-entry Planning", ProgramType.REENTRY, "Downtown"),
    _program("willow-peer-respite", "respite", "Peer Respite", ProgramType.PEER_RESPITE, "Westside"),
    _program("riverbend-warmline", "warmline", "Warmline", ProgramType.WARMLINE, "Riverbend County"),
    _program("harbor-mobile-crisis", "mobile-crisis", "Mobile Crisis", ProgramType.CRISIS_TEAM, "Riverbend County"),
)

_USERS = (
    DemoUser(
        username="nora",
        name="Nora Whitfield",
        participant="harbor-mobile-crisis",
        title="crisis clinician",
        role=Role.CLINICIAN,
        account="crisis-worker",
    ),
    DemoUser(
        username="dev",
        name="Dev Anand",
        participant="harbor-mobile-crisis",
        title="peer specialist",
        role=Role.PEER_SPECIALIST,
        account="handoff-staff",
    ),
    DemoUser(
        username="ana",
        name="Ana Reyes",
        participant="open-door-shelter",
        title="outreach worker",
        role=Role.CASE_MANAGER,
        account="handoff-staff",
    ),
    DemoUser(
        username="grace",
        name="Grace Adeyemi",
        participant="open-door-shelter",
        title="shelter case manager",
        role=Role.CASE_MANAGER,
        account="hmis-staff",
    ),
    DemoUser(
        username="wren",
        name="Wren Castellanos",
        participant="willow-peer-respite",
        title="peer specialist",
        role=Role.PEER_SPECIALIST,
        account="handoff-staff",
    ),
    DemoUser(
        username="odile",
        name="Odile Marchetti",
        participant="riverbend-hmis",
        title="compliance officer",
        role=Role.ADMINISTRATOR,
        account="compliance-officer",
    ),
    DemoUser(
        username="ines",
        name="Ines Kowalczyk",
        participant="harbor-mobile-crisis",
        title="compliance officer",
        role=Role.ADMINISTRATOR,
        account="compliance-officer",
    ),
    DemoUser(
        username="priya",
        name="Priya Raman",
        participant="riverbend-hmis",
        title="privacy officer",
        role=Role.ADMINISTRATOR,
        account="privacy-officer",
    ),
    DemoUser(
        username="sam",
        name="Sam Okafor",
        participant="riverbend-hmis",
        title="privacy officer",
        role=Role.ADMINISTRATOR,
        account="privacy-officer",
    ),
    DemoUser(
        username="tomas",
        name="Tomas Eriksen",
        participant="riverbend-hmis",
        title="system administrator",
        role=Role.ADMINISTRATOR,
        account="administrator",
    ),
)


def directory(calendar: Calendar) -> CountyDirectory:
    """The county's directory as it stands on the calendar's today."""
    return CountyDirectory(
        county="Riverbend County",
        time_zone=ZONE.key,
        participants=(*map(_agency, AGENCIES), *_ORGANIZATIONS),
        organizations=tuple(
            SourceOrganization(source=HMIS, key=agency.key, participant=agency.slug) for agency in AGENCIES
        ),
        programs=(*map(_hmis_program, PROJECTS), *_OTHER_PROGRAMS),
        agreements=agreements(calendar),
        policies=policies(),
        users=_USERS,
    )
