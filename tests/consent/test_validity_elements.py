"""Take one element out of a whole instrument, and exactly that is lacking, by its paragraph, with a cure."""

import pkgutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import validity
from consent.validity import Lack, custody, emergencies, hipaa, orders, part2, releases
from consent.validity.intake import Instrument, instruments, lacks_of
from schemas.disclosure import Custody, Proceeding
from schemas.instruments import Consent, Everything, Facts, NamedOrganization, OnDate, Signature, ThroughIntermediary
from schemas.vocab import (
    AgreementTerm,
    ConsentKind,
    ObtainedUnder,
    OrderFinding,
    OrderSection,
    ProceedingKind,
    Purpose,
    RequestElement,
    ResearchDocument,
    SignatureMethod,
    Statement,
)
from tests.consent.spoilt_papers import spoils
from tests.consent.whole_papers import (
    DAY,
    HOLDER,
    KNOWN,
    NOON,
    REPRESENTATION,
    TEAM,
    TODAY,
    Spoil,
    consent,
    order,
    spoilt,
    whole_instruments,
)

WHOLE = tuple(whole_instruments())
SPOILT = tuple((instrument, spoil) for instrument in WHOLE for spoil in spoils(instrument))


def name(instrument: Instrument) -> str:
    return getattr(instrument, "section", None) or getattr(instrument, "kind", None) or type(instrument).__name__


def told(lacks: tuple[Lack, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((lack.what, lack.paragraph.text) for lack in lacks)


class TestWholeInstrument:
    @pytest.mark.parametrize("instrument", WHOLE, ids=name)
    def test_lacks_nothing(self, instrument: Instrument) -> None:
        assert lacks_of(instrument, KNOWN) == ()

    @pytest.mark.parametrize(("instrument", "spoil"), SPOILT, ids=lambda one: getattr(one, "element", "") or name(one))
    def test_without_one_element_lacks_exactly_that(self, instrument: Instrument, spoil: Spoil) -> None:
        assert told(lacks_of(spoilt(instrument, spoil), KNOWN)) == spoil.lacking


def valid_consents(kind: ConsentKind) -> st.SearchStrategy[Consent]:
    """Consents of a kind that lack nothing, in what may differ between such."""
    method = st.sampled_from((SignatureMethod.INK, SignatureMethod.ELECTRONIC))
    if kind is ConsentKind.CALLER_PERMISSION:
        method = st.sampled_from(tuple(SignatureMethod))
    return st.builds(
        _varied,
        st.just(kind),
        others=st.lists(st.integers(1, 9), max_size=2, unique=True),
        ago=st.integers(0, 90),
        method=method,
        left=st.integers(0, 90),
        statements=st.permutations(tuple(Statement)),
    )


def _varied(
    kind: ConsentKind,
    *,
    others: list[int],
    ago: int,
    method: SignatureMethod,
    left: int,
    statements: list[Statement],
) -> Consent:
    whole = consent(kind)
    more = tuple(NamedOrganization(organization=f"clinic-{number}") for number in others)
    changes: dict[str, Any] = {
        "disclosers": (*whole.disclosers, *more),
        "recipients": (*whole.recipients, *more),
        "signatures": tuple(
            one.model_copy(update={"on": TODAY - ago * DAY, "method": method}) for one in whole.signatures
        ),
        "statements": tuple(statements),
    }
    if isinstance(whole.expiration, OnDate):
        changes["expiration"] = OnDate(date=TODAY + left * DAY)
    return whole.model_copy(update=changes)


any_consent = st.sampled_from(ConsentKind).flatmap(valid_consents)
any_instrument: st.SearchStrategy[Instrument] = st.one_of(
    any_consent, st.sampled_from([one for one in WHOLE if not isinstance(one, Consent)])
)
several = settings(max_examples=150, deadline=None)


@st.composite
def spoilt_instruments(draw: st.DrawFn) -> tuple[Instrument, Spoil]:
    instrument = draw(any_instrument)
    return instrument, draw(st.sampled_from(spoils(instrument)))


WORDS: dict[str, tuple[Any, ...]] = {
    "statements": tuple(Statement),
    "findings": tuple(OrderFinding),
    "elements": tuple(RequestElement),
    "terms": tuple(AgreementTerm),
    "documents": tuple(ResearchDocument),
}


class TestEveryInstrument:
    @several
    @given(any_instrument)
    def test_that_is_whole_lacks_nothing(self, instrument: Instrument) -> None:
        assert lacks_of(instrument, KNOWN) == ()

    @several
    @given(spoilt_instruments())
    def test_without_one_element_lacks_exactly_that(self, drawn: tuple[Instrument, Spoil]) -> None:
        instrument, spoil = drawn

        assert told(lacks_of(spoilt(instrument, spoil), KNOWN)) == spoil.lacking

    @several
    @given(spoilt_instruments(), st.data())
    def test_that_says_more_lacks_no_more(self, drawn: tuple[Instrument, Spoil], data: st.DataObject) -> None:
        paper = spoilt(*drawn)
        for field, words in WORDS.items():
            if hasattr(paper, field):
                more = tuple(data.draw(st.lists(st.sampled_from(words), unique=True)))
                fuller = paper.model_copy(update={field: (*getattr(paper, field), *more)})

                assert set(lacks_of(fuller, KNOWN)) <= set(lacks_of(paper, KNOWN))


class TestContradictoryDays:
    """Each is named for what it is, also where no other lack would keep the paper from serving."""

    @pytest.mark.parametrize("kind", ConsentKind)
    def test_of_a_second_signature_after_the_end_spoil_the_paper(self, kind: ConsentKind) -> None:
        ends = TODAY + DAY
        late = Signature(by="spouse", method="ink", on=ends + DAY)
        whole = consent(kind, expiration=OnDate(date=ends))

        (lack,) = lacks_of(whole.model_copy(update={"signatures": (*whole.signatures, late)}), KNOWN)

        assert lack.what.startswith("It ended before it was ")

    @pytest.mark.parametrize("instrument", [one for one in WHOLE if hasattr(one, "until")], ids=name)
    def test_of_an_agreement_are_told_instead_of_what_follows_from_them(self, instrument: Any) -> None:
        turned = instrument.model_copy(update={"since": TODAY + 2 * DAY, "until": TODAY - 2 * DAY})

        assert [lack.what for lack in lacks_of(turned, KNOWN)] == ["It ends before it begins."]


class TestEmergencyStatement:
    def test_made_at_this_moment_in_another_zone_is_not_of_the_future(self) -> None:
        (statement,) = instruments(Facts.model_validate({"emergency": _EMERGENCY}))

        assert lacks_of(statement[1], KNOWN) == ()

    def test_a_second_later_is(self) -> None:
        (statement,) = instruments(Facts.model_validate({"emergency": _EMERGENCY}))

        lacks = lacks_of(statement[1], KNOWN._replace(at=NOON - timedelta(seconds=1)))

        assert [lack.what for lack in lacks] == ["It is dated after this moment."]


_EMERGENCY = {
    "kind": "declared-disaster",
    "medical_person": "Dr. A. Rios",
    "affiliation": "county-general-hospital",
    "consent_unobtainable_because": "program-closed",
    "attested_at": "2026-06-15T14:00:00+02:00",
}


CIVIL = Proceeding(case="26-77", kind=ProceedingKind.CIVIL, against_subject=True)
CRIMINAL = Proceeding(case="26-77", kind=ProceedingKind.CRIMINAL, against_subject=True)
OTHER_SECTION = {
    OrderSection.SECTION_2_64: ("It was made for non-criminal purposes, and the use is criminal.", "42 CFR 2.64(a)"),
    OrderSection.SECTION_2_65: (
        "It was made for the criminal investigation of a patient, and the use is another.",
        "42 CFR 2.65(a)",
    ),
}


class TestOrderInUse:
    @pytest.mark.parametrize(
        ("section", "use"),
        [
            (OrderSection.SECTION_2_64, orders.Use(Purpose.HLEGAL, CIVIL)),
            (OrderSection.SECTION_2_64, orders.Use(Purpose.HLEGAL)),
            (OrderSection.SECTION_2_65, orders.Use(Purpose.HLEGAL, CRIMINAL)),
            (OrderSection.SECTION_2_65, orders.Use(Purpose.LAW_ENFORCEMENT)),
        ],
    )
    def test_serves_the_proceeding_of_its_section_and_no_other(self, section: OrderSection, use: orders.Use) -> None:
        (other,) = set(OrderSection) - {section}

        assert orders.lacks(order(section), use) == ()
        assert told(orders.lacks(order(other), use)) == (OTHER_SECTION[other],)

    @pytest.mark.parametrize("under", [ObtainedUnder.RESEARCH, ObtainedUnder.AUDIT])
    @pytest.mark.parametrize("section", OrderSection)
    def test_reaches_no_copy_of_a_researcher_or_auditor(self, section: OrderSection, under: ObtainedUnder) -> None:
        (lack,) = orders.lacks(order(section), orders.Use(held_under=under))

        assert lack.paragraph.text == "42 CFR 2.62"

    def test_asks_for_a_ground_only_where_it_opens_communications(self) -> None:
        without = order(OrderSection.SECTION_2_64).model_copy(update={"communications_ground": None})
        everything = without.model_copy(update={"information": Everything(all=True)})

        assert [lack.paragraph.text for lack in lacks_of(without, KNOWN)] == ["42 CFR 2.63(a)"]
        assert lacks_of(everything, KNOWN) == ()


def held(**changes: Any) -> custody.Holding:
    whole = Custody(custodian="county-jail", since=NOON, until=None).model_copy(update=changes)
    return custody.Holding(NOON, whole, "county-jail")


_NEED, _RELEASED = "45 CFR 164.512(k)(5)(i)", "45 CFR 164.512(k)(5)(iii)"
HOLDINGS = [
    (held(), None),
    (held(until=NOON + timedelta(seconds=1)), None),
    (held()._replace(organization="jail-health", cares_for_inmates=True), None),
    (held()._replace(custody=None), ("The recipient does not hold the person.", _NEED)),
    (held(since=NOON + timedelta(seconds=1)), ("Custody has not begun.", _NEED)),
    (held(since=NOON - DAY, until=NOON), ("Custody has ended.", _RELEASED)),
    (held(since=NOON + DAY, until=NOON - DAY), ("Custody ends before it begins.", _NEED)),
    (held(since=NOON, until=NOON - DAY), ("Custody ends before it begins.", _NEED)),
    (held()._replace(organization="jail-health"), ("The recipient does not hold the person.", _NEED)),
    (held(until=NOON)._replace(organization="other"), ("The recipient does not hold the person.", _NEED)),
]


class TestCustody:
    @pytest.mark.parametrize(("holding", "lacking"), HOLDINGS)
    def test_holds_from_its_first_moment_until_its_end(
        self, holding: custody.Holding, lacking: tuple[str, str] | None
    ) -> None:
        assert told(custody.lacks_of_custody(holding)) == ((lacking,) if lacking else ())

    @pytest.mark.parametrize(
        ("holding", "serves"),
        [
            (held(), True),
            (held()._replace(organization="jail-health"), True),
            (held(custodian="other-jail"), True),
            (held(custodian="other-jail")._replace(organization="other-jail"), False),
            (held()._replace(organization="police", custody=None), False),
        ],
    )
    def test_is_represented_by_the_recipient_or_the_custodian(self, holding: custody.Holding, *, serves: bool) -> None:
        lacks = custody.lacks_for(REPRESENTATION, holding)

        assert (lacks == ()) is serves
        assert all(lack.what.startswith("It is made for another organization") for lack in lacks)

    def test_that_nobody_represents_says_so(self) -> None:
        assert custody.lacks_for(None, held()) == custody.NOT_REPRESENTED


class TestIntake:
    def test_finds_every_instrument_by_its_place(self) -> None:
        facts = Facts(
            consents=tuple(one for one in WHOLE if isinstance(one, Consent))[:2],
            emergency=_EMERGENCY,
            custody_representation=REPRESENTATION,
            research={"documents": []},
        )

        assert [place for place, _ in instruments(facts)] == [
            "consents.0",
            "consents.1",
            "emergency",
            "custody_representation",
            "research",
        ]

    def test_finds_none_where_nothing_is_filed(self) -> None:
        assert list(instruments(Facts())) == []


# --- every lack ------------------------------------------------------------------------------------------------------


def lacks_in(value: object, seen: set[int]) -> Iterator[Lack]:
    """The lacks that a module holds: in its tables, and closed over by what made them."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Lack):
        yield value
    elif isinstance(value, Mapping):
        for held_there in value.values():
            yield from lacks_in(held_there, seen)
    elif isinstance(value, tuple):
        for part in value:
            yield from lacks_in(part, seen)


def every_lack() -> frozenset[Lack]:
    modules = [import_module(f"consent.validity.{found.name}") for found in pkgutil.iter_modules(validity.__path__)]
    seen: set[int] = set()
    return frozenset(lack for module in modules for value in vars(module).values() for lack in lacks_in(value, seen))


def produced() -> Iterator[Lack]:
    """What the tables of these tests produce, and the validators that no filing asks."""
    for instrument, spoil in SPOILT:
        paper = spoilt(instrument, spoil)
        yield from lacks_of(paper, KNOWN)
        if isinstance(paper, Consent):
            yield from releases.written_lacks(paper, KNOWN)
            yield from hipaa.lacks_for_psychotherapy_notes(paper, KNOWN)
            yield from part2.lacks_before_2024(paper, KNOWN)
    for section in OrderSection:
        for use in (orders.Use(Purpose.HLEGAL), orders.Use(Purpose.LAW_ENFORCEMENT, held_under=ObtainedUnder.AUDIT)):
            yield from orders.lacks(order(section), use)
    for holding, _ in HOLDINGS:
        yield from custody.lacks_of_custody(holding)
        yield from custody.lacks_for(REPRESENTATION.model_copy(update={"organization": "elsewhere"}), holding)
    yield from custody.lacks(None)
    everyone = ThroughIntermediary(intermediary="hub", participants=())
    through = consent(ConsentKind.PART2_CONSENT, disclosers=(HOLDER,), recipients=(TEAM, everyone))
    yield from part2.lacks(through, KNOWN._replace(through_intermediary=True))
    yield emergencies.CAN_BE_ASKED  # said by a rule: see `test_validity_in_rules`


EVERY = sorted(every_lack(), key=str)


class TestEveryLack:
    @pytest.mark.parametrize("lack", EVERY, ids=lambda lack: f"{lack.paragraph} {lack.what}")
    def test_says_what_by_which_paragraph_and_how_to_cure_it(self, lack: Lack) -> None:
        assert lack.what.endswith(".")
        assert lack.paragraph.text.strip()
        assert lack.cure.endswith(".")
        assert lack.what != lack.cure

    def test_is_produced_by_a_test(self) -> None:
        assert set(EVERY) - set(produced()) == set()

    def test_is_found_in_every_module(self) -> None:
        """The walk over the tables sees what the validators say."""
        assert set(produced()) <= set(EVERY)
