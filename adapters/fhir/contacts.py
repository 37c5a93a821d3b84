"""A contact answer as FHIR R4: for each program an EpisodeOfCare, and a CareTeam where somebody is named.

HUD's FHIR mapping makes an enrollment an EpisodeOfCare; who works with the person has no element at HUD, and is a
CareTeam. Of the person nothing is said: the asker knows whom they asked about, and the answer is named by the question.
"""

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.careteam import CareTeam
from fhir.resources.R4B.episodeofcare import EpisodeOfCare

from adapters.fhir.services import SYSTEMS
from schemas.contacts import Contact, ContactAnswer

__all__ = ["Bundle", "contacts"]

QUERIES = "urn:handoff-hub:contact-query"
TYPES = "urn:handoff-hub:program-type"


def contacts(answer: ContactAnswer) -> Bundle:
    """The answer; to one of whom nothing may be said it is a bundle without entries, like everybody else's."""
    about = {"type": "Patient", "identifier": {"system": QUERIES, "value": str(answer.query_id)}}
    entries = [
        {"fullUrl": f"urn:handoff-hub:contact:{answer.query_id}:{number}:{kind}", "resource": resource}
        for number, contact in enumerate(answer.contacts)
        for kind, resource in _resources(contact, about)
    ]
    said: dict[str, Any] = {
        "type": "collection",
        "timestamp": answer.asked_at,
        "identifier": {"system": QUERIES, "value": str(answer.query_id)},
    }
    return Bundle.model_validate({**said, "entry": entries} if entries else said)


def _resources(contact: Contact, about: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if contact.enrolled_since is not None:
        yield "EpisodeOfCare", EpisodeOfCare.model_validate(_episode(contact, about))
    if contact.worker is not None or contact.reach:
        yield "CareTeam", CareTeam.model_validate(_team(contact, about))


def _episode(contact: Contact, about: dict[str, Any]) -> dict[str, Any]:
    kind = {"coding": [{"system": TYPES, "code": contact.program_type}]} if contact.program_type else {}
    text = {"text": contact.program} if contact.program else {}
    return {
        **_labelled(contact),
        "status": "active",
        "patient": about,
        "managingOrganization": {"type": "Organization", "display": contact.organization},
        "period": {"start": contact.enrolled_since},
        **({"type": [{**kind, **text}]} if kind or text else {}),
    }


def _team(contact: Contact, about: dict[str, Any]) -> dict[str, Any]:
    worker = contact.worker
    member = (
        {"participant": [{"role": [{"text": worker.role}], "member": {"type": "Practitioner", "display": worker.name}}]}
        if worker
        else {}
    )
    since = next((basis.as_of for basis in contact.rests_on if basis.kind == "staff-assignment"), None)
    return {
        **_labelled(contact),
        "status": "active",
        "subject": about,
        "managingOrganization": [{"type": "Organization", "display": contact.organization}],
        "telecom": [{"system": SYSTEMS.get(way.kind, "other"), "value": way.value} for way in contact.reach],
        "note": [{"text": notice} for notice in contact.notices],
        **({"period": {"start": since}} if since else {}),
        **member,
    }


def _labelled(contact: Contact) -> dict[str, Any]:
    """The security labels and the notices go with every resource that is built from what they are of."""
    labels = [{"system": label.system, "code": label.code} for label in contact.labels]
    notices = "".join(f"<p>{_escaped(notice)}</p>" for notice in contact.notices)
    text = f'<div xmlns="http://www.w3.org/1999/xhtml">{notices}</div>'
    return {
        **({"meta": {"security": labels}} if labels else {}),
        **({"text": {"status": "generated", "div": text}} if notices else {}),
    }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
