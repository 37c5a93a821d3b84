"""Whose a row is: the organization and project that hold it, and under which grants.

Data of a victim service provider never enters the hub (34 U.S.C. 12291(b)(2)), and neither does what lies in a
comparable database. Which rows those are follows from their project, so a row whose project is not known is not taken
either: it waits.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from adapters.hmis.allowed import Allowed
from adapters.hmis.checks import roll
from adapters.hmis.fileset import FileSet
from adapters.hmis.kept import Directory
from adapters.hmis.sheet import Row
from adapters.hmis.words import GRANTS
from schemas.canonical import ForVictims
from schemas.disclosure import InHmis, Provenance
from schemas.vocab import Funding

_COMPARABLE_DATABASE = "2"
_NOT_A_VICTIM_SERVICE_PROVIDER = frozenset({"", "0", "99"})


class Nowhere(Enum):
    """Why a row has no home."""

    VICTIM_SERVICES = roll.VICTIM_SERVICES
    """Of a victim service provider, or of a comparable database."""
    OUTSIDE = roll.OUTSIDE
    """Of a project, or a person, that is not agreed."""
    UNKNOWN = roll.UNKNOWN
    """Refers to what the file set does not hold."""


@dataclass(frozen=True)
class Home:
    """Where a row lies: the keys of its organization and program, and who pays for it."""

    organization: str | None = None
    program: str | None = None
    funding: frozenset[Funding] = frozenset()


Place = Home | Nowhere
NO_ONE_PROJECT = Home()


@cache
def provenance(funding: frozenset[Funding], *, private: bool = False) -> Provenance:
    """Lies in an HMIS, under these grants; marked as private or not."""
    return Provenance(hmis=InHmis(funding=funding, private=private))


def is_victim_service_provider(organization: Row) -> bool:
    """What VictimServiceProvider says; an answer that the format does not know counts as yes, a blank as no."""
    return organization["VictimServiceProvider"] not in _NOT_A_VICTIM_SERVICE_PROVIDER


def homes(files: FileSet, allowed: Allowed | None, known: Directory) -> Mapping[str, Place]:
    """The place of every project of the set, or known before; outside is what is not allowed.

    A grant or a comparable database counts even when it has ended, and what is closed stays closed.
    """
    guarded = {row["OrganizationID"]: is_victim_service_provider(row) for row in files.rows("Organization")}
    guarded |= {key: guards or guarded.get(key, False) for key, guards in known.guarded.items()}
    comparable = {
        row["ProjectID"]
        for row in files.rows("HMISParticipation")
        if row["HMISParticipationType"] == _COMPARABLE_DATABASE
    }
    grants, organizations = _grants(files), _organizations(files, known)
    places: dict[str, Place] = dict.fromkeys(known.closed, Nowhere.VICTIM_SERVICES)
    for project, organization in organizations.items():
        if guarded.get(organization) or project in comparable or project in known.closed:
            places[project] = Nowhere.VICTIM_SERVICES
        elif allowed is not None and allowed.leaves_out(project):
            places[project] = Nowhere.OUTSIDE
        elif organization in guarded:
            places[project] = _home(organization, project, grants[project], known)
    return places


def _organizations(files: FileSet, known: Directory) -> Mapping[str, str]:
    """Whose each project is, by the set or else as it is known."""
    before = {row["ProjectID"]: row["OrganizationID"] for row in known.projects().rows(named=True)}
    return {**before, **{row["ProjectID"]: row["OrganizationID"] for row in files.rows("Project")}}


def _grants(files: FileSet) -> defaultdict[str, set[str]]:
    grants: defaultdict[str, set[str]] = defaultdict(set)
    for row in files.rows("Funder"):
        grants[row["ProjectID"]].add(row["Funder"])
    return grants


def _home(organization: str, project: str, grants: set[str], known: Directory) -> Home:
    told = frozenset(GRANTS[grant] for grant in grants if grant in GRANTS)
    return Home(
        organization=f"Organization/{organization}", program=f"Project/{project}", funding=told | known.funding(project)
    )


def for_victims(places: Mapping[str, Place]) -> ForVictims:
    """The projects of which nothing is taken."""
    closed = sorted(project for project, place in places.items() if place is Nowhere.VICTIM_SERVICES)
    return ForVictims(programs=tuple(f"Project/{project}" for project in closed))
