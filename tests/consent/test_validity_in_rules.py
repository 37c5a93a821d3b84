"""A rule or gate that an instrument comes near tells what it lacks, by which paragraph, and what would cure it."""

from datetime import timedelta
from typing import Any

import pytest

from consent.engine import decide
from schemas.disclosure import Case, Decision, Step, Verdict
from schemas.instruments import Agreement, Facts
from schemas.vocab import AgreementKind, Outcome, ProcessKind, UnobtainableBecause
from tests.consent.stories import stories
from tests.consent.whole_papers import EMERGENCY, process

BAA = "exchange.business-associate"
BY_ID = {case.id: case for case in stories()}


def decided(case: Case) -> Decision:
    return decide(case.request, case.facts)


def said(case: Case, rule: str) -> Step:
    """What a rule said about the first piece, or the gate that refused."""
    decision = decided(case)
    if decision.gate is not None:
        assert decision.gate.rule == rule
        return decision.gate
    return next(step for step in decision.records[0].trace if step.rule == rule)


def with_facts(case: Case, **changes: Any) -> Case:
    return case.model_copy(update={"facts": Facts(**{**dict(case.facts), **changes})})


class TestNearMiss:
    @pytest.mark.parametrize(
        ("story", "rule", "because", "would_help"),
        [
            (
                "part2-order-without-hearing",
                "part2.order",
                "It does not show that patient and holder had notice and could respond. (42 CFR 2.64(b))",
                "Give both notice and a hearing, and ask the court again.",
            ),
            (
                "part2-order-civil-in-a-criminal-case",
                "part2.order",
                "It was made for non-criminal purposes, and the use is criminal. (42 CFR 2.64(a))",
                "An order under 42 CFR 2.65.",
            ),
            (
                "part2-audit-copies",
                "part2.audit",
                "It does not provide for copies, so that the auditor may only look. (42 CFR 2.53(b)(1))",
                "Agree in writing that copies are kept safe, and destroyed when the audit is done.",
            ),
            ("part2-audit-tomorrow", "part2.audit", "It is no longer in force. (42 CFR 2.53(a))", "Renew it."),
            (
                "part2-research-unapproved",
                "part2.research",
                "Compliance with human-subjects rules is not shown. (42 CFR 2.52(a))",
                "The documents that 42 CFR 2.52(a) names.",
            ),
            (
                "part2-emergency-refused",
                "part2.emergency",
                "The person can be asked, and was not or refused. (42 CFR 2.51(a)(1))",
                "The person's written consent.",
            ),
            (
                "subpoena-without-assurance",
                "hipaa.subpoena",
                "It comes without satisfactory assurance. (45 CFR 164.512(e)(1)(ii))",
                "Show that the person was given notice (A), or that a qualified protective order was sought (B).",
            ),
            (
                "restriction-not-agreed",
                "restriction",
                "The holder has not agreed to it. (45 CFR 164.522(a)(1)(iii), 42 CFR 2.26(a)(3))",
                None,
            ),
        ],
    )
    def test_says_what_is_missing_and_the_cure(
        self, story: str, rule: str, because: str, would_help: str | None
    ) -> None:
        step = said(BY_ID[story], rule)

        assert step.verdict is Verdict.DOES_NOT_APPLY
        assert step.because.endswith(because)
        assert step.would_help == would_help

    def test_of_several_orders_says_each_thing_once(self) -> None:
        case = BY_ID["part2-order-without-hearing"]
        (paper,) = case.facts.legal_process
        twice = with_facts(case, legal_process=(paper, paper.model_copy(update={"id": "p2"})))

        assert said(twice, "part2.order") == said(case, "part2.order")

    def test_where_nothing_is_on_file_says_what_would_help(self) -> None:
        nothing = with_facts(BY_ID["part2-order-without-hearing"], legal_process=())

        assert said(nothing, "part2.order").would_help == "An order under 42 CFR 2.64, or 2.65 for a criminal case."

    def test_says_what_narrows_an_order_that_serves(self) -> None:
        step = said(BY_ID["part2-order-civil"], "part2.order")

        assert step.verdict is Verdict.PERMITS
        assert "so that the holder may refuse. (42 CFR 2.61(b)(2))" in step.because


class TestOrderUnder266:
    def test_has_no_section_here_and_opens_nothing(self) -> None:
        case = BY_ID["part2-order-civil"]
        (paper,) = case.facts.legal_process
        unnamed = with_facts(case, legal_process=(paper.model_copy(update={"section": None}),))

        assert [piece.outcome for piece in decided(unnamed).records] == [Outcome.SILENT]
        assert (
            "one under 2.66 or 2.67 opens no patient's record. (42 CFR 2.61(a))" in said(unnamed, "part2.order").because
        )


class TestLapsedAgreement:
    """The latest between the two is the one whose renewal would help."""

    @pytest.fixture
    def case(self) -> Case:
        return BY_ID["treatment-by-treating-team"]

    @pytest.mark.parametrize(
        ("days", "because", "would_help"),
        [
            ([], "There is no business associate agreement with the holder in force.", "A business associate"),
            ([(-90, -60)], "It is no longer in force. (45 CFR 164.504(e))", "Renew it."),
            ([(-90, -60), (1, None)], "It is not yet in force. (45 CFR 164.504(e))", "Wait for its first day"),
            ([(1, -1)], "It ends before it begins. (45 CFR 164.504(e))", "Correct its first or its last day."),
        ],
    )
    def test_bars_and_says_why(
        self, case: Case, days: list[tuple[int, int | None]], because: str, would_help: str
    ) -> None:
        step = said(with_facts(case, agreements=tuple(self._associate(case, *span) for span in days)), BAA)

        assert step.verdict is Verdict.BARS
        assert step.because.endswith(because)
        assert step.would_help is not None
        assert step.would_help.startswith(would_help)

    @pytest.mark.parametrize("span", [(0, 0), (0, None)])
    def test_on_its_first_and_on_its_last_day_is_in_force(self, case: Case, span: tuple[int, int | None]) -> None:
        step = said(with_facts(case, agreements=(self._associate(case, *span),)), BAA)

        assert step.verdict is Verdict.DOES_NOT_APPLY

    @staticmethod
    def _associate(case: Case, since: int, until: int | None) -> Agreement:
        today, holder = case.request.at.date(), case.request.records[0].source.organization
        return Agreement(
            kind=AgreementKind.BUSINESS_ASSOCIATE,
            parties=("hub", holder),
            since=today + timedelta(days=since),
            until=None if until is None else today + timedelta(days=until),
        )


class TestGate:
    @pytest.fixture
    def case(self) -> Case:
        return BY_ID["treatment-by-treating-team"]

    def test_says_everything_that_the_statement_lacks(self, case: Case) -> None:
        bare = EMERGENCY.model_copy(
            update={"medical_person": "", "affiliation": None, "attested_at": case.request.at + timedelta(seconds=1)}
        )

        step = said(with_facts(case, emergency=bare), "gate.emergency-statement")

        assert step.because == (
            "The emergency statement is incomplete. It does not name the medical person. (42 CFR 2.51(c)(1)) "
            "It does not name the medical person's facility. (42 CFR 2.51(c)(1)) "
            "It is dated after this moment. (42 CFR 2.51(c)(3))"
        )
        assert step.would_help == (
            "Name the one who receives. Name the health care facility. State date and time as they are, with the zone."
        )

    def test_is_open_to_a_whole_statement_of_this_moment(self, case: Case) -> None:
        whole = EMERGENCY.model_copy(update={"attested_at": case.request.at})

        assert decided(with_facts(case, emergency=whole)).gate is None

    def test_is_open_to_a_refusal_which_is_the_rules_to_judge(self, case: Case) -> None:
        refused = EMERGENCY.model_copy(
            update={"attested_at": case.request.at, "consent_unobtainable_because": UnobtainableBecause.REFUSED}
        )

        assert decided(with_facts(case, emergency=refused)).gate is None

    def test_says_which_of_the_five_elements_a_written_request_lacks(self, case: Case) -> None:
        request = process(ProcessKind.SUPERVISORY_REQUEST)
        some = request.model_copy(update={"elements": request.elements[1:]})

        step = said(with_facts(case, legal_process=(some, request, some)), "gate.supervisory-request")

        assert decided(with_facts(case, legal_process=(request,))).gate is None
        assert step.because == (
            "The written request lacks an element. It is not signed by a supervisory official. (69 FR 45888 4.1.3)"
        )
        assert step.would_help == "Have a supervisor of the agency sign it."

    def test_of_the_askers_own_agreement_says_how_it_lapsed(self) -> None:
        step = said(BY_ID["gate-own-agreement-day-after"], "gate.own-agreement")

        assert "It is no longer in force." in step.because
        assert step.would_help == "Renew it."

    def test_of_custody_says_the_same_of_somebody_held_and_of_somebody_free(self) -> None:
        case = BY_ID["custody-in-the-last-minute"]
        assert case.facts.custody_representation is not None
        nameless = with_facts(
            case, custody_representation=case.facts.custody_representation.model_copy(update={"by": ""})
        )
        free = nameless.model_copy(
            update={
                "request": case.request.model_copy(
                    update={"subject": case.request.subject.model_copy(update={"custody": None})}
                )
            }
        )

        told = said(nameless, "gate.custody-representation")

        assert told.because.endswith("It does not name who represents the need. (45 CFR 164.512(k)(5)(i))")
        assert said(free, "gate.custody-representation") == told
