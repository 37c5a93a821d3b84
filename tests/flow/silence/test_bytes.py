"""Byte for byte over a real socket: nothing that an asker sees depends on what the hub keeps silent about."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from hub.demo.county import STORIES
from hub.demo.county import Answer as Must
from tests.flow.silence.conftest import Asker
from tests.flow.silence.kinds import Person, pair, question
from tests.flow.silence.wire import Answer

SILENT = [one.key for one in STORIES if one.answer is not Must.CONTACT and one.key != "stranger"]
NUMBERS = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
CRISIS, SHELTER, HMIS = "harbor-mobile-crisis", "open-door-shelter", "riverbend-hmis"
System = Callable[[str], Asker]


def seen(answer: Answer) -> tuple[list[bytes], bytes]:
    """All that an asker sees, but for numbers and times that are new each time; how long these are stays."""
    return answer.lines(), TIMES.sub(b"<time>", NUMBERS.sub(b"<number>", answer.body))


def told(answer: Answer) -> bool:
    """Whether a contact is in it: the measure that there was something to be silent about."""
    return b"Open Door" in answer.body


@pytest.mark.parametrize("kind", SILENT)
def test_a_system_sees_no_difference(system: System, kind: str) -> None:
    one, crisis = pair(kind), system(CRISIS)

    known = crisis.post("/api/contact-queries", question(one.known))
    stranger = crisis.post("/api/contact-queries", question(one.stranger))

    assert known.status == 200
    assert seen(known) == seen(stranger)
    assert len(known.body) == len(stranger.body)


def test_a_system_sees_the_contact_of_someone_who_agreed(system: System) -> None:
    assert told(system(CRISIS).post("/api/contact-queries", question(pair("contact").known)))


@pytest.mark.parametrize("kind", ["withheld", "ambiguous", "part2-no-consent", "revoked"])
def test_a_page_shows_no_difference(worker: Asker, kind: str) -> None:
    one = pair(kind)

    known, stranger = (on_the_page(worker, person) for person in (one.known, one.stranger))

    assert known[0] == stranger[0]
    assert known[1] == stranger[1]
    assert b"Open Door" not in known[1]


def test_a_page_shows_the_contact_of_someone_who_agreed(worker: Asker) -> None:
    assert b"Open Door" in on_the_page(worker, pair("contact").known)[1]


def on_the_page(worker: Asker, person: Person) -> tuple[list[bytes], bytes]:
    """What a page shows, but for what was typed into it."""
    form = worker.get("/contacts").body
    token = re.search(rb'name="csrf_token" value="([^"]+)"', form)
    assert token is not None
    typed = {
        "given": person.given,
        "family": person.family,
        "birth_month": str(person.born.month),
        "birth_day": str(person.born.day),
        "birth_year": str(person.born.year),
    }
    asked = {"purpose": "COC", "treating_relationship": "yes", "justification": "on scene"}
    lines, body = seen(worker.fill_in("/contacts", {"csrf_token": token[1].decode(), **asked, **typed}))
    for name, value in typed.items():
        body = body.replace(f'name="{name}" value="{value}"'.encode(), b"<typed>")
    body = re.sub(rb"Asked [^<]*<", b"Asked <time><", body)  # to the minute
    return [line for line in lines if not line.startswith(b"content-length")], body


class TestRefusing:
    """What is refused is refused from the request alone, before anyone is looked up."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"purpose": "HPAYMT"},
            {"purpose": "ETREAT", "emergency": {"kind": "medical"}},
            {"purpose": "no such purpose"},
        ],
        ids=["closed purpose", "incomplete emergency", "nonsense"],
    )
    def test_says_the_same_of_anyone(self, system: System, changes: dict[str, Any]) -> None:
        crisis, one = system(CRISIS), pair("contact")

        known, stranger = (
            crisis.post("/api/contact-queries", question(person, **changes)) for person in (one.known, one.stranger)
        )

        assert known.status in {403, 422}
        assert seen(known) == seen(stranger)

    def test_a_system_without_the_scope_learns_nothing_of_anyone(self, system: System) -> None:
        shelter, one = system(SHELTER), pair("contact")

        known, stranger = (
            shelter.post("/api/contact-queries", question(person)) for person in (one.known, one.stranger)
        )

        assert known.status == 403
        assert seen(known) == seen(stranger)

    def test_a_number_of_a_system_that_nobody_knows_is_a_strangers(self, system: System) -> None:
        """Which systems exist, and which numbers in them, is not told either."""
        crisis = system(CRISIS)

        def asked(system: str, value: str) -> Answer:
            person = {"identifiers": [{"system": system, "value": value}]}
            return crisis.post("/api/contact-queries", question(person))

        withheld = asked("urn:hub:hmis:PersonalID", "P-100002")
        unknown = asked("urn:hub:hmis:PersonalID", "P-999999")
        nowhere = asked("urn:hub:nowhere:PersonalID", "P-100002")

        assert seen(withheld) == seen(unknown) == seen(nowhere)


class TestFilingAConsent:
    def test_about_someone_whom_only_others_know_is_as_about_a_stranger(self, system: System) -> None:
        """The clinic's number for Marcus says nothing to the county's HMIS."""
        hmis = system(HMIS)

        others, nobodys = (hmis.post("/api/consents", filing(of(number))) for number in ("LC-20001", "LC-99999"))

        assert others.status == 404
        assert seen(others) == seen(nobodys)

    def test_revoking_anothers_is_as_revoking_none(self, system: System) -> None:
        hmis = system(HMIS)

        anothers, none = (
            hmis.post("/api/consents/revocations", {"consent_id": key, "form": "oral"})
            for key in ("Consent/LC-20001-p1", "Consent/LC-99999-p1")
        )

        assert anothers.status == 404
        assert seen(anothers) == seen(none)


def of(number: str) -> dict[str, str]:
    return {"system": "urn:hub:fhir:fhir.lakeside-clinic.example/Patient", "value": number}


def filing(person: dict[str, str]) -> dict[str, Any]:
    consent = {
        "id": "c-1",
        "kind": "hmis-release",
        "disclosers": [{"class_of_persons": "hmis-participants"}],
        "information": {"all": True},
        "recipients": [{"class_of_persons": "crisis-providers"}],
        "purposes": ["COC"],
        "expiration": {"date": "2031-01-01"},
        "signatures": [{"by": "subject", "method": "ink", "on": "2026-01-01"}],
    }
    return {"person": person, "consent": consent}


class TestHandingOver:
    @pytest.mark.parametrize("kind", ["contact", "withheld", "ambiguous", "part2-no-consent", "part2-consent", "hopwa"])
    def test_someone_known_is_as_handing_over_a_stranger(self, system: System, kind: str) -> None:
        """Neither the offer nor what either side sees of it tells whether others know the person."""
        crisis, shelter, one = system(CRISIS), system(SHELTER), pair(kind)

        known, stranger = (handed_over(crisis, shelter, person) for person in (one.known, one.stranger))

        assert known == stranger

    def test_an_unknown_handoff_is_as_another_sides(self, system: System) -> None:
        crisis, shelter, willow = system(CRISIS), system(SHELTER), system("willow-peer-respite")
        number = crisis.post("/api/handoffs", offer(pair("contact").known)).json()["id"]

        anothers, none = (willow.post(f"/api/handoffs/{key}/packet", b"") for key in (number, uuid4()))

        assert anothers.status == 404
        assert seen(anothers) == seen(none)
        assert shelter.post(f"/api/handoffs/{number}/packet", b"").status == 200


def offer(person: Person) -> dict[str, Any]:
    return {
        **person.asked(),
        "to": SHELTER,
        "need": "A bed tonight.",
        "urgency": "now",
        "area": "Riverside Park",
        "agreement": {"agreed": True, "words": "I would go."},
    }


def handed_over(crisis: Asker, shelter: Asker, person: Person) -> list[tuple[list[bytes], bytes]]:
    """What the sender sees of an offer, and what the receiver sees of it until it has been accepted."""
    offered = crisis.post("/api/handoffs", offer(person))
    number = offered.json()["id"]
    return [
        seen(answer)
        for answer in (
            offered,
            shelter.get(f"/api/handoffs/{number}"),
            shelter.post(f"/api/handoffs/{number}/packet", b""),
        )
    ]
