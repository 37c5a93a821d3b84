"""What each reader is shown of the log, and the ledgers drawn from it: yes and no side by side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from hub.errors import Unavailable
from hub.store.audit import Act, AuditLog, Draft, Entry, checkpoint, sequence
from hub.store.crypto import Keys
from hub.store.ledgers import UNMASKED, WITHHELD, Disclosures, LogReader, Standing, mask, provable, standing
from hub.store.terms import Participant, Terms
from schemas.disclosure import Party
from schemas.instruments import Agreement, Policies
from schemas.vocab import AgreementKind, Capacity, Regime
from schemas.vocab.ledgers import Ledger

AT = datetime(2026, 6, 15, 2, 10, tzinfo=UTC)
TODAY = AT.date()
MARCUS = UUID("0b5c1a3e-8a34-4f0e-9a53-3f7f7f1d2a10")
CLINIC = {Capacity.COVERED_ENTITY, Capacity.HEALTH_CARE_PROVIDER}
PROGRAM = CLINIC | {Capacity.PART2_PROGRAM}
COUNTY = {
    "cedar": PROGRAM,
    "lakeside": CLINIC,
    "harbor": CLINIC | {Capacity.CRISIS_PROVIDER},
    "open-door": {Capacity.HOMELESS_SERVICES, Capacity.HMIS_PARTICIPANT},
    "county-hmis": {Capacity.HMIS_LEAD},
    "county-compliance": {Capacity.SOCIAL_SERVICES_AGENCY},
}
CARE = ("cedar", "lakeside", "harbor")
ADMINISTERED = {"open-door": "county-hmis"}


def terms_of(capacities: Mapping[str, set[Capacity]] = COUNTY, *agreements: Agreement) -> Terms:
    participants = {
        slug: Participant(
            slug.title(), Party(organization=slug, capacities=frozenset(held_as)), ("US",), ADMINISTERED.get(slug), ()
        )
        for slug, held_as in capacities.items()
    }
    return Terms(participants, {}, agreements, Policies(), ())


def agreed(kind: AgreementKind, *parties: str, until: date | None = None) -> Agreement:
    return Agreement(kind=kind, parties=parties, since=date(2026, 1, 1), until=until)


def reads_as(participant: str, *agreements: Agreement, on: date = TODAY) -> Standing:
    return standing(terms_of(COUNTY, *agreements), participant, on=on)


def piece(source: str = "cedar", *, part2: bool = True, released: bool = True) -> dict[str, Any]:
    """A piece as `hub.flow.recording` writes it down."""
    ledgers = ["part2-accounting"] if part2 else ["hipaa-accounting"]
    left = {"fields_released": ["case-manager"], "description": ["Name of the case manager."], "ledgers": ledgers}
    return {
        "record": str(uuid4()),
        "source": source,
        "kind": "staff-assignment",
        "outcome": "limit",
        "regimes": ["hipaa", "part2"] if part2 else ["hipaa"],
        "rules": ["part2.consent"] if part2 else ["hipaa.treatment"],
        "cites": ["42 CFR 2.31(a)"] if part2 else ["45 CFR 164.506(c)(2)"],
        "obligations": ["part2-notice", *ledgers] if part2 else ledgers,
        "because": ["A consent names the recipient."],
        "would_help": [],
        **(left if released else {"fields_released": []}),
    }


def said(*decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "query": "q-1",
        "purpose": "TREAT",
        "justification": "on scene",
        "match": "unique",
        "response": "released",
        "packs": {"US-TX": None},
        "recipient": "Harbor Mobile Crisis",
        "decisions": list(decisions),
        **more,
    }


def entry(details: dict[str, Any], act: Act = Act.CONTACT_RELEASED, participant: str | None = "harbor") -> Entry:
    return Entry(
        seq=7,
        id=uuid4(),
        at=AT,
        actor="client:harbor-mobile-crisis",
        participant=participant,
        act=act,
        subject="a" * 32,
        details=details,
    )


class TestStanding:
    @pytest.mark.parametrize(
        ("agreement", "reads"),
        [
            (None, False),
            (agreed(AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, "county-compliance", "cedar"), True),
            (agreed(AgreementKind.PART2_AUDIT, "county-compliance", "cedar"), True),
            (agreed(AgreementKind.BUSINESS_ASSOCIATE, "county-compliance", "cedar"), True),
            (agreed(AgreementKind.NETWORK_PARTICIPATION, "county-compliance", "cedar"), False),
            (agreed(AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, "hub", "cedar"), False),
        ],
        ids=lambda one: getattr(one, "kind", one),
    )
    def test_over_a_program_comes_of_serving_or_auditing_it(self, agreement: Agreement | None, reads: bool) -> None:
        reader = reads_as("county-compliance", *([] if agreement is None else [agreement]))

        assert reader.may_read("cedar") is reads

    @pytest.mark.parametrize(("day", "reads"), [(30, True), (31, False)])
    def test_ends_with_the_agreement(self, day: int, reads: bool) -> None:
        serving = agreed(AgreementKind.PART2_AUDIT, "county-compliance", "cedar", until=date(2026, 5, 30))

        assert reads_as("county-compliance", serving, on=date(2026, 5, day)).may_read("cedar") is reads

    def test_over_oneself_and_whom_one_administers_needs_no_agreement(self) -> None:
        assert reads_as("cedar").may_read("cedar")
        assert reads_as("county-hmis").may_read("open-door")
        assert not reads_as("open-door").may_read("county-hmis")

    def test_between_two_of_a_kind_is_nobodys(self) -> None:
        """An agreement does not say which of two clinics serves the other."""
        serving = agreed(AgreementKind.BUSINESS_ASSOCIATE, "harbor", "lakeside")

        assert not reads_as("harbor", serving).may_read("lakeside")
        assert not reads_as("lakeside", serving).may_read("harbor")

    def test_of_the_hub_over_a_program_is_that_of_a_service_organization(self) -> None:
        joined = [agreed(AgreementKind.NETWORK_PARTICIPATION, "hub", slug) for slug in ("cedar", "open-door")]

        assert [reads_as("hub", *joined).may_read(slug) for slug in ("cedar", "open-door")] == [False, True]
        assert reads_as("hub", agreed(AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, "hub", "cedar")).may_read("cedar")

    def test_over_an_organization_nobody_knows_is_nobodys(self) -> None:
        assert not reads_as("county-compliance").may_read("gone")
        assert not reads_as("county-compliance").may_name("gone")


class TestMask:
    def test_leaves_the_program_its_own_pieces_and_no_trace_of_others(self) -> None:
        own = piece("cedar")
        both, alone = entry(said(own, piece("lakeside", part2=False))), entry(said(own))

        shown = mask(both, reads_as("cedar"))

        assert shown.details["decisions"] == [own]
        assert shown.details == mask(alone, reads_as("cedar")).details

    def test_shows_the_asker_their_question_and_none_of_its_pieces(self) -> None:
        shown = mask(entry(said(piece())), reads_as("harbor"))

        assert (shown.participant, shown.details["justification"]) == ("harbor", "on scene")
        assert shown.details.keys().isdisjoint({"decisions", "packs", "response"})

    def test_names_no_provider_beside_a_person_to_someone_else(self) -> None:
        shown = mask(entry(said(piece())), reads_as("county-compliance"))

        assert (shown.participant, shown.actor) == (WITHHELD, "client")
        assert shown.details == {"query": "q-1", "purpose": "TREAT", "match": "unique"}

    def test_names_whoever_says_nothing_of_care(self) -> None:
        shown = mask(entry(said(piece()), participant="county-hmis"), reads_as("county-compliance"))

        assert (shown.participant, shown.details["recipient"]) == ("county-hmis", "Harbor Mobile Crisis")

    @pytest.mark.parametrize("act", [Act.EMERGENCY_DOCUMENTED, Act.CONSENT_FILED, Act.CONSENT_REVOKED])
    def test_tells_nobody_else_that_a_paper_or_an_emergency_was_written_down(self, act: Act) -> None:
        """A reader sees that something was noted; to the program it is told."""
        written = entry({"kind": "part2-tpo", "consent": "tpo-7"}, act, "cedar")

        others, own = mask(written, reads_as("county-compliance")), mask(written, reads_as("cedar"))

        assert (others.act, others.participant, others.details) == (Act.PERSON_NOTED, WITHHELD, {})
        assert own == written

    def test_leaves_alone_what_is_about_nobody(self) -> None:
        import_ = entry({"feed": "fhir"}, Act.FEED_IMPORTED, "cedar").model_copy(update={"subject": None})

        assert mask(import_, reads_as("county-compliance")) == import_

    def test_of_a_redacted_entry_is_that_entry_and_no_error(self) -> None:
        for reader in (UNMASKED, reads_as("cedar"), reads_as("county-compliance")):
            assert mask(entry({}), reader).details == {}

    def test_shows_nothing_of_details_that_are_not_what_they_were(self) -> None:
        odd = entry({"decisions": "part2", "tomorrow": "part2"})

        assert mask(odd, reads_as("county-compliance")).details == {}
        assert mask(entry({"decisions": [None, 3]}), reads_as("cedar")).details == {}

    def test_lets_a_proof_lay_open_what_is_shown_and_no_more(self) -> None:
        whole = entry(said(piece()))
        fields = ["at", "act", "actor", "participant", "subject", "purpose", "recipient", "details"]

        assert provable(whole, mask(whole, reads_as("county-compliance")), fields) == [
            "at",
            "act",
            "subject",
            "purpose",
        ]
        assert provable(whole, mask(whole, UNMASKED), fields) == fields


sources = st.sampled_from(["cedar", "lakeside"])
acts = st.sampled_from(
    [Act.CONTACT_RELEASED, Act.CONTACT_WITHHELD, Act.HANDOFF_REVEALED, Act.CONSENT_FILED, Act.CONSENT_REVOKED]
)
drafts = st.lists(
    st.tuples(acts, st.sampled_from([*COUNTY]), st.lists(st.tuples(sources, st.booleans()), max_size=4)), max_size=6
)


def as_log(drafts: Sequence[tuple[Act, str, list[tuple[str, bool]]]], *, part2: bool) -> list[Entry]:
    """A log in which everything was a program's, or the same in which all of it was a clinic's."""
    return [
        entry(
            said(
                *[piece(source, part2=part2, released=left) for source, left in found],
                **({"kind": "part2-tpo" if part2 else "hipaa-authorization"} if participant in CARE else {}),
            ),
            act,
            participant,
        ).model_copy(update={"id": UUID(int=place), "seq": place})
        for place, (act, participant, found) in enumerate(drafts)
    ]


class TestMaskedLog:
    @given(drafts=drafts, reader=st.sampled_from(["county-compliance", "open-door", "county-hmis", "hub", "nobody"]))
    def test_of_programs_is_that_of_clinics_to_whoever_stands_outside(
        self, drafts: list[tuple[Act, str, list[tuple[str, bool]]]], reader: str
    ) -> None:
        """That something is masked is no hint: it would be masked as well if no program had a part in it."""
        no_programs = {**COUNTY, "cedar": CLINIC}
        among_programs = standing(terms_of(COUNTY), reader, on=AT.date())
        among_clinics = standing(terms_of(no_programs), reader, on=AT.date())

        part2 = [mask(one, among_programs) for one in as_log(drafts, part2=True)]
        plain = [mask(one, among_clinics) for one in as_log(drafts, part2=False)]

        assert part2 == plain

    @given(drafts=drafts)
    def test_speaks_of_no_regime_to_whoever_stands_outside(
        self, drafts: list[tuple[Act, str, list[tuple[str, bool]]]]
    ) -> None:
        shown = [mask(one, reads_as("county-compliance")) for one in as_log(drafts, part2=True)]

        text = "".join(one.model_dump_json() for one in shown)
        assert not any(word in text for word in ("part2", "2.31", "cedar", "case-manager", *(Regime.PART2,)))

    @given(drafts=drafts)
    def test_differs_where_the_reader_has_standing(self, drafts: list[tuple[Act, str, list[tuple[str, bool]]]]) -> None:
        """So that the two tests before cannot pass by showing nothing to anyone."""
        own = [(act, who, [one for one in found if one[0] == "cedar"]) for act, who, found in drafts]
        shown = [mask(one, reads_as("cedar")) for one in as_log(own, part2=True)]
        expected = [one for one, (act, _, found) in zip(shown, own, strict=True) if found and one.act is act]

        assert all(one.details["decisions"] for one in expected)


Written = Callable[..., UUID]


@pytest.fixture
def written(session: Session, keys: Keys) -> Written:
    """Appends an entry; it stands once `signed` is called."""
    log = AuditLog(session, keys)

    def write(act: Act = Act.CONTACT_RELEASED, *decisions: dict[str, Any], **changed: Any) -> UUID:
        values: dict[str, Any] = {"at": AT, "actor": "client:harbor", "participant": "harbor", "subject": MARCUS}
        return log.append(act, **{**values, "details": said(*decisions), **changed})

    return write


@pytest.fixture
def signed(session: Session, engine: Engine, keys: Keys) -> Callable[[], None]:
    def sign() -> None:
        session.commit()
        sequence(engine)
        checkpoint(engine, keys, AT)

    return sign


class TestReader:
    def test_finds_by_what_is_shown_and_not_by_what_is_not(
        self, session: Session, keys: Keys, written: Written, signed: Callable[[], None]
    ) -> None:
        """A filter that told of masked rows would be the hint that masking keeps back."""
        written(Act.EMERGENCY_DOCUMENTED, participant="cedar", actor="client:harbor")
        written(Act.CONTACT_RELEASED, piece())
        signed()
        others, own = (LogReader(session, keys, reads_as(who)) for who in ("county-compliance", "cedar"))

        assert others.entries(act=Act.EMERGENCY_DOCUMENTED) == []
        assert others.entries(participant="cedar") == []
        assert others.entries(actor="client:harbor") == []
        assert [one.seq for one in others.entries(act=Act.PERSON_NOTED)] == [0]
        assert [one.seq for one in others.entries(participant=WITHHELD)] == [1, 0]
        assert [one.seq for one in own.entries(act=Act.EMERGENCY_DOCUMENTED, participant="cedar")] == [0]

    def test_fills_its_pages_from_what_is_shown(
        self, session: Session, keys: Keys, written: Written, signed: Callable[[], None]
    ) -> None:
        for place in range(12):
            written(Act.CONTACT_RELEASED if place % 4 else Act.CONSENT_FILED, participant="cedar")
        signed()
        reader = LogReader(session, keys, reads_as("county-compliance"))

        first = reader.entries(act=Act.PERSON_NOTED, limit=2)
        rest = reader.entries(act=Act.PERSON_NOTED, limit=2, after=first[-1].seq)

        assert [one.seq for one in (*first, *rest)] == [8, 4, 0]
        assert [one.seq for one in reader.walk(act=Act.PERSON_NOTED)] == [0, 4, 8]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is asked of the database in the block."""
    asked: list[str] = []

    def note(*said: Any) -> None:
        asked.append(said[2])

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


class TestDisclosures:
    def test_are_those_that_left_and_that_the_law_lists(
        self, session: Session, keys: Keys, written: Written, signed: Callable[[], None]
    ) -> None:
        written(Act.CONTACT_RELEASED, piece("cedar"), piece("cedar", released=False), piece("lakeside", part2=False))
        written(Act.CONTACT_WITHHELD, piece("cedar", released=False))
        written(Act.CONTACT_RELEASED, piece("cedar"), subject=uuid4())
        signed()

        def found(ledger: Ledger) -> list[tuple[int, str]]:
            rows = Disclosures(session, keys, UNMASKED).about(
                MARCUS, ledger, since=AT - timedelta(days=1), until=AT + timedelta(days=1)
            )
            return [(row.entry.seq, row.discloser) for row in rows]

        assert found(Ledger.PART2) == [(0, "cedar")]
        assert found(Ledger.HIPAA) == [(0, "lakeside")]
        assert found(Ledger.INTERMEDIARY) == []

    def test_are_shown_to_the_holders_own_and_to_no_other(
        self, session: Session, keys: Keys, written: Written, signed: Callable[[], None]
    ) -> None:
        written(Act.CONTACT_RELEASED, piece("cedar"))
        signed()
        span = {"since": AT, "until": AT + timedelta(seconds=1)}

        own, others = (Disclosures(session, keys, reads_as(who)) for who in ("cedar", "county-compliance"))

        assert len(own.about(MARCUS, Ledger.PART2, **span)) == 1
        assert others.about(MARCUS, Ledger.PART2, **span) == []

    def test_are_told_only_once_a_signature_covers_them(
        self, session: Session, engine: Engine, keys: Keys, written: Written, signed: Callable[[], None]
    ) -> None:
        span = {"since": AT, "until": AT + timedelta(seconds=1)}
        with pytest.raises(Unavailable, match="no signed checkpoint"):
            Disclosures(session, keys, UNMASKED)
        written(Act.CONTACT_RELEASED, piece())
        signed()
        written(Act.CONTACT_RELEASED, piece())
        session.commit()
        sequence(engine)

        before = Disclosures(session, keys, UNMASKED)
        signed()
        after = Disclosures(session, keys, UNMASKED)

        assert (before.stands_under.size, len(before.about(MARCUS, Ledger.PART2, **span))) == (1, 1)
        assert (after.stands_under.size, len(after.about(MARCUS, Ledger.PART2, **span))) == (2, 2)

    def test_of_one_person_are_found_without_reading_the_log(
        self, session: Session, engine: Engine, keys: Keys, written: Written, signed: Callable[[], None]
    ) -> None:
        log = AuditLog(session, keys)
        others = (Draft(Act.CONTACT_RELEASED, AT, "client:x", "harbor", uuid4(), said(piece())) for _ in range(3000))
        log.append_many(others)
        written(Act.CONTACT_RELEASED, piece())
        signed()
        session.connection().execute(text("ANALYZE"))
        disclosures = Disclosures(session, keys, UNMASKED)

        with statements(engine) as asked:
            rows = disclosures.about(MARCUS, Ledger.PART2, since=AT, until=AT + timedelta(seconds=1))

        assert (len(rows), len(asked)) == (1, 2)

    def test_newest_first_come_by_the_page(
        self, session: Session, keys: Keys, written: Written, signed: Callable[[], None]
    ) -> None:
        for _ in range(5):
            written(Act.CONTACT_RELEASED, piece())
            written(Act.CONTACT_WITHHELD)
        signed()
        disclosures = Disclosures(session, keys, UNMASKED)

        first = disclosures.newest(Ledger.PART2, since=AT, after=None, limit=3)
        rest = disclosures.newest(Ledger.PART2, since=AT, after=first[-1].entry.seq, limit=3)

        assert [row.entry.seq for row in (*first, *rest)] == [8, 6, 4, 2, 0]
