"""What holds under every regime: restrictions and local policy, which only narrow; and what needs no permission."""

from consent.given import Given
from consent.law import LONG_STANDING, OMNIBUS, PART2_2017, cfr42, cfr45, cite, usc
from consent.papers import TREATING_CLASSES, in_class, judged, told_by
from consent.purposes import OPERATIONS, TPO
from consent.question import Question, is_program
from consent.rule import Effect, Finding, does_not_apply, narrows, permits, rule
from consent.validity import Lack, restrictions
from consent.validity.lack import told
from consent.validity.releases import written_lacks
from schemas.instruments import Described, Everything, NamedOrganization, Restriction
from schemas.vocab import (
    Capacity,
    Category,
    Channel,
    Field,
    Form,
    Obligation,
    Purpose,
    RecipientClass,
)

_RESTRICTABLE = TPO | {Purpose.FAMRQT}
_PLANS = OPERATIONS | {Purpose.HPAYMT}
_OFFICERS = frozenset({Capacity.LAW_ENFORCEMENT, Capacity.CORRECTIONAL_INSTITUTION, Capacity.COMMUNITY_SUPERVISION})


# --- nobody identified -----------------------------------------------------------------------------------------------


@rule(
    "anonymous",
    None,
    Effect.PERMIT,
    (cfr45("164.514(b)"), cfr45("164.502(d)"), cfr42("2.54"), usc(34, "12291(b)(2)(D)(i)(I)")),
    LONG_STANDING,
    rows=("R-HP-26", "R-HM-16", "R-DV-05", "R-P2-40", "R-P2-41"),
)
def anonymous(q: Question) -> Finding | None:
    """What is de-identified, or counts nobody in particular, is under no law; small counts are suppressed."""
    if not q.is_anonymous:
        return None
    owing = (Obligation.SMALL_CELL_CHECK,) if q.piece.form is Form.AGGREGATE else ()
    return permits(q.fields, "It identifies nobody.", owing)


# --- restrictions ----------------------------------------------------------------------------------------------------


def _against(restriction: Restriction, q: Question) -> bool:
    """Whether a restriction of this source means this recipient."""
    return restriction.source == q.source and any(
        entry.organization == q.recipient.organization
        if isinstance(entry, NamedOrganization)
        else _is_meant(entry.class_of_persons, q)
        for entry in restriction.against
    )


def _is_meant(kind: RecipientClass, q: Question) -> bool:
    """A restriction is read widely: all participants are all, and providers are meant treating or not."""
    if kind is RecipientClass.ALL_PARTICIPANTS:
        return q.recipient.organization is not None
    return in_class(kind, q) or (kind in TREATING_CLASSES and q.recipient_is(Capacity.HEALTH_CARE_PROVIDER))


def _lacks(restriction: Restriction, q: Question) -> tuple[Lack, ...]:
    """What a restriction lacks to bind towards this recipient, for this purpose."""
    return restrictions.lacks(restriction, to_plan=q.recipient_is(Capacity.HEALTH_PLAN) and q.purpose in _PLANS)


@rule(
    "restriction",
    None,
    Effect.BAR,
    (cfr45("164.502(c)"), cfr45("164.522(a)(1)"), cfr42("2.26(a)")),
    OMNIBUS,
    rows=("R-B-07", "R-HP-09", "R-HP-12", "R-HP-27", "R-P2-34", "R-P2-45", "R-EM-07", "R-RT-01"),
    purposes=_RESTRICTABLE,
    given={Given.RESTRICTION},
)
def restriction(q: Question) -> Finding | None:
    """An agreed restriction binds treatment, payment, operations and talk with family; an emergency overrides it."""
    asked_for = [known for known in q.facts.restrictions if _against(known, q)]
    held = frozenset(field for known in asked_for if not _lacks(known, q) for field in _restricted(known, q))
    if not held:
        return _not_binding(asked_for, q)
    if q.purpose is Purpose.ETREAT and q.recipient_is_medical and q.facts.emergency is not None:
        return narrows((), "Emergency treatment overrides the restriction.", (Obligation.ASK_NO_FURTHER_USE,))
    return narrows(held, "A restriction that binds the source covers this recipient.")


def _not_binding(asked_for: list[Restriction], q: Question) -> Finding | None:
    """Why what the person asked for does not hold the record back."""
    lacking = [lack for known in asked_for for lack in _lacks(known, q)]
    return does_not_apply(f"A restriction does not bind the source. {told(lacking[:1])}") if lacking else None


def _restricted(restriction: Restriction, q: Question) -> frozenset[Field]:
    """The held fields that a restriction means. Separated notes are meant by any: a doubt goes to the person."""
    if q.piece.separated_notes is not None or isinstance(restriction.information, Everything):
        return q.fields
    return q.described(restriction.information)


# --- local policy ----------------------------------------------------------------------------------------------------


@rule(
    "policy.survivor-location",
    None,
    Effect.NARROW,
    (cite("24 CFR 5.2007(c)"), cite("local policy")),
    LONG_STANDING,
    rows=("R-HM-15",),
    given={Given.SURVIVOR},
)
def survivor_location(q: Question) -> Finding | None:
    """Where a person flagged as a survivor is or lives is told only if it was expressly released."""
    if q.is_own_access:
        return None
    where = q.held_under(Category.LOCATION) | (q.fields & {Field.ADDRESS})
    hidden = where - _expressly_released(q)
    if not hidden:
        return None
    return narrows(hidden, "The person is flagged as a survivor.", would_help="A release that names the location.")


def _expressly_released(q: Question) -> frozenset[Field]:
    written = judged(q, written_lacks).valid
    return told_by([paper for paper in written if isinstance(paper.information, Described)], q)


@rule(
    "policy.clinician-channel",
    None,
    Effect.NARROW,
    (cfr45("164.506(c)(2)"), cfr45("164.530(c)")),
    OMNIBUS,
    rows=("R-LE-05",),
    given={Given.OFFICER},
)
def clinician_channel(q: Question) -> Finding | None:
    """What a co-responder's clinician receives is not delivered to the officer alongside."""
    if q.recipient.accompanied_by.isdisjoint(_OFFICERS):
        return None
    return narrows((), "An officer stands beside the recipient.", (Obligation.CLINICIAN_CHANNEL_ONLY,))


@rule(
    "policy.hide-requester",
    None,
    Effect.NARROW,
    (cfr42("2.12(a)(1)"), cfr42("2.13")),
    PART2_2017,
    rows=("R-G-09",),
    to={Capacity.PART2_PROGRAM, Capacity.HOLDS_OUT_SUD_SERVICES},
)
def hide_requester(q: Question) -> Finding | None:
    """A source asked by a program would learn who its patients are; it is asked under the exchange's name."""
    if q.request.channel is not Channel.QUERY or q.recipient_is_source or not is_program(q.recipient.capacities):
        return None
    return narrows((), "The one who asks is a substance use program.", (Obligation.HIDE_REQUESTER_FROM_SOURCE,))
