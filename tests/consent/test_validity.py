"""Each validator says what a paper lacks, by which paragraph, and how to cure it; nothing when it lacks nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from consent.validity import Circumstances, Lack, hipaa, intake, part2, permissions, releases
from schemas.disclosure import Subject
from schemas.instruments import (
    ClassOfPersons,
    Consent,
    Described,
    Everything,
    NamedOrganization,
    NeverExpires,
    OnDate,
    OnEvent,
    Revocation,
    Signature,
    ThroughIntermediary,
)
from schemas.vocab import (
    Category,
    ConsentKind,
    DecisionCapacity,
    Event,
    Field,
    Match,
    Purpose,
    RecipientClass,
    RevocationForm,
    SignatureMethod,
    Signer,
    Statement,
)

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
ADULT = Circumstances(at=NOON, subject=Subject(match=Match.UNIQUE, age_years=41))
TPO = (Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT)
CLINIC, TEAM = NamedOrganization(organization="hilltop-clinic"), NamedOrganization(organization="night-owl-crisis")
SIGNED = Signature(by=Signer.SUBJECT, method=SignatureMethod.INK, on=date(2026, 6, 1))


def paper(**changes: Any) -> Consent:
    """A single Part 2 consent that lacks nothing, with changes."""
    whole: dict[str, Any] = {
        "id": "c1",
        "kind": ConsentKind.PART2_TPO_CONSENT,
        "disclosers": (CLINIC,),
        "information": Everything(all=True),
        "recipients": (ClassOfPersons(class_of_persons=RecipientClass.TREATING_PROVIDERS),),
        "purposes": TPO,
        "expiration": NeverExpires(none=True),
        "signatures": (SIGNED,),
        "statements": tuple(Statement),
    }
    return Consent(**(whole | changes))


def paragraphs(lacks: tuple[Lack, ...]) -> list[str]:
    return [lack.paragraph.text for lack in lacks]


class TestPart2:
    def test_of_a_whole_consent_lacks_nothing(self) -> None:
        assert part2.lacks(paper(), ADULT) == ()

    @pytest.mark.parametrize(
        ("changes", "paragraph"),
        [
            ({"subject_named": False}, "42 CFR 2.31(a)(1)"),
            ({"disclosers": ()}, "42 CFR 2.31(a)(2)"),
            ({"information": None}, "42 CFR 2.31(a)(3)"),
            ({"recipients": ()}, "42 CFR 2.31(a)(4)"),
            ({"purposes": ()}, "42 CFR 2.31(a)(5)"),
            ({"statements": tuple(set(Statement) - {Statement.RIGHT_TO_REVOKE})}, "42 CFR 2.31(a)(6)"),
            ({"expiration": None}, "42 CFR 2.31(a)(7)"),
            ({"signatures": (SIGNED.model_copy(update={"by": Signer.SPOUSE}),)}, "42 CFR 2.31(a)(8)"),
            ({"statements": tuple(set(Statement) - {Statement.HIPAA_REDISCLOSURE})}, "42 CFR 2.31(a)(4)(iii)"),
            ({"statements": tuple(set(Statement) - {Statement.REDISCLOSURE_RISK})}, "42 CFR 2.31(a)(10)(i)"),
            ({"statements": tuple(set(Statement) - {Statement.CONSEQUENCES_OF_REFUSAL})}, "42 CFR 2.31(a)(10)(ii)"),
            ({"expiration": OnDate(date=date(2026, 6, 14))}, "42 CFR 2.31(c)(1)"),
            ({"known_false": True}, "42 CFR 2.31(c)(4)"),
            ({"purposes": (Purpose.HOUSING_ELIGIBILITY,)}, "42 CFR 2.31(a)(7)"),
        ],
    )
    def test_names_the_one_thing_missing_and_its_paragraph(self, changes: dict[str, Any], paragraph: str) -> None:
        assert paragraphs(part2.lacks(paper(**changes), ADULT)) == [paragraph]

    def test_names_everything_missing_in_the_order_of_the_law(self) -> None:
        bare = paper(disclosers=(), recipients=(), signatures=(), statements=(Statement.RIGHT_TO_REVOKE,))

        assert paragraphs(part2.lacks(bare, ADULT)) == [
            "42 CFR 2.31(a)(2)",
            "42 CFR 2.31(a)(4)",
            "42 CFR 2.31(a)(10)(i)",
            "42 CFR 2.31(a)(10)(ii)",
            "42 CFR 2.31(a)",
            "42 CFR 2.31(a)(8)",
        ]

    def test_counts_a_revocation_from_the_moment_it_is_learned(self) -> None:
        later = Revocation(form=RevocationForm.ORAL, on=NOON.date(), learned_at=NOON.replace(hour=13))
        now = later.model_copy(update={"learned_at": NOON})

        assert part2.lacks(paper(revocation=later), ADULT) == ()
        assert paragraphs(part2.lacks(paper(revocation=now), ADULT)) == ["42 CFR 2.31(c)(3)"]

    def test_asks_an_intermediary_for_treating_or_named_participants(self) -> None:
        through = Circumstances(at=NOON, subject=ADULT.subject, through_intermediary=True)

        def to(*participants: NamedOrganization | ClassOfPersons) -> Consent:
            return paper(recipients=(ThroughIntermediary(intermediary="hub", participants=participants),))

        everyone = ClassOfPersons(class_of_persons=RecipientClass.ALL_PARTICIPANTS)
        treating = ClassOfPersons(class_of_persons=RecipientClass.TREATING_PROVIDERS)
        assert part2.lacks(to(TEAM), through) == ()
        assert part2.lacks(to(treating), through) == ()
        assert paragraphs(part2.lacks(to(everyone), through)) == ["42 CFR 2.31(a)(4)(ii)"]
        assert paragraphs(part2.lacks(to(), through)) == ["42 CFR 2.31(a)(4)(ii)"]

    def test_before_2024_takes_no_class_of_recipients(self) -> None:
        ends = OnDate(date=date(2026, 12, 31))
        named = paper(recipients=(TEAM,), statements=(Statement.RIGHT_TO_REVOKE,), expiration=ends)

        assert part2.lacks_before_2024(named, ADULT) == ()
        assert paragraphs(part2.lacks_before_2024(paper(expiration=ends), ADULT)) == ["42 CFR 2.31(a)(4)"]

    def test_keeps_counseling_notes_and_proceedings_apart(self) -> None:
        notes = paper(
            kind=ConsentKind.PART2_COUNSELING_NOTES_CONSENT,
            information=Described(categories=(Category.SUD_COUNSELING_NOTES, Category.MEDICATIONS)),
        )
        proceedings = paper(
            kind=ConsentKind.PART2_PROCEEDINGS_CONSENT,
            purposes=(Purpose.HLEGAL, Purpose.TREAT),
            expiration=OnEvent(event=Event.END_OF_CASE, occurred_on=None),
        )

        assert paragraphs(part2.lacks(notes, ADULT)) == ["42 CFR 2.31(b)(2)"]
        assert paragraphs(part2.lacks(proceedings, ADULT)) == ["42 CFR 2.31(d)"]

    def test_asks_a_criminal_justice_consent_for_its_duration_and_end(self) -> None:
        conditional = paper(kind=ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT, statements=())

        assert paragraphs(part2.lacks(conditional, ADULT)) == ["42 CFR 2.35(b)", "42 CFR 2.35(c)"]

    @pytest.mark.parametrize(
        ("subject", "by", "serves"),
        [
            ({"age_years": 15}, (Signer.SUBJECT,), False),
            ({"age_years": 15}, (Signer.SUBJECT, Signer.PARENT), True),
            ({"age_years": 15}, (Signer.PARENT,), False),
            ({"age_years": 18}, (Signer.SUBJECT,), True),
            ({"decision_capacity": DecisionCapacity.ADJUDICATED_INCAPABLE}, (Signer.GUARDIAN,), True),
            ({"decision_capacity": DecisionCapacity.ADJUDICATED_INCAPABLE}, (Signer.SPOUSE,), False),
            ({"decision_capacity": DecisionCapacity.INCAPABLE}, (Signer.GUARDIAN,), False),
            ({"deceased": True}, (Signer.PERSONAL_REPRESENTATIVE,), True),
            ({"deceased": True}, (Signer.PROGRAM_DIRECTOR,), False),
        ],
    )
    def test_knows_who_must_sign(self, subject: dict[str, Any], by: tuple[Signer, ...], *, serves: bool) -> None:
        known = Circumstances(at=NOON, subject=Subject(match=Match.UNIQUE, **subject))
        signed = paper(signatures=tuple(SIGNED.model_copy(update={"by": signer}) for signer in by))

        assert (part2.lacks(signed, known) == ()) is serves


class TestAuthorization:
    def test_lacks_nothing_when_whole(self) -> None:
        assert hipaa.lacks(paper(expiration=OnDate(date=date(2026, 6, 15))), ADULT) == ()

    def test_may_not_run_for_ever_except_for_research(self) -> None:
        assert paragraphs(hipaa.lacks(paper(), ADULT)) == ["45 CFR 164.508(c)(1)(v)"]
        assert hipaa.lacks(paper(purposes=(Purpose.HRESCH,)), ADULT) == ()

    def test_for_psychotherapy_notes_stands_alone(self) -> None:
        alone = paper(kind=ConsentKind.HIPAA_AUTHORIZATION, expiration=OnDate(date=date(2026, 12, 31)))
        combined = alone.model_copy(update={"combined_with": ("general-records",)})

        assert hipaa.lacks_for_psychotherapy_notes(alone, ADULT) == ()
        assert paragraphs(hipaa.lacks_for_psychotherapy_notes(combined, ADULT)) == ["45 CFR 164.508(b)(3)(ii)"]


class TestSurvivorsRelease:
    @pytest.fixture
    def release(self) -> Callable[..., Consent]:
        def of(**changes: Any) -> Consent:
            own: dict[str, Any] = {
                "kind": ConsentKind.VICTIM_SERVICE_RELEASE,
                "information": Described(fields=(Field.NAME,)),
                "recipients": (TEAM,),
                "purposes": (Purpose.COC,),
                "expiration": OnDate(date=date(2026, 6, 22)),
            }
            return paper(**(own | changes))

        return of

    def test_lacks_nothing_when_whole(self, release: Callable[..., Consent]) -> None:
        assert releases.survivor_lacks(release(), ADULT) == ()

    @pytest.mark.parametrize(
        "changes",
        [
            {"information": Everything(all=True)},
            {"recipients": (ClassOfPersons(class_of_persons=RecipientClass.CRISIS_PROVIDERS),)},
            {"statements": ()},
            {"expiration": NeverExpires(none=True)},
            {"expiration": OnDate(date=date(2027, 6, 3))},
            {"condition_of_service": True},
            {"signatures": (SIGNED.model_copy(update={"method": SignatureMethod.ORAL}),)},
        ],
    )
    def test_names_what_is_missing_and_a_cure(self, release: Callable[..., Consent], changes: dict[str, Any]) -> None:
        (lack,) = releases.survivor_lacks(release(**changes), ADULT)

        assert lack.paragraph.text.startswith("34 U.S.C. 12291(b)(2)")
        assert lack.cure.endswith(".")

    def test_is_spoilt_by_the_abusers_signature(self, release: Callable[..., Consent]) -> None:
        abuser = Signature(by=Signer.PARENT, method=SignatureMethod.INK, on=date(2026, 6, 1), alleged_abuser=True)

        (lack,) = releases.survivor_lacks(release(signatures=(SIGNED, abuser)), ADULT)

        assert "abuser" in lack.what


class TestOtherReleases:
    def test_take_a_callers_word_and_no_other(self) -> None:
        said = paper(signatures=(SIGNED.model_copy(update={"method": SignatureMethod.ORAL}),))

        assert permissions.caller_lacks(said, ADULT) == ()
        assert releases.hmis_lacks(said, ADULT) != ()
        assert releases.veterans_lacks(said, ADULT) != ()
        assert releases.written_lacks(said, ADULT) != ()


class TestIntake:
    def test_has_a_validator_for_every_kind(self) -> None:
        assert set(intake.VALIDATORS) == set(ConsentKind)

    @pytest.mark.parametrize("kind", ConsentKind)
    def test_of_a_bare_paper_says_what_is_missing_and_how_to_cure_it(self, kind: ConsentKind) -> None:
        bare = paper(kind=kind, disclosers=(), information=None, recipients=(), purposes=(), signatures=())

        lacks = intake.lacks(bare, ADULT)

        assert lacks
        assert all(lack.what.endswith(".") and lack.cure.endswith(".") for lack in lacks)
