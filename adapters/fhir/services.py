"""Programs out, as FHIR R4 HealthcareServices: directory data, about no person (HUD's FHIR mapping: Project).

Hours that end within a day become `availableTime`; any others are told in the words they were given in.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.healthcareservice import HealthcareService

from schemas.contacts import Reach
from schemas.hours import DAYS, MIDNIGHT, weekly
from schemas.listing import PLACE

__all__ = ["HealthcareService", "Offered", "healthcare_service", "searchset"]

HUD = "http://hmis.hud.gov/identifiers/"
PARTICIPANTS = "urn:handoff-hub:participant"
PROGRAMS = "urn:handoff-hub:program"
TYPES = "urn:handoff-hub:program-type"

SYSTEMS = {"phone": "phone", "email": "email", "fax": "fax", "sms": "sms", "url": "url"}


class Offered(NamedTuple):
    """A program as the directory has it; `key` is its source's."""

    id: UUID
    key: str
    name: str
    type: str
    participant: str
    organization: str
    area: str | None
    active: bool
    reach: Sequence[Reach]


def healthcare_service(one: Offered) -> HealthcareService:
    """The program, checked by its model."""
    table, _, key = one.key.rpartition("/")
    system = f"{HUD}ProjectID" if table == "Project" else PROGRAMS
    return HealthcareService.model_validate(
        {
            "id": str(one.id),
            "identifier": [{"system": system, "value": key}],
            "active": one.active,
            "providedBy": {
                "type": "Organization",
                "identifier": {"system": PARTICIPANTS, "value": one.participant},
                "display": one.organization,
            },
            "type": [{"coding": [{"system": TYPES, "code": one.type}]}],
            "name": one.name,
            **_where(one),
            **({"coverageArea": [{"type": "Location", "display": one.area}]} if one.area else {}),
            **_hours(one.reach),
        }
    )


def _where(one: Offered) -> dict[str, Any]:
    places = [{"type": "Location", "display": way.value} for way in one.reach if way.kind == PLACE]
    points = [{"system": SYSTEMS.get(way.kind, "other"), "value": way.value} for way in one.reach if way.kind != PLACE]
    return {**({"location": places} if places else {}), **({"telecom": points} if points else {})}


def _hours(ways: Sequence[Reach]) -> dict[str, Any]:
    usual = [way.hours for way in ways if way.hours and not way.after_hours]
    times = [time for hours in dict.fromkeys(usual) for time in _available(hours)]
    words = [hours for hours in dict.fromkeys(usual) if not _available(hours)]
    late = [f"{way.kind} {way.value}" + (f", {way.hours}" if way.hours else "") for way in ways if way.after_hours]
    return {
        **({"availableTime": times} if times else {}),
        **({"extraDetails": "; ".join(words)} if words else {}),
        **({"availabilityExceptions": f"After hours: {'; '.join(late)}"} if late else {}),
    }


def _available(hours: str) -> list[dict[str, Any]]:
    """The spans of the week, those of the same times together; none where one goes past midnight."""
    spans = weekly(hours)
    if any(span.ends > MIDNIGHT for span in spans):
        return []
    times = dict.fromkeys((span.begins, span.ends) for span in spans)
    return [_time([DAYS[span.weekday] for span in spans if span[1:] == time], *time) for time in times]


def _time(days: Sequence[str], begins: int, ends: int) -> dict[str, Any]:
    if (begins, ends) == (0, MIDNIGHT):
        return {"daysOfWeek": days, "allDay": True}
    until = "23:59:59" if ends == MIDNIGHT else _clock(ends)
    return {"daysOfWeek": days, "availableStartTime": _clock(begins), "availableEndTime": until}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}:00"


def searchset(found: Sequence[HealthcareService], *, base: str) -> Bundle:
    """All that was found, on one page: a county has hundreds of programs and not millions."""
    entries = [
        {"fullUrl": f"{base}/HealthcareService/{one.id}", "resource": one, "search": {"mode": "match"}} for one in found
    ]
    whole: dict[str, Any] = {"type": "searchset", "total": len(entries)}
    return Bundle.model_validate({**whole, "entry": entries} if entries else whole)
