"""HL7 security labels (DS4P) of what leaves: confidentiality, sensitivity, law, refrain, obligation and mark.

They speak of what leaves and of nothing that stays: a label that told of a withheld diagnosis would tell the
diagnosis. Codes are those of FHIR R4 (v3-Confidentiality, v3-ActCode), the marks those of HL7 Terminology.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from schemas.canonical import CanonicalRecord
from schemas.disclosure import PieceDecision
from schemas.messages import SecurityLabel
from schemas.showing import shown
from schemas.vocab import Category, Field, Obligation, Regime, Sensitivity, SeparatedNotes
from schemas.vocab.leaving import Axis

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
OWN = "urn:hub:CodeSystem/handoff-obligation"
"""The hub's own codes, for what HL7 has no code for."""

NO_PROCEEDINGS = SecurityLabel(axis=Axis.REFRAIN, system=OWN, code="no-proceedings")
"""No use in proceedings against the person (42 CFR 2.12(d)(1)). It sticks: what is built from a piece that has it
has it too."""

BLANKET = (
    SecurityLabel(axis=Axis.CONFIDENTIALITY, system=CONFIDENTIALITY, code="R"),
    SecurityLabel(axis=Axis.REFRAIN, system=ACT_CODE, code="NORDSCLCD"),
    NO_PROCEEDINGS,
    SecurityLabel(axis=Axis.OBLIGATION, system=ACT_CODE, code="PERSISTLABEL"),
)
"""For a message that says that something happened and not what: strict, and alike for everybody, so that the labels
themselves tell nothing of the person."""

_SCALE = ("U", "L", "M", "N", "R", "V")
"""Confidentiality from unrestricted to very restricted; the highest that applies is the one."""

_KEPT_AS: Mapping[Regime, str] = {
    Regime.HIPAA: "N",
    Regime.PART2: "R",
    Regime.HMIS: "M",
    Regime.HOPWA: "R",
    Regime.RHY: "R",
    Regime.VAWA: "V",
    Regime.VETERANS: "R",
    Regime.BOOKING: "M",
    Regime.CRIMINAL_JUSTICE: "R",
    Regime.DISPATCH: "M",
    Regime.PROMISE: "R",
    Regime.SERVICE: "N",
}
_RESTRICTED = frozenset({Sensitivity.SUD, Sensitivity.PSY, Sensitivity.HIV, Sensitivity.SDV, Sensitivity.SEX})
_CODE = {Sensitivity.SOC: "LIVARG"}
"""Homeless services have no sensitivity code; living arrangement comes closest."""

_BY_REGIME = {Regime.PART2: Sensitivity.SUD, Regime.VAWA: Sensitivity.SDV, Regime.HOPWA: Sensitivity.HIV}
"""What a record gives away by where it comes from."""

_BY_CATEGORY: Mapping[Category, Sensitivity] = {
    Category.IDENTITY: Sensitivity.DEMO,
    Category.LOCATION: Sensitivity.LOCIS,
    Category.HOUSING: Sensitivity.SOC,
    Category.CASE_MANAGEMENT: Sensitivity.SOC,
    Category.DOMESTIC_VIOLENCE: Sensitivity.SDV,
    Category.MENTAL_HEALTH: Sensitivity.PSY,
    Category.PSYCHOTHERAPY_NOTES: Sensitivity.PSY,
    Category.SUBSTANCE_USE: Sensitivity.SUD,
    Category.SUD_COUNSELING_NOTES: Sensitivity.SUD,
    Category.ATTENDANCE: Sensitivity.SUD,
    Category.TOXICOLOGY: Sensitivity.SUD,
    Category.HIV: Sensitivity.HIV,
}
_LAWS = {Regime.PART2: "42CFRPart2", Regime.VETERANS: "Title38Section7332"}
_REFRAIN: Mapping[Obligation, tuple[str, ...]] = {
    Obligation.ASK_NO_FURTHER_USE: ("NOREUSE",),
    Obligation.CRIMINAL_JUSTICE_USE_ONLY: ("NOREUSE",),
    Obligation.AUDIT_TERMS: ("NOREUSE",),
    Obligation.RESEARCH_TERMS: ("NOREUSE", "NORELINK"),
}
_OBLIGE: Mapping[Obligation, tuple[str, ...]] = {
    Obligation.CARRY_LABELS: ("PERSISTLABEL",),
    Obligation.PART2_NOTICE: ("PRIVMARK",),
    Obligation.MINIMUM_NECESSARY: ("MINEC",),
    Obligation.PART2_NECESSARY_ONLY: ("MINEC",),
    Obligation.REDISCLOSURE_BY_CONSENT_ONLY: ("CPLYCD",),
}

LABELLED = frozenset(_REFRAIN) | frozenset(_OBLIGE) | {Obligation.NO_USE_IN_PROCEEDINGS}
"""The obligations of which a label tells."""


def security_labels(
    record: CanonicalRecord, decision: PieceDecision, told: Iterable[Field]
) -> tuple[SecurityLabel, ...]:
    """The labels of a record of which these fields are told."""
    return tuple(dict.fromkeys(_labels(record, decision, frozenset(told))))


def _labels(record: CanonicalRecord, decision: PieceDecision, told: frozenset[Field]) -> Iterator[SecurityLabel]:
    sensitivity = frozenset(_sensitivity(record, decision, told))
    notes = record.provenance.separated_notes
    kept_as = _confidentiality(decision, sensitivity, notes)
    yield SecurityLabel(axis=Axis.CONFIDENTIALITY, system=CONFIDENTIALITY, code=kept_as)
    yield from _codes(Axis.SENSITIVITY, (_CODE.get(one, one.value) for one in sorted(sensitivity)))
    yield from _codes(Axis.POLICY, _policies(decision, notes))
    yield from _codes(Axis.REFRAIN, _refrain(decision))
    if Obligation.NO_USE_IN_PROCEEDINGS in decision.obligations:
        yield NO_PROCEEDINGS
    yield from _codes(Axis.OBLIGATION, _oblige(decision))
    if Obligation.PART2_NOTICE in decision.obligations:
        yield from _codes(Axis.MARK, ("RedisclosureProhibitionMark",))


def together(labels: Iterable[SecurityLabel]) -> tuple[SecurityLabel, ...]:
    """The labels of what is built from several pieces: the highest confidentiality, and all the rest."""
    each = dict.fromkeys(labels)
    confidential = [one for one in each if one.axis is Axis.CONFIDENTIALITY]
    highest = max(confidential, key=lambda one: _SCALE.index(one.code), default=None)
    rest = [one for one in each if one.axis is not Axis.CONFIDENTIALITY]
    order = list(Axis)
    return tuple(([] if highest is None else [highest]) + sorted(rest, key=lambda one: order.index(one.axis)))


def _codes(axis: Axis, codes: Iterable[str]) -> Iterator[SecurityLabel]:
    return (SecurityLabel(axis=axis, system=ACT_CODE, code=code) for code in codes)


def _confidentiality(decision: PieceDecision, sensitivity: frozenset[Sensitivity], notes: SeparatedNotes | None) -> str:
    kept_as = [_KEPT_AS[regime] for regime in decision.regimes] or ["L"]
    if sensitivity & _RESTRICTED:
        kept_as.append("R")
    if notes is not None:
        kept_as.append("V")
    return max(kept_as, key=_SCALE.index)


def _sensitivity(record: CanonicalRecord, decision: PieceDecision, told: frozenset[Field]) -> Iterator[Sensitivity]:
    """What the told part speaks of. Labels of the record as a whole stand where the whole is told."""
    held = shown(record.body, record.reveals)
    yield from (_BY_REGIME[regime] for regime in decision.regimes if regime in _BY_REGIME)
    yield from (_BY_CATEGORY[of] for of, fields in held.items() if of in _BY_CATEGORY and told.intersection(fields))
    if told.issuperset(chain.from_iterable(held.values())):
        yield from record.sensitivity


def _policies(decision: PieceDecision, notes: SeparatedNotes | None) -> Iterator[str]:
    yield from (_LAWS[regime] for regime in decision.regimes if regime in _LAWS)
    if notes is SeparatedNotes.PSYCHOTHERAPY:
        yield "HIPAAPsyNotes"


def _refrain(decision: PieceDecision) -> Iterator[str]:
    """What a covered entity received for treatment, payment or operations it may pass on: no `NORDSCLCD` for it."""
    owed = frozenset(decision.obligations)
    freed = Obligation.REDISCLOSURE_UNDER_HIPAA in owed and Obligation.REDISCLOSURE_BY_CONSENT_ONLY not in owed
    if Regime.PART2 in decision.regimes and Obligation.CARRY_LABELS in owed and not freed:
        yield "NORDSCLCD"
    if Regime.VAWA in decision.regimes:
        yield from ("NOAUTH", "NOINTEGRATE", "NORELINK")
    yield from (code for one in decision.obligations for code in _REFRAIN.get(one, ()))


def _oblige(decision: PieceDecision) -> Iterator[str]:
    yield from (code for one in decision.obligations for code in _OBLIGE.get(one, ()))
    if Regime.PART2 in decision.regimes:
        yield "CPLYPOL"
