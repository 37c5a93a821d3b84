"""State law, as loaded: it adds conditions to what federal law permits, and closes what it is not known to open."""

from consent.given import NOTES, Given
from consent.law import LONG_STANDING, cfr42, cfr45, cite
from consent.papers import judged, told_by
from consent.question import NO_FIELDS, Question
from consent.rule import Effect, Finding, narrows, rule
from consent.rules.overlays import closed_by, held_back, would_help
from consent.validity.releases import written_lacks
from schemas.vocab import Capacity, Category, Field, ProcessKind, Purpose, StateForm, StateRule

SENSITIVE = (
    Category.MENTAL_HEALTH,
    Category.SUBSTANCE_USE,
    Category.HIV,
    Category.DOMESTIC_VIOLENCE,
    *sorted(NOTES),
)
"""What needs a written consent in a state whose rules are not loaded."""


def _consented(q: Question, form: StateForm | None = None) -> frozenset[Field]:
    """What written consents that reach the recipient describe, on the state's own form if there is one."""
    written = judged(q, written_lacks).valid
    return told_by([paper for paper in written if form is None or paper.state_form is form], q)


@rule(
    "state.not-loaded",
    None,
    Effect.NARROW,
    (cite("policy: no rules loaded for the state"), cfr45("160.203(b)")),
    LONG_STANDING,
    rows=("R-ST-03",),
    given={Given.STATE},
)
def not_loaded(q: Question) -> Finding | None:
    """Where state law is unknown, sensitive categories go with a written consent only."""
    loaded = {pack.jurisdiction for pack in q.packs}
    if q.is_own_access or all(place in loaded for place in q.states):
        return None
    held = q.fields if q.piece.separated_notes else q.held_under(*SENSITIVE)
    closed = held - _consented(q)
    if not closed:
        return None
    return narrows(closed, "No rules are loaded for a state in play.", would_help="A written consent, or the rules.")


@rule(
    "state.us-ca-5328",
    None,
    Effect.NARROW,
    (cite("Cal. Welf. & Inst. Code 5328"), cfr45("160.203(b)")),
    LONG_STANDING,
    rows=("R-ST-01",),
    given={Given.STATE},
)
def california_mental_health(q: Question) -> Finding | None:
    """A California facility's mental health record: treating professional, written authorization or court order.

    Members of a statutory homeless team share under their protocol.
    """
    if not (q.source_is(Capacity.CALIFORNIA_LPS_FACILITY) and q.state_has(StateRule.US_CA_LPS)):
        return None
    if q.is_own_access or q.recipient_treats or _in_team(q):
        return None
    opened = _consented(q, StateForm.US_CA_5328) | q.ordered(ProcessKind.COURT_ORDER, ProcessKind.PART2_ORDER)
    closed = q.fields - opened
    if not closed:
        return None
    return narrows(closed, "California closes this facility's records.", would_help="An authorization under 5328.")


def _in_team(q: Question) -> bool:
    return bool(q.recipient.teams) and q.purpose is Purpose.COC and q.state_has(StateRule.US_CA_HOMELESS_TEAM)


@rule(
    "state.us-ny-27-f",
    None,
    Effect.NARROW,
    (cite("N.Y. Pub. Health Law art. 27-F"),),
    LONG_STANDING,
    rows=("R-ST-01",),
    given={Given.STATE},
)
def new_york_hiv(q: Question) -> Finding | None:
    """In New York, HIV information goes to others than providers on the state's own form only."""
    if not q.state_has(StateRule.US_NY_HIV) or q.is_own_access or q.recipient_is(Capacity.HEALTH_CARE_PROVIDER):
        return None
    closed = q.held_under(Category.HIV) - _consented(q, StateForm.US_NY_HIV_RELEASE)
    if not closed:
        return None
    return narrows(closed, "HIV information needs the state's own form.", would_help="The New York HIV release form.")


@rule(
    "state.overlay",
    None,
    Effect.NARROW,
    (cfr45("160.203(b)"), cfr42("2.20")),
    LONG_STANDING,
    rows=("R-ST-01",),
    given={Given.STATE},
)
def overlay(q: Question) -> Finding | None:
    """The loaded rules of every state in play hold back what they say, and add what they ask to be owed."""
    told = [(each, closed) for pack in q.packs for each in pack.overlays if (closed := closed_by(each, q))]
    if not told:
        return None
    helps = [would_help(each) for each, closed in told if held_back(each, closed)]
    return narrows(
        NO_FIELDS.union(*[held_back(each, closed) for each, closed in told]),
        " ".join(f"{each.words} ({each.cite})" for each, _ in told),
        would_help=" ".join(dict.fromkeys(helps)) or None,
        owed_with=[(owed, closed) for each, closed in told for owed in each.then.owe],
    )
