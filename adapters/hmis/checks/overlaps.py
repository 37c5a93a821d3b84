"""Enrollment.csv: stays of one person that cannot both be true, and exits that are told twice."""

from datetime import date

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.contacts import NIGHT_BY_NIGHT
from adapters.hmis.checks.diary import Diary
from adapters.hmis.checks.roll import Roll
from adapters.hmis.checks.wholes import Whole
from adapters.hmis.frames import LINE

_LODGING, _PERMANENT_HOUSING = [0, 1, 2, 8], [3, 9, 10, 13]
_STILL_THERE = date(9999, 12, 31)
_GRACE_DAYS = 2


def _residences(roll: Roll) -> pl.DataFrame:
    """Stays that give a bed, from the day they do: in permanent housing that is 3.20 Housing Move-In Date."""
    housed = pl.col("project_type").is_in(_PERMANENT_HOUSING)
    start = pl.when(housed).then("move_in").when(pl.col("project_type").is_in(_LODGING)).then("entry")
    stays = roll.live_stays("key", "person", "project_type", LINE, "entry", "move_in", "exit").select(
        "key", "person", "project_type", LINE, start=start, end=pl.col("exit").fill_null(_STILL_THERE)
    )
    return stays.filter(pl.col("start").is_not_null() & pl.col("person").is_duplicated())


def _overlapping(roll: Roll, diary: Diary) -> pl.Series:
    residences = _residences(roll)
    nightly = pl.col("project_type") == NIGHT_BY_NIGHT
    others = residences.filter(~nightly)
    return pl.concat(
        [
            _among_each_other(others),
            _beside_nights(residences.filter(nightly), others),
            _with_the_same_night(residences.filter(nightly), diary),
        ]
    ).unique()


def _among_each_other(stays: pl.DataFrame) -> pl.Series:
    """Any day in common but the one on which one is left and the other entered."""
    ordered = stays.sort("person", "start", "end", LINE)
    until = pl.col("end").cum_max().shift(1).over("person")
    return ordered.filter(pl.col("start") < until)[LINE]


def _beside_nights(nightly: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """People come and go in a night-by-night shelter, so a few days in common are no contradiction."""
    pairs = nightly.join(others, on="person", suffix="_other")
    start, end = pl.max_horizontal("start", "start_other"), pl.min_horizontal("end", "end_other")
    return pairs.filter((end - start).dt.total_days() > _GRACE_DAYS)[LINE]


def _with_the_same_night(nightly: pl.DataFrame, diary: Diary) -> pl.Series:
    nights = diary.bed_nights.unique().join(nightly.select(LINE, "person", stay="key"), on="stay")
    return nights.filter(pl.struct("person", "on").is_duplicated())[LINE]


WHOLES = (
    Whole(
        Check(
            "stays-overlap",
            Level.WARNING,
            "stays from 3.10 Project Start Date to 3.11 Project Exit Date of which no two give a bed at once",
            "Enrollment",
            "EntryDate",
            (77,),
        ),
        _overlapping,
    ),
    Whole(
        Check("exit-twice", Level.ERROR, "one Exit of each enrollment, the others deleted", "Exit", "EnrollmentID"),
        lambda roll, _: roll.further_exits,
    ),
)
