"""The outlet `hmis-csv`: cleared records as a delta for the HMIS that the person's enrollment came from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adapters.hmis.archive import BESIDE
from adapters.hmis.out.rows import USER, Place, Row, referred_to, row_of, wall
from adapters.hmis.out.sheets import lines, packed, quoted
from schemas.messages import Cleared, OutboundMessage, WayOut
from schemas.vocab import Obligation

_OTHER_SOURCE, _UPDATED, _DELTA, _UNHASHED = "4", "1", "1", "1"


@dataclass(frozen=True)
class About:
    """What holds for the whole set: whose clock it is written on, and what it covers.

    `id` is the ExportID; `implementation` names this hub and stays the same.
    """

    id: str
    at: datetime
    since: date
    until: date
    zone: ZoneInfo
    implementation: str


class HmisExport:
    """Writes a valid FY2026 file set: ExportPeriodType 1 (updated), ExportDirective 1 (delta).

    A row has no room for a text, so what owes one does not leave this way: a Part 2 program's records among it. The
    labels of each row stand in a file of their own beside HUD's. With `complete`, the rows that others refer to are
    written too, for importers that insist on them.
    """

    name = "hmis-csv"
    way = WayOut(
        attaches=frozenset(
            {
                Obligation.CARRY_LABELS,
                Obligation.HIDE_REQUESTER_FROM_SOURCE,
                Obligation.HIPAA_ACCOUNTING,
                Obligation.INFORM_PERSON,
                Obligation.MINIMUM_NECESSARY,
                Obligation.RECORD_HMIS_BASIS,
            }
        )
    )

    def __init__(self, about: About, places: Mapping[str, Place], *, complete: bool = False) -> None:
        self._about = about
        self._places = places
        self._complete = complete

    def write(self, cleared: Sequence[Cleared]) -> OutboundMessage:
        """The zip; raises `ValueError` when nothing was cleared, because then nothing is said."""
        rows = self.rows(cleared)
        if not rows:
            raise ValueError("nothing was cleared that a row can say")
        return OutboundMessage(
            media_type="application/zip", content=packed(self._whole(rows), {BESIDE: _labels(cleared)})
        )

    def rows(self, cleared: Iterable[Cleared]) -> dict[str, list[Row]]:
        """The rows by table; a record that several hold is one row."""
        found: dict[str, list[Row]] = {}
        for one in {one.key: one for one in cleared}.values():
            written = row_of(one, self._places[one.key], self._about.zone)
            if written is not None:
                found.setdefault(written[0], []).append(written[1])
        return found

    def _whole(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
        whole: dict[str, list[Row]] = {"Export": [self._export()], "User": [self._user()]}
        if self._complete:
            told = {row["EnrollmentID"] for some in rows.values() for row in some}
            places = [place for place in self._places.values() if place.enrollment in told]
            for table, row in referred_to(places, self._about.zone):
                whole.setdefault(table, []).append(row)
        whole.update({table: list(some) for table, some in rows.items()})
        return {table: [{**row, "ExportID": self._about.id} for row in some] for table, some in whole.items()}

    def _export(self) -> Row:
        return {
            "SourceType": _OTHER_SOURCE,
            "SourceName": "Handoff Hub",
            "ExportDate": wall(self._about.at, self._about.zone),
            "ExportStartDate": self._about.since.isoformat(),
            "ExportEndDate": self._about.until.isoformat(),
            "SoftwareName": "Handoff Hub",
            "CSVVersion": "2026 v1",
            "ExportPeriodType": _UPDATED,
            "ExportDirective": _DELTA,
            "HashStatus": _UNHASHED,
            "ImplementationID": self._about.implementation,
        }

    def _user(self) -> Row:
        since = wall(self._about.at, self._about.zone)
        named = {"UserID": USER, "UserFirstName": "Handoff", "UserLastName": "Hub"}
        return {**named, "DateCreated": since, "DateUpdated": since}


def _labels(cleared: Iterable[Cleared]) -> str:
    """The security labels of each row (HL7 DS4P), by the row's key."""
    told = {(one.key.rpartition("/")[2], label.axis.value, label.code) for one in cleared for label in one.labels}
    return lines(("Key", "Axis", "Label"), ([quoted(cell) for cell in line] for line in sorted(told)))
