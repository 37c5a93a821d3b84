"""What a paper lacks on the day it is filed, whatever its kind: told to the one who submits it."""

from collections.abc import Callable, Mapping

from consent.validity import hipaa, part2, releases
from consent.validity.circumstances import Circumstances
from consent.validity.lack import Lack
from schemas.instruments import Consent
from schemas.vocab import ConsentKind

VALIDATORS: Mapping[ConsentKind, Callable[[Consent, Circumstances], tuple[Lack, ...]]] = {
    ConsentKind.PART2_TPO_CONSENT: part2.lacks,
    ConsentKind.PART2_CONSENT: part2.lacks,
    ConsentKind.PART2_COUNSELING_NOTES_CONSENT: part2.lacks,
    ConsentKind.PART2_PROCEEDINGS_CONSENT: part2.lacks,
    ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT: part2.lacks,
    ConsentKind.HIPAA_AUTHORIZATION: hipaa.lacks,
    ConsentKind.HMIS_RELEASE: releases.hmis_lacks,
    ConsentKind.VICTIM_SERVICE_RELEASE: releases.survivor_lacks,
    ConsentKind.VETERANS_CONSENT: releases.veterans_lacks,
    ConsentKind.CALLER_PERMISSION: releases.caller_lacks,
}


def lacks(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """Everything the paper lacks under the law of its kind, in the order of the law; empty when it is valid."""
    return VALIDATORS[paper.kind](paper, known)
