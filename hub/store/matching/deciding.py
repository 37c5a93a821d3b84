"""What follows from a score: rules that no weight outvotes.

A wrong link shows one person's life to another's helpers, and a missed one costs a look by a human; so whatever is
doubtful goes to a human, and only what nobody would doubt is joined.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from hub.store.matching.comparing import Level, Trait
from hub.store.matching.scoring import Score
from schemas.vocab import Match
from schemas.vocab.word import Word

MARGIN = 4.0
NOBODY_LIKELY = "Nobody known is likely."
_NUMBERS = ((Trait.SSN, Level.SAME), (Trait.SSN, Level.LAST_FOUR), (Trait.IDENTIFIER, Level.SAME))
_ASIDE = (Trait.MIDDLE, Trait.PHONE, Trait.ADDRESS)
_WHO = (Trait.GIVEN, Trait.FAMILY, Trait.BIRTH_DATE)
_AGREEING = frozenset({Level.SAME, Level.NICKNAME, Level.PART, Level.SWAPPED, Level.ALIKE})


class Verdict(Word):
    """What becomes of a record that a source sends for the first time."""

    LINK = "link", "It is about a person who is known."
    REVIEW = "review", "It may be about a known person; a human decides."
    NEW = "new", "It is about nobody who is known."


class Candidate(NamedTuple):
    """Somebody who may be meant."""

    person_id: UUID
    score: Score


class Judgement(NamedTuple):
    """The verdict and its reason; candidates are those about equally likely, likeliest first."""

    verdict: Verdict
    reason: str
    candidates: tuple[Candidate, ...]


def rank(scores: Mapping[UUID, Score], *, at_least: float) -> list[Candidate]:
    """Those who may be meant, likeliest first; who weighs less, or is plainly somebody else, is left out."""
    plausible = (
        Candidate(person_id, score)
        for person_id, score in scores.items()
        if score.weight >= at_least and not _somebody_else(score)
    )
    return sorted(plausible, key=lambda candidate: (-candidate.score.weight, candidate.person_id))


def judge(ranked: list[Candidate]) -> Judgement:
    """Whether a record may be joined with the likeliest candidate without asking a human."""
    if not ranked:
        return Judgement(Verdict.NEW, NOBODY_LIKELY, ())
    likely = _about_as_likely_as_the_first(ranked)
    if len(likely) > 1:
        return Judgement(Verdict.REVIEW, "Several people are about equally likely.", likely)
    doubt = likely[0].score.conflict or _doubt(likely[0].score)
    if doubt:
        return Judgement(Verdict.REVIEW, doubt, likely)
    return Judgement(Verdict.LINK, "Nothing contradicts it, and no one else is likely.", likely)


def answer(ranked: list[Candidate]) -> tuple[Match, str]:
    """Whether a question means exactly one person, and why."""
    if not ranked:
        return Match.NONE, NOBODY_LIKELY
    if len(_about_as_likely_as_the_first(ranked)) > 1:
        return Match.AMBIGUOUS, "Several people are about equally likely."
    closest = ranked[0].score
    if closest.conflict:
        return Match.AMBIGUOUS, closest.conflict
    if _named_by_number(closest) or _named_in_full(closest):
        return Match.UNIQUE, "One person, and nothing contradicts it."
    return Match.AMBIGUOUS, "Too little is asked to be sure."


def _about_as_likely_as_the_first(ranked: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple(one for one in ranked if ranked[0].score.weight - one.score.weight < MARGIN)


def _somebody_else(score: Score) -> bool:
    """Twins share a family name, a birth date and a home; namesakes share a first name and perhaps a birthday."""
    if _has_number(score):
        return False
    if score.says(Trait.GIVEN) is Level.DIFFERENT:
        return True
    return score.says(Trait.FAMILY) is Level.DIFFERENT and not _agrees_aside(score)


def _doubt(score: Score) -> str | None:
    """Why a human should look, where nothing contradicts outright."""
    if score.says(Trait.BIRTH_DATE) is Level.DIFFERENT:
        return "Birth dates differ."
    if _is_known_by_sound(score):
        return None if _sounds_like_one(score) else "Names are known by their sound alone."
    if not _has_number(score) and (doubt := _doubt_without_a_number(score)):
        return doubt
    return None if _enough(score) else "Name and birth date are incomplete."


def _doubt_without_a_number(score: Score) -> str | None:
    if score.says(Trait.GIVEN) is Level.ALIKE:
        return "First names are only alike."
    if score.says(Trait.BIRTH_DATE) in {Level.ALIKE, Level.SWAPPED}:
        return "Birth dates are only alike."
    if score.says(Trait.FAMILY) is Level.DIFFERENT:
        return "Family names differ."
    if score.says(Trait.MIDDLE) is Level.DIFFERENT:
        return "Middle names differ."
    if score.estimated and not _agrees_aside(score):
        return "A birth date of January 1 is often an estimate that many share."
    return None


def _is_known_by_sound(score: Score) -> bool:
    return Level.SOUNDS in {score.says(Trait.GIVEN), score.says(Trait.FAMILY)}


def _sounds_like_one(score: Score) -> bool:
    """Both names by their sound, the exact birth date, and all nine digits: less is shared by too many."""
    said = [score.says(trait) for trait in (*_WHO, Trait.SSN)]
    return said == [Level.SOUNDS, Level.SOUNDS, Level.SAME, Level.SAME]


def _enough(score: Score) -> bool:
    """Two of: a full name, a birth date, a number of one's own."""
    named = score.says(Trait.GIVEN) in _AGREEING and score.says(Trait.FAMILY) in _AGREEING
    return named + (score.says(Trait.BIRTH_DATE) in _AGREEING) + _has_number(score) >= 2


def _has_number(score: Score) -> bool:
    return any(score.says(trait) is level for trait, level in _NUMBERS)


def _agrees_aside(score: Score) -> bool:
    return any(score.says(trait) is Level.SAME for trait in _ASIDE)


def _named_by_number(score: Score) -> bool:
    """An identifier names its bearer, unless name and birth date rather speak against it."""
    if score.says(Trait.IDENTIFIER) is not Level.SAME:
        return False
    said = [score.says(trait) for trait in _WHO]
    return sum(level in _AGREEING for level in said) >= said.count(Level.DIFFERENT)


def _named_in_full(score: Score) -> bool:
    """Full name, with at most one slip, and the exact birth date or the last digits of the SSN."""
    said = [score.says(trait) for trait in _WHO]
    if Level.DIFFERENT in said or Level.UNKNOWN in said[:2] or said.count(Level.ALIKE) > 1:
        return False
    if Level.SOUNDS in said:
        return said[2] is Level.SAME and _has_number(score)
    return said[2] is Level.SAME or _has_number(score)
