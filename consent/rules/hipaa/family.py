"""Family, friends and parents, and the facility directory."""

from consent.law import OMNIBUS, cfr45
from consent.purposes import FAMILY
from consent.question import Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.rules.preemption import no_state_permits
from schemas.vocab import (
    Category,
    DecisionCapacity,
    Field,
    Obligation,
    OpportunityToObject,
    ParentAccess,
    Purpose,
    Regime,
    Relationship,
)


def unopposed(q: Question) -> bool:
    """The person agreed or did not object; or cannot be asked, so that others judge their interest."""
    chance = q.subject.opportunity_to_object
    if chance is OpportunityToObject.NOT_ASKED:
        return q.subject.decision_capacity is not DecisionCapacity.CAPABLE
    return chance is not OpportunityToObject.OBJECTED


@rule(
    "hipaa.family",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.510(b)"),),
    OMNIBUS,
    rows=("R-HP-06",),
    purposes=frozenset({Purpose.FAMRQT}),
    then=frozenset({Obligation.HUMAN_JUDGEMENT}),
)
def family(q: Question) -> Finding | None:
    """Family and friends in the person's care hear what is relevant, if the person agrees or does not object."""
    close = q.recipient.relationship is Relationship.FAMILY_OR_FRIEND or (
        q.recipient.relationship is Relationship.PARENT and not q.is_minor
    )
    if not close:
        return None
    if not unopposed(q):
        return does_not_apply("The person was not asked, or objected.", "Ask the person.")
    return permits(q.necessary, "The person agreed, did not object, or cannot be asked.")


@rule(
    "hipaa.parent",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.502(g)(3)"),),
    OMNIBUS,
    rows=("R-HP-24",),
    purposes=FAMILY,
)
def parent(q: Question) -> Finding | None:
    """A parent stands for a minor, but not for care the minor lawfully consented to alone, unless the state says so."""
    if q.recipient.relationship is not Relationship.PARENT or not q.is_minor:
        return None
    if q.piece.minor_consented_alone and not _state_lets_parents_know(q):
        return does_not_apply("The minor lawfully consented to this care alone.", "The minor's own authorization.")
    return permits(q.fields, "A parent stands for the minor.")


def _state_lets_parents_know(q: Question) -> bool:
    access = {pack.parent_access for pack in q.packs}
    return ParentAccess.PERMITTED in access and ParentAccess.PROHIBITED not in access and not no_state_permits(q)


@rule(
    "hipaa.directory",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.510(a)(1)"),),
    OMNIBUS,
    rows=("R-HP-25", "R-P2-29"),
    purposes=frozenset({Purpose.HDIRECT}),
)
def directory(q: Question) -> Finding | None:
    """Whoever asks by name hears that a patient is there and how they are, unless the patient objected."""
    if not unopposed(q):
        return does_not_apply("The person was not asked, or objected.", "Ask the person.")
    listed = q.held_under(Category.PRESENCE) | (q.fields & {Field.CURRENT_LOCATION})
    return permits(listed, "The person did not object to the directory.")
