"""Files of earlier years as files of FY2026, frame by frame. What changed stands in `changes`."""

from collections.abc import Iterable, Mapping

import polars as pl

from adapters.hmis.changes import FROM_2022, FROM_2024, Change
from adapters.hmis.frames import EXTRA, LINE
from adapters.hmis.spec import CURRENT, Table, fy2026

_STEPS: Mapping[int, Mapping[str, Change]] = {2022: FROM_2022, 2024: FROM_2024}
COCS = "EnrollmentCoC"
_AT_START = "1"
_NO_CHANGE = Change()


class Upgrade:
    """From one year to FY2026. `cocs` are the frames of EnrollmentCoC.csv, which sets until FY2022 have."""

    def __init__(self, year: int, cocs: Iterable[pl.DataFrame] = ()) -> None:
        self._year = year
        self._of_households = _of_households(cocs)

    def upgraded(self, frame: pl.DataFrame, table: str) -> pl.DataFrame:
        """The frame with the columns of FY2026; what those have no place for stands at the end, under its own name."""
        if self._year == CURRENT:
            return frame
        if table == "Enrollment" and self._of_households is not None:
            frame = frame.join(self._of_households, on="HouseholdID", how="left", maintain_order="left")
        for changes in (_STEPS[year] for year in sorted(_STEPS) if year >= self._year):
            frame = _changed(frame, changes.get(table, _NO_CHANGE))
        return _laid_out(frame, fy2026().tables[table])


def _of_households(cocs: Iterable[pl.DataFrame]) -> pl.DataFrame | None:
    """3.16 Enrollment CoC as recorded at project start, by household. Later it is a column of Enrollment.csv."""
    at_start = [
        frame.filter(
            pl.col("DataCollectionStage") == _AT_START, pl.col("HouseholdID") != "", pl.col("DateDeleted") == ""
        ).select("HouseholdID", pl.col("CoCCode").alias(COCS))
        for frame in cocs
    ]
    return pl.concat(at_start).unique("HouseholdID", keep="first") if at_start else None


def _changed(frame: pl.DataFrame, change: Change) -> pl.DataFrame:
    return frame.with_columns(**change.made).rename(change.renamed)


def _laid_out(frame: pl.DataFrame, new: Table) -> pl.DataFrame:
    kept = [name for name in frame.columns if name != LINE and name[:1] != EXTRA and name not in new.columns]
    extra = [name for name in frame.columns if name.startswith(EXTRA) and name.removeprefix(EXTRA) not in kept]
    placed = [pl.col(name).fill_null("") if name in frame.columns else pl.lit("").alias(name) for name in new.columns]
    return frame.select(LINE, *placed, *(pl.col(name).alias(EXTRA + name) for name in kept), *extra)
