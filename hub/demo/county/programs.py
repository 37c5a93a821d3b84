"""The homeless-services programs of the county and who works in them; HMIS and the directory are both told of these."""

from typing import NamedTuple

from schemas.vocab import Funding
from schemas.vocab.records import ProgramType

CONTINUUM = "XX-501"
HMIS = "riverbend-hmis"


class Agency(NamedTuple):
    """An organization that works in the HMIS: its OrganizationID there, and its slug in the directory."""

    id: str
    slug: str
    name: str
    victim_services: bool = False

    @property
    def key(self) -> str:
        """How records that came through the HMIS name it."""
        return f"Organization/{self.id}"


class Worker(NamedTuple):
    """Someone who works with people; `user` is their UserID in the HMIS."""

    user: str
    name: str
    role: str
    phone: str


class Project(NamedTuple):
    """A project: `type` of HMIS list 2.02.6, `funder` of 2.06.1."""

    id: str
    agency: Agency
    name: str
    type: int
    kind: ProgramType
    funder: int
    phone: str
    hours: str
    area: str
    workers: tuple[Worker, ...] = ()
    funding: Funding | None = None

    @property
    def key(self) -> str:
        """How records that came through the HMIS name it."""
        return f"Project/{self.id}"


OPEN_DOOR = Agency("101", "open-door-shelter", "Open Door Shelter")
MAPLE_STREET = Agency("102", "maple-street-family-shelter", "Maple Street Family Shelter")
COORDINATED_ENTRY = Agency("103", "riverbend-coordinated-entry", "Riverbend Coordinated Entry")
RAINBOW = Agency("104", "rainbow-housing", "Rainbow Housing")
YOUTH_LANDING = Agency("105", "youth-landing", "Youth Landing")
BRIDGEWAY = Agency("106", "bridgeway-housing", "Bridgeway Housing")
SAFE_HOUSE = Agency("109", "harbor-safe-house", "Harbor Safe House", victim_services=True)

ANA_REYES = Worker("11", "Ana Reyes", "outreach worker", "+1 555 0100")
THEO_LINDGREN = Worker("12", "Theo Lindgren", "outreach worker", "+1 555 0101")
GRACE_ADEYEMI = Worker("13", "Grace Adeyemi", "shelter case manager", "+1 555 0103")
PILAR_SOLIS = Worker("14", "Pilar Solis", "family case manager", "+1 555 0111")
HENRY_CHO = Worker("15", "Henry Cho", "housing navigator", "+1 555 0121")
MARGUERITE_DUBOIS = Worker("16", "Marguerite Dubois", "housing case manager", "+1 555 0131")
KAI_NAKOA = Worker("17", "Kai Nakoa", "youth advocate", "+1 555 0141")
SAM_OYELARAN = Worker("18", "Sam Oyelaran", "housing case manager", "+1 555 0151")
DATA_DESK = Worker("19", "HMIS Data Desk", "data entry", "+1 555 0190")

OUTREACH = Project(
    "201",
    OPEN_DOOR,
    "Street Outreach",
    4,
    ProgramType.STREET_OUTREACH,
    11,
    "+1 555 0100",
    "daily 06:00-22:00",
    "Riverbend",
    (ANA_REYES, THEO_LINDGREN),
)
NIGHT_SHELTER = Project(
    "202",
    OPEN_DOOR,
    "Night Shelter",
    1,
    ProgramType.NIGHTLY_SHELTER,
    8,
    "+1 555 0102",
    "daily 18:00-08:00",
    "Downtown",
    (GRACE_ADEYEMI,),
)
FAMILY_SHELTER = Project(
    "203",
    MAPLE_STREET,
    "Family Shelter",
    0,
    ProgramType.EMERGENCY_SHELTER,
    8,
    "+1 555 0110",
    "daily 00:00-24:00",
    "Maple Street",
    (PILAR_SOLIS,),
)
ENTRY_DESK = Project(
    "204",
    COORDINATED_ENTRY,
    "Coordinated Entry",
    14,
    ProgramType.COORDINATED_ENTRY,
    46,
    "+1 555 0120",
    "Mon-Fri 08:00-18:00",
    "Riverbend County",
    (HENRY_CHO,),
)
HOPWA_HOMES = Project(
    "205",
    RAINBOW,
    "Supportive Homes",
    3,
    ProgramType.PERMANENT_SUPPORTIVE_HOUSING,
    15,
    "+1 555 0130",
    "Mon-Fri 09:00-17:00",
    "Eastside",
    (MARGUERITE_DUBOIS,),
    Funding.HOPWA,
)
YOUTH_BEDS = Project(
    "206",
    YOUTH_LANDING,
    "Transitional Living",
    2,
    ProgramType.TRANSITIONAL_HOUSING,
    24,
    "+1 555 0140",
    "daily 00:00-24:00",
    "Westside",
    (KAI_NAKOA,),
    Funding.RHY,
)
RAPID_REHOUSING = Project(
    "207",
    BRIDGEWAY,
    "Rapid Rehousing",
    13,
    ProgramType.RAPID_REHOUSING,
    3,
    "+1 555 0150",
    "Mon-Fri 09:00-17:00",
    "Riverbend County",
    (SAM_OYELARAN,),
)
SUPPORTIVE_HOUSING = Project(
    "208",
    BRIDGEWAY,
    "Supportive Housing",
    3,
    ProgramType.PERMANENT_SUPPORTIVE_HOUSING,
    2,
    "+1 555 0152",
    "Mon-Fri 09:00-17:00",
    "Northside",
    (SAM_OYELARAN,),
)
SAFE_HOUSE_BEDS = Project(
    "209",
    SAFE_HOUSE,
    "Safe House",
    0,
    ProgramType.EMERGENCY_SHELTER,
    8,
    "+1 555 0160",
    "daily 00:00-24:00",
    "undisclosed",
)

PROJECTS = (
    OUTREACH,
    NIGHT_SHELTER,
    FAMILY_SHELTER,
    ENTRY_DESK,
    HOPWA_HOMES,
    YOUTH_BEDS,
    RAPID_REHOUSING,
    SUPPORTIVE_HOUSING,
)
AGENCIES = tuple(dict.fromkeys(project.agency for project in PROJECTS))
