"""Which rows of a file may enter: those that can be placed, are agreed, and are no victim service provider's.

Data of a victim service provider never enters the hub (34 U.S.C. 12291(b)(2)), and neither does what lies in a
comparable database. Which rows those are follows from their project, so a row whose project is not known waits.
"""

import polars as pl

from adapters import base
from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.index import key
from adapters.hmis.checks.roll import HOME, OUTSIDE, UNKNOWN, VICTIM_SERVICES, Roll
from adapters.hmis.checks.values import DATE
from adapters.hmis.frames import LINE
from adapters.hmis.report import Report
from adapters.hmis.spec import Table
from schemas.messages import Severity

ORPHAN = Check(
    base.ORPHAN,
    Level.HIGH_PRIORITY,
    "a row that refers only to sound rows of the same set",
    eva=(9, 10),
    severity=Severity.SET_ASIDE,
)
_OR_BEFORE = "a row that refers only to sound rows of the same set or of exports before it"
NOT_PLACED = Check(
    "refers-back",
    Level.WARNING,
    "an import: only there can rows be placed that refer to exports before this one, told here as orphans",
    file="Export",
)
NO_DATE = Check("date", Level.HIGH_PRIORITY, DATE.expected, eva=(11, 47), severity=Severity.SET_ASIDE)
VICTIM_SERVICE_PROVIDER = Check(
    "victim-service-provider",
    Level.HIGH_PRIORITY,
    "no rows of a victim service provider or of a comparable database; they were not taken",
    eva=(139,),
    severity=Severity.REFUSED,
)
NOT_AGREED = Check(
    "project-not-agreed",
    Level.WARNING,
    "rows of the projects that the definition names; those of others stayed outside",
)
CHECKS = (ORPHAN, NOT_PLACED, NO_DATE, VICTIM_SERVICE_PROVIDER, NOT_AGREED)
NOT_TAKEN = {VICTIM_SERVICES: VICTIM_SERVICE_PROVIDER, OUTSIDE: NOT_AGREED}
"""Where rows lie that are counted, and of which nothing else is said."""


class Placement:
    """Places the rows of frames; counts those that are not taken, of which nothing else is said."""

    def __init__(self, roll: Roll, *, of_delta: bool = False) -> None:
        self._roll = roll
        self._orphan = ORPHAN.of(None, _OR_BEFORE) if of_delta else ORPHAN.fault

    def admit(self, table: Table, frame: pl.DataFrame, report: Report) -> pl.DataFrame:
        """The rows of a dated frame that may enter; the others are reported as set aside, refused or left outside."""
        places = self.places(table, frame)
        report.add_lines(self._orphan, frame[LINE].filter(places == UNKNOWN))
        for place, check in NOT_TAKEN.items():
            if count := (places == place).sum():
                report.add(check.fault, count=int(count))
        at_home = frame if (places == HOME).all() else frame.filter(places == HOME)
        if table.on is None or not at_home.select(day(table.on).is_null().any()).item():
            return at_home
        report.add_lines(NO_DATE.of(table.on), at_home.filter(day(table.on).is_null())[LINE])
        return at_home.filter(day(table.on).is_not_null())

    def places(self, table: Table, frame: pl.DataFrame) -> pl.Series:
        """Where each row lies."""
        if "EnrollmentID" in table.needs:
            return self._with_its_stay(frame)
        if "ProjectID" in table.needs:
            return self._roll.places_of(frame.select(key("ProjectID"))["ProjectID"])
        if "PersonalID" in table.needs:
            people = self._roll.people.find(frame.select(key("PersonalID"))["PersonalID"], "place")
            return people["place"].fill_null(HOME)
        return pl.repeat(HOME, frame.height, dtype=pl.UInt8, eager=True)

    def _with_its_stay(self, frame: pl.DataFrame) -> pl.Series:
        """The place of the enrollment a row names, if it is the same person's."""
        keys = frame.select(stay=key("EnrollmentID"), person=key("PersonalID"))
        stays = self._roll.stays.find(keys["stay"], "person", "place")
        same = (stays["person"] == keys["person"]).fill_null(value=False)
        return stays["place"].zip_with(same, pl.Series([UNKNOWN], dtype=pl.UInt8))
