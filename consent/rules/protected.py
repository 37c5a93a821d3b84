"""Housing programs with a rule of their own: for persons with AIDS, and for runaway and homeless youth."""

from consent.law import HMIS_STANDARDS, cfr45, cite, usc
from consent.papers import judged
from consent.question import Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.rules.hmis import opens
from consent.validity import signers
from consent.validity.releases import hmis_lacks
from schemas.vocab import ExpressCover, Field, Regime


def _expressly(q: Question, cover: ExpressCover, *, by_youth: bool = False) -> frozenset[Field]:
    """What written papers open that expressly name the program; a parent's signature alone is not the youth's."""
    return frozenset(
        field
        for paper in judged(q, hmis_lacks).valid
        if cover in paper.expressly_covers
        and (not by_youth or signers.signed_by((signers.SUBJECT,), paper, q.circumstances))
        for field in opens(paper, q)
    )


@rule(
    "hopwa.express-release",
    Regime.HOPWA,
    Effect.PERMIT,
    (usc(42, "12905(e)"), cite("24 CFR 574.440")),
    HMIS_STANDARDS,
    rows=("R-HM-13",),
)
def hopwa(q: Question) -> Finding | None:
    """Housing for persons with AIDS: a written release that names the program; the program itself; the client."""
    if q.is_own_access or q.recipient_is_source:
        return permits(q.fields, "The recipient is the client or the program.")
    opened = _expressly(q, ExpressCover.HOPWA)
    if opened:
        return permits(opened, "A written release expressly covers the program.")
    return does_not_apply("No release expressly covers this housing program.", "A release that names the program.")


@rule(
    "rhy.youth-consent",
    Regime.RHY,
    Effect.PERMIT,
    (cfr45("part 1351"), usc(34, "ch. 111")),
    HMIS_STANDARDS,
    rows=("R-HM-14",),
)
def rhy(q: Question) -> Finding | None:
    """Runaway and homeless youth: the youth's own written consent that names the program; the program; the youth."""
    if q.is_own_access or q.recipient_is_source:
        return permits(q.fields, "The recipient is the youth or the program.")
    opened = _expressly(q, ExpressCover.RHY, by_youth=True)
    if opened:
        return permits(opened, "The youth's written consent expressly covers the program.")
    return does_not_apply("No consent of the youth expressly covers this program.", "The youth's written consent.")
