"""A source that sends one export after another: invented, one table a list of rows, and what the hub has of it then."""

import io
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Self
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from adapters.base import feed
from consent.codes import OWN
from hub.flow import intake
from hub.flow.preview import Preview, Terms, preview
from hub.flow.report import Report
from hub.flow.restraint import Restraint
from hub.store import db
from hub.store.crypto import Keys
from hub.store.directory import Directory, ParticipantRow
from hub.store.messages import Messages
from hub.store.people import People
from hub.store.records import Records
from schemas.canonical import CanonicalRecord
from schemas.messages import RawMessage
from tests.conftest import TEMPLATE, copy_of

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
FEED = "hmis-csv"
CHECKOUT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("HUB_SHARED_DATA", CHECKOUT.parent / "shared" / "data")) / "hmis"
WRITTEN = {
    "DateCreated": "2026-01-05 09:00:00",
    "DateUpdated": "2026-02-01 09:00:00",
    "UserID": "u1",
    "DateDeleted": "",
}
COLUMNS = {
    "Organization": "OrganizationID OrganizationName VictimServiceProvider",
    "User": "UserID UserFirstName UserLastName",
    "Project": "ProjectID OrganizationID ProjectName OperatingStartDate ContinuumProject ProjectType",
    "Funder": "FunderID ProjectID Funder GrantID StartDate",
    "HMISParticipation": "HMISParticipationID ProjectID HMISParticipationType HMISParticipationStatusStartDate",
    "Client": "PersonalID FirstName LastName DOB Sex",
    "Enrollment": "EnrollmentID PersonalID ProjectID EntryDate HouseholdID RelationshipToHoH",
    "Exit": "ExitID EnrollmentID PersonalID ExitDate Destination",
    "HealthAndDV": "HealthAndDVID EnrollmentID PersonalID InformationDate CurrentlyFleeing",
    "IncomeBenefits": "IncomeBenefitsID EnrollmentID PersonalID InformationDate IncomeFromAnySource",
    "Services": "ServicesID EnrollmentID PersonalID DateProvided RecordType TypeProvided",
}
HEADER = {
    "ExportID": "X1",
    "SourceType": "1",
    "SourceID": "XX-501",
    "ImplementationID": "marlow-1",
    "HashStatus": "1",
    "ExportDate": "2026-03-01 02:00:00",
    "ExportStartDate": "2025-10-01",
    "ExportEndDate": "2026-02-28",
    "CSVVersion": "2026 v1.0",
    "ExportPeriodType": "3",
    "ExportDirective": "2",
}

DELTA = {"ExportID": "X2", "ExportDirective": "1", "ExportPeriodType": "1", "ExportDate": "2026-03-02 02:00:00"}


def row(table: str, *values: str, **other: str) -> Row:
    """A row of a table by its first columns, and of the others what is not ordinary."""
    return {**WRITTEN, **dict(zip(COLUMNS[table].split(), values, strict=False)), **other}


@dataclass(frozen=True)
class Export:
    """One file set; each change gives another."""

    tables: Mapping[str, tuple[Row, ...]]
    header: Mapping[str, str] = field(default_factory=lambda: HEADER)

    def but(self, **header: str) -> Self:
        """With another header."""
        return type(self)(self.tables, {**self.header, **header})

    def put(self, table: str, *values: str, **other: str) -> Self:
        """With this row, in the place of the one of its key if there is one."""
        new = row(table, *values, **other)
        key = COLUMNS[table].split()[0]
        rest = tuple(old for old in self.tables.get(table, ()) if old[key] != new[key])
        return type(self)({**self.tables, table: (*rest, new)}, self.header)

    def without(self, table: str, *keys: str) -> Self:
        """Without the rows of these keys."""
        key = COLUMNS[table].split()[0]
        rest = tuple(old for old in self.tables[table] if old[key] not in keys)
        return type(self)({**self.tables, table: rest}, self.header)

    def only(self, *tables: str) -> Self:
        """With the rows of these tables alone; the other files have but their headers."""
        return type(self)({name: rows for name, rows in self.tables.items() if name in tables}, self.header)

    @property
    def delta(self) -> Self:
        """An empty set of the next day that brings what changed."""
        return type(self)({}, {**self.header, **DELTA})

    @property
    def files(self) -> Mapping[str, bytes]:
        tables = {f"{name}.csv": self._table(name) for name in COLUMNS}
        return {"Export.csv": self._csv(list(self.header), [self.header]), **tables}

    def _table(self, name: str) -> bytes:
        rows = ({**one, "ExportID": self.header["ExportID"]} for one in self.tables.get(name, ()))
        return self._csv(dict.fromkeys([*COLUMNS[name].split(), *WRITTEN, "DateDeleted", "ExportID"]), rows)

    @staticmethod
    def _csv(columns: Iterable[str], rows: Iterable[Row]) -> bytes:
        columns = list(columns)
        lines = [columns, *([one.get(name, "") for name in columns] for one in rows)]
        return "\n".join(",".join(line) for line in lines).encode()


@dataclass
class Source:
    """A sender of file sets and a hub that reads them."""

    engine: Engine
    keys: Keys
    slug: str
    reader: intake.Reader
    sent: list[UUID] = field(default_factory=list)

    def send(self, files: Mapping[str, bytes] | Export, *, confirmed: bool = False) -> Report:
        """Sends a set and has it read."""
        message = self.message(files)
        with db.transaction(self.engine) as session:
            receipt = intake.receive(session, self.keys, message, actor="test", held_for=intake.HELD)
        self.sent.append(receipt.id)
        return self.reader.read(receipt.id, confirmed=confirmed)

    def preview(self, files: Mapping[str, bytes] | Export, *, confirmed: bool = False) -> Preview:
        """What a set would change; nobody keeps anything of it."""
        with db.transaction(self.engine) as session:
            agreed = Directory(session).definition(self.slug, FEED)
        message = self.message(files, agreed)
        terms = Terms(auto_link=8.0, codes=OWN, restraint=None if confirmed else Restraint())
        return preview(self.engine, self.keys, message, feed(FEED), terms, actor="test")

    def message(self, files: Mapping[str, bytes] | Export, definition: str | None = None) -> RawMessage:
        return RawMessage(
            id=uuid4(),
            feed=FEED,
            source=self.slug,
            received_at=datetime.now(UTC),
            name="set.zip",
            content=zipped(files.files if isinstance(files, Export) else files),
            definition=definition,
        )

    def define(self, definition: str) -> None:
        with db.transaction(self.engine) as session:
            Directory(session).define_feed(self.slug, FEED, definition)

    def records(self) -> dict[str, CanonicalRecord]:
        """The live records of the source, by key."""
        with Session(self.engine) as session:
            records, people = Records(session, self.keys), People(session, self.keys)
            query = text("SELECT * FROM record WHERE source = :source AND superseded_at IS NULL AND removed_at IS NULL")
            rows = session.connection().execute(query, {"source": self.slug}).all()
            sealers = people.sealers({one.person_id for one in rows})
            opened = [records.open(one, sealers[one.person_id]) for one in rows]  # type: ignore[arg-type]
            return {one.key: one for one in opened}

    def keys_of(self, table: str) -> set[str]:
        return {key.partition("/")[2] for key in self.records() if key.startswith(f"{table}/")}

    def versions(self) -> int:
        """How many versions of records there ever were."""
        return self._number("SELECT count(*) FROM record WHERE source = :source")

    def state(self, sent: int = -1) -> str:
        """What became of the message sent last, or of another."""
        with self.engine.connect() as connection:
            found = connection.execute(text("SELECT state FROM raw_message WHERE id = :id"), {"id": self.sent[sent]})
            return str(found.scalar_one())

    def set_aside(self, sent: int) -> list[str]:
        """The codes of what of a message is set aside."""
        with Session(self.engine) as session:
            return [problem.code for problem in Messages(session, self.keys).problems(self.sent[sent])]

    def noted(self) -> int:
        """How often anything of its messages was set aside."""
        return self._number(
            "SELECT count(*) FROM set_aside JOIN raw_message ON raw_message.id = message_id WHERE source = :source"
        )

    def _number(self, query: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text(query), {"source": self.slug}).scalar_one())


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


@pytest.fixture(scope="module")
def module_engine(server: str) -> Iterator[Engine]:
    """One database for a module: each test sends as a source of its own."""
    with copy_of(TEMPLATE, server) as url:
        engine = db.connect(url)
        yield engine
        engine.dispose()


_NUMBERS = count(1)


@pytest.fixture
def new_source(module_engine: Engine, keys: Keys) -> Callable[[], Source]:
    def new_source() -> Source:
        slug = f"marlow-{next(_NUMBERS)}"
        with db.transaction(module_engine) as session:
            Directory(session).add(ParticipantRow(slug=slug, name="Marlow", capacities=["hmis-lead"]))
        reader = intake.Reader(module_engine, keys, auto_link=8.0, actor="test", restraint=Restraint())
        return Source(module_engine, keys, slug, reader)

    return new_source


@pytest.fixture
def source(new_source: Callable[[], Source]) -> Source:
    return new_source()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Mapping[str, bytes]]:
    """The files of a published sample set; skips the test where the samples are absent."""

    def shared(name: str) -> Mapping[str, bytes]:
        if not (SHARED / name).is_dir():
            pytest.skip(f"the sample set {name} is not beside this checkout; set HUB_SHARED_DATA")
        return {path.name: path.read_bytes() for path in sorted((SHARED / name).glob("*.csv"))}

    return shared


@pytest.fixture(scope="session")
def export() -> Export:
    """Three people, two projects of one agency: a stay that goes on, one that ended, one at the other project."""
    return (
        Export({})
        .put("Organization", "o1", "Open Door", "0")
        .put("User", "u1", "Ana", "Reyes")
        .put("Project", "p1", "o1", "Night Shelter", "2015-01-01", "1", "1")
        .put("Project", "p2", "o1", "Outreach", "2015-01-01", "1", "4")
        .put("Client", "c1", "Marcus", "Delgado", "1987-04-09", "1")
        .put("Client", "c2", "Lucia", "Nunez", "1967-05-08", "0")
        .put("Client", "c3", "Theo", "Okafor", "1999-12-31", "1")
        .put("Enrollment", "e1", "c1", "p1", "2026-01-10", "h1", "1")
        .put("Enrollment", "e2", "c2", "p1", "2025-11-01", "h2", "1")
        .put("Enrollment", "e3", "c3", "p2", "2026-02-01", "h3", "1")
        .put("Exit", "x2", "e2", "c2", "2026-01-15", "410")
        .put("Services", "s1", "e1", "c1", "2026-01-11", "200", "200")
        .put("Services", "s2", "e2", "c2", "2025-11-02", "200", "200")
        .put("Services", "s3", "e3", "c3", "2026-02-02", "141", "1")
        .put("IncomeBenefits", "i1", "e1", "c1", "2026-01-10", "0")
    )
