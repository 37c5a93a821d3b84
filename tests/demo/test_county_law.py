"""The real adapters read the county, and the real consent engine answers its stories as they say it must."""

import io
import zipfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from adapters.base import Feed, Read
from adapters.fhir import Fhir
from adapters.hl7v2 import Hl7v2
from adapters.hmis import HmisCsv
from adapters.jail import JailRoster
from consent.engine import decide
from hub.demo.county import STORIES, Answer, County, CountyDirectory, FeedFile, Story, generate, story
from hub.demo.county.clinic import chart
from hub.demo.county.hmis import personal_id
from hub.demo.county.hospital import mrn
from hub.demo.county.jail import jail_number
from hub.demo.county.programs import HMIS
from hub.demo.county.treatment import patient_number
from schemas.canonical import Booking, CanonicalRecord, ConsentOnFile, StaffAssignment
from schemas.disclosure import DisclosureRequest, InHmis, Party, Piece, PieceDecision, Provenance, Recipient, Subject
from schemas.instruments import Consent, Facts, NamedOrganization
from schemas.messages import Problem, RawMessage
from schemas.showing import shown
from schemas.vocab import Channel, ConsentKind, Field, Match, Obligation, Outcome, Purpose, Relationship, Role
from schemas.vocab.records import BookingEvent

NOW = datetime(2026, 6, 15, 15, 30, tzinfo=UTC)
ADAPTERS: dict[str, Feed] = {"hmis-csv": HmisCsv(), "hl7v2": Hl7v2(), "fhir": Fhir(), "jail": JailRoster()}
CONTACT = frozenset({Field.CASE_MANAGER, Field.LAST_CONTACT, Field.ACTIVE_ENROLLMENT, Field.LIVING_SITUATION})


def read(sent: FeedFile) -> list[Read]:
    """What an adapter makes of a file as the importer hands it over: as it lies there, a folder zipped."""
    message = RawMessage(
        id=UUID(int=1),
        feed=sent.feed,
        source=sent.source,
        received_at=NOW,
        name=sent.path.name,
        content=zipped(sent.path) if sent.path.is_dir() else sent.path.read_bytes(),
        definition=sent.definition.read_text("utf-8") if sent.definition else None,
    )
    return list(ADAPTERS[sent.feed].read(message))


def zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return packed.getvalue()


class Evidence:
    """All that a county's files say, by how a source names the person."""

    def __init__(self, county: County, files: dict[Path, list[Read]]) -> None:
        self.directory = county.directory()
        self._held_by = {(one.source, one.key): one.participant for one in self.directory.organizations}
        self.pieces: dict[str, list[Piece]] = defaultdict(list)
        self.consents: dict[str, list[Consent]] = defaultdict(list)
        for sent in county.files:
            for record in files[sent.path]:
                if isinstance(record, CanonicalRecord):
                    self._take(sent.source, record)
        for paper in county.consents():
            self.consents[paper.person].append(paper.consent)
        for assigned in county.assignments():
            self._assign(assigned.person, assigned.participant, assigned.assignment)

    def _take(self, source: str, record: CanonicalRecord) -> None:
        contents = shown(record.body)
        if record.subject and contents and record.body.kind != "person":
            holder = self._held_by.get((source, record.held_by or ""), source)
            self._keep(record.subject.value, holder, contents, record.provenance)

    def _assign(self, person: str, holder: str, assignment: StaffAssignment) -> None:
        (program,) = [one for one in self.directory.programs if one.key == assignment.program]
        hmis = Provenance(hmis=InHmis(funding=frozenset(program.funding)))
        self._keep(person, holder, shown(assignment), hmis)

    def _keep(self, person: str, holder: str, contents: object, provenance: Provenance) -> None:
        self.pieces[person].append(
            Piece.model_validate(
                {
                    **dict(provenance),
                    "id": f"r{len(self.pieces[person])}",
                    "source": party(self.directory, holder),
                    "contents": contents,
                }
            )
        )


def party(directory: CountyDirectory, slug: str) -> Party:
    (found,) = [one for one in directory.participants if one.slug == slug]
    return Party(organization=slug, capacities=frozenset(found.capacities))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return generate(tmp_path_factory.mktemp("county"), now=NOW)


@pytest.fixture(scope="module")
def files(county: County) -> dict[Path, list[Read]]:
    """What the adapters make of every file, the wrong one too."""
    return {sent.path: read(sent) for sent in (*county.files, county.wrong_file)}


@pytest.fixture(scope="module")
def evidence(county: County, files: dict[Path, list[Read]]) -> Evidence:
    return Evidence(county, files)


def names_of(told: Story) -> list[str]:
    """How the sources name the one the story asks about; of the ambiguous, all whom it might mean."""
    meant = told.people if told.key == "ambiguous" else told.people[:1]
    named = (personal_id, mrn, chart, patient_number, jail_number)
    return [name(life.person.number) for life in meant for name in named]


def answer(evidence: Evidence, told: Story, *, at: datetime = NOW) -> list[PieceDecision]:
    """What may be released to the mobile crisis team, by the story's own question."""
    crisis = party(evidence.directory, "harbor-mobile-crisis")
    match = Match.AMBIGUOUS if told.key == "ambiguous" else Match.UNIQUE if told.people else Match.NONE
    names = names_of(told)
    request = DisclosureRequest(
        at=at,
        channel=Channel.QUERY,
        purpose=Purpose.TREAT if told.answer is Answer.TREATMENT else Purpose.COC,
        recipient=Recipient(
            organization=crisis.organization,
            capacities=crisis.capacities,
            role=Role.CLINICIAN,
            identity_verified=True,
            relationship=Relationship.TREATING,
        ),
        subject=Subject(match=match, age_years=(at.date() - told.born).days // 365),
        records=tuple(
            piece.model_copy(update={"id": f"{name}-{piece.id}"}) for name in names for piece in evidence.pieces[name]
        ),
    )
    facts = Facts(
        consents=tuple(consent for name in names for consent in evidence.consents[name]),
        agreements=evidence.directory.agreements,
        policies=evidence.directory.policies,
    )
    return [piece for piece in decide(request, facts).records if piece.outcome in (Outcome.PERMIT, Outcome.LIMIT)]


def fields(released: list[PieceDecision]) -> set[Field]:
    return {field for piece in released for field in piece.fields_released}


UNTOLD = {"ssn-unknown", "dob-unknown"}
"""What some of the county's people did not tell their shelter, as in any county."""

YOUTHS = {"children-alone"}
"""Who is not of age and came alone, to a program that is there for them."""


def problems(read: list[Read]) -> set[str]:
    return {one.code for one in read if isinstance(one, Problem)}


class TestAdapters:
    def test_read_every_file_without_a_problem(self, county: County, files: dict[Path, list[Read]]) -> None:
        for sent in county.files:
            expected = UNTOLD | YOUTHS if sent.feed == "hmis-csv" else set()

            assert problems(files[sent.path]) == expected

    def test_find_people_in_every_file(self, county: County, files: dict[Path, list[Read]]) -> None:
        for sent in county.files:
            found = [one.body.kind for one in files[sent.path] if isinstance(one, CanonicalRecord)]
            assert "person" in found

    def test_refuse_the_wrong_file_and_take_no_one_from_it(self, county: County, files: dict[Path, list[Read]]) -> None:
        found = files[county.wrong_file.path]

        assert problems(found) == {"victim-service-provider", "vsp-participates"}
        assert [one for one in found if isinstance(one, CanonicalRecord) and one.subject] == []

    def test_read_marcus_as_his_story_tells(self, files: dict[Path, list[Read]]) -> None:
        bodies = {
            one.body.kind: one.body
            for found in files.values()
            for one in found
            if isinstance(one, CanonicalRecord) and one.subject and one.subject.value in {chart(1), jail_number(1)}
        }
        booking, paper = bodies["booking"], bodies["consent"]

        assert isinstance(booking, Booking)
        assert booking.event is BookingEvent.RELEASED
        assert isinstance(paper, ConsentOnFile)
        assert paper.consent.kind is ConsentKind.HIPAA_AUTHORIZATION
        assert paper.consent.recipients == (NamedOrganization(organization="harbor-mobile-crisis"),)


class TestAnswers:
    @pytest.mark.parametrize("told", [one for one in STORIES if one.answer is Answer.CONTACT], ids=lambda one: one.key)
    def test_give_the_contact_where_a_release_in_force_names_the_asker(self, evidence: Evidence, told: Story) -> None:
        released = answer(evidence, told)

        assert Field.CASE_MANAGER in fields(released)
        assert Field.SOCIAL_SECURITY_NUMBER not in fields(released)
        assert any(Obligation.RECORD_HMIS_BASIS in piece.obligations for piece in released)

    @pytest.mark.parametrize(
        "told",
        [one for one in STORIES if one.answer in (Answer.SILENCE, Answer.REFUSED_AT_THE_DOOR)],
        ids=lambda one: one.key,
    )
    def test_are_silent_where_nothing_may_be_told(self, evidence: Evidence, told: Story) -> None:
        assert answer(evidence, told) == []

    def test_tell_marcus_case_in_full(self, evidence: Evidence) -> None:
        told = fields(answer(evidence, story("contact")))

        assert told >= CONTACT | {Field.LAST_KNOWN_WHEREABOUTS, Field.REFERRAL_STATUS, Field.CURRENT_MEDICATIONS}
        assert told >= {Field.CUSTODY_STATUS, Field.RELEASE_TIME}
        assert not told & {Field.CHARGES, Field.MEDICAL_SCREENING}

    def test_give_treatment_with_notice_and_consent_attached(self, evidence: Evidence) -> None:
        released = answer(evidence, story("part2-consent"))

        assert fields(released) >= {Field.CURRENT_MEDICATIONS, Field.SUBSTANCE_USE_DIAGNOSIS}
        for piece in released:
            assert {Obligation.PART2_NOTICE, Obligation.CONSENT_COPY} <= set(piece.obligations)

    def test_say_of_walter_that_he_is_in_custody_and_no_more(self, evidence: Evidence) -> None:
        told = fields(answer(evidence, story("not-seen")))

        assert Field.CUSTODY_STATUS in told
        assert not told & (CONTACT | {Field.CHARGES, Field.MEDICAL_SCREENING})


class TestClock:
    @pytest.mark.parametrize(("days", "answered"), [(0, True), (1, True), (2, False)])
    def test_a_release_counts_to_the_end_of_its_last_day(self, evidence: Evidence, days: int, answered: bool) -> None:
        released = answer(evidence, story("expires-tomorrow"), at=NOW + timedelta(days=days))

        assert bool(released) == answered

    def test_june_was_answered_before_she_revoked(self, evidence: Evidence) -> None:
        assert answer(evidence, story("revoked"), at=NOW - timedelta(days=3))
        assert not answer(evidence, story("revoked"))


class TestOwnership:
    def test_every_record_of_a_person_belongs_to_a_participant(self, evidence: Evidence) -> None:
        slugs = {participant.slug for participant in evidence.directory.participants}
        holders = {piece.source.organization for pieces in evidence.pieces.values() for piece in pieces}

        assert holders <= slugs
        assert HMIS not in holders, "what an agency did is held by the agency, not by the system it is written in"
        assert "harbor-safe-house" not in holders
