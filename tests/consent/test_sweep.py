"""The document of the sweep is what the engine answers, and what it says holds in every cell does."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consent import rulebook
from consent.engine import decide
from schemas.vocab import Capacity, EmergencyKind, Purpose, Regime
from tests.consent.sweep.asking import question, spaces
from tests.consent.sweep.cells import Cell, Place, answers, cell, sweep
from tests.consent.sweep.document import PLACE, document
from tests.consent.sweep.evidence import Bundle, Evidence
from tests.consent.sweep.held import KINDS, Held
from tests.consent.sweep.invariants import INVARIANTS, Invariant
from tests.consent.sweep.notes import NOTES
from tests.consent.sweep.on_file import on_file
from tests.consent.sweep.reading import bundle, read

AGAIN = "the law answers otherwise than the document says: read the difference, then `python -m tests.consent.sweep`"
OF_ID = {held.id: held for held in KINDS}
PLACES = tuple(product(OF_ID, Capacity, Purpose))
SAMPLE, FEW = PLACES[::97], PLACES[::1201]
"""Steps that are prime, so that a sample meets every purpose and, if it is long enough, every capacity."""


@cache
def told() -> dict[Place, frozenset[str]]:
    """What the document says of every cell."""
    return read(PLACE.read_text(encoding="utf-8"))


@cache
def opened() -> dict[Place, frozenset[Bundle]]:
    return {place: frozenset(map(bundle, openings)) for place, openings in told().items()}


def release(place: Place, on_the_table: Bundle) -> bool:
    """Whether anything goes with this on the table, by the engine."""
    kind, who, purpose = place
    return bool(answers(OF_ID[kind], who, purpose)(on_the_table).fields_released)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Place, Bundle]:
    """A cell and some evidence: anything at all, or what the document asks for with a piece more or less."""
    place = draw(st.sampled_from(PLACES))
    enough = draw(st.sampled_from([frozenset[Evidence](), *sorted(opened()[place], key=sorted)]))
    less, more = (draw(st.frozensets(st.sampled_from(Evidence), max_size=size)) for size in (2, 5))
    return place, (enough - less) | more


def possible(who: Capacity, on_the_table: Bundle) -> bool:
    return any(on_the_table <= space for space in spaces(who))


class TestDocument:
    def test_says_of_a_sample_of_cells_what_the_engine_answers(self) -> None:
        answered = {place: frozenset(map(str, _cell(place).openings)) for place in SAMPLE}

        assert {place: told()[place] for place in SAMPLE} == answered, AGAIN

    @pytest.mark.soak
    def test_is_what_the_whole_sweep_writes(self) -> None:
        assert PLACE.read_text(encoding="utf-8") == document(sweep()), AGAIN

    @given(asked=asked())
    @settings(max_examples=300, deadline=None)
    def test_is_right_of_any_evidence_and_not_of_the_least_alone(self, asked: tuple[Place, Bundle]) -> None:
        """Each bundle opens a cell if and only if it holds one of the smallest bundles in it."""
        place, on_the_table = asked
        assume(possible(place[1], on_the_table))
        assume(not (Evidence.SENT in on_the_table and place[2] is Purpose.LOCATE_PERSON))

        assert release(place, on_the_table) is any(least <= on_the_table for least in opened()[place]), AGAIN

    @pytest.mark.parametrize("place", FEW, ids="-".join)
    def test_knows_of_every_single_piece_and_every_pair(self, place: Place) -> None:
        asking = [each for each in Evidence if each is not Evidence.SENT and possible(place[1], frozenset({each}))]
        tried = [frozenset(some) for size in range(3) for some in combinations(asking, size)]
        wrong = [
            some
            for some in tried
            if possible(place[1], some) and release(place, some) is not any(least <= some for least in opened()[place])
        ]

        assert wrong == [], AGAIN

    def test_opens_a_cell_with_each_piece_of_evidence(self) -> None:
        """A piece that is in no smallest bundle was made out wrongly, or asks for nothing the law knows."""
        used = frozenset(each for bundles in opened().values() for some in bundles for each in some)

        assert frozenset(Evidence) - used == frozenset()

    def test_can_be_read_by_a_person(self) -> None:
        assert len(PLACE.read_text(encoding="utf-8").splitlines()) < 900


def _cell(place: Place) -> Cell:
    kind, who, purpose = place
    return cell(OF_ID[kind], who, purpose)


class TestWhatHolds:
    @pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.words[:60])
    def test_in_every_cell(self, invariant: Invariant) -> None:
        assert list(invariant.broken(opened())) == []

    @pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.words[:60])
    def test_would_be_seen_if_it_did_not(self, invariant: Invariant) -> None:
        """If everything went to everyone for everything, each sentence would be broken somewhere."""
        wide_open = dict.fromkeys(PLACES, frozenset({frozenset[Evidence]()}))
        closed = dict.fromkeys(PLACES, frozenset[Bundle]())
        more_law_open = closed | {place: bundles for place, bundles in wide_open.items() if place[0] == "part2-hipaa"}

        assert [*invariant.broken(wide_open), *invariant.broken(more_law_open)] != []

    @pytest.mark.parametrize("kind", [EmergencyKind.PSYCHIATRIC, EmergencyKind.DECLARED_DISASTER])
    def test_of_every_kind_of_emergency(self, kind: EmergencyKind) -> None:
        """A program's record opens alike to medical personnel, whatever kind of emergency is stated."""
        stated = frozenset({Evidence.EMERGENCY, Evidence.PROTOCOL})
        places = [
            (held, who, purpose)
            for held in KINDS
            for who, purpose in product(Capacity, (Purpose.TREAT, Purpose.ETREAT))
            if Regime.PART2 in held.regimes
        ]

        assert [_with(kind, place, stated) for place in places] == [
            _with(EmergencyKind.MEDICAL, place, stated) for place in places
        ]


def _with(kind: EmergencyKind, place: tuple[Held, Capacity, Purpose], stated: Bundle) -> frozenset[str]:
    held, who, purpose = place
    facts = on_file(held, purpose, stated)
    assert facts.emergency is not None
    otherwise = facts.model_copy(update={"emergency": facts.emergency.model_copy(update={"kind": kind})})
    (decided,) = decide(question(held, who, purpose, stated), otherwise).records
    return frozenset(decided.fields_released)


class TestNotes:
    def test_name_rules_that_are_in_the_book(self) -> None:
        known = {rule.id for rule in rulebook.rules()}
        named = {word for note in NOTES for word in re.findall(r"`([a-z0-9]+\.[a-z0-9-]+)`", note.why)}

        assert named - known == set()

    def test_are_about_records_in_the_sweep(self) -> None:
        assert {note.held for note in NOTES} - OF_ID.keys() == set()


class TestSpaces:
    def test_hold_every_piece_of_evidence_for_somebody(self) -> None:
        assert frozenset[Evidence]().union(*_all_spaces()) == frozenset(Evidence)


def _all_spaces() -> Iterator[Bundle]:
    for who in Capacity:
        yield from spaces(who)
