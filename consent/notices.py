"""Texts that travel with a disclosure. The words of 42 CFR 2.32(a) are the regulation's own."""

from collections.abc import Collection, Mapping

from schemas.messages import Notice
from schemas.vocab import Field, Obligation

STATEMENT_1 = (
    "This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). "
    "These rules prohibit you from using or disclosing this record, or testimony that describes the information "
    "contained in this record, in any civil, criminal, administrative, or legislative proceedings by any Federal, "
    "State, or local authority, against the patient, unless authorized by the consent of the patient, except as "
    "provided at 42 CFR 2.12(c)(5) or as authorized by a court in accordance with 42 CFR 2.64 or 2.65. In addition, "
    "the Federal rules prohibit you from making any other use or disclosure of this record unless at least one of the "
    "following applies: (i) Further use or disclosure is expressly permitted by the written consent of the individual "
    "whose information is being disclosed in this record or as otherwise permitted by 42 CFR part 2. (ii) You are a "
    "covered entity or business associate and have received the record for treatment, payment, or health care "
    "operations, or (iii) You have received the record from a covered entity or business associate as permitted by "
    "45 CFR part 164, subparts A and E. A general authorization for the release of medical or other information is "
    "NOT sufficient to meet the required elements of written consent to further use or redisclose the record (see "
    "42 CFR 2.31)."
)
"""42 CFR 2.32(a)(1), as changed in 2024."""

STATEMENT_2 = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""42 CFR 2.32(a)(2), the short form, for where the long one does not fit."""

_TEXTS: Mapping[Obligation, str] = {
    Obligation.PART2_NOTICE: STATEMENT_1,
    Obligation.NO_USE_IN_PROCEEDINGS: (
        "This information may not be used in any civil, criminal, administrative or legislative proceeding against "
        "the person without their consent or a court order (42 CFR 2.12(d)(1))."
    ),
    Obligation.REDISCLOSURE_UNDER_HIPAA: (
        "You may pass this on as the HIPAA regulations permit, except for proceedings against the person "
        "(42 CFR 2.33(b)(1))."
    ),
    Obligation.REDISCLOSURE_BY_CONSENT_ONLY: (
        "You may pass this on only if the person's written consent or 42 CFR part 2 permits it."
    ),
    Obligation.CRIMINAL_JUSTICE_USE_ONLY: (
        "Use this only for the conditional release it was given for (42 CFR 2.35(d))."
    ),
    Obligation.ASK_NO_FURTHER_USE: (
        "The person asked for this to be restricted. It is told for emergency treatment: please do not use or "
        "disclose it further (45 CFR 164.522(a)(1)(iv))."
    ),
    Obligation.WITHIN_ORDER: "Stay within the order, warrant or request under which this is told.",
    Obligation.AUDIT_TERMS: "Use this for the audit or evaluation only (42 CFR 2.53).",
    Obligation.RESEARCH_TERMS: "Identify nobody in any report, and give this to nobody else (42 CFR 2.52).",
    Obligation.CLINICIAN_CHANNEL_ONLY: "For the clinician alone, not for the officer alongside.",
}


def notices(obligations: Collection[Obligation], fields: Collection[Field]) -> tuple[Notice, ...]:
    """The texts owed with a release of these fields, in the order of the obligations."""
    return tuple(
        Notice(obligation=owed, text=_scope(fields) if owed is Obligation.CONSENT_COPY else _TEXTS[owed])
        for owed in obligations
        if owed in _TEXTS or owed is Obligation.CONSENT_COPY
    )


def _scope(fields: Collection[Field]) -> str:
    """The clear explanation of the scope of the consent that 42 CFR 2.32(b) allows instead of a copy."""
    told = ", ".join(sorted(field.meaning.rstrip(".").lower() for field in fields))
    return (
        "The person consented in writing that this holder tells you, for the purpose you stated, no more than: "
        f"{told}. Anything else it holds is outside the consent (42 CFR 2.32(b))."
    )
