"""How each obligation is met. `MET` is this table in code, and a test walks every obligation through it.

| obligation | how it is met |
| --- | --- |
| part2-notice | the statement of 42 CFR 2.32(a) of the day travels; marked `PRIVMARK`, `RedisclosureProhibitionMark` |
| consent-copy | the scope of the consents relied on travels, explained (2.32(b)) |
| part2-necessary-only | the decision cut the fields to consent and protocol (2.13(a)); labelled `MINEC` |
| no-use-in-proceedings | a text travels, and the label `no-proceedings`, which sticks (2.12(d)(1)) |
| redisclosure-under-hipaa | a text travels; no label `NORDSCLCD` (2.33(b)(1)) |
| redisclosure-by-consent-only | a text travels; labelled `NORDSCLCD`, `CPLYCD` |
| part2-accounting | date, recipient, description and purpose stand in the audit entry, marked for the ledger (2.25) |
| hipaa-accounting | the same (45 CFR 164.528(b)(2)) |
| intermediary-list | the same (2.24) |
| emergency-documentation | the four facts are sealed into the patient's record, for the program to fetch (2.51(c)) |
| criminal-justice-use-only | a text travels; labelled `NOREUSE` (2.35(d)) |
| within-order | a text travels; the audit entry names the process, which stays on file |
| keep-representation | the audit entry names it as a task: keep the representation (45 CFR 164.512(k)(5)(i)) |
| minimum-necessary | the decision cut the fields to the source's protocol (164.502(b)); labelled `MINEC` |
| ask-no-further-use | a text travels; labelled `NOREUSE` (164.522(a)(1)(iv)) |
| inform-person | the audit entry names it as a task (164.512(c)(2)) |
| record-hmis-basis | the audit entry names the release relied on, or the version of the privacy notice |
| notify-survivor | the audit entry names it as a task (34 U.S.C. 12291(b)(2)(C)) |
| hide-requester-from-source | no source is asked: it sent ahead, and no explanation to it says who asked |
| human-judgement | the audit entry names it as a task: who judged, and why, is kept with the decision |
| carry-labels | the labels travel; a way out that has no place for them carries nothing that owes this |
| small-cell-check | the audit entry names it as a task, before anything is published |
| audit-terms | a text travels; labelled `NOREUSE` (42 CFR 2.53) |
| research-terms | a text travels; labelled `NOREUSE`, `NORELINK` (42 CFR 2.52) |
| clinician-channel-only | a text travels, and only to a reader who signed in; no interface carries it |
"""

from collections.abc import Collection, Mapping

from schemas.vocab import Obligation
from schemas.vocab.leaving import Met

MET: Mapping[Obligation, frozenset[Met]] = {
    Obligation.PART2_NOTICE: frozenset({Met.TRAVELS, Met.LABELLED}),
    Obligation.CONSENT_COPY: frozenset({Met.TRAVELS}),
    Obligation.PART2_NECESSARY_ONLY: frozenset({Met.CUT, Met.LABELLED}),
    Obligation.NO_USE_IN_PROCEEDINGS: frozenset({Met.TRAVELS, Met.LABELLED}),
    Obligation.REDISCLOSURE_UNDER_HIPAA: frozenset({Met.TRAVELS}),
    Obligation.REDISCLOSURE_BY_CONSENT_ONLY: frozenset({Met.TRAVELS, Met.LABELLED}),
    Obligation.PART2_ACCOUNTING: frozenset({Met.ENTERED}),
    Obligation.HIPAA_ACCOUNTING: frozenset({Met.ENTERED}),
    Obligation.INTERMEDIARY_LIST: frozenset({Met.ENTERED}),
    Obligation.EMERGENCY_DOCUMENTATION: frozenset({Met.WRITTEN}),
    Obligation.CRIMINAL_JUSTICE_USE_ONLY: frozenset({Met.TRAVELS, Met.LABELLED}),
    Obligation.WITHIN_ORDER: frozenset({Met.TRAVELS, Met.ENTERED}),
    Obligation.KEEP_REPRESENTATION: frozenset({Met.DUE}),
    Obligation.MINIMUM_NECESSARY: frozenset({Met.CUT, Met.LABELLED}),
    Obligation.ASK_NO_FURTHER_USE: frozenset({Met.TRAVELS, Met.LABELLED}),
    Obligation.INFORM_PERSON: frozenset({Met.DUE}),
    Obligation.RECORD_HMIS_BASIS: frozenset({Met.ENTERED}),
    Obligation.NOTIFY_SURVIVOR: frozenset({Met.DUE}),
    Obligation.HIDE_REQUESTER_FROM_SOURCE: frozenset({Met.BUILT_IN}),
    Obligation.HUMAN_JUDGEMENT: frozenset({Met.DUE}),
    Obligation.CARRY_LABELS: frozenset({Met.LABELLED}),
    Obligation.SMALL_CELL_CHECK: frozenset({Met.DUE}),
    Obligation.AUDIT_TERMS: frozenset({Met.TRAVELS, Met.LABELLED}),
    Obligation.RESEARCH_TERMS: frozenset({Met.TRAVELS, Met.LABELLED}),
    Obligation.CLINICIAN_CHANNEL_ONLY: frozenset({Met.TRAVELS}),
}

LEDGERS = frozenset({Obligation.PART2_ACCOUNTING, Obligation.HIPAA_ACCOUNTING, Obligation.INTERMEDIARY_LIST})
"""The obligations that put a release into a ledger of disclosures."""


def ledgers(obligations: Collection[Obligation]) -> tuple[Obligation, ...]:
    """The ledgers that a release belongs in."""
    return tuple(owed for owed in obligations if owed in LEDGERS)


def tasks(obligations: Collection[Obligation]) -> tuple[Obligation, ...]:
    """What is left for someone to do once a release is made."""
    return tuple(owed for owed in obligations if Met.DUE in MET[owed])
