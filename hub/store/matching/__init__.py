"""Whether two records are about one person: pure scoring, with a reason for each trait."""

from hub.store.matching.blocking import EDITION, blocking, identifier_key
from hub.store.matching.comparing import Level, Trait
from hub.store.matching.deciding import NOBODY_LIKELY, Candidate, Judgement, Verdict, answer, judge, rank
from hub.store.matching.scoring import HIGHEST, LOWEST, WEIGHTS, Score, score
from hub.store.matching.traits import Traits, normalise

__all__ = [
    "EDITION",
    "HIGHEST",
    "LOWEST",
    "NOBODY_LIKELY",
    "WEIGHTS",
    "Candidate",
    "Judgement",
    "Level",
    "Score",
    "Trait",
    "Traits",
    "Verdict",
    "answer",
    "blocking",
    "identifier_key",
    "judge",
    "normalise",
    "rank",
    "score",
]
