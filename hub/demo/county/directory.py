"""The county's directory: who takes part, what they agreed, whom to call; and the papers people signed."""

from typing import Literal

from schemas.canonical import StaffAssignment
from schemas.frozen import Frozen, Slug
from schemas.instruments import Agreement, Consent, Policies
from schemas.vocab import Capacity, Funding, Role
from schemas.vocab.records import ProgramType
from schemas.vocab.word import Word


class ParticipantKind(Word):
    """What sort of organization a participant is, for a reader; in law its capacities count."""

    HOMELESS_SERVICES = "homeless-services", "Shelter, outreach or housing agency."
    HMIS = "hmis", "The shared Homeless Management Information System."
    HOSPITAL = "hospital", "Hospital."
    CLINIC = "clinic", "Community clinic."
    PART2_PROGRAM = "part2-program", "Substance use disorder treatment program."
    JAIL = "jail", "Jail."
    REENTRY = "reentry", "Re-entry office."
    VICTIM_SERVICES = "victim-services", "Victim-service provider."
    PEER_RESPITE = "peer-respite", "Peer-run respite."
    WARMLINE = "warmline", "Peer-run warmline."
    CRISIS_TEAM = "crisis-team", "Mobile crisis team."
    CRISIS_LINE = "crisis-line", "988 crisis line."
    INFORMATION_LINE = "information-line", "311 information line."
    POLICE = "police", "Police department."


class Reach(Frozen):
    """A way to reach an organization or program; `hours` as one says them."""

    kind: Literal["phone"] = "phone"
    value: str
    hours: str


class Participant(Frozen):
    """An organization that takes part. `feed` is the adapter its files are read by, None where it sends none."""

    slug: Slug
    name: str
    kind: ParticipantKind
    capacities: tuple[Capacity, ...]
    reach: tuple[Reach, ...]
    feed: str | None = None


class SourceOrganization(Frozen):
    """An organization as records of a shared source name it ("Organization/101"), and the participant that it is."""

    source: Slug
    key: str
    participant: Slug


class DirectoryProgram(Frozen):
    """A program people can be enrolled in. `source` and `key` are how its records name it ("Project/201")."""

    participant: Slug
    source: Slug
    key: str
    name: str
    type: ProgramType
    reach: tuple[Reach, ...]
    area: str
    funding: tuple[Funding, ...] = ()


class DemoUser(Frozen):
    """Someone who can sign in to the demo: `account` is the hub's role, `role` what they are in law."""

    username: Slug
    name: str
    participant: Slug
    title: str
    role: Role
    account: Literal[
        "crisis-worker", "compliance-officer", "privacy-officer", "hmis-staff", "handoff-staff", "administrator"
    ]


class CountyDirectory(Frozen):
    """All that the county agreed on before the first record was sent; the same for a county of any size."""

    county: str
    time_zone: str
    participants: tuple[Participant, ...]
    organizations: tuple[SourceOrganization, ...]
    programs: tuple[DirectoryProgram, ...]
    agreements: tuple[Agreement, ...]
    policies: Policies
    users: tuple[DemoUser, ...]


class FiledConsent(Frozen):
    """A paper on file: `person` is how `source` names who signed it."""

    source: Slug
    person: str
    consent: Consent


class FiledAssignment(Frozen):
    """Who works with a person: `person` is how `source` names them, `participant` the organization that says so."""

    source: Slug
    person: str
    participant: Slug
    assignment: StaffAssignment
