"""What is wrong, missing or absurd is named by its field, or withholds: never a permit by accident."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.cases import UnreadableCase, read_cases
from consent.engine import decide
from consent.provenance import regimes_of
from schemas.disclosure import Case, DisclosureRequest
from schemas.instruments import Facts
from schemas.vocab import Field, Regime
from tests.consent.stories import stories

STORIES = {case.id: case for case in stories()}
CONSENTED = STORIES["part2-consent-on-the-day-it-is-signed"]
RELEASING = [case for case in STORIES.values() if case.facts.consents and case.expected.response == "released"]


def released(request: DisclosureRequest, facts: Facts) -> dict[str, set[Field]]:
    return {piece.id: set(piece.fields_released) for piece in decide(request, facts).records}


def read(change: dict[str, Any]) -> Case:
    """The consented case as a line of JSON with some keys changed, `request.at` meaning `at` in `request`."""
    case = json.loads(CONSENTED.model_dump_json(by_alias=True))
    for place, value in change.items():
        *parents, last = (int(key) if key.isdigit() else key for key in place.split("."))
        at: Any = case
        for key in parents:
            at = at[key]
        at[last] = value
    return next(read_cases([json.dumps(case)]))


class TestACaseThatCannotBeRead:
    @pytest.mark.parametrize(
        ("place", "value"),
        [
            ("request.at", "2026-06-15T10:00:00"),
            ("request.at", "yesterday"),
            ("request.purpose", "BECAUSE"),
            ("request.recipient.capacities", ["astrologer"]),
            ("request.recipient.capacities", None),
            ("request.records.0.contents", {}),
            ("request.records.0.contents", {"medications": ["last-dose"], "attendance": ["last-dose"]}),
            ("request.records.0.source.organization", "Not A Slug"),
            ("request.subject.match", "perhaps"),
            ("facts.consents.0.signatures.0.on", "2026-02-30"),
            ("facts.consents.0.kind", "handshake"),
            ("facts.consents.0.marcus", "unknown key"),
            ("facts.agreements.0.parties", "hub"),
        ],
    )
    def test_names_the_line_and_the_field_and_not_what_stood_there(self, place: str, value: object) -> None:
        with pytest.raises(UnreadableCase) as refused:
            read({place: value})

        assert refused.value.line == 1
        assert place.split(".")[1] in refused.value.field
        assert str(value) not in str(refused.value)


class TestAPaper:
    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_with_an_attribute_left_out_opens_nothing_more(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(RELEASING))
        place = data.draw(st.integers(0, len(case.facts.consents) - 1))
        missing = data.draw(st.sampled_from(list(LEFT_OUT)))
        papers = list(case.facts.consents)
        papers[place] = papers[place].model_copy(update={missing: LEFT_OUT[missing]})

        after = released(case.request, case.facts.model_copy(update={"consents": tuple(papers)}))

        before = released(case.request, case.facts)
        assert all(after[piece] <= before[piece] for piece in after)

    def test_that_names_nobody_or_somebody_else_opens_nothing(self) -> None:
        (paper,) = CONSENTED.facts.consents
        anothers = paper.model_copy(update={"subject_named": False})

        facts = CONSENTED.facts.model_copy(update={"consents": (anothers,)})

        assert released(CONSENTED.request, facts) == {"r1": set()}

    def test_among_ten_thousand_is_found_and_the_others_change_nothing(self) -> None:
        (paper,) = CONSENTED.facts.consents
        others = tuple(paper.model_copy(update={"id": f"c{number}", "known_false": True}) for number in range(10_000))
        facts = CONSENTED.facts.model_copy(update={"consents": (*others, paper)})

        assert released(CONSENTED.request, facts) == released(CONSENTED.request, CONSENTED.facts)


LEFT_OUT: dict[str, Any] = {
    "subject_named": False,
    "disclosers": (),
    "information": None,
    "recipients": (),
    "purposes": (),
    "expiration": None,
    "signatures": (),
    "statements": (),
    "initiated_by_subject": False,
    "case": None,
    "revocable_from": None,
    "expressly_covers": (),
    "state_form": None,
}


class TestARecord:
    def test_said_to_come_from_its_own_holder_stays_under_its_law(self) -> None:
        """A chain that leads back to itself is followed one step, as every chain is."""
        (piece,) = CONSENTED.request.records
        received = {"how": "received", "origin": piece.source.model_dump(), "under": "tpo-consent", "consent": "c1"}
        again = type(piece).model_validate(
            piece.model_dump() | {"obtained": received | {"on": "2026-06-01", "notice_attached": True}}
        )

        assert regimes_of(again) == (Regime.HIPAA, Regime.PART2)
        without = CONSENTED.request.model_copy(update={"records": (again,)})
        assert released(without, CONSENTED.facts.model_copy(update={"consents": ()})) == {"r1": set()}
