"""Victim service providers: 34 U.S.C. 12291(b)(2), 42 U.S.C. 10406(c)(5), 42 U.S.C. 11363, 28 CFR 94.115."""

from consent.given import Given
from consent.law import VICTIM_CONFIDENTIALITY, cite, usc
from consent.papers import judged, told_by
from consent.purposes import POLICE, REPORTS
from consent.question import Question
from consent.rule import Effect, Finding, bars, permits, rule
from consent.rules.hipaa.official import report_demanded
from consent.validity.releases import survivor_lacks
from schemas.vocab import Capacity, Category, ConsentKind, Obligation, ProcessKind, Purpose, Regime

_COMPELLED = frozenset({Obligation.NOTIFY_SURVIVOR, Obligation.HUMAN_JUDGEMENT})
_FOR_FUNDERS = frozenset({Purpose.AUDIT_EVALUATION, Purpose.PUBLIC_REPORTING})


@rule(
    "victims.never-by-asking",
    Regime.VAWA,
    Effect.BAR,
    (usc(34, "12291(b)(2)(B)(i)"), usc(42, "10406(c)(5)"), cite("28 CFR 94.115")),
    VICTIM_CONFIDENTIALITY,
    rows=("R-B-01", "R-DV-01", "R-EM-09", "R-HB-07"),
)
def never_by_asking(q: Question) -> Finding | None:
    """What a victim service knows is never reached by asking, hashed or not, not even in an emergency."""
    if q.is_push:
        return None
    return bars(q.fields, "A victim service is never reached by asking.", "The survivor may ask the service to tell.")


@rule(
    "victims.not-into-hmis",
    Regime.VAWA,
    Effect.BAR,
    (usc(42, "11363"),),
    VICTIM_CONFIDENTIALITY,
    rows=("R-B-02",),
    to={Capacity.HMIS_LEAD},
)
def not_into_hmis(q: Question) -> Finding | None:
    """Nothing that identifies a survivor enters an HMIS, for any purpose."""
    return bars(q.fields, "Victim services keep a comparable database and enter nothing into an HMIS.")


@rule(
    "victims.not-for-reporting",
    Regime.VAWA,
    Effect.BAR,
    (usc(34, "12291(b)(2)(D)(ii)(II)"),),
    VICTIM_CONFIDENTIALITY,
    rows=("R-DV-06",),
    purposes=_FOR_FUNDERS,
)
def not_for_reporting(q: Question) -> Finding | None:
    """No one who funds or audits is told who a survivor is; totals may be shared."""
    return bars(q.fields, "Funders and auditors receive totals only.", "Totals that identify nobody.")


@rule(
    "victims.release",
    Regime.VAWA,
    Effect.PERMIT,
    (usc(34, "12291(b)(2)(B)(ii)"),),
    VICTIM_CONFIDENTIALITY,
    rows=("R-DV-02", "R-DV-03", "R-DV-07"),
    then=frozenset({Obligation.CARRY_LABELS}),
)
def release(q: Question) -> Finding | None:
    """The survivor's informed, written, reasonably time-limited release opens what it names, to whom it names."""
    known = judged(q, survivor_lacks, ConsentKind.VICTIM_SERVICE_RELEASE)
    if known.valid:
        return permits(told_by(known.valid, q), "The survivor released this to this recipient.")
    return known.near_miss("The survivor has released nothing to this recipient.", "An informed, written release.")


@rule(
    "victims.compelled-by-court",
    Regime.VAWA,
    Effect.PERMIT,
    (usc(34, "12291(b)(2)(C)"),),
    VICTIM_CONFIDENTIALITY,
    rows=("R-DV-04",),
    purposes=POLICE | REPORTS | {Purpose.HLEGAL},
    then=_COMPELLED | {Obligation.WITHIN_ORDER},
    given={Given.PROCESS},
)
def compelled_by_court(q: Question) -> Finding | None:
    """What a court compels is told to those who compel it, after notice to the survivor and steps for safety."""
    named = q.ordered(ProcessKind.COURT_ORDER, ProcessKind.SEARCH_WARRANT)
    return permits(named, "A court order compels this.") if named else None


@rule(
    "victims.compelled-by-statute",
    Regime.VAWA,
    Effect.PERMIT,
    (usc(34, "12291(b)(2)(C)"),),
    VICTIM_CONFIDENTIALITY,
    rows=("R-DV-04",),
    purposes=REPORTS,
    then=_COMPELLED,
)
def compelled_by_statute(q: Question) -> Finding | None:
    """The report that a statute compels is made after notice to the survivor and steps for safety."""
    if not report_demanded(q):
        return None
    return permits(q.held_under(Category.MANDATED_REPORT), "State law compels this report.")
