"""Scoring and its rules: each rule once where it says yes, and once beside it where it says no."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import jellyfish
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store.matching import (
    HIGHEST,
    LOWEST,
    WEIGHTS,
    Level,
    Score,
    Trait,
    Traits,
    Verdict,
    answer,
    blocking,
    judge,
    normalise,
    rank,
    score,
)
from schemas.canonical import Identifier, PersonFacts
from schemas.vocab import Match
from schemas.vocab.records import Sex

ONE, OTHER = UUID(int=1), UUID(int=2)
BOOKING = Identifier(system="urn:hub:jail:booking", value="B-2211")
MARCUS = PersonFacts(
    given="Marcus", middle="Anton", family="Delgado", birth_date=date(1987, 4, 9), sex=Sex.MALE, ssn="412558731"
)
# As most feeds know him: without middle name and number.
PLAIN = MARCUS.model_copy(update={"middle": None, "ssn": None})


def but(facts: PersonFacts, **changes: object) -> PersonFacts:
    return facts.model_copy(update=changes)


def compare(asked: PersonFacts, *known: PersonFacts) -> Score:
    return score(normalise(asked), [normalise(facts) for facts in known])


def verdict(asked: PersonFacts, *known: PersonFacts) -> Verdict:
    return judge(rank({ONE: compare(asked, *known)}, at_least=8.0)).verdict


def match(asked: PersonFacts, *known: PersonFacts) -> Match:
    return answer(rank({ONE: compare(asked, *known)}, at_least=8.0))[0]


class TestNormalise:
    @pytest.mark.parametrize(
        ("facts", "trait", "value"),
        [
            (PersonFacts(given="José-Luis"), "given", "jose"),
            (PersonFacts(given="José Luis"), "middle", "luis"),
            (PersonFacts(family="O'Brien"), "family", ("obrien",)),
            (PersonFacts(family="García-López"), "family", ("garcia", "lopez")),
            (PersonFacts(family="Delgado Jr."), "family", ("delgado",)),
            (PersonFacts(family="Delgado Jr."), "generation", 2),
            (PersonFacts(suffix="II"), "generation", 2),
            (PersonFacts(suffix="Sr"), "generation", 1),
            (PersonFacts(suffix="MD"), "generation", 0),
            (PersonFacts(phones=("+1 (555) 010-0199",)), "phones", frozenset({"5550100199"})),
            (PersonFacts(phones=("0199",)), "phones", frozenset()),
            (PersonFacts(address="12 Elm St."), "address", "12 elm st"),
        ],
    )
    def test_spells_alike_what_means_the_same(self, facts: PersonFacts, trait: str, value: object) -> None:
        assert getattr(normalise(facts), trait) == value

    @pytest.mark.parametrize("filler", ["000000000", "999999999", "123456789", "000121234", "412008731", "412550000"])
    def test_takes_a_number_typed_to_fill_the_field_for_unknown(self, filler: str) -> None:
        assert normalise(PersonFacts(ssn=filler)).ssn == ""
        assert normalise(MARCUS).ssn == "412558731"

    def test_takes_a_word_that_fills_the_field_for_unknown(self) -> None:
        assert normalise(PersonFacts(given="UNKNOWN", family="Unk")) == normalise(PersonFacts())

    def test_leaves_hashed_names_out_and_keeps_the_rest(self) -> None:
        traits = normalise(but(MARCUS, given="9f8a", family="77b1", hashed=True))

        assert (traits.given, traits.family) == ("", ())
        assert (traits.birth_date, traits.ssn) == (date(1987, 4, 9), "412558731")


class TestBlocking:
    @pytest.mark.parametrize(
        "alone",
        [
            PersonFacts(given="Marcus"),
            PersonFacts(family="Delgado"),
            PersonFacts(given="Marcus", family="Delgado"),
            PersonFacts(birth_date=date(1987, 4, 9)),
            PersonFacts(sex=Sex.MALE, address="12 Elm St"),
        ],
    )
    def test_makes_no_key_of_what_many_share(self, alone: PersonFacts) -> None:
        assert blocking(normalise(alone)) == frozenset()

    @pytest.mark.parametrize(
        "other",
        [
            but(PLAIN, given="Marc"),
            but(PLAIN, family="Delgato"),
            but(PLAIN, birth_date=date(1987, 9, 4)),
            but(PLAIN, birth_date=date(1987, 4, 19)),
            but(PLAIN, given="Delgado", family="Marcus"),
            but(PLAIN, family="Ruiz", birth_date=date(1987, 4, 9)),
            PersonFacts(ssn="8731", birth_date=date(1987, 4, 9)),
            PersonFacts(ssn="8731", given="Mark", family="Delgado"),
            PersonFacts(ssn="412558731"),
        ],
    )
    def test_brings_two_spellings_of_one_person_together(self, other: PersonFacts) -> None:
        assert blocking(normalise(other)) & blocking(normalise(MARCUS))

    def test_keeps_strangers_apart(self) -> None:
        stranger = PersonFacts(given="Tanya", family="Whitfield", birth_date=date(1990, 2, 3), ssn="511229907")

        assert not blocking(normalise(stranger)) & blocking(normalise(MARCUS))

    def test_finds_an_identifier_by_system_and_value(self) -> None:
        keys = blocking(normalise(PersonFacts(identifiers=(BOOKING,))))

        assert keys
        assert keys != blocking(normalise(PersonFacts(identifiers=(Identifier(system="urn:x", value="B-2211"),))))


class TestScore:
    @pytest.mark.parametrize(
        ("changes", "trait", "level"),
        [
            ({}, Trait.GIVEN, Level.SAME),
            ({"given": "Mark"}, Trait.GIVEN, Level.NICKNAME),
            ({"given": "Markus"}, Trait.GIVEN, Level.ALIKE),
            ({"given": "Steven"}, Trait.GIVEN, Level.DIFFERENT),
            ({"given": "M"}, Trait.GIVEN, Level.UNKNOWN),
            ({"given": None}, Trait.GIVEN, Level.UNKNOWN),
            ({"middle": "A."}, Trait.MIDDLE, Level.SAME),
            ({"middle": "Bruno"}, Trait.MIDDLE, Level.DIFFERENT),
            ({"family": "DELGADO"}, Trait.FAMILY, Level.SAME),
            ({"family": "Delgado Ruiz"}, Trait.FAMILY, Level.PART),
            ({"family": "Ruiz", "aliases": ("Marcus Delgado",)}, Trait.FAMILY, Level.PART),
            ({"family": "Delgato"}, Trait.FAMILY, Level.ALIKE),
            ({"family": "Whitfield"}, Trait.FAMILY, Level.DIFFERENT),
            ({"birth_date": date(1987, 9, 4)}, Trait.BIRTH_DATE, Level.SWAPPED),
            ({"birth_date": date(1987, 4, 19)}, Trait.BIRTH_DATE, Level.ALIKE),
            ({"birth_date": date(1978, 4, 9)}, Trait.BIRTH_DATE, Level.ALIKE),
            ({"birth_date": date(1961, 12, 30)}, Trait.BIRTH_DATE, Level.DIFFERENT),
            ({"ssn": "8731"}, Trait.SSN, Level.LAST_FOUR),
            ({"ssn": "8732"}, Trait.SSN, Level.DIFFERENT),
            ({"sex": Sex.FEMALE}, Trait.SEX, Level.DIFFERENT),
        ],
    )
    def test_names_how_a_trait_compares(self, changes: dict[str, object], trait: Trait, level: Level) -> None:
        assert compare(but(MARCUS, **changes), MARCUS).says(trait) is level

    def test_gives_a_reason_for_each_trait_and_nobodys_data(self) -> None:
        reasons = compare(PLAIN, MARCUS).reasons

        assert len(reasons) == 4
        assert all(reason.startswith(("given name: ", "family name: ", "birth date: ", "sex: ")) for reason in reasons)
        assert not any(word in " ".join(reasons) for word in ("Marcus", "marcus", "Delgado", "1987"))

    def test_counts_the_closest_record_of_a_person(self) -> None:
        married = but(PLAIN, family="Whitfield")

        assert compare(PLAIN, married, PLAIN).weight == compare(PLAIN, PLAIN).weight

    def test_lets_a_contradiction_with_any_record_bar(self) -> None:
        assert compare(MARCUS, PLAIN, but(PLAIN, ssn="511229907")).conflict == "Social Security numbers differ."
        assert compare(MARCUS, MARCUS, but(PLAIN, ssn="511229907")).conflict is None

    def test_is_nothing_against_a_person_of_whom_nothing_is_known(self) -> None:
        assert compare(MARCUS).weight == compare(MARCUS, PersonFacts()).weight == 0

    def test_has_no_weight_out_of_bounds(self) -> None:
        assert all(LOWEST <= weight <= HIGHEST for weight in WEIGHTS.values())


class TestJudge:
    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            (PLAIN, Verdict.LINK),
            (but(PLAIN, given="Marc"), Verdict.LINK),
            (but(PLAIN, given="Markus"), Verdict.REVIEW),
            (but(PLAIN, given="Markus", ssn="412558731"), Verdict.LINK),
            (but(PLAIN, given="Steven"), Verdict.NEW),
            (but(PLAIN, given="Steven", ssn="412558731"), Verdict.REVIEW),
            (but(PLAIN, family="Delgato"), Verdict.LINK),
            (but(PLAIN, family="Whitfield"), Verdict.NEW),
            (but(PLAIN, family="Whitfield", middle="Anton"), Verdict.REVIEW),
            (but(PLAIN, family="Whitfield", ssn="412558731"), Verdict.LINK),
            (but(PLAIN, birth_date=date(1987, 4, 19)), Verdict.REVIEW),
            (but(PLAIN, birth_date=date(1987, 9, 4)), Verdict.REVIEW),
            (but(PLAIN, birth_date=date(1987, 4, 19), ssn="8731"), Verdict.LINK),
            (but(PLAIN, birth_date=date(1961, 12, 30)), Verdict.REVIEW),
            (but(PLAIN, birth_date=date(1961, 12, 30), sex=None), Verdict.REVIEW),
            (but(MARCUS, birth_date=date(1961, 12, 30)), Verdict.REVIEW),
            (but(PLAIN, middle="Bruno"), Verdict.REVIEW),
            (but(PLAIN, middle="Bruno", ssn="412558731"), Verdict.LINK),
            (but(PLAIN, ssn="412558732"), Verdict.REVIEW),
            (but(PLAIN, sex=Sex.FEMALE), Verdict.LINK),
            (but(PLAIN, birth_date=None), Verdict.REVIEW),
            (but(PLAIN, given=None), Verdict.REVIEW),
            (PersonFacts(ssn="412558731"), Verdict.REVIEW),
            (PersonFacts(ssn="412558731", birth_date=date(1987, 4, 9)), Verdict.LINK),
            (but(MARCUS, given="9f8a", family="77b1", hashed=True), Verdict.LINK),
            (but(PLAIN, given="9f8a", family="77b1", hashed=True), Verdict.REVIEW),
        ],
    )
    def test_joins_only_what_nobody_would_doubt(self, asked: PersonFacts, expected: Verdict) -> None:
        assert verdict(asked, MARCUS) is expected

    def test_keeps_father_and_son_apart(self) -> None:
        senior = but(PLAIN, suffix="Sr")

        assert verdict(but(PLAIN, suffix="Sr."), senior) is Verdict.LINK
        assert verdict(but(PLAIN, suffix="Jr"), senior) is Verdict.REVIEW
        assert verdict(but(PLAIN, suffix="Jr", birth_date=date(2009, 11, 2)), senior) is Verdict.NEW

    def test_wants_more_than_a_birth_date_of_january_1(self) -> None:
        estimated = but(PLAIN, birth_date=date(1987, 1, 1))

        assert verdict(estimated, estimated) is Verdict.REVIEW
        assert (
            verdict(but(estimated, phones=("555 010 0199",)), but(estimated, phones=("555-010-0199",))) is Verdict.LINK
        )

    def test_takes_an_identifier_only_with_something_else(self) -> None:
        booked = but(PLAIN, identifiers=(BOOKING,))

        assert verdict(PersonFacts(identifiers=(BOOKING,)), booked) is Verdict.REVIEW
        assert verdict(PersonFacts(identifiers=(BOOKING,), birth_date=booked.birth_date), booked) is Verdict.LINK

    def test_asks_a_human_between_two_who_are_about_as_likely(self) -> None:
        both = {ONE: compare(PLAIN, PLAIN), OTHER: compare(PLAIN, but(PLAIN, given="Marc"))}

        judgement = judge(rank(both, at_least=8.0))

        assert judgement.verdict is Verdict.REVIEW
        assert [candidate.person_id for candidate in judgement.candidates] == [ONE, OTHER]

    def test_takes_the_one_who_is_clearly_ahead(self) -> None:
        both = {ONE: compare(PLAIN, PLAIN), OTHER: compare(PLAIN, but(PLAIN, given="Markus"))}

        assert judge(rank(both, at_least=8.0)).verdict is Verdict.LINK


class TestAnswer:
    BOOKED = but(PLAIN, identifiers=(BOOKING,))

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            (PersonFacts(given="Marcus", family="Delgado", birth_date=date(1987, 4, 9)), Match.UNIQUE),
            (PersonFacts(given="Marc", family="Delgado", birth_date=date(1987, 4, 9)), Match.UNIQUE),
            (PersonFacts(given="Markus", family="Delgado", birth_date=date(1987, 4, 9)), Match.UNIQUE),
            (PersonFacts(given="Marcus", family="Delgato", birth_date=date(1987, 4, 9)), Match.UNIQUE),
            (PersonFacts(given="Markus", family="Delgato", birth_date=date(1987, 4, 9)), Match.AMBIGUOUS),
            (PersonFacts(given="Steven", family="Delgado", birth_date=date(1987, 4, 9)), Match.NONE),
            (PersonFacts(given="Marcus", family="Delgado", birth_date=date(1987, 4, 19)), Match.AMBIGUOUS),
            (PersonFacts(given="Marcus", family="Delgado", birth_date=date(1961, 12, 30)), Match.AMBIGUOUS),
            (PersonFacts(given="Marcus", family="Delgado"), Match.AMBIGUOUS),
            (PersonFacts(family="Delgado", birth_date=date(1987, 4, 9)), Match.AMBIGUOUS),
            (PersonFacts(identifiers=(BOOKING,)), Match.UNIQUE),
            (PersonFacts(identifiers=(BOOKING,), family="Delgado"), Match.UNIQUE),
            (PersonFacts(identifiers=(BOOKING,), given="Marcus", birth_date=date(1961, 12, 30)), Match.UNIQUE),
            (PersonFacts(identifiers=(BOOKING,), given="Steven", family="Delgado"), Match.AMBIGUOUS),
            (PersonFacts(identifiers=(BOOKING,), birth_date=date(1961, 12, 30)), Match.AMBIGUOUS),
        ],
    )
    def test_is_unique_only_when_one_person_is_meant(self, asked: PersonFacts, expected: Match) -> None:
        assert match(asked, self.BOOKED) is expected

    def test_takes_the_last_four_digits_for_a_birth_date(self) -> None:
        asked = PersonFacts(given="Marcus", family="Delgado", ssn="8731")

        assert match(asked, MARCUS) is Match.UNIQUE
        assert match(but(asked, ssn="8732", birth_date=MARCUS.birth_date), MARCUS) is Match.AMBIGUOUS

    def test_of_two_with_one_name_and_birth_date_is_ambiguous(self) -> None:
        both = {ONE: compare(PLAIN, PLAIN), OTHER: compare(PLAIN, PLAIN)}

        assert answer(rank(both, at_least=8.0))[0] is Match.AMBIGUOUS

    def test_of_nobody_is_none(self) -> None:
        assert answer([])[0] is Match.NONE


# --- what holds for all ----------------------------------------------------------------------------------------------

_days = st.dates(date(1930, 1, 1), date(2010, 12, 31)) | st.sampled_from([date(1987, 4, 9), date(1987, 9, 4)])
_names = st.sampled_from(["Marcus", "Marc", "Markus", "Steven", "José Luis", "Mary-Ann", "unknown", "D'Angelo", "王"])
people = st.builds(
    PersonFacts,
    given=st.none() | _names,
    middle=st.none() | _names,
    family=st.none() | st.sampled_from(["Delgado", "Delgato", "García López", "Lopez", "Whitfield Jr"]),
    suffix=st.none() | st.sampled_from(["Jr", "Sr", "III"]),
    aliases=st.lists(_names, max_size=2).map(tuple),
    birth_date=st.none() | _days,
    sex=st.none() | st.sampled_from(Sex),
    ssn=st.none() | st.sampled_from(["412558731", "8731", "511229907", "000000000"]),
    phones=st.lists(st.sampled_from(["5550100199", "5550100188"]), max_size=2).map(tuple),
    identifiers=st.lists(st.just(BOOKING), max_size=1).map(tuple),
    hashed=st.booleans(),
)
OPTIONAL = ("given", "middle", "family", "generation", "birth_date", "sex", "ssn", "phones", "identifiers")


@given(one=people, other=people)
def test_a_score_is_the_same_from_either_side(one: PersonFacts, other: PersonFacts) -> None:
    there, back = compare(one, other), compare(other, one)

    assert (there.weight, there.levels, there.conflict) == (back.weight, back.levels, back.conflict)


@given(one=people, other=people, missing=st.sets(st.sampled_from(OPTIONAL)))
def test_what_one_side_does_not_say_counts_nothing(one: PersonFacts, other: PersonFacts, missing: set[str]) -> None:
    mine, theirs = normalise(one), normalise(other)
    unknown = {name: Traits._field_defaults[name] for name in missing}

    assert score(mine._replace(**unknown), [theirs]).levels == score(mine, [theirs._replace(**unknown)]).levels


@given(one=people, other=people)
def test_a_contradiction_is_never_linked_nor_unique(one: PersonFacts, other: PersonFacts) -> None:
    if compare(one, other).conflict:
        assert verdict(one, other) is not Verdict.LINK
        assert match(one, other) is not Match.UNIQUE


@given(one=people, other=people)
def test_a_name_alone_is_never_unique(one: PersonFacts, other: PersonFacts) -> None:
    named = PersonFacts(given=one.given, family=one.family)

    assert match(named, other) is not Match.UNIQUE


def hashed(facts: PersonFacts, digest: Callable[[bytes], Any] = hashlib.sha256) -> PersonFacts:
    """As a hashed export has them: SOUNDEX of each name, and last four digits before all nine."""

    def hexed(text: str) -> str:
        return str(digest(text.encode()).hexdigest())

    return but(
        facts,
        given=facts.given and hexed(jellyfish.soundex(facts.given)),
        middle=None,
        family=facts.family and hexed(jellyfish.soundex(facts.family)),
        ssn=facts.ssn and facts.ssn[-4:],
        ssn_digest=facts.ssn and hexed(facts.ssn),
        hashed=True,
    )


class TestHashed:
    """Digests of a hashed HMIS export beside what is known in the clear."""

    @pytest.mark.parametrize("digest", [hashlib.sha256, hashlib.sha1])
    def test_joins_both_sounds_the_birth_date_and_all_nine_digits(self, digest: Callable[[bytes], Any]) -> None:
        there, back = hashed(MARCUS, digest), MARCUS

        assert verdict(there, back) is verdict(back, there) is Verdict.LINK
        assert compare(there, back).says(Trait.FAMILY) is Level.SOUNDS
        assert compare(there, back).says(Trait.SSN) is Level.SAME

    @pytest.mark.parametrize(
        "less",
        [
            but(hashed(MARCUS), ssn=None, ssn_digest=None),
            but(hashed(MARCUS), ssn_digest=None),
            but(hashed(MARCUS), family=None),
            but(hashed(MARCUS), birth_date=date(1987, 9, 4)),
        ],
        ids=["names and birth date", "last four only", "one name", "birth date alike"],
    )
    def test_asks_a_human_about_anything_less(self, less: PersonFacts) -> None:
        assert verdict(less, MARCUS) is Verdict.REVIEW

    def test_knows_a_double_name_hashed_by_its_first_word_or_whole(self) -> None:
        double = but(MARCUS, family="Garcia Lopez")

        for word in ("Garcia", "GarciaLopez"):
            assert verdict(hashed(but(MARCUS, family=word)), double) is Verdict.LINK

    def test_tells_another_number_apart_though_its_last_four_are_the_same(self) -> None:
        other = hashed(but(MARCUS, ssn="511228731"))

        assert compare(other, MARCUS).conflict == "Social Security numbers differ."
        assert verdict(other, MARCUS) is not Verdict.LINK

    def test_tells_another_name_apart(self) -> None:
        assert compare(hashed(but(MARCUS, given="Steven")), MARCUS).says(Trait.GIVEN) is Level.DIFFERENT
        assert verdict(hashed(but(MARCUS, given="Steven")), MARCUS) is not Verdict.LINK

    def test_does_not_answer_a_question_by_sound_and_birth_date(self) -> None:
        assert match(PLAIN, hashed(MARCUS)) is not Match.UNIQUE
        assert match(but(PLAIN, ssn="8731"), hashed(MARCUS)) is Match.UNIQUE

    @pytest.mark.parametrize("said", ["0f" * 16, "Marcus", "z" * 64])
    def test_compares_nothing_but_the_digests_that_hud_names(self, said: str) -> None:
        levels = compare(but(MARCUS, given=said, family=said, hashed=True), MARCUS).levels

        assert levels.keys().isdisjoint({Trait.GIVEN, Trait.FAMILY})

    def test_compares_two_hashed_records_digest_by_digest(self) -> None:
        assert verdict(hashed(MARCUS), hashed(MARCUS)) is Verdict.LINK
        assert Trait.GIVEN not in compare(hashed(MARCUS), hashed(MARCUS, hashlib.sha1)).levels


@given(one=people)
def test_names_that_are_no_digests_are_never_compared_as_such(one: PersonFacts) -> None:
    levels = compare(but(one, hashed=True), but(one, hashed=False)).levels

    assert levels.keys().isdisjoint({Trait.GIVEN, Trait.MIDDLE, Trait.FAMILY, Trait.GENERATION})
