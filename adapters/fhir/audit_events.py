"""Audit log entries out, as FHIR R4 AuditEvents after IHE's Basic Audit Log Patterns (BALP 1.1.4).

An entry that decides about a person's records is an authorization decision (AuthZconsent: DCM 110113, outcome 0 permit,
8 deny); for each holder of whose records something was told, a disclosure at its source follows (PrivacyDisclosure).
Everything else is an AuditEvent of no profile. People are pseudonyms, by identifier and never by reference. What the
log does not know but a profile requires (the network address of the asker) is said to be unknown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.bundle import Bundle

from schemas.events import Decided, Event, Told

__all__ = ["PEOPLE", "AuditEvent", "audit_events", "searchset"]

PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/"
AUTHORIZATION = PROFILES + "IHE.BasicAudit.AuthZconsent"
DISCLOSURE = PROFILES + "IHE.BasicAudit.PrivacyDisclosure.Source"

DCM = "http://dicom.nema.org/resources/ontology/DCM"
PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ACTS = "urn:handoff-hub:act"
PEOPLE = "urn:handoff-hub:audit-subject"
ACTORS = "urn:handoff-hub:actor"
ORGANIZATIONS = "urn:handoff-hub:participant"
PAPERS = "urn:handoff-hub:consent"
RECORDS = "urn:handoff-hub:record"
NUMBERS = "urn:handoff-hub:audit-seq"

DISPLAYS = {
    "110100": "Application Activity",
    "110101": "Audit Log Used",
    "110106": "Export",
    "110107": "Import",
    "110110": "Patient Record",
    "110112": "Query",
    "110113": "Security Alert",
    "110114": "User Authentication",
    "110150": "Application",
    "110152": "Destination Role ID",
    "110153": "Source Role ID",
}
TYPES = {
    "hub:contact": "110112",
    "hub:decision": "110101",
    "hub:audit": "110101",
    "hub:accounting": "110101",
    "hub:message": "110107",
    "hub:feed": "110107",
    "hub:parcel": "110106",
    "hub:user": "110114",
    "hub:client": "110114",
    "hub:handoff": "110110",
    "hub:consent": "110110",
    "hub:emergency": "110110",
    "hub:person": "110110",
}
"""The kind of event by what an act is about; everything else is activity of the application."""

HUB = {"type": "Device", "identifier": {"system": ORGANIZATIONS, "value": "hub"}, "display": "Handoff Hub"}
UNKNOWN = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
PERMITTED, REFUSED, DENIED = "0", "4", "8"


def audit_events(event: Event) -> Iterator[AuditEvent]:
    """The AuditEvents of an entry, each checked by its model; the first has the entry's number for its id."""
    yield AuditEvent.model_validate(_decision(event) if event.decided else _plain(event))
    for number, told in enumerate(event.told, start=1):
        yield AuditEvent.model_validate(_disclosure(event, told, number))


def searchset(found: Sequence[AuditEvent], *, base: str, this: str, following: str | None) -> Bundle:
    """A page of a search. There is no total: counting would read the whole log."""
    links = [{"relation": "self", "url": this}]
    if following is not None:
        links.append({"relation": "next", "url": following})
    entries = [
        {"fullUrl": f"{base}/AuditEvent/{one.id}", "resource": one, "search": {"mode": "match"}} for one in found
    ]
    return Bundle.model_validate(
        {"resourceType": "Bundle", "type": "searchset", "link": links, **({"entry": entries} if entries else {})}
    )


def _common(event: Event, profile: str | None) -> dict[str, Any]:
    return {
        "resourceType": "AuditEvent",
        **({"meta": {"profile": [profile]}} if profile else {}),
        "recorded": event.at,
        **({"purposeOfEvent": [_concept(PURPOSES, event.purpose)]} if event.purpose else {}),
        "source": {
            "observer": HUB,
            "type": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/security-source-type",
                    "code": "6",
                    "display": "Security Server",
                }
            ],
        },
    }


def _plain(event: Event) -> dict[str, Any]:
    kind = TYPES.get(":".join(event.act.split(":")[:2]), "110100")
    return {
        **_common(event, None),
        "id": str(event.number),
        "type": _dcm(kind),
        "subtype": [{"system": ACTS, "code": event.act, "display": event.meaning}],
        "action": "E",
        "outcome": REFUSED if event.failed else PERMITTED,
        "agent": list(_some([_actor(event), _organization(event)])),
        "entity": list(_some([_person(event) if event.person else None, _entry(event)])),
    }


def _decision(event: Event) -> dict[str, Any]:
    """The decision of the consent engine, whatever it came to."""
    denied = event.decided is Decided.DENY
    return {
        **_common(event, AUTHORIZATION),
        "id": str(event.number),
        "type": _dcm("110113"),
        "subtype": [
            {
                "system": "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType",
                "code": "AuthZ-Consent",
                "display": "Authorization Decision using Roles and Consent",
            },
            {"system": ACTS, "code": event.act, "display": event.meaning},
        ],
        "action": "E",
        "outcome": DENIED if denied else PERMITTED,
        **({"outcomeDesc": event.reason} if event.reason else {}),
        "agent": [
            {
                "type": _dcm_concept("110150"),
                "who": _by_id(ACTORS, event.actor),
                "requestor": False,
                "network": UNKNOWN,
            },
            _actor(event),
            _organization(event, always=True),
            {
                "type": _concept("http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver"),
                "who": HUB,
                "requestor": False,
            },
        ],
        "entity": [_person(event), *_papers(event)],
    }


def _disclosure(event: Event, told: Told, number: int) -> dict[str, Any]:
    """What one holder's records told, as the source reports it."""
    return {
        **_common(event, DISCLOSURE),
        "id": f"{event.number}.{number}",
        "type": _dcm("110106"),
        "subtype": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
                "code": "disclose",
                "display": "Disclose Record Lifecycle Event",
            },
            {"system": ACTS, "code": event.act, "display": event.meaning},
        ],
        "action": "R",
        "outcome": PERMITTED,
        "agent": [
            {"type": _dcm_concept("110153"), "who": HUB, "requestor": False, "network": UNKNOWN},
            {
                "type": _dcm_concept("110152"),
                "who": _by_id(ORGANIZATIONS, event.organization, event.recipient),
                "requestor": False,
                "network": UNKNOWN,
            },
            _actor(event),
            {
                "type": _concept("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "CUST"),
                "who": _by_id(ORGANIZATIONS, told.discloser),
                "requestor": False,
            },
        ],
        "entity": [_person(event), *(_record(record, told) for record in told.records)],
    }


def _actor(event: Event) -> dict[str, Any]:
    return {
        "type": _concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"),
        "who": _by_id(ACTORS, event.actor),
        "requestor": True,
    }


def _organization(event: Event, *, always: bool = False) -> dict[str, Any] | None:
    if event.organization is None and not always:
        return None
    return {
        "type": _concept("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV"),
        "who": _by_id(ORGANIZATIONS, event.organization, event.recipient),
        "requestor": False,
    }


def _person(event: Event) -> dict[str, Any]:
    """By pseudonym; whoever is nobody known has none."""
    known = {"identifier": {"system": PEOPLE, "value": event.person}} if event.person else {"display": "Nobody known"}
    return {
        "what": {"type": "Patient", **known},
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1", "display": "Person"},
        "role": {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1", "display": "Patient"},
    }


def _papers(event: Event) -> list[dict[str, Any]]:
    """The consents relied on; where none may be told, or none was relied on, that is said alike."""
    kind = {"system": "http://hl7.org/fhir/resource-types", "code": "Consent", "display": "Consent"}
    papers: list[Mapping[str, Any]] = [{"identifier": {"system": PAPERS, "value": one}} for one in event.papers]
    return [
        {"what": {"type": "Consent", **one}, "type": kind} for one in papers or [{"display": "None that can be told"}]
    ]


def _record(record: str, told: Told) -> dict[str, Any]:
    return {
        "what": {"identifier": {"system": RECORDS, "value": record}},
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type",
            "code": "2",
            "display": "System Object",
        },
        "role": {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "3", "display": "Report"},
        "description": " ".join(told.description),
    }


def _entry(event: Event) -> dict[str, Any]:
    """Where in the log it stands."""
    return {
        "what": {"identifier": {"system": NUMBERS, "value": str(event.number)}},
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type",
            "code": "2",
            "display": "System Object",
        },
        "role": {
            "system": "http://terminology.hl7.org/CodeSystem/object-role",
            "code": "13",
            "display": "Security Resource",
        },
    }


def _by_id(system: str, value: str | None, display: str | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"identifier": {"system": system, "value": value}} if value else {"display": "Not told"}
    return {**said, "display": display} if display else said


def _dcm(code: str) -> dict[str, Any]:
    return {"system": DCM, "code": code, "display": DISPLAYS[code]}


def _dcm_concept(code: str) -> dict[str, Any]:
    return {"coding": [_dcm(code)]}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _some(parts: Iterable[dict[str, Any] | None]) -> Iterator[dict[str, Any]]:
    return (part for part in parts if part is not None)
