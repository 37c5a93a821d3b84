"""Enrollment.csv: 5.09 Household Identifier and 3.15 Relationship to Head of Household."""

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.diary import Diary
from adapters.hmis.checks.roll import Roll
from adapters.hmis.checks.wholes import Lines, Whole
from adapters.hmis.frames import LINE

_OF_A_MEMBER = ("household", "project", "entry", "birth", "relationship", LINE)
_IS_HEAD = pl.col("relationship") == 1
_LINES = pl.col(LINE).sort()
_FIRST, _SECOND_HEAD = _LINES.first(), pl.col(LINE).filter(_IS_HEAD).sort().get(1, null_on_oob=True)
_ENTERED, _OLDEST = pl.col("entry").min(), pl.col("birth").min()
_ALL_AGES_KNOWN = pl.col("birth").is_not_null().all()


def _households(wrong: pl.Expr, line: pl.Expr = _FIRST) -> Lines:
    """One line for each household of which this holds."""

    def lines(roll: Roll, _: Diary) -> pl.Series:
        members = roll.live_stays(*_OF_A_MEMBER, where=pl.col("household").is_not_null())
        found = members.group_by("household").agg(line.alias(LINE), wrong=wrong)
        return found.filter("wrong")[LINE]

    return lines


def _younger_than(years: int) -> pl.Expr:
    return _ALL_AGES_KNOWN & (_OLDEST.dt.offset_by(f"{years}y") > _ENTERED)


def _check(code: str, level: Level, field: str, expected: str, *eva: int) -> Check:
    return Check(code, level, expected, "Enrollment", field, eva)


def _same_entry_again(roll: Roll, _: Diary) -> pl.Series:
    again = pl.struct("person", "project", "entry").is_first_distinct()
    return roll.live_stays("person", "project", "entry", LINE).sort(LINE).filter(~again)[LINE]


def _no_enrollments(roll: Roll, _: Diary) -> pl.Series:
    return pl.Series([] if roll.stays.rows.height else [1], dtype=pl.UInt32)


WHOLES = (
    Whole(
        _check("no-enrollments", Level.HIGH_PRIORITY, "EnrollmentID", "5.06 at least one enrollment", 101),
        _no_enrollments,
        by_absence=True,
    ),
    Whole(
        _check("no-head", Level.HIGH_PRIORITY, "RelationshipToHoH", "3.15 one head of household in each household", 2),
        _households(~_IS_HEAD.any()),
        by_absence=True,
    ),
    Whole(
        _check(
            "two-heads",
            Level.HIGH_PRIORITY,
            "RelationshipToHoH",
            "3.15 one head of household in each household; this is a second",
            3,
        ),
        _households(_IS_HEAD.sum() > 1, _SECOND_HEAD),
    ),
    Whole(
        _check(
            "household-projects", Level.HIGH_PRIORITY, "HouseholdID", "5.09 a HouseholdID used in one project only", 98
        ),
        _households(pl.col("project").n_unique() > 1),
    ),
    Whole(
        _check(
            "household-under-12", Level.ERROR, "HouseholdID", "5.09 a household with somebody of 12 years or older", 86
        ),
        _households(_younger_than(12)),
        by_absence=True,
    ),
    Whole(
        _check(
            "children-alone", Level.WARNING, "HouseholdID", "5.09 a household with an adult, or of youths by intent"
        ),
        _households(_younger_than(18) & ~_younger_than(12)),
        by_absence=True,
    ),
    Whole(
        _check(
            "entry-twice",
            Level.HIGH_PRIORITY,
            "EntryDate",
            "3.10 one enrollment of a person in a project on a Project Start Date",
            1,
        ),
        _same_entry_again,
    ),
)
