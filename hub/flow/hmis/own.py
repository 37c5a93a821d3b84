"""The HMIS records that a caller sent or holds, given back row by row as they were sent."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from adapters.hmis.api.values import column_of
from adapters.hmis.refusal import FEED
from adapters.hmis.spec import fy2026
from hub.flow.hmis.standing import Standing
from hub.store.crypto import Sealer
from hub.store.people import People
from hub.store.records import RecordRow, Records
from schemas.canonical import CanonicalRecord, Enrollment, PersonFacts, SourceRow


class OwnRow(NamedTuple):
    """One row of the caller's own: its table, its columns by HUD's names, and the record that it became."""

    table: str
    values: Mapping[str, str]
    record: CanonicalRecord
    row: RecordRow

    @property
    def person_id(self) -> UUID:
        return self.row.person_id


class OwnRows:
    """Opens what is the caller's own, and nothing else."""

    def __init__(self, records: Records, people: People, standing: Standing) -> None:
        self._records = records
        self._people = people
        self._standing = standing

    def about(self, person_id: UUID) -> list[OwnRow]:
        """Everything of one person. Who the person is, is their client's too, where they hold anything else of them."""
        rows = [row for row in self._records.about(person_id) if row.feed == FEED]
        sources = {row.source for row in rows if self._standing.sent(row)}
        return list(self.opened(row for row in rows if self._standing.sent(row) or _says_who(row, sources)))

    def opened(self, rows: Iterable[RecordRow]) -> Iterator[OwnRow]:
        """These rows, in their order; without those of files that HUD does not name, for which the API has no place."""
        found = list(rows)
        sealers = self._people.sealers({row.person_id for row in found})
        for row in found:
            if (one := self._open(row, sealers[row.person_id])).table in fy2026().tables:
                yield one

    def _open(self, row: RecordRow, sealer: Sealer) -> OwnRow:
        record = self._records.open(row, sealer)
        table = record.key.partition("/")[0]
        return OwnRow(table, by_hud_names(table, record), record, row)


def _says_who(row: RecordRow, sources: Collection[str]) -> bool:
    return row.kind == "person" and row.source in sources


def by_hud_names(table: str, record: CanonicalRecord) -> dict[str, str]:
    """A record as the row that it was; one that was kept without its row says what its body does."""
    sent = record.body.values if isinstance(record.body, SourceRow) else record.as_sent
    return {column_of(table, heading) or heading: value for heading, value in sent.items()} or told(record)


def told(record: CanonicalRecord) -> dict[str, str]:
    """What the hub's own words say, in HUD's columns."""
    body, key = record.body, record.key.partition("/")[2]
    about = "" if record.subject is None else record.subject.value
    if isinstance(body, PersonFacts):
        return client(body.model_dump(mode="json", exclude_none=True)) | {"PersonalID": key}
    if isinstance(body, Enrollment):
        return {"EnrollmentID": key, "PersonalID": about, **stay(body.model_dump(mode="json", exclude_none=True))}
    return {}


_CLIENT = {
    "given": "FirstName",
    "middle": "MiddleName",
    "family": "LastName",
    "suffix": "NameSuffix",
    "birth_date": "DOB",
    "ssn": "SSN",
}
_STAY = {"entry_date": "EntryDate", "exit_date": "ExitDate", "move_in_date": "MoveInDate"}


def client(values: Mapping[str, Any]) -> dict[str, str]:
    """Who a person is, in the columns of Client.csv."""
    return _named(values, _CLIENT)


def stay(values: Mapping[str, Any]) -> dict[str, str]:
    """An enrollment, in the columns of Enrollment.csv, and the exit's date."""
    program = values.get("program")
    return _named(values, _STAY) | ({"ProjectID": str(program).removeprefix("Project/")} if program else {})


def _named(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {column: str(values[name]) for name, column in names.items() if values.get(name)}
