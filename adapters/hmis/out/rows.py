"""What was cleared, as rows of HUD's tables: Event (4.20), CurrentLivingSituation (4.12) and Assessment (4.19)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adapters.hmis.out.words import (
    ASSESSMENT_TYPES,
    CRISIS_LEVEL,
    EVENTS,
    PRIORITIZED,
    RESULTS,
    SETTINGS,
    UNABLE_TO_DETERMINE,
)
from schemas.messages import Cleared
from schemas.vocab.records import LivingSetting

USER = "handoff-hub"
NOT_COLLECTED = "99"

Row = Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """Where in the receiver's own database a row belongs, by the keys that it gave, and how the row stands.

    `verified_by` and `location` are set where the receiver's project wants them: coordinated-entry projects say who
    verified a living situation, and an assessment says where it was made.
    """

    person: str
    enrollment: str
    project: str
    organization: str
    entered_on: date
    household: str | None
    continuum: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    verified_by: str | None = None
    location: str = ""


def wall(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as the format has it: the receiver's wall time, without a zone."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def row_of(cleared: Cleared, place: Place, zone: ZoneInfo) -> tuple[str, Row] | None:
    """The table and the row; None where the format has no code for what was cleared."""
    for table, write in _WRITERS.items():
        if (own := write(cleared, place)) is not None:
            key, told = own
            return table, {key: cleared.key.rpartition("/")[2], **told, **_shared(place, zone)}
    return None


def _shared(place: Place, zone: ZoneInfo) -> dict[str, str]:
    return {
        "EnrollmentID": place.enrollment,
        "PersonalID": place.person,
        "DateCreated": wall(place.created_at, zone),
        "DateUpdated": wall(place.updated_at, zone),
        "DateDeleted": wall(place.deleted_at, zone) if place.deleted_at else "",
        "UserID": USER,
    }


def _event(cleared: Cleared, _place: Place) -> tuple[str, dict[str, str]] | None:
    told = cleared.values
    code = EVENTS.get(str(told.get("referral")))
    if cleared.kind != "coordinated-entry" or code is None or "on" not in told:
        return None
    settled = told.get("settled_on")
    return "EventID", {
        "EventDate": told["on"].isoformat(),
        "Event": code,
        "ReferralResult": RESULTS[told["state"]] if settled else "",
        "ResultDate": settled.isoformat() if settled else "",
    }


def _assessment(cleared: Cleared, place: Place) -> tuple[str, dict[str, str]] | None:
    told = cleared.values
    if cleared.kind != "coordinated-entry" or "assessed" not in told:
        return None
    return "AssessmentID", {
        "AssessmentDate": told["on"].isoformat(),
        "AssessmentLocation": place.location,
        "AssessmentType": ASSESSMENT_TYPES[told["assessed"]],
        "AssessmentLevel": CRISIS_LEVEL,
        "PrioritizationStatus": PRIORITIZED[bool(told.get("prioritized"))],
    }


def _living_situation(cleared: Cleared, place: Place) -> tuple[str, dict[str, str]] | None:
    told = cleared.values
    if cleared.kind != "living-situation" or "contacted_on" not in told:
        return None
    return "CurrentLivingSitID", {
        "InformationDate": told["contacted_on"].isoformat(),
        "CurrentLivingSituation": SETTINGS.get(told.get("setting", LivingSetting.UNKNOWN), UNABLE_TO_DETERMINE),
        "VerifiedBy": place.verified_by or "",
        "LocationDetails": str(told.get("place", "")),
    }


_WRITERS: Mapping[str, Callable[[Cleared, Place], tuple[str, dict[str, str]] | None]] = {
    "Event": _event,
    "Assessment": _assessment,
    "CurrentLivingSituation": _living_situation,
}


def referred_to(places: Sequence[Place], zone: ZoneInfo) -> Iterator[tuple[str, Row]]:
    """The rows that the others refer to, by key alone and dated as old as the stay, so that they change nothing.

    Whoever takes them knows the person already: everything but the keys is `data not collected`, and a row with an
    older DateUpdated never overwrites a newer one.
    """
    for place in places:
        age = wall(datetime.combine(place.entered_on, datetime.min.time(), zone), zone)
        dated = {"DateCreated": age, "DateUpdated": age, "UserID": USER}
        yield (
            "Organization",
            {
                "OrganizationID": place.organization,
                "OrganizationName": place.organization,
                "VictimServiceProvider": "0",
                **dated,
            },
        )
        yield (
            "Project",
            {
                "ProjectID": place.project,
                "OrganizationID": place.organization,
                "ProjectName": place.project,
                "OperatingStartDate": place.entered_on.isoformat(),
                "ContinuumProject": "0",
                **dated,
            },
        )
        yield "Client", {"PersonalID": place.person, **dict.fromkeys(_QUALITIES, NOT_COLLECTED), **_RACES, **dated}
        yield (
            "Enrollment",
            {
                "EnrollmentID": place.enrollment,
                "PersonalID": place.person,
                "ProjectID": place.project,
                "EntryDate": place.entered_on.isoformat(),
                "HouseholdID": place.household or place.enrollment,
                "RelationshipToHoH": NOT_COLLECTED,
                "EnrollmentCoC": place.continuum,
                "DisablingCondition": NOT_COLLECTED,
                **dated,
            },
        )


_QUALITIES = ("NameDataQuality", "SSNDataQuality", "DOBDataQuality", "RaceNone", "VeteranStatus")
_RACES = dict.fromkeys(
    (
        "AmIndAKNative",
        "Asian",
        "BlackAfAmerican",
        "HispanicLatinao",
        "MidEastNAfrican",
        "NativeHIPacific",
        "White",
    ),
    "0",
)
