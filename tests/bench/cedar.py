"""Questions about one program's record, for the engine here and, with the same meaning, for Cedar."""

import json
import random
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import cedarpy

from schemas.disclosure import Case

POLICY = cedarpy.PolicySet.from_str((Path(__file__).parent / "part2.cedar").read_text(encoding="utf-8"))
HOLDER, CRISIS = "alder-recovery", "night-owl-crisis"
TODAY = date(2026, 6, 15)
ALL = ["right-to-revoke", "redisclosure-risk", "consequences-of-refusal", "hipaa-redisclosure"]
FINDINGS = [
    "no-other-effective-way",
    "public-interest-outweighs",
    "extremely-serious-crime",
    "substantial-value",
    "holder-had-counsel",
]
PURPOSES = ("TREAT", "TREAT", "ETREAT", "HPAYMT", "law-enforcement", "locate-person", "tenant-screening")


class Asked(NamedTuple):
    """The same question twice."""

    case: Case
    cedar: dict[str, Any]
    entities: cedarpy.Entities


def questions(number: int) -> list[Asked]:
    """So many questions, drawn with a fixed seed from all combinations."""
    drawn = random.Random(2026).sample(list(product(PURPOSES, WHO, PAPERS, EMERGENCIES, AGREED, NOTES, ORDERS)), number)
    return [_asked(f"q{place}", *one) for place, one in enumerate(drawn)]


_TREATING = {"organization": CRISIS, "role": "clinician", "relationship": "treating", "identity_verified": True}
WHO = (
    _TREATING,
    _TREATING,
    {"organization": CRISIS, "role": "case-manager", "relationship": "none", "identity_verified": True},
    {"organization": CRISIS, "role": "nurse", "relationship": "none", "identity_verified": False},
)
PAPERS: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {"recipients": [{"class_of_persons": "treating-providers"}]},
    {"expiration": {"date": "2026-06-14"}},
    {"revocation": {"form": "written", "on": "2026-06-14", "learned_at": "2026-06-14T12:00:00Z"}},
    {"statements": ALL[:3]},
    {"signatures": [{"by": "subject", "method": "oral", "on": "2026-06-01"}]},
    {"purposes": ["HPAYMT"]},
)
EMERGENCIES = (None, "unconscious", "refused")
AGREED = (None, None, "2026-06-14")
NOTES = (None, None, None, "sud-counseling")
ORDERS = (None, FINDINGS)


def _asked(name: str, *drawn: Any) -> Asked:
    purpose, who, paper, emergency, until, notes, findings = drawn
    return Asked(
        _case(name, purpose, who, paper, emergency, until, notes, findings),
        _cedar(purpose, paper, emergency, until, findings),
        _entities(who, notes),
    )


CONSENT: dict[str, Any] = {
    "id": "c1",
    "kind": "part2-consent",
    "disclosers": [{"organization": HOLDER}],
    "information": {"all": True},
    "recipients": [{"organization": CRISIS}],
    "purposes": ["TREAT", "ETREAT"],
    "expiration": {"date": "2027-01-01"},
    "signatures": [{"by": "subject", "method": "ink", "on": "2026-06-01"}],
    "statements": ALL,
}
CAPACITIES = ["covered-entity", "health-care-provider", "crisis-provider"]


def _case(name: str, purpose: str, who: Any, paper: Any, emergency: Any, until: Any, notes: Any, findings: Any) -> Case:
    record: dict[str, Any] = {
        "id": "r1",
        "source": {"organization": HOLDER, "capacities": ["holds-out-sud-services", "federally-assisted"]},
        "contents": {"attendance": ["enrollment-status"], "medications": ["last-dose"]},
        "separated_notes": notes,
    }
    request: dict[str, Any] = {
        "at": f"{TODAY}T10:00:00-05:00",
        "channel": "query",
        "purpose": purpose,
        "records": [record],
    }
    request |= {"recipient": who | {"capacities": CAPACITIES}, "subject": {"match": "unique", "age_years": 41}}
    stated: dict[str, Any] = {"kind": "medical", "medical_person": "Dr. A", "affiliation": CRISIS}
    stated |= {"consent_unobtainable_because": emergency, "attested_at": f"{TODAY}T09:59:00-05:00"}
    order: dict[str, Any] = {"id": "p1", "kind": "part2-order", "directed_to": [HOLDER], "information": {"all": True}}
    protocol: dict[str, Any] = {"source": HOLDER, "recipients": ["crisis-provider"], "purposes": ["TREAT"]}
    facts = {
        "agreements": [_agreement(until)],
        "consents": [] if paper is None else [CONSENT | paper],
        "emergency": stated if emergency else None,
        "legal_process": [order | {"section": "2.65", "findings": findings}] if findings else [],
        "policies": {"field_protocols": [protocol | {"fields": ["enrollment-status", "last-dose"]}]},
    }
    case = {"id": name, "title": name, "why": name, "arguable": False, "tags": [], "request": request, "facts": facts}
    return Case.model_validate(case | {"expected": {"records": [], "response": "no-information"}})


def _agreement(until: str | None) -> dict[str, Any]:
    kind = "qualified-service-organization"
    return {"kind": kind, "parties": ["hub", HOLDER], "since": "2025-01-01", "until": until}


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _cedar(purpose: str, paper: Any, emergency: Any, until: Any, findings: Any) -> dict[str, Any]:
    consent = CONSENT | (paper or {})
    named = consent["recipients"][0]
    context = {
        "purpose": purpose,
        "channel": "query",
        "today": TODAY.toordinal(),
        "match": "unique",
        "consents": 0 if paper is None else 1,
        "consent": {
            "written": consent["signatures"][0]["method"] != "oral",
            "signed_on": _day(consent["signatures"][0]["on"]),
            "expires_on": _day(consent["expiration"]["date"]),
            "revoked": "revocation" in consent,
            "discloser": HOLDER,
            "recipient": named.get("organization", ""),
            "class": named.get("class_of_persons", ""),
            "purposes": consent["purposes"],
            "statements": consent["statements"],
        },
        "emergency": {"stated": emergency is not None, "kind": "medical", "because": emergency or ""},
        "order": {"section": "2.65" if findings else "", "holder": HOLDER, "findings": findings or []},
        "agreement_since": _day("2025-01-01"),
        "agreement_until": _day(until or "9999-12-31"),
        "protocol": ["TREAT", "ETREAT"],
        "restricted": [],
        "states": 0,
        "packs": 0,
    }
    no = dict.fromkeys(("research", "incident", "mandated", "survivor", "hmis_agreement", "deceased"), False)
    return {
        "principal": 'Party::"asker"',
        "action": 'Action::"see"',
        "resource": 'Piece::"r1"',
        "context": context | no,
    }


def _entities(who: Any, notes: Any) -> cedarpy.Entities:
    asker = {
        "organization": who["organization"],
        "capacities": CAPACITIES,
        "medical": who["role"] in ("clinician", "nurse"),
        "treating": who["relationship"] == "treating",
        "relationship": who["relationship"],
        "verified": who["identity_verified"],
        "serves": [],
        "audits": [],
    }
    piece: dict[str, Any] = dict.fromkeys(("sealed", "national_database", "victim_service", "location", "hmis"), False)
    piece |= {"holder": HOLDER, "notes": notes is not None}
    known = [_entity("Party", "asker", asker), _entity("Piece", "r1", piece)]
    return cedarpy.Entities.from_json_str(json.dumps(known))


def _entity(kind: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}
