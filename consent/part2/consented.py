"""Disclosure with the patient's written consent (42 CFR 2.31, 2.33, 2.35)."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from consent.exchange import is_intermediary
from consent.law import PART2_2017, PART2_2024, PART2_COMPLIANCE, cfr42
from consent.papers import reaches_through_exchange, speaking
from consent.purposes import ADVERSE, TPO
from consent.question import NO_FIELDS, Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.validity import Circumstances, Lack
from consent.validity.part2 import lacks, lacks_before_2024
from schemas.instruments import Consent, ThroughIntermediary
from schemas.vocab import Capacity, ConsentKind, Field, Obligation, Purpose, Regime, SeparatedNotes

GENERAL = (ConsentKind.PART2_TPO_CONSENT, ConsentKind.PART2_CONSENT)
NOTES = (ConsentKind.PART2_COUNSELING_NOTES_CONSENT,)
PROCEEDINGS = (ConsentKind.PART2_PROCEEDINGS_CONSENT,)
CONDITIONAL_RELEASE = (ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT,)

WITH_CONSENT = frozenset(
    {
        Obligation.PART2_NOTICE,
        Obligation.CONSENT_COPY,
        Obligation.PART2_NECESSARY_ONLY,
        Obligation.PART2_ACCOUNTING,
        Obligation.CARRY_LABELS,
    }
)
NOT_IN_PROCEEDINGS = frozenset({Obligation.NO_USE_IN_PROCEEDINGS})
_CONSENTED = frozenset(Purpose) - ADVERSE

Lacking = Callable[[Consent, Circumstances], tuple[Lack, ...]]


def edition(q: Question) -> Lacking:
    """The validator of the day: the old form, either form while the rule changed, the new form since."""
    if q.today < PART2_2024:
        return lacks_before_2024
    if q.today < PART2_COMPLIANCE:
        return lambda paper, known: lacks(paper, known) and lacks_before_2024(paper, known)
    return lacks


def _of_kind(q: Question, *kinds: ConsentKind) -> Iterator[Consent]:
    """Consents of these kinds that speak to the question, through the exchange where it is an intermediary."""
    through = is_intermediary(q)
    for paper in speaking(q):
        if paper.kind in kinds and (not through or _reaches_by_name_of_exchange(paper, q)):
            yield paper


def _reaches_by_name_of_exchange(paper: Consent, q: Question) -> bool:
    return any(
        isinstance(entry, ThroughIntermediary) and reaches_through_exchange(entry, q) for entry in paper.recipients
    )


def _known(q: Question) -> Circumstances:
    return replace(q.circumstances, through_intermediary=True) if is_intermediary(q) else q.circumstances


def valid(q: Question, *kinds: ConsentKind) -> Iterator[Consent]:
    """Those that lack nothing today."""
    known = _known(q)
    lacking = edition(q)
    return (paper for paper in _of_kind(q, *kinds) if not lacking(paper, known))


def proceedings_consents(q: Question) -> tuple[Consent, ...]:
    """Valid separate consents for the proceeding at hand (2.31(d))."""
    proceeding = q.request.proceeding
    if proceeding is None:
        return ()
    return tuple(paper for paper in valid(q, *PROCEEDINGS) if paper.case in (None, proceeding.case))


def told_by(q: Question, papers: tuple[Consent, ...]) -> frozenset[Field]:
    """What consents describe together, narrowed to what the source finds necessary where it has said so."""
    described = NO_FIELDS.union(*(q.described(paper.information) for paper in papers))
    return q.within_protocol(described)


def near_miss(q: Question, *kinds: ConsentKind) -> Finding | None:
    """What the first paper that speaks to the question lacks, or what paper would help."""
    known = _known(q)
    for paper in _of_kind(q, *kinds):
        if missing := lacks(paper, known):
            first = missing[0]
            return does_not_apply(f"A consent on file does not serve. {first.what} ({first.paragraph})", first.cure)
    return does_not_apply(
        "No consent in effect names this source, recipient and purpose.",
        "A written Part 2 consent that names this recipient and purpose.",
    )


def _consented(q: Question, kinds: tuple[ConsentKind, ...]) -> Finding | None:
    papers = tuple(valid(q, *kinds))
    if not papers:
        return near_miss(q, *kinds)
    owing = {_redisclosure(q)}
    if is_intermediary(q):
        owing.add(Obligation.INTERMEDIARY_LIST)
    return permits(told_by(q, papers), "A written consent in effect names this recipient and purpose.", owing)


def _redisclosure(q: Question) -> Obligation:
    """What a covered entity received for treatment, payment or operations it may pass on under HIPAA (2.33(b)(1))."""
    if q.purpose in TPO and q.recipient_is(Capacity.COVERED_ENTITY):
        return Obligation.REDISCLOSURE_UNDER_HIPAA
    return Obligation.REDISCLOSURE_BY_CONSENT_ONLY


_ROWS = (
    "R-P2-01",
    "R-P2-02",
    "R-P2-03",
    "R-P2-04",
    "R-P2-05",
    "R-P2-07",
    "R-P2-08",
    "R-P2-09",
    "R-P2-10",
    "R-P2-12",
    "R-P2-18",
    "R-P2-28",
    "R-P2-35",
    "R-P2-36",
    "R-P2-37",
    "R-P2-38",
    "R-P2-39",
    "R-CR-06",
    "R-HB-03",
    "R-HB-04",
    "R-HM-11",
    "R-JU-06",
    "R-JU-07",
    "R-JU-10",
    "R-RT-02",
    "R-RT-03",
)


@rule(
    "part2.consent",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.31"), cfr42("2.33")),
    PART2_2017,
    until=PART2_2024,
    rows=_ROWS,
    purposes=_CONSENTED,
    then=WITH_CONSENT | NOT_IN_PROCEEDINGS,
)
def written_consent_before_2024(q: Question) -> Finding | None:
    """A written consent with every element permits what it describes, to the recipient it names."""
    return _consented(q, (ConsentKind.PART2_CONSENT,))


@rule(
    "part2.consent",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.31(a)"), cfr42("2.32"), cfr42("2.33(a)"), cfr42("2.13(a)")),
    PART2_2024,
    until=PART2_COMPLIANCE,
    rows=_ROWS,
    purposes=_CONSENTED,
    then=WITH_CONSENT | NOT_IN_PROCEEDINGS,
)
def written_consent_in_transition(q: Question) -> Finding | None:
    """A written consent of the old or of the new form permits what it describes, until the compliance date."""
    return _consented(q, GENERAL)


@rule(
    "part2.consent",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.31(a)"), cfr42("2.32"), cfr42("2.33(a)"), cfr42("2.13(a)")),
    PART2_COMPLIANCE,
    rows=_ROWS,
    purposes=_CONSENTED,
    then=WITH_CONSENT | NOT_IN_PROCEEDINGS,
)
def written_consent(q: Question) -> Finding | None:
    """A written consent with every element permits what it describes, to the recipient or class it names."""
    return _consented(q, GENERAL)


@rule(
    "part2.counseling-notes-consent",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.31(b)(2)"), cfr42("2.33(a)(1)")),
    PART2_2024,
    rows=("R-P2-32", "R-P2-33"),
    purposes=_CONSENTED,
    then=WITH_CONSENT | NOT_IN_PROCEEDINGS,
)
def counseling_notes_consent(q: Question) -> Finding | None:
    """A consent for counseling notes alone permits the notes it describes."""
    if q.piece.separated_notes is not SeparatedNotes.SUD_COUNSELING:
        return None
    return _consented(q, NOTES)


@rule(
    "part2.proceedings-consent",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.31(d)"), cfr42("2.33(a)(1)")),
    PART2_2024,
    rows=("R-P2-30", "R-P2-31"),
    purposes=frozenset({Purpose.HLEGAL}),
    then=WITH_CONSENT,
)
def proceedings_consent(q: Question) -> Finding | None:
    """A consent for use in the proceeding, combined with nothing else, permits what it describes."""
    papers = proceedings_consents(q)
    if not papers:
        return near_miss(q, *PROCEEDINGS)
    return permits(told_by(q, papers), "A separate consent covers use in this proceeding.")


@rule(
    "part2.conditional-release",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.35(a)"), cfr42("2.35(b)"), cfr42("2.35(c)"), cfr42("2.35(d)")),
    PART2_2017,
    rows=("R-CJ-01", "R-CJ-02", "R-CJ-03", "R-CJ-05", "R-CJ-07"),
    purposes=frozenset({Purpose.SUPERVISION}),
    then=WITH_CONSENT | {Obligation.CRIMINAL_JUSTICE_USE_ONLY},
)
def conditional_release(q: Question) -> Finding | None:
    """A criminal-justice consent reaches those who made treatment a condition of release and monitor it."""
    part = q.recipient.criminal_justice
    if part is None or not (part.made_participation_a_condition and part.monitors_the_condition):
        return does_not_apply(
            "The recipient has not made treatment a condition that it monitors.",
            "An ordinary Part 2 consent that names this recipient.",
        )
    papers = tuple(paper for paper in valid(q, *CONDITIONAL_RELEASE) if paper.case == part.case)
    if not papers:
        return near_miss(q, *CONDITIONAL_RELEASE)
    return permits(told_by(q, papers), "A criminal-justice consent covers monitoring of this condition.")
