"""What holds for every question: less evidence, more law, or a later day never opens anything."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import rule, rulebook
from consent.engine import decide
from consent.lazy import lazy
from consent.leaving.clearance import Decided, clear
from consent.question import Asked, Question
from consent.rule import Effect, Finding
from schemas.canonical import CanonicalRecord, Coded, Encounter, Medications, PersonFacts, TreatmentEnrollment
from schemas.disclosure import Case, Decision, DisclosureRequest, InHmis, Piece
from schemas.instruments import Consent, Facts, OnDate, Revocation
from schemas.vocab import (
    Capacity,
    Channel,
    Field,
    Funding,
    Justice,
    Match,
    Outcome,
    ProcessKind,
    Purpose,
    RevocationForm,
    Role,
    Seal,
)
from schemas.vocab.records import EncounterClass
from tests.consent.stories import stories

STORIES = tuple(stories())
BY_ID = {case.id: case for case in STORIES}
SILENT = tuple(case for case in STORIES if {piece.outcome for piece in case.expected.records} == {Outcome.SILENT})
some_story = st.sampled_from(STORIES)
few = settings(max_examples=60, deadline=None)


def released(decision: Decision) -> dict[str, frozenset[Field]]:
    return {piece.id: frozenset(piece.fields_released) for piece in decision.records}


def assert_no_wider(after: Decision, before: Decision) -> None:
    had = released(before)
    for piece, fields in released(after).items():
        assert fields <= had[piece]


def keep_some(draw: st.DrawFn, items: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(item for item in items if draw(st.booleans()))


REQUESTS = frozenset({ProcessKind.SUPERVISORY_REQUEST, ProcessKind.ORAL_REQUEST})
"""Not evidence, but what is asked: the narrower the request, the less goes."""


@st.composite
def with_less_evidence(draw: st.DrawFn) -> tuple[Case, Facts]:
    """A story, and its facts with some evidence taken away."""
    case = draw(some_story)
    facts = case.facts
    offered = tuple(p for p in facts.legal_process if p.kind in REQUESTS)
    others = tuple(p for p in facts.legal_process if p.kind not in REQUESTS)
    lapsed = tuple(a for a in facts.agreements if a.until is not None)
    standing = tuple(a for a in facts.agreements if a.until is None)
    update = {
        "consents": keep_some(draw, facts.consents),
        "legal_process": offered + keep_some(draw, others),
        "agreements": lapsed + keep_some(draw, standing),
        "threat": draw(st.sampled_from([facts.threat, None])),
        "incident": draw(st.sampled_from([facts.incident, None])),
        "research": draw(st.sampled_from([facts.research, None])),
    }
    return case, facts.model_copy(update=update)


@st.composite
def mixed_up(draw: st.DrawFn) -> tuple[DisclosureRequest, Facts]:
    """One story's request, somewhat changed, with another's facts: well formed, and otherwise nonsense."""
    request, facts = draw(some_story).request, draw(some_story).facts
    recipient = request.recipient.model_copy(
        update={
            "role": draw(st.sampled_from(Role)),
            "capacities": draw(st.frozensets(st.sampled_from(Capacity), max_size=4)),
        }
    )
    changed = request.model_copy(
        update={
            "purpose": draw(st.sampled_from(Purpose)),
            "channel": draw(st.sampled_from(Channel)),
            "recipient": recipient,
            "at": request.at - timedelta(days=draw(st.integers(0, 9000))),
        }
    )
    return changed, facts


class TestDecide:
    @few
    @given(with_less_evidence())
    def test_with_less_evidence_releases_no_more(self, told: tuple[Case, Facts]) -> None:
        case, facts = told

        assert_no_wider(decide(case.request, facts), decide(case.request, case.facts))

    @few
    @given(some_story, st.sampled_from(RevocationForm))
    def test_after_revocation_releases_no_more(self, case: Case, form: RevocationForm) -> None:
        at = case.request.at
        revocation = Revocation(form=form, on=at.date(), learned_at=at)
        revoked = tuple(
            consent.model_copy(update={"revocation": consent.revocation or revocation})
            for consent in case.facts.consents
        )

        after = decide(case.request, case.facts.model_copy(update={"consents": revoked}))

        assert_no_wider(after, decide(case.request, case.facts))

    @few
    @given(some_story)
    def test_after_expiry_releases_no_more(self, case: Case) -> None:
        yesterday = OnDate(date=case.request.at.date() - timedelta(1))
        expired = tuple(consent.model_copy(update={"expiration": yesterday}) for consent in case.facts.consents)

        after = decide(case.request, case.facts.model_copy(update={"consents": expired}))

        assert_no_wider(after, decide(case.request, case.facts))

    @few
    @given(some_story)
    def test_after_agreements_lapse_releases_no_more(self, case: Case) -> None:
        yesterday = case.request.at.date() - timedelta(1)
        lapsed = tuple(agreement.model_copy(update={"until": yesterday}) for agreement in case.facts.agreements)

        after = decide(case.request, case.facts.model_copy(update={"agreements": lapsed}))

        assert_no_wider(after, decide(case.request, case.facts))

    @few
    @given(some_story, st.integers(0, 4))
    def test_under_one_more_regime_releases_no_more(self, case: Case, which: int) -> None:
        records = tuple(under_one_more(piece, which) for piece in case.request.records)

        after = decide(case.request.model_copy(update={"records": records}), case.facts)

        assert_no_wider(after, decide(case.request, case.facts))

    @few
    @given(some_story, st.randoms(use_true_random=False))
    def test_does_not_depend_on_order(self, case: Case, random: Any) -> None:
        request, facts = case.request, case.facts
        shuffled = facts.model_copy(
            update={
                name: tuple(random.sample(getattr(facts, name), len(getattr(facts, name))))
                for name in ("consents", "legal_process", "agreements", "restrictions")
            }
        )
        turned = request.model_copy(update={"records": request.records[::-1]})

        assert told(decide(turned, shuffled)) == told(decide(request, facts))

    @settings(max_examples=150, deadline=None)
    @given(mixed_up())
    def test_always_answers(self, asked: tuple[DisclosureRequest, Facts]) -> None:
        request, facts = asked
        decision = decide(request, facts)

        assert [piece.id for piece in decision.records] == [piece.id for piece in request.records]
        for piece, held in zip(decision.records, request.records, strict=True):
            assert held.fields.issuperset(piece.fields_released)
            assert bool(piece.fields_released) == (piece.outcome in {Outcome.PERMIT, Outcome.LIMIT})
            assert "could not be answered" not in " ".join(step.because for step in piece.trace)

    @few
    @given(some_story)
    def test_answers_the_same_twice(self, case: Case) -> None:
        assert decide(case.request, case.facts) == decide(case.request, case.facts)

    @few
    @given(some_story)
    def test_makes_what_the_schema_would_have_made(self, case: Case) -> None:
        decision = decide(case.request, case.facts)

        assert Decision.model_validate_json(decision.model_dump_json()) == decision


def under_one_more(piece: Piece, which: int) -> Piece:
    source = piece.source
    survivor_service = source.model_copy(update={"capacities": source.capacities | {Capacity.VICTIM_SERVICE_PROVIDER}})
    covered = Capacity.COVERED_ENTITY in source.capacities and Capacity.VETERANS_AFFAIRS not in source.capacities
    program = source.model_copy(
        update={"capacities": source.capacities | ({Capacity.PART2_PROGRAM} if covered else set())}
    )
    hmis = InHmis(funding=piece.hmis.funding | {Funding.HOPWA}) if piece.hmis else None
    change: dict[str, Any] = (
        {"source": survivor_service},
        {"justice": Justice.NATIONAL_DATABASE},
        {"seal": Seal.EXPUNGED},
        {"hmis": hmis},
        {"source": program},
    )[which]
    return piece.model_copy(update=change)


def told(decision: Decision) -> tuple[object, ...]:
    return decision.response, sorted((p.id, p.outcome, p.fields_released, p.obligations) for p in decision.records)


class TestSilence:
    """What leaves about a person of whom all is withheld is, byte for byte, what leaves about a stranger."""

    def test_looks_like_a_stranger(self) -> None:
        for case in SILENT:
            unknown = case.request.subject.model_copy(update={"match": Match.NONE})
            stranger = case.request.model_copy(update={"records": (), "subject": unknown})

            assert leaving(case.request, case.facts) == leaving(stranger, case.facts), case.id

    def test_is_broken_by_a_release(self) -> None:
        known = BY_ID["treatment-by-treating-team"]
        stranger = known.request.model_copy(update={"records": ()})

        assert leaving(known.request, known.facts) != leaving(stranger, known.facts)


CODED = (Coded(system="http://hl7.org/fhir/sid/icd-10-cm", code="Z59.0"),)
RECORDS = tuple(
    CanonicalRecord(feed="any", key=body.kind, body=body)
    for body in (
        PersonFacts(given="Rosalind", birth_date=date(1984, 5, 6), phones=("555-0100",), address="4 Elm Row"),
        Encounter(care=EncounterClass.EMERGENCY, facility="East Ward", diagnoses=CODED, hiv_diagnoses=CODED),
        Medications(current=("lisinopril",), last_dose="at eight"),
        TreatmentEnrollment(enrolled=True, attended_on=(date(2026, 6, 1),)),
    )
)
"""Records that would show something, whatever is released."""


def leaving(request: DisclosureRequest, facts: Facts) -> bytes:
    """All that a recipient receives, as bytes: the response and what is cleared of records that hold every field."""
    decision = decide(request, facts)
    decided = (Decided(record, "holder", piece) for piece in decision.records for record in RECORDS)
    cleared = clear(decided, on=request.at.date())
    return orjson.dumps([decision.response, *(one.model_dump(mode="json") for one in cleared)])


class TestWhatIsKept:
    """Pages, doors and steps are kept to save work, up to a bound; beyond it the answers are the same."""

    def test_changes_no_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = [decide(case.request, case.facts) for case in STORIES[::10]]
        monkeypatch.setattr(rulebook, "_PAGES_KEPT", 0)
        monkeypatch.setattr(rule, "_STEPS_KEPT", 0)
        rulebook.on.cache_clear()
        for known in rulebook.rules():
            known.steps.clear()

        assert [decide(case.request, case.facts) for case in STORIES[::10]] == before
        assert [known.steps for known in rulebook.rules() if known.steps] == []

    def test_is_worked_out_once(self) -> None:
        told = BY_ID["treatment-by-treating-team"]
        book = rulebook.on(told.request.at.date())
        q = Question(Asked(told.request, told.facts), told.request.records[0])

        assert book.page((), q) is book.page((), q)
        assert isinstance(Question.states, lazy)


class TestABrokenRule:
    """Whatever breaks, the answer is that nobody knows, and that withholds."""

    @pytest.fixture
    def case(self) -> Case:
        return BY_ID["treatment-by-treating-team"]

    @pytest.mark.parametrize("broken", ["hipaa.treatment", "exchange.business-associate", "gate.verified"])
    def test_withholds(self, case: Case, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def breaks(_: Question) -> Finding | None:
            raise ZeroDivisionError

        law = rulebook.rules_on(case.request.at.date())
        book = rulebook.Book(tuple(replace(rule, ask=breaks) if rule.id == broken else rule for rule in law))
        monkeypatch.setattr(rulebook, "on", lambda _: book)

        assert released(decide(case.request, case.facts)) == {"r1": frozenset()}

    def test_of_another_effect_or_none_would_have_released(self, case: Case) -> None:
        assert released(decide(case.request, case.facts)) == {"r1": case.request.records[0].fields}


def test_every_effect_is_in_use() -> None:
    assert {rule.effect for rule in rulebook.rules()} == set(Effect)


def test_a_consent_is_evidence_and_does_not_change() -> None:
    consent: Consent = BY_ID["part2-revoked"].facts.consents[0]

    with pytest.raises(ValueError, match="frozen"):
        consent.subject_named = False  # type: ignore[misc]
