"""Gates: they see the request alone, come before any look-up, and answer alike for a person nobody knows."""

from collections.abc import Iterable

from consent.given import HUB, Given
from consent.law import HMIS_STANDARDS, HMIS_USES, LONG_STANDING, OMNIBUS, PART2_2017, cfr42, cfr45
from consent.purposes import CUSTODIAL, POLICE
from consent.question import Asked
from consent.rule import Finding, bars, gate
from consent.rules.exchange import lapsed
from consent.validity import Lack, custody, emergencies, process
from consent.validity.lack import cured, told
from schemas.vocab import Capacity, ProcessKind, Purpose


def _closed(because: str, would_help: str | None = None) -> Finding:
    return bars((), because, would_help)


def _closed_for(because: str, lacking: Iterable[Lack]) -> Finding:
    """Says what the asker's own paper lacks, each thing once, and how to cure it."""
    once = tuple(dict.fromkeys(lacking))
    return _closed(f"{because} {told(once)}", cured(once))


@gate("gate.verified", (cfr45("164.514(h)(1)"), cfr45("164.312(d)")), LONG_STANDING, rows=("R-G-01",))
def verified(asked: Asked) -> Finding | None:
    """Identity and authority of the one who asks must be verified."""
    if asked.recipient.identity_verified:
        return None
    return _closed("Identity or authority is not verified.", "Sign in again, with the second factor.")


@gate(
    "gate.information-line",
    (HMIS_USES, cfr45("164.502(a)")),
    LONG_STANDING,
    rows=("R-G-02", "R-HP-29"),
    to={Capacity.MUNICIPAL_INFORMATION_LINE},
)
def information_line(_: Asked) -> Finding | None:
    """A city information line has no purpose for which anything could be released."""
    return _closed("A city information line receives nothing about a person.", "A crisis provider or shelter may ask.")


@gate(
    "gate.medical-personnel",
    (cfr42("2.51(a)"),),
    PART2_2017,
    rows=("R-EM-03", "R-G-02"),
    purposes=frozenset({Purpose.ETREAT}),
)
def medical_personnel(asked: Asked) -> Finding | None:
    """Emergency treatment is for medical personnel: not police, call-takers, peers or case managers."""
    if asked.recipient_is_medical:
        return None
    return _closed("Emergency treatment is asked for by medical personnel only.", "Let the clinician on scene ask.")


@gate(
    "gate.own-analytics",
    (cfr42("2.11"), cfr45("164.504(e)(2)(i)")),
    OMNIBUS,
    rows=("R-P2-24",),
    purposes=frozenset({Purpose.OWN_ANALYTICS}),
)
def own_analytics(asked: Asked) -> Finding | None:
    """The exchange serves its sources and uses their records for nothing of its own."""
    if asked.recipient.organization != HUB and not asked.recipient_is(Capacity.HUB):
        return None
    return _closed("The exchange does not use records for its own analytics.")


@gate(
    "gate.police-subscription",
    (HMIS_USES, cfr45("164.512(f)")),
    HMIS_STANDARDS,
    rows=("R-HM-10", "R-G-02"),
    given={Given.STANDING},
)
def police_subscription(asked: Asked) -> Finding | None:
    """No law supports a standing feed for law enforcement; each disclosure needs its own process."""
    if asked.purpose not in POLICE and not asked.recipient_is(Capacity.LAW_ENFORCEMENT):
        return None
    return _closed("There are no standing feeds for law enforcement.", "Process for one person, to the holder.")


@gate(
    "gate.emergency-statement",
    (cfr42("2.51(c)(1)"), cfr45("164.312(a)(2)(ii)")),
    PART2_2017,
    rows=("R-G-07",),
    given={Given.EMERGENCY},
)
def emergency_statement(asked: Asked) -> Finding | None:
    """An emergency statement, once offered, is complete: who, of which facility, what, and why no consent."""
    said = asked.facts.emergency
    lacking = () if said is None else emergencies.lacks(said, asked.at)
    return _closed_for("The emergency statement is incomplete.", lacking) if lacking else None


@gate("gate.supervisory-request", (HMIS_USES,), HMIS_STANDARDS, rows=("R-HM-08",), given={Given.PROCESS})
def supervisory_request(asked: Asked) -> Finding | None:
    """A written law-enforcement request, once offered, has all five elements."""
    offered = [paper for paper in asked.facts.legal_process if paper.kind is ProcessKind.SUPERVISORY_REQUEST]
    lacking = [lack for paper in offered for lack in process.lacks_of_request(paper)]
    return _closed_for("The written request lacks an element.", lacking) if lacking else None


@gate(
    "gate.custody-representation",
    (cfr45("164.512(k)(5)(i)"),),
    OMNIBUS,
    rows=("R-G-08",),
    purposes=CUSTODIAL,
)
def custody_representation(asked: Asked) -> Finding | None:
    """A custodian who asks represents the need, by a named official."""
    lacking = custody.lacks(asked.facts.custody_representation)
    return _closed_for("A custodian's request needs a representation of need.", lacking) if lacking else None


@gate(
    "gate.own-agreement",
    (cfr45("164.504(e)"), HMIS_USES),
    LONG_STANDING,
    rows=("R-G-03", "R-G-05"),
    given={Given.AGREEMENT},
)
def own_agreement(asked: Asked) -> Finding | None:
    """A recipient whose own agreement with the exchange has lapsed receives nothing."""
    organization = asked.recipient.organization
    listed = [known.kind for known in asked.facts.agreements if organization in known.parties and HUB in known.parties]
    if organization == HUB or all(asked.agreed(kind, HUB, organization) for kind in listed):
        return None
    lapses = [lack for kind in listed for lack in lapsed(asked, kind, HUB, organization)]
    return _closed_for("The recipient's agreement with the exchange is not in force.", lapses)
