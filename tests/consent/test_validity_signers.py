"""Who must sign: the person, or whoever the law lets stand for them."""

from typing import Any

import pytest

from consent.validity.intake import lacks
from schemas.disclosure import Subject
from schemas.instruments import OnDate
from schemas.vocab import ConsentKind, DecisionCapacity, Match, Signer
from tests.consent.whole_papers import DAY, KNOWN, SIGNED, TODAY, consent

DEAD = {"deceased": True}
CHILD = {"age_years": 15}
GUARDED = {"decision_capacity": DecisionCapacity.ADJUDICATED_INCAPABLE}
UNABLE = {"decision_capacity": DecisionCapacity.INCAPABLE}
STANDS_FOR_THE_DEAD = (Signer.PERSONAL_REPRESENTATIVE, Signer.SPOUSE, Signer.PARENT)
REVOKED = {"form": "written", "on": TODAY, "learned_at": KNOWN.at}
SOMEONE = (Signer.SUBJECT, Signer.GUARDIAN, Signer.PERSONAL_REPRESENTATIVE)


class TestSigners:
    @pytest.mark.parametrize(
        ("kind", "subject", "serving"),
        [
            (ConsentKind.HIPAA_AUTHORIZATION, {}, (Signer.SUBJECT,)),
            (ConsentKind.HIPAA_AUTHORIZATION, DEAD, STANDS_FOR_THE_DEAD),
            (
                ConsentKind.HIPAA_AUTHORIZATION,
                CHILD,
                (Signer.PARENT, Signer.GUARDIAN, Signer.PERSONAL_REPRESENTATIVE),
            ),
            (ConsentKind.HIPAA_AUTHORIZATION, GUARDED, (Signer.GUARDIAN, Signer.PERSONAL_REPRESENTATIVE)),
            (ConsentKind.HIPAA_AUTHORIZATION, UNABLE, SOMEONE),
            (ConsentKind.HMIS_RELEASE, {}, (Signer.SUBJECT,)),
            (ConsentKind.HMIS_RELEASE, DEAD, STANDS_FOR_THE_DEAD),
            (ConsentKind.HMIS_RELEASE, CHILD, (Signer.SUBJECT, Signer.PARENT, Signer.GUARDIAN)),
            (ConsentKind.HMIS_RELEASE, GUARDED, SOMEONE),
            (ConsentKind.VICTIM_SERVICE_RELEASE, {}, (Signer.SUBJECT,)),
            (ConsentKind.VICTIM_SERVICE_RELEASE, CHILD, ()),
            (ConsentKind.VICTIM_SERVICE_RELEASE, UNABLE, (Signer.GUARDIAN,)),
            (ConsentKind.PART2_CONSENT, DEAD, STANDS_FOR_THE_DEAD),
        ],
    )
    def test_are_the_person_or_who_stands_for_them(
        self, kind: ConsentKind, subject: dict[str, Any], serving: tuple[Signer, ...]
    ) -> None:
        known = KNOWN._replace(subject=Subject(match=Match.UNIQUE, **subject))
        papers = {by: consent(kind, signatures=(SIGNED.model_copy(update={"by": by}),)) for by in Signer}

        assert {by for by, paper in papers.items() if not lacks(paper, known)} == set(serving)


class TestRevocability:
    @pytest.mark.parametrize(("days", "revoked"), [(1, False), (0, True)])
    def test_of_a_criminal_justice_consent_begins_on_its_day(self, days: int, *, revoked: bool) -> None:
        later = OnDate(date=TODAY + days * DAY)
        paper = consent(ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT, revocable_from=later, revocation=REVOKED)

        assert bool(lacks(paper, KNOWN)) is revoked

    def test_that_is_not_stated_is_what_the_paper_lacks(self) -> None:
        paper = consent(ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT, revocable_from=None, revocation=REVOKED)

        assert [lack.paragraph.text for lack in lacks(paper, KNOWN)] == ["42 CFR 2.35(c)"]
