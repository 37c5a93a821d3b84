"""What the rows that go by leave behind for the checks of the whole set: days of contact and of questions asked."""

import polars as pl

from adapters.hmis.checks.contacts import BED_NIGHT, NIGHT_BY_NIGHT
from adapters.hmis.checks.days import day
from adapters.hmis.checks.index import key
from adapters.hmis.checks.roll import Roll

_STAGES = {"1": "entry", "3": "exit"}
_STAY_ON = {"stay": pl.UInt64, "on": pl.Date}


class Diary:
    """Twelve bytes for a bed night or a current living situation, eight for an income assessment."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll
        self._nights = [pl.DataFrame(schema=_STAY_ON)]
        self._situations = [pl.DataFrame(schema=_STAY_ON)]
        self._asked: dict[str, list[pl.Series]] = {stage: [] for stage in _STAGES.values()}

    def see(self, name: str, frame: pl.DataFrame) -> None:
        """Keeps of the live rows of a dated frame what is needed later."""
        live = frame.filter(pl.col("DateDeleted") == "")
        if name == "Services":
            self._nights.append(self._bed_nights(live))
        elif name == "CurrentLivingSituation":
            self._situations.append(live.select(stay=key("EnrollmentID"), on=day("InformationDate")))
        elif name == "IncomeBenefits":
            for stage, asked in _STAGES.items():
                rows = live.filter(pl.col("DataCollectionStage") == stage)
                self._asked[asked].append(rows.select(stay=key("EnrollmentID"))["stay"])

    def _bed_nights(self, services: pl.DataFrame) -> pl.DataFrame:
        nights = services.filter(pl.col("RecordType") == BED_NIGHT).select(
            stay=key("EnrollmentID"), on=day("DateProvided")
        )
        return nights.filter(self._roll.stays.find(nights["stay"], "project_type")["project_type"] == NIGHT_BY_NIGHT)

    @property
    def bed_nights(self) -> pl.DataFrame:
        """`stay` and `on` of every bed night in a night-by-night shelter."""
        return pl.concat(self._nights)

    @property
    def situations(self) -> pl.DataFrame:
        """`stay` and `on` of every current living situation."""
        return pl.concat(self._situations)

    def asked(self, stage: str) -> pl.Series | None:
        """The stays asked about income at entry or at exit; None where the set asks nobody."""
        asked = self._asked[stage]
        return pl.concat(asked).unique() if asked else None
