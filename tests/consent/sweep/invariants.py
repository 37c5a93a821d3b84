"""What holds in every cell of the sweep, as a lawyer would say it."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from consent.purposes import ADVERSE
from consent.question import MEDICAL
from schemas.vocab import Capacity, Purpose, Regime
from tests.consent.sweep.asking import role
from tests.consent.sweep.cells import Place
from tests.consent.sweep.evidence import Bundle, Evidence
from tests.consent.sweep.held import KINDS

Opened = Mapping[Place, frozenset[Bundle]]

_PART2 = frozenset(held.id for held in KINDS if Regime.PART2 in held.regimes)
_HALVES = {
    "part2-hipaa": ("hipaa", "part2"),
    "hopwa": ("hmis",),
    "rhy": ("hmis",),
    "sealed": ("booking",),
    "part2-passed-on": ("hipaa",),
    "psychotherapy-notes": ("hipaa",),
    "veterans": ("hipaa",),
}
"""Records under more law than others, or barred beside: what opens them opens the others as well."""


class Invariant(NamedTuple):
    """A sentence, and the places where it does not hold."""

    words: str
    broken: Callable[[Opened], Iterator[Place]]


def _needs(words: str, where: Callable[[Place], bool], one_of: frozenset[Evidence]) -> Invariant:
    """Where this is so, nothing goes without one of these; with none of them, nothing goes at all."""

    def broken(opened: Opened) -> Iterator[Place]:
        return (
            place for place, bundles in opened.items() if where(place) and any(one_of.isdisjoint(b) for b in bundles)
        )

    return Invariant(words, broken)


def _more_law_opens_nothing(opened: Opened) -> Iterator[Place]:
    """Places that some bundle opens under more law and not under less."""
    for (kind, who, purpose), bundles in opened.items():
        for half in _HALVES.get(kind, ()):
            if not all(any(less <= bundle for less in opened[half, who, purpose]) for bundle in bundles):
                yield kind, who, purpose


_ORDERED = frozenset({Evidence.PART2_ORDER, Evidence.PROCEEDINGS_CONSENT})
_NEVER: frozenset[Evidence] = frozenset()

INVARIANTS = (
    _needs(
        "No Part 2 record, whoever holds it, goes into a proceeding, an investigation or a search for someone without "
        "an order under subpart E (`O`) or the patient's separate consent for the proceeding (`L`).",
        lambda place: place[0] in _PART2 and place[2] in ADVERSE,
        _ORDERED,
    ),
    _needs(
        "For an investigation or a search for someone, the order alone opens a Part 2 record: no consent does.",
        lambda place: place[0] in _PART2 and place[2] in ADVERSE - {Purpose.HLEGAL},
        frozenset({Evidence.PART2_ORDER}),
    ),
    _needs(
        "No Part 2 record goes to a landlord or an employer who would decide by it, whatever is signed.",
        lambda place: (
            place[0] in _PART2
            and (
                place[2] in {Purpose.TENANT_SCREENING, Purpose.EMPLOYMENT}
                or (place[1] is Capacity.LANDLORD and place[2] is Purpose.HOUSING_ELIGIBILITY)
            )
        ),
        _NEVER,
    ),
    _needs(
        "Nothing of a victim service provider is reached by asking: the provider itself must send.",
        lambda place: place[0] == "victims",
        frozenset({Evidence.SENT}),
    ),
    _needs(
        "Nothing of a victim service provider enters an HMIS, or goes to a funder or auditor.",
        lambda place: (
            place[0] == "victims"
            and (place[1] is Capacity.HMIS_LEAD or place[2] in {Purpose.AUDIT_EVALUATION, Purpose.PUBLIC_REPORTING})
        ),
        _NEVER,
    ),
    _needs(
        "Nothing goes to a city information line, not even what identifies nobody.",
        lambda place: place[1] is Capacity.MUNICIPAL_INFORMATION_LINE,
        _NEVER,
    ),
    _needs(
        "Nothing goes to the exchange for analytics of its own.",
        lambda place: place[1] is Capacity.HUB and place[2] is Purpose.OWN_ANALYTICS,
        _NEVER,
    ),
    _needs(
        "Emergency treatment opens nothing to one who is not medical personnel.",
        lambda place: place[2] is Purpose.ETREAT and role(place[1]) not in MEDICAL,
        _NEVER,
    ),
    _needs(
        "A custodian's purpose opens nothing without custody and a representation of need.",
        lambda place: place[2] in {Purpose.CUSTODY_CARE, Purpose.CUSTODY_SAFETY},
        frozenset({Evidence.CUSTODY}),
    ),
    _needs(
        "Nothing out of a national criminal justice database passes through, and nothing under no known law.",
        lambda place: place[0] in {"national-database", "nobodys-law"},
        _NEVER,
    ),
    _needs(
        "What a court sealed stays closed without the order of a court.",
        lambda place: place[0] == "sealed",
        frozenset({Evidence.COURT_ORDER}),
    ),
    _needs(
        "Psychotherapy notes need an authorization for them alone, a serious threat, or oversight.",
        lambda place: place[0] == "psychotherapy-notes" and place[2] is not Purpose.AUDIT_EVALUATION,
        frozenset({Evidence.AUTHORIZATION, Evidence.THREAT}),
    ),
    _needs(
        "Counseling notes need a consent for them alone or an order under subpart E, oversight apart; an emergency "
        "does not open them.",
        lambda place: place[0] == "part2-notes" and place[2] is not Purpose.AUDIT_EVALUATION,
        frozenset({Evidence.NOTES_CONSENT, Evidence.PART2_ORDER}),
    ),
    _needs(
        "A record of a person with AIDS or of a youth program goes with an express release, to the client, or to the "
        "program itself.",
        lambda place: place[0] in {"hopwa", "rhy"},
        frozenset({Evidence.HMIS_RELEASE, Evidence.SELF, Evidence.CONTROL}),
    ),
    _needs(
        "A program's record goes for treatment with a consent, in an emergency, or inside the program and to those "
        "who serve it under agreement.",
        lambda place: place[0] == "part2" and place[2] is Purpose.TREAT and place[1] is not Capacity.HUB,
        frozenset(
            {
                Evidence.CONSENT,
                Evidence.TPO_CONSENT,
                Evidence.EMERGENCY,
                Evidence.CONTROL,
                Evidence.AGREEMENT,
            }
        ),
    ),
    Invariant(
        "More law never opens: what opens a record under two laws, a sealed one, or psychotherapy notes opens it under "
        "one of the laws, unsealed, or as a record like any other too.",
        _more_law_opens_nothing,
    ),
)
