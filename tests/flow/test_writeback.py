"""Handoffs go back to the person's HMIS as rows that it can read; asked over HTTP of a loaded county."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from adapters.hmis import HmisCsv
from adapters.http import HttpSender
from adapters.webhook import is_signed
from hub.demo import load, partner
from hub.demo.county import Story
from hub.demo.play import personal_id
from hub.flow.explanation import explain, explain_to
from hub.flow.handoff_file import export
from hub.flow.outbox import Courier
from hub.flow.writeback import Writeback
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import Directory
from schemas.canonical import CanonicalRecord, CoordinatedEntry, LivingSituation
from schemas.messages import Problem, RawMessage, Severity
from schemas.vocab.records import AssessedBy, Change, LivingSetting, ReferralState
from tests.flow.conftest import Hub, Partner
from tests.flow.test_contact_queries import decisions_of
from tests.flow.test_handoffs import hours, offer

CRISIS, SHELTER, CEDAR, HMIS = (
    "harbor-mobile-crisis",
    "open-door-shelter",
    "cedar-opioid-treatment",
    "riverbend-hmis",
)
BY_KEY_ALONE = {
    "Client.csv": {"name-incomplete", "ssn-unknown", "dob-missing", "sex-missing", "race-unknown"},
    "Enrollment.csv": {"relationship-missing", "disabling-missing"},
}
"""What is true of rows that give nothing but a key: the guide lists it."""

Authorize = Callable[..., None]
WrittenBack = Callable[..., bytes | None]


@pytest.fixture
def authorize(hub: Hub, hmis: Partner, marcus: Story) -> Authorize:
    """Marcus lets the crisis team tell his HMIS."""

    def authorize(*disclosers: str, kind: str = "hipaa-authorization") -> None:
        today = datetime.now(UTC).date()
        person = {"system": "urn:hub:hmis:PersonalID", "value": personal_id(hub.home.county.truth, marcus)}
        paper = {
            "id": f"tell-the-hmis-{'-'.join(disclosers)}",
            "kind": kind,
            "disclosers": [{"organization": one} for one in disclosers],
            "information": {"all": True},
            "recipients": [{"organization": HMIS}],
            "purposes": ["TREAT", "COC"],
            "expiration": {"date": (today + timedelta(days=90)).isoformat()},
            "signatures": [{"by": "subject", "method": "electronic", "on": (today - timedelta(days=1)).isoformat()}],
            "statements": [
                "right-to-revoke",
                "conditioning",
                "redisclosure-risk",
                "hipaa-redisclosure",
                "consequences-of-refusal",
            ],
        }
        answer = hmis.post("/api/consents", {"person": person, "consent": paper})
        assert answer.status_code == 201, answer.text

    return authorize


@pytest.fixture
def written_back(hub: Hub) -> WrittenBack:
    """The zip of what may be told the HMIS since yesterday."""

    def written_back(*, complete: bool = True) -> bytes | None:
        at = datetime.now(UTC)
        with transaction(hub.engine) as session:
            back = Writeback(session, hub.keys, HMIS, at=at)
            since = (at - timedelta(days=1)).date()
            made = export(back, since, implementation="handoff-hub test", actor="test", complete=complete)
        return None if made.message is None else made.message.content

    return written_back


def rows(content: bytes | None, file: str) -> list[dict[str, str]]:
    assert content is not None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(file).decode())))


def read(content: bytes | None) -> dict[str, CanonicalRecord]:
    """What the hub's own reader makes of it, by table; it remarks on the rows referred to, and on nothing else."""
    assert content is not None
    message = RawMessage(
        id=UUID(int=1), feed="hmis-csv", source="other-hub", received_at=datetime.now(UTC), name="out", content=content,
        definition='timezone = "America/Chicago"',
    )  # fmt: skip
    found = [one for one in HmisCsv().examine(message) if isinstance(one, Problem)]
    remarks = {file: {one.code for one in found if one.file == file} for file in {str(one.file) for one in found}}
    assert remarks == BY_KEY_ALONE
    assert {one.severity for one in found} == {Severity.WARNING}
    told = list(HmisCsv().read(message))
    assert [one for one in told if isinstance(one, Problem)] == found
    return {one.key.partition("/")[0]: one for one in told if isinstance(one, CanonicalRecord)}


def hand_over(crisis: Partner, one: Story, **changes: Any) -> str:
    answer = crisis.post("/api/handoffs", offer(one, **{"handed_over_to": "emergency-shelter", **changes}))
    assert answer.status_code == 201, answer.text
    return f"/api/handoffs/{answer.json()['id']}"


class TestReferral:
    def test_goes_back_once_the_person_lets_the_team_tell_their_hmis(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        hand_over(crisis, marcus)
        assert written_back() is None

        authorize(CRISIS)
        (event,) = rows(written_back(), "Event.csv")

        assert event["Event"] == "10"
        assert event["ReferralResult"] == event["DateDeleted"] == ""
        assert len(event["EventID"]) == 32

    def test_is_read_by_another_hub_without_a_fault(
        self, crisis: Partner, shelter: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack,
        now: datetime,
    ) -> None:  # fmt: skip
        authorize(CRISIS)
        place = hand_over(crisis, marcus)
        shelter.post(f"{place}/accept", {"worker": "Ana Reyes", "role": "outreach worker"})
        shelter.post(f"{place}/presence", hours(now, since=20, until=1))
        shelter.post(f"{place}/receive")
        event = read(written_back())["Event"]

        assert isinstance(event.body, CoordinatedEntry)
        assert event.body.referral == "emergency-shelter"
        assert event.body.state is ReferralState.ACCEPTED
        assert event.body.settled_on == date.fromisoformat(rows(written_back(), "Event.csv")[0]["ResultDate"])

    def test_has_the_same_key_at_every_export_and_later_news(
        self, crisis: Partner, shelter: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        authorize(CRISIS)
        place = hand_over(crisis, marcus)
        (before,) = rows(written_back(), "Event.csv")
        shelter.post(f"{place}/decline", {"reason": "no-capacity"})
        (after,) = rows(written_back(), "Event.csv")

        assert after["EventID"] == before["EventID"]
        assert after["ReferralResult"] == "3"
        assert after["DateUpdated"] >= before["DateUpdated"]

    def test_that_was_called_off_is_deleted(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        authorize(CRISIS)
        crisis.post(f"{hand_over(crisis, marcus)}/withdraw")

        assert read(written_back())["Event"].change is Change.DELETE

    def test_to_a_part_2_program_stays_with_any_paper(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        """The notice that must accompany it has no room in a row."""
        authorize(CRISIS)
        authorize(CEDAR, kind="part2-tpo-consent")
        hand_over(crisis, marcus, to=CEDAR, handed_over_to="street-outreach", urgency="today")

        assert written_back() is None

    def test_of_someone_whom_the_hmis_does_not_know_is_nothing(
        self, hub: Hub, crisis: Partner, stranger: Story, written_back: WrittenBack
    ) -> None:
        hand_over(crisis, stranger)

        assert written_back() is None
        assert hub.entries(Act.HMIS_WITHHELD) == []

    def test_is_on_record_with_its_reasons_told_or_not(
        self, hub: Hub, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        hand_over(crisis, marcus)
        written_back()
        authorize(CRISIS)
        written_back()

        (withheld,), (told,) = hub.entries(Act.HMIS_WITHHELD), hub.entries(Act.HMIS_WRITTEN)
        assert all(not piece["fields_released"] for piece in decisions_of(withheld))
        assert any("referral-status" in piece["fields_released"] for piece in decisions_of(told))


class TestExplanation:
    def test_asks_again_what_was_written_and_not_where_the_person_is_known(
        self, hub: Hub, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        hand_over(crisis, marcus)
        written_back()
        authorize(CRISIS)
        then, today = pieces(hub), pieces(hub, "Today, by rulebook ")

        assert [line for line in then if "referral-status" in line] == []
        assert f"coordinated-entry of {CRISIS}: permit; told: referral-status" in today
        assert {line.partition(" of ")[0] for line in today} == {"coordinated-entry", "living-situation"}

    def test_tells_each_side_of_its_own_rows_alone(
        self, hub: Hub, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        hand_over(crisis, marcus)
        written_back()
        before = explained(hub, as_source=CRISIS)
        authorize(CRISIS)
        after, of_shelter = explained(hub, as_source=CRISIS), explained(hub, as_source=SHELTER)

        assert "coordinated-entry: Nothing may go" in before
        assert "Goes: referral-status." in after
        assert "living-situation" in after
        assert "coordinated-entry" in of_shelter
        assert not any(word in of_shelter for word in ("living-situation", "enrollment", "staff-assignment"))


def explained(hub: Hub, *, as_source: str | None = None) -> str:
    """What is said of the first handoff that was kept from the HMIS, to an officer or to one side."""
    seq, at = hub.entries(Act.HMIS_WITHHELD)[-1].seq, datetime.now(UTC)
    with transaction(hub.engine) as session:
        if as_source is None:
            return "\n".join(explain(session, hub.keys, seq, at=at, actor="test"))
        return "\n".join(explain_to(as_source, session, hub.keys, seq, at=at, actor="test"))


def pieces(hub: Hub, when: str = "Then, by rulebook ") -> list[str]:
    """What an officer is told of each piece, then or today."""
    told = explained(hub).partition(when)[2].partition("\nToday, ")[0]
    return [line.strip() for line in told.splitlines() if re.match(r"  [a-z-]+ of ", line)]


class TestContact:
    def test_with_the_crisis_team_is_a_living_situation(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        authorize(CRISIS)
        hand_over(crisis, marcus, found_in="place not meant for habitation")
        found = read(written_back())["CurrentLivingSituation"].body

        assert isinstance(found, LivingSituation)
        assert found.setting is LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION
        assert found.place == "Riverside Park"

    def test_at_which_it_was_not_asked_says_so(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        authorize(CRISIS)
        hand_over(crisis, marcus)

        assert rows(written_back(), "CurrentLivingSituation.csv")[0]["CurrentLivingSituation"] == "37"

    def test_is_none_where_nobody_stood_beside_the_person(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        authorize(CRISIS)
        hand_over(crisis, marcus, urgency="planned")

        assert rows(written_back(), "CurrentLivingSituation.csv") == []


class TestAssessment:
    def test_of_a_crisis_is_of_level_1(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        authorize(CRISIS)
        hand_over(crisis, marcus, assessment={"how": "in-person", "prioritized": True})
        content = written_back()
        assessed = read(content)["Assessment"].body

        assert isinstance(assessed, CoordinatedEntry)
        assert assessed.prioritized is True
        assert assessed.assessed is AssessedBy.IN_PERSON
        assert rows(content, "Assessment.csv")[0]["AssessmentType"] == "3"


class Vendor(partner.Partner):
    """The HMIS vendor's own system: takes rows at its csvimport, each delivery once."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, bytes] = {}
        self.down = False

    def take(self, delivery: str, seconds: str, signature: str, body: bytes) -> bool:
        if self.down or not is_signed(self.secret, delivery, seconds, body, signature):
            return False
        self.taken[delivery] = body
        return True


@pytest.fixture
def vendor(hub: Hub) -> Iterator[Vendor]:
    """The county's HMIS takes rows back from now on, with those they refer to."""
    vendor = Vendor()
    with partner.listening(partner=vendor), transaction(hub.engine) as session:
        vendor.secret = load.listens_at(session, hub.keys, HMIS, vendor.url)
        agreed = f'timezone = "America/Chicago"\ncsvimport = "{vendor.url}"\ncomplete = true'
        Directory(session).define_feed(HMIS, "hmis-csv", agreed)
        session.commit()
        yield vendor


@pytest.fixture
def courier(hub: Hub) -> Courier:
    return Courier(hub.at_work, hub.keys, sender=HttpSender(attempts=1))


class TestPush:
    def test_brings_the_row_once_to_the_vendors_own_system(
        self, hub: Hub, crisis: Partner, marcus: Story, authorize: Authorize, vendor: Vendor, courier: Courier
    ) -> None:
        authorize(CRISIS)
        hand_over(crisis, marcus)
        courier.round(datetime.now(UTC))
        courier.round(datetime.now(UTC))

        (content,) = vendor.taken.values()
        assert isinstance(read(content)["Event"].body, CoordinatedEntry)
        assert len(hub.entries(Act.HMIS_WRITTEN)) == 1

    def test_is_tried_again_where_the_vendor_is_down(
        self, crisis: Partner, marcus: Story, authorize: Authorize, vendor: Vendor, courier: Courier
    ) -> None:
        authorize(CRISIS)
        hand_over(crisis, marcus)
        vendor.down = True
        courier.round(datetime.now(UTC))
        vendor.down = False
        courier.round(datetime.now(UTC) + timedelta(days=2))

        assert len(vendor.taken) == 1

    def test_asks_again_before_it_delivers(
        self, hub: Hub, hmis: Partner, crisis: Partner, marcus: Story, authorize: Authorize, vendor: Vendor,
        courier: Courier,
    ) -> None:  # fmt: skip
        authorize(CRISIS)
        hand_over(crisis, marcus)
        hmis.post("/api/consents/revocations", {"consent_id": f"tell-the-hmis-{CRISIS}", "form": "oral"})
        courier.round(datetime.now(UTC))

        assert vendor.taken == {}
        assert len(hub.entries(Act.HMIS_WITHHELD)) == 1

    def test_is_queued_for_strangers_too_and_brings_nothing(
        self, hub: Hub, crisis: Partner, stranger: Story, vendor: Vendor, courier: Courier
    ) -> None:
        """Whether it is queued must not tell the one who hands over whether the HMIS knows the person."""
        hand_over(crisis, stranger)

        assert any(entry.details["event"] == "hmis.rows" for entry in hub.entries(Act.PARCEL_QUEUED))
        courier.round(datetime.now(UTC))
        assert vendor.taken == {}


class TestFileSet:
    def test_holds_every_file_and_without_the_rows_referred_to_only_their_headers(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        """An importer that takes the newest for true must not be given empty clients."""
        authorize(CRISIS)
        hand_over(crisis, marcus)
        content = written_back(complete=False)

        assert content is not None
        assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 25
        assert rows(content, "Client.csv") == rows(content, "Enrollment.csv") == []
        assert rows(content, "Export.csv")[0]["ExportDirective"] == "1"

    def test_tells_no_name(
        self, crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack
    ) -> None:
        authorize(CRISIS)
        hand_over(crisis, marcus)
        content = written_back()

        assert content is not None
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert not any(b"Delgado" in archive.read(name) for name in archive.namelist())
