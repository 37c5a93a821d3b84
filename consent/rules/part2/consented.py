"""Disclosure with the patient's written consent (42 CFR 2.31, 2.33, 2.35)."""

from collections.abc import Iterable

from consent.given import Given
from consent.law import PART2_2017, PART2_2024, PART2_COMPLIANCE, cfr42
from consent.papers import Judged, judge, reaches_through_exchange, speaking, told_by
from consent.purposes import ADVERSE, TPO
from consent.question import Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.rules.exchange import is_intermediary
from consent.validity import Circumstances, Lack
from consent.validity.lack import Validator
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
_REDISCLOSURE = (Obligation.REDISCLOSURE_UNDER_HIPAA, Obligation.REDISCLOSURE_BY_CONSENT_ONLY)
_OWING = {(False, owed): frozenset({owed}) for owed in _REDISCLOSURE} | {
    (True, owed): frozenset({owed, Obligation.INTERMEDIARY_LIST}) for owed in _REDISCLOSURE
}
"""What a consent owes, by whether the exchange is an intermediary and by how the recipient may redisclose."""


def lacks_in_transition(paper: Consent, known: Circumstances) -> tuple[Lack, ...]:
    """What a consent lacks while the rule changed: either form serves, where there was an old one."""
    missing = lacks(paper, known)
    return lacks_before_2024(paper, known) if missing and paper.kind in GENERAL else missing


def edition(q: Question) -> Validator:
    """The validator of the day: the old form, either form while the rule changed, the new form since."""
    if q.today < PART2_2024:
        return lacks_before_2024
    return lacks_in_transition if q.today < PART2_COMPLIANCE else lacks


def consents(q: Question, kinds: tuple[ConsentKind, ...]) -> Judged:
    """Consents of these kinds as the rule of the day sees them, through the exchange where it is an intermediary."""
    found = q.judged.get(kinds)
    if found is None:
        papers = [paper for paper in speaking(q) if paper.kind in kinds]
        q.judged[kinds] = found = _through_exchange(papers, q) if is_intermediary(q) else judge(papers, q, edition(q))
    return found


def _through_exchange(papers: list[Consent], q: Question) -> Judged:
    """An intermediary passes on what consents let it pass on, to whom they say (2.31(a)(4)(ii))."""
    named = [paper for paper in papers if _reaches_by_name_of_exchange(paper, q)]
    known = q.circumstances._replace(through_intermediary=True)
    return judge(named, q, edition(q), known)


def _reaches_by_name_of_exchange(paper: Consent, q: Question) -> bool:
    return any(
        isinstance(entry, ThroughIntermediary) and reaches_through_exchange(entry, q) for entry in paper.recipients
    )


def proceedings_consents(q: Question) -> tuple[Consent, ...]:
    """Valid separate consents for the proceeding at hand (2.31(d))."""
    proceeding = q.request.proceeding
    if proceeding is None:
        return ()
    return tuple(paper for paper in consents(q, PROCEEDINGS).valid if paper.case in (None, proceeding.case))


def _told_by(papers: Iterable[Consent], q: Question) -> frozenset[Field]:
    """What consents describe together, narrowed to what the source finds necessary where it has said so."""
    return q.within_protocol(told_by(papers, q))


def _near_miss(known: Judged) -> Finding:
    return known.near_miss(
        "No consent in effect names this source, recipient and purpose.",
        "A written Part 2 consent that names this recipient and purpose.",
    )


def _consented(q: Question, kinds: tuple[ConsentKind, ...], *, by_hipaa: bool = True) -> Finding:
    """What consents of these kinds let go, and whether a covered entity may pass it on `by_hipaa`."""
    known = consents(q, kinds)
    if not known.valid:
        return _near_miss(known)
    owing = _OWING[is_intermediary(q), _redisclosure(q, by_hipaa=by_hipaa)]
    return permits(_told_by(known.valid, q), "A written consent in effect names this recipient and purpose.", owing)


def _redisclosure(q: Question, *, by_hipaa: bool) -> Obligation:
    """What a covered entity received for treatment, payment or operations it may pass on under HIPAA (2.33(b)(1))."""
    if by_hipaa and q.purpose in TPO and q.recipient_is(Capacity.COVERED_ENTITY):
        return Obligation.REDISCLOSURE_UNDER_HIPAA
    return Obligation.REDISCLOSURE_BY_CONSENT_ONLY


def _new_form_tells_all(q: Question) -> bool:
    """Whether papers of the new form reach all that is told: the old form promised that nobody passes it on."""
    papers = consents(q, GENERAL).valid
    new = [paper for paper in papers if not lacks(paper, q.circumstances)]
    return _told_by(papers, q) <= _told_by(new, q)


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
    return _consented(q, (ConsentKind.PART2_CONSENT,), by_hipaa=False)


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
    return _consented(q, GENERAL, by_hipaa=_new_form_tells_all(q))


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
    given={Given.NOTES},
)
def counseling_notes_consent(q: Question) -> Finding | None:
    """A consent for counseling notes alone permits the notes it describes."""
    held = q.notes_held(SeparatedNotes.SUD_COUNSELING)
    if not held or q.piece.separated_notes is SeparatedNotes.PSYCHOTHERAPY:
        return None
    told = _consented(q, NOTES)
    return told._replace(fields=told.fields & held)


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
        return _near_miss(consents(q, PROCEEDINGS))
    return permits(_told_by(papers, q), "A separate consent covers use in this proceeding.")


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
    known = consents(q, CONDITIONAL_RELEASE)
    papers = tuple(paper for paper in known.valid if paper.case == part.case)
    if not papers:
        return _near_miss(known)
    return permits(_told_by(papers, q), "A criminal-justice consent covers monitoring of this condition.")
