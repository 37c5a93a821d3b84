"""Stays of which nothing has been heard for long, and what every stay should have been asked."""

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.contacts import NIGHT_BY_NIGHT
from adapters.hmis.checks.diary import Diary
from adapters.hmis.checks.roll import Roll
from adapters.hmis.checks.wholes import Lines, Whole
from adapters.hmis.frames import LINE

_INACTIVE = "90d"
_OUTREACH_OR_COORDINATED_ENTRY = [4, 14]
_ASKED_ABOUT_INCOME = [0, 2, 3, 8, 9, 10, 12, 13]
_HEARD_OF = ("key", "entry", "exit", LINE)
_OPEN = pl.col("exit").is_null()
_NIGHTLY = pl.col("project_type") == NIGHT_BY_NIGHT


def _silent(stays: pl.DataFrame, contacts: pl.DataFrame, roll: Roll) -> pl.Series:
    """The open stays whose last contact, or whose entry if there is none, lies too far back."""
    last = contacts.group_by("stay").agg(pl.col("on").max())
    known = stays.filter(_OPEN).join(last, left_on="key", right_on="stay", how="left")
    heard = pl.max_horizontal("entry", "on").dt.offset_by(_INACTIVE)
    return known.filter(heard < roll.today)[LINE]


def _silent_outreach(roll: Roll, diary: Diary) -> pl.Series:
    stays = roll.live_stays(*_HEARD_OF, where=pl.col("project_type").is_in(_OUTREACH_OR_COORDINATED_ENTRY))
    return _silent(stays, diary.situations, roll)


def _silent_nights(roll: Roll, diary: Diary) -> pl.Series:
    return _silent(roll.live_stays(*_HEARD_OF, where=_NIGHTLY), diary.bed_nights, roll)


def _first_night_missing(roll: Roll, diary: Diary) -> pl.Series:
    nights = diary.bed_nights.unique()
    stays = roll.live_stays("key", "entry", LINE, where=_NIGHTLY)
    return stays.join(nights, left_on=["key", "entry"], right_on=["stay", "on"], how="anti")[LINE]


def _not_asked(stage: str, who: pl.Expr) -> Lines:
    def lines(roll: Roll, diary: Diary) -> pl.Series:
        asked = diary.asked(stage)
        stays = roll.live_stays("key", LINE, where=who & pl.col("project_type").is_in(_ASKED_ABOUT_INCOME))
        if asked is None:
            return stays[LINE].clear()
        return stays.filter(~pl.col("key").is_in(asked.implode()))[LINE]

    return lines


def _check(code: str, level: Level, field: str, expected: str, *eva: int) -> Check:
    return Check(code, level, expected, "Enrollment", field, eva)


_ADULT_OR_HEAD = pl.col("adult") | (pl.col("relationship") == 1)

WHOLES = (
    Whole(
        _check(
            "no-recent-situation",
            Level.WARNING,
            "EnrollmentID",
            "4.12 Current Living Situation within 90 days while outreach or coordinated entry is open, or an exit",
            103,
        ),
        _silent_outreach,
        by_absence=True,
    ),
    Whole(
        _check(
            "no-recent-night",
            Level.WARNING,
            "EnrollmentID",
            "4.14 Bed Night within 90 days while a night-by-night stay is open, or an exit",
            142,
        ),
        _silent_nights,
        by_absence=True,
    ),
    Whole(
        _check("no-first-night", Level.ERROR, "EntryDate", "4.14 Bed Night on 3.10 Project Start Date", 107),
        _first_night_missing,
        by_absence=True,
    ),
    Whole(
        _check(
            "no-income-at-entry",
            Level.ERROR,
            "EnrollmentID",
            "4.02 to 4.04 in IncomeBenefits.csv at entry, of adults and heads of household",
            87,
            92,
            96,
        ),
        _not_asked("entry", _ADULT_OR_HEAD),
        by_absence=True,
    ),
    Whole(
        _check(
            "no-income-at-exit",
            Level.ERROR,
            "EnrollmentID",
            "4.02 to 4.04 in IncomeBenefits.csv at exit, of adults and heads of household",
            89,
            93,
        ),
        _not_asked("exit", _ADULT_OR_HEAD & ~_OPEN),
        by_absence=True,
    ),
)
