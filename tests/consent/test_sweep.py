"""The document of the sweep is what the engine answers, and what it says holds in every cell does."""

import re
from collections.abc import Hashable, Iterator
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consent import rulebook
from consent.engine import decide
from schemas.disclosure import PieceDecision
from schemas.vocab import Capacity, EmergencyKind, Outcome, Purpose, Regime
from tests.consent.sweep.asking import question, spaces
from tests.consent.sweep.cells import Place, answers, sweep
from tests.consent.sweep.document import PLACE, document
from tests.consent.sweep.evidence import NOTHING, Bundle, Evidence, in_order, ranked, written
from tests.consent.sweep.held import KINDS, Held
from tests.consent.sweep.invariants import INVARIANTS, Invariant
from tests.consent.sweep.notes import NOTES
from tests.consent.sweep.on_file import on_file
from tests.consent.sweep.reading import bundle, read

AGAIN = "the law answers otherwise than the document says: read the difference, then `python -m tests.consent.sweep`"
OF_ID = {held.id: held for held in KINDS}
PLACES = tuple(product(OF_ID, Capacity, Purpose))
SPACES = {who: [in_order(space) for space in spaces(who)] for who in Capacity}
FEW = PLACES[::1201]
"""A step that is prime, so that the few meet every kind of record and many a capacity and purpose."""


@cache
def told() -> dict[Place, frozenset[str]]:
    """What the document says of every cell."""
    return read(PLACE.read_text(encoding="utf-8"))


@cache
def opened() -> dict[Place, frozenset[Bundle]]:
    return {place: frozenset(map(bundle, openings)) for place, openings in told().items()}


def answer(place: Place, on_the_table: Bundle) -> PieceDecision:
    """The engine's, with this on the table."""
    kind, who, purpose = place
    return answers(OF_ID[kind], who, purpose)(on_the_table)


def opens(place: Place, on_the_table: Bundle) -> bool:
    return bool(answer(place, on_the_table).fields_released)


def enough(place: Place, on_the_table: Bundle) -> bool:
    """Whether this opens the cell, by the document."""
    return any(least <= on_the_table for least in opened()[place])


@cache
def one_of_each() -> tuple[Place, ...]:
    """A cell for every line of the document and for each of those groups that are alike in it."""
    found: dict[Hashable, Place] = {}
    for kind, purpose in product(OF_ID, Purpose):
        line = tuple(told()[kind, who, purpose] for who in Capacity)
        for who, openings in zip(Capacity, line, strict=True):
            found.setdefault((kind, line, openings), (kind, who, purpose))
    return tuple(found.values())


def tried(place: Place) -> Iterator[Bundle]:
    """What tells most of a cell: its smallest bundles, the same less a piece, and all there is less a piece of each."""
    yield from (least - less for least in opened()[place] for less in (frozenset(), *({each} for each in least)))
    for space, end in product(SPACES[place[1]], (0, -1)):
        yield frozenset(space) - {in_order(least)[end] for least in opened()[place] if least}


@st.composite
def asked(draw: st.DrawFn) -> tuple[Place, Bundle]:
    """A cell and some evidence: anything at all, or what the document asks for with a piece more or less."""
    place = draw(st.sampled_from(PLACES))
    space = draw(st.sampled_from(SPACES[place[1]]))
    least = draw(st.sampled_from([NOTHING, *ranked(opened()[place])]))
    less, more = (draw(st.frozensets(st.sampled_from(space), max_size=size)) for size in (2, 5))
    return place, (least & {*space}) - less | more


class TestDocument:
    def test_says_in_every_line_what_the_engine_answers(self) -> None:
        wrong = {
            (place, written(bundle))
            for place in one_of_each()
            for bundle in tried(place)
            if opens(place, bundle) is not enough(place, bundle)
        }

        assert wrong == set(), AGAIN

    def test_marks_where_only_a_part_goes(self) -> None:
        openings = [(place, opening) for place in one_of_each() for opening in told()[place]]
        wrong = [
            (place, opening)
            for place, opening in openings
            if (answer(place, bundle(opening)).outcome is Outcome.LIMIT) is not opening.endswith("°")
        ]

        assert wrong == [], AGAIN

    @pytest.mark.soak
    def test_is_what_the_whole_sweep_writes(self) -> None:
        assert PLACE.read_text(encoding="utf-8") == document(sweep()), AGAIN

    @given(asked=asked())
    @settings(max_examples=200, deadline=None)
    def test_is_right_of_any_evidence_and_not_of_the_least_alone(self, asked: tuple[Place, Bundle]) -> None:
        """Each bundle opens a cell if and only if it holds one of the smallest bundles in it."""
        place, on_the_table = asked
        assume(not (Evidence.SENT in on_the_table and place[2] is Purpose.LOCATE_PERSON))

        assert opens(place, on_the_table) is enough(place, on_the_table), AGAIN

    @pytest.mark.parametrize("place", FEW, ids="-".join)
    def test_knows_of_every_single_piece_and_every_pair(self, place: Place) -> None:
        asking = [space for space in SPACES[place[1]] if Evidence.SENT not in space]
        bundles = {frozenset(some) for space in asking for size in range(3) for some in combinations(space, size)}
        wrong = [written(some) for some in bundles if opens(place, some) is not enough(place, some)]

        assert wrong == [], AGAIN

    def test_opens_a_cell_with_each_piece_of_evidence(self) -> None:
        """A piece that is in no smallest bundle was made out wrongly, or asks for nothing the law knows."""
        used = frozenset(each for bundles in opened().values() for some in bundles for each in some)

        assert frozenset(Evidence) - used == frozenset()

    def test_can_be_read_by_a_person(self) -> None:
        assert len(PLACE.read_text(encoding="utf-8").splitlines()) < 900


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
