"""What every row says of itself: its export, who entered it, when it was written; and the assessment it belongs to."""

from collections.abc import Collection
from functools import cached_property

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
UNKNOWN_ASSESSMENT = Check(
    "unknown-assessment", Level.WARNING, "an AssessmentID that stands in Assessment.csv", field="AssessmentID"
)
CHECKS = (OTHER_EXPORT, UNKNOWN_USER, BACKWARDS, UNKNOWN_ASSESSMENT)
_OF_AN_ASSESSMENT = frozenset({"AssessmentQuestions", "AssessmentResults"})


class Links:
    """Held against Export.csv, User.csv, and as much of Assessment.csv as went by; it comes before what refers to it.

    A delta refresh need not name again the assessment that a new answer belongs to.
    """

    def __init__(self, export_ids: Collection[str], users: Index, *, is_delta: bool) -> None:
        self._export_ids = sorted(export_ids)
        self._users = users
        self._is_delta = is_delta
        self._assessed = [pl.Series("key", dtype=pl.UInt64)]

    def see(self, table: Table, frame: pl.DataFrame, report: Report) -> None:
        """Takes note of the rows of a dated frame that say something else."""
        lines = frame[LINE]
        report.add_lines(OTHER_EXPORT.fault, lines.filter(~frame["ExportID"].is_in(self._export_ids)))
        if "UserID" in table.columns and table.name != "User":
            report.add_lines(UNKNOWN_USER.fault, lines.filter(self._strangers(frame)))
        report.add_lines(BACKWARDS.fault, frame.filter(day("DateUpdated") < day("DateCreated"))[LINE])
        if table.name == "Assessment":
            self._assessed.append(_live(frame, "AssessmentID")["key"])
        elif table.name in _OF_AN_ASSESSMENT and not self._is_delta:
            answers = _live(frame, "AssessmentID")
            report.add_lines(UNKNOWN_ASSESSMENT.fault, answers[LINE].filter(~self._assessments.holds(answers["key"])))

    @cached_property
    def _assessments(self) -> Index:
        return Index(pl.concat(self._assessed).to_frame())

    def _strangers(self, frame: pl.DataFrame) -> pl.Series:
        """The users are few and repeat, so each is looked up once."""
        users = frame.select("UserID").unique().with_columns(key=key("UserID"))
        strangers = users.filter((pl.col("UserID") != "") & ~self._users.holds(users["key"]))["UserID"]
        return frame["UserID"].is_in(strangers.implode())


def _live(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The rows that nobody has deleted and that say something there, by its key."""
    return frame.filter((pl.col("DateDeleted") == "") & (pl.col(column) != "")).select(LINE, key=key(column))
