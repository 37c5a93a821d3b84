"""What every row says of itself: its export, who entered it, when it was written."""

from collections.abc import Collection

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.index import Index, key
from adapters.hmis.frames import LINE
from adapters.hmis.report import Report
from adapters.hmis.spec import Table

OTHER_EXPORT = Check("export-id", Level.ERROR, "the ExportID of Export.csv", field="ExportID", eva=(49,))
UNKNOWN_USER = Check("unknown-user", Level.WARNING, "a UserID that stands in User.csv", field="UserID")
BACKWARDS = Check(
    "backwards", Level.WARNING, "5.02 DateUpdated on or after 5.01 DateCreated, by the day", field="DateUpdated"
)
CHECKS = (OTHER_EXPORT, UNKNOWN_USER, BACKWARDS)


class Links:
    """Held against Export.csv and User.csv."""

    def __init__(self, export_ids: Collection[str], users: Index) -> None:
        self._export_ids = sorted(export_ids)
        self._users = users

    def see(self, table: Table, frame: pl.DataFrame, report: Report) -> None:
        """Takes note of the rows of a dated frame that say something else."""
        lines = frame[LINE]
        report.add_lines(OTHER_EXPORT.fault, lines.filter(~frame["ExportID"].is_in(self._export_ids)))
        if "UserID" in table.columns and table.name != "User":
            report.add_lines(UNKNOWN_USER.fault, lines.filter(self._strangers(frame)))
        report.add_lines(BACKWARDS.fault, frame.filter(day("DateUpdated") < day("DateCreated"))[LINE])

    def _strangers(self, frame: pl.DataFrame) -> pl.Series:
        """The users are few and repeat, so each is looked up once."""
        users = frame.select("UserID").unique().with_columns(key=key("UserID"))
        strangers = users.filter((pl.col("UserID") != "") & ~self._users.holds(users["key"]))["UserID"]
        return frame["UserID"].is_in(strangers.implode())
