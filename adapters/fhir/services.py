"""Programs out, as FHIR R4 HealthcareServices: directory data, about no person (HUD's FHIR mapping: Project).

Hours that are one span within a day become `availableTime`; any others are told in the words they were given in.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.healthcareservice import HealthcareService

from schemas.contacts import Reach

__all__ = ["HealthcareService", "Offered", "healthcare_service", "searchset"]

HUD = "http://hmis.hud.gov/identifiers/"
PARTICIPANTS = "urn:handoff-hub:participant"
PROGRAMS = "urn:handoff-hub:program"
TYPES = "urn:handoff-hub:program-type"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(daily|(\w{3})-(\w{3})) (\d\d:\d\d)-(\d\d:\d\d)", re.IGNORECASE)
_TELECOM = {"phone": "phone", "email": "email", "fax": "fax", "sms": "sms", "url": "url"}


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
            "telecom": [{"system": _TELECOM.get(way.kind, "other"), "value": way.value} for way in one.reach],
            **({"coverageArea": [{"type": "Location", "display": one.area}]} if one.area else {}),
            **_hours([way.hours for way in one.reach if way.hours]),
        }
    )


def _hours(told: Sequence[str]) -> dict[str, Any]:
    times = [time for hours in told if (time := _available(hours)) is not None]
    words = [hours for hours in told if _available(hours) is None]
    return {
        **({"availableTime": times} if times else {}),
        **({"extraDetails": "; ".join(words)} if words else {}),
    }


def _available(hours: str) -> dict[str, Any] | None:
    found = _SPAN.fullmatch(hours)
    if found is None:
        return None
    days, opens, closes = list(_days(found)), found[4], found[5]
    if not days or (opens >= closes):
        return None
    if (opens, closes) == ("00:00", "24:00"):
        return {"daysOfWeek": days, "allDay": True}
    until = "23:59:59" if closes == "24:00" else f"{closes}:00"
    return {"daysOfWeek": days, "availableStartTime": f"{opens}:00", "availableEndTime": until}


def _days(found: re.Match[str]) -> Iterator[str]:
    if found[2] is None:
        yield from _DAYS
        return
    first, last = found[2].lower(), found[3].lower()
    if {first, last} <= set(_DAYS):
        yield from _DAYS[_DAYS.index(first) : _DAYS.index(last) + 1]


def searchset(found: Sequence[HealthcareService], *, base: str) -> Bundle:
    """All that was found, on one page: a county has hundreds of programs and not millions."""
    entries = [
        {"fullUrl": f"{base}/HealthcareService/{one.id}", "resource": one, "search": {"mode": "match"}} for one in found
    ]
    whole: dict[str, Any] = {"type": "searchset", "total": len(entries)}
    return Bundle.model_validate({**whole, "entry": entries} if entries else whole)
