"""What is answered, and what is owed with it."""

from schemas.vocab.word import Word


class Outcome(Word):
    """What becomes of a piece."""

    PERMIT = "permit", "Release every field the record holds."
    LIMIT = "limit", "Release some of the fields, listed in fields_released."
    SILENT = "silent", "Release nothing, and answer exactly as if there were no record."
    REFUSE = "refuse", "Release nothing; saying so openly gives nothing away about the person."


class Response(Word):
    """What the recipient sees as a whole."""

    RELEASED = "released", "Something is released."
    NO_INFORMATION = "no-information", "The answer is the same as for a person nobody knows."
    REFUSED = "refused", "The request, or the sender's own push, is refused openly."


class Obligation(Word):
    """What must be done or sent along when a piece leaves."""

    PART2_NOTICE = "part2-notice", "Attach the notice of 42 CFR 2.32(a)."
    CONSENT_COPY = "consent-copy", "Attach the consent or a clear explanation of its scope (42 CFR 2.32(b))."
    PART2_NECESSARY_ONLY = "part2-necessary-only", "Only what the purpose needs (42 CFR 2.13(a))."
    NO_USE_IN_PROCEEDINGS = (
        "no-use-in-proceedings",
        "Not to be used in proceedings against the person (42 CFR 2.12(d)(1)).",
    )
    REDISCLOSURE_UNDER_HIPAA = (
        "redisclosure-under-hipaa",
        "Recipient may redisclose under HIPAA, proceedings excepted (42 CFR 2.33(b)(1)).",
    )
    REDISCLOSURE_BY_CONSENT_ONLY = (
        "redisclosure-by-consent-only",
        "Recipient may redisclose only with consent or another Part 2 permission.",
    )
    PART2_ACCOUNTING = "part2-accounting", "Enter in the Part 2 accounting (42 CFR 2.25)."
    HIPAA_ACCOUNTING = "hipaa-accounting", "Enter in the HIPAA accounting (45 CFR 164.528)."
    INTERMEDIARY_LIST = "intermediary-list", "Enter in the intermediary's list (42 CFR 2.24)."
    EMERGENCY_DOCUMENTATION = (
        "emergency-documentation",
        "Write the four facts of 42 CFR 2.51(c) into the patient's record.",
    )
    CRIMINAL_JUSTICE_USE_ONLY = "criminal-justice-use-only", "Use only for that conditional release (42 CFR 2.35(d))."
    WITHIN_ORDER = "within-order", "Stay within the order, warrant or subpoena and keep a copy."
    KEEP_REPRESENTATION = "keep-representation", "Keep the custody representation (45 CFR 164.512(k)(5)(i))."
    MINIMUM_NECESSARY = "minimum-necessary", "Minimum necessary (45 CFR 164.502(b))."
    ASK_NO_FURTHER_USE = (
        "ask-no-further-use",
        "Ask the recipient not to use or disclose it further (45 CFR 164.522(a)(1)(iv); 42 CFR 2.26(a)(4)).",
    )
    INFORM_PERSON = (
        "inform-person",
        "Inform the person of the report, unless that endangers them (45 CFR 164.512(c)(2)).",
    )
    RECORD_HMIS_BASIS = "record-hmis-basis", "Record the privacy notice version or the release relied on."
    NOTIFY_SURVIVOR = "notify-survivor", "Notify the survivor and protect their safety (34 U.S.C. 12291(b)(2)(C))."
    HIDE_REQUESTER_FROM_SOURCE = (
        "hide-requester-from-source",
        "Ask the source under the exchange's name, not the requester's.",
    )
    HUMAN_JUDGEMENT = "human-judgement", "A named human makes the professional judgement; keep it with the decision."
    CARRY_LABELS = "carry-labels", "Security labels travel with the data."
    SMALL_CELL_CHECK = "small-cell-check", "Suppress small counts."
    AUDIT_TERMS = "audit-terms", "Terms of 42 CFR 2.53 bind the auditor."
    RESEARCH_TERMS = "research-terms", "Terms of 42 CFR 2.52 bind the researcher."
    CLINICIAN_CHANNEL_ONLY = "clinician-channel-only", "Deliver to the clinician alone, not to the officer alongside."
