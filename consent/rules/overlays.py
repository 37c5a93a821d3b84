"""What an overlay of a state holds back from one question."""

from consent.papers import judged, told_by
from consent.purposes import covers
from consent.question import NO_FIELDS, Question
from consent.rules.hipaa.official import in_custody_of_recipient
from consent.validity.releases import written_lacks
from schemas.overlays import Overlay, Unless, When
from schemas.vocab import Field, ProcessKind, Purpose

_ORDERS = (ProcessKind.COURT_ORDER, ProcessKind.PART2_ORDER)
_ACCEPTED = {
    "recipient_treats": "a recipient that treats the person",
    "emergency": "an attested emergency",
    "written_consent": "a written consent",
    "state_forms": "the state's own form",
    "expressly_covers": "a consent that expressly covers it",
    "court_order": "a court order",
}


def closed_by(overlay: Overlay, q: Question) -> frozenset[Field]:
    """The held fields of which an overlay speaks and to which it does not yield, whatever it then does with them."""
    if not _speaks_to(overlay.when, q) or _yields_to(overlay.unless, q):
        return NO_FIELDS
    return _of_which_it_speaks(overlay.when, q) - _opened(overlay.unless, q)


def held_back(overlay: Overlay, closed: frozenset[Field]) -> frozenset[Field]:
    """Of what is closed, that which an overlay withholds."""
    if overlay.then.withhold:
        return closed
    return NO_FIELDS if overlay.then.limit_to is None else closed.difference(overlay.then.limit_to)


def would_help(overlay: Overlay) -> str:
    """To what an overlay would yield."""
    accepted = [words for name, words in _ACCEPTED.items() if getattr(overlay.unless, name)]
    return f"{', or '.join(accepted).capitalize()}." if accepted else "Nothing that could be filed."


def _speaks_to(when: When, q: Question) -> bool:
    return (
        (when.sources is None or q.source_is(*when.sources))
        and (when.recipients is None or q.recipient_is(*when.recipients))
        and (when.purposes is None or covers(when.purposes, q.purpose))
        and (when.channels is None or q.request.channel in when.channels)
    )


def _of_which_it_speaks(when: When, q: Question) -> frozenset[Field]:
    if when.categories is None and when.fields is None:
        return q.fields
    return q.held_under(*(when.categories or ())) | q.fields.intersection(when.fields or ())


def _yields_to(unless: Unless, q: Question) -> bool:
    """Whether it yields altogether, to who asks and why."""
    return (
        (unless.own_access and q.is_own_access)
        or (unless.recipient_treats and q.recipient_treats)
        or q.recipient_is(*unless.recipients)
        or (unless.custody and in_custody_of_recipient(q))
        or (unless.emergency and _is_emergency(q))
    )


def _is_emergency(q: Question) -> bool:
    """Emergency treatment, attested; a gate sees to it that the one who asks is medical personnel."""
    return q.purpose is Purpose.ETREAT and q.facts.emergency is not None


def _opened(unless: Unless, q: Question) -> frozenset[Field]:
    """What the papers it yields to describe."""
    ordered = q.ordered(*_ORDERS) if unless.court_order else NO_FIELDS
    accepted = [
        paper
        for paper in judged(q, written_lacks).valid
        if unless.written_consent
        or paper.state_form in unless.state_forms
        or not set(paper.expressly_covers).isdisjoint(unless.expressly_covers)
    ]
    return ordered | told_by(accepted, q)
