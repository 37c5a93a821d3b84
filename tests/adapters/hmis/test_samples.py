"""Sample sets that others published, as they lie there."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from adapters.base import Read
from schemas.canonical import CanonicalRecord, PersonFacts
from schemas.messages import Problem, Severity

Files = dict[str, bytes]
Send = Callable[..., list[Read]]
Stream = Callable[..., Iterator[Read]]
Shared = Callable[[str], Files]

IMPORTER = "openpath-fy2026/importer"


def records(read: list[Read], table: str) -> list[CanonicalRecord]:
    return [one for one in read if isinstance(one, CanonicalRecord) and one.key.startswith(f"{table}/")]


def set_aside(read: list[Read], code: str) -> set[tuple[str | None, int | None]]:
    found = (one for one in read if isinstance(one, Problem) and one.severity is Severity.SET_ASIDE)
    return {(one.file, one.line) for one in found if one.code == code}


class Demo:
    """What the tests want of a large set, so that its records need not all be held at once."""

    def __init__(self, read: Iterator[Read]) -> None:
        self.tables: Counter[str] = Counter()
        self.faults: Counter[tuple[str, Severity]] = Counter()
        self.told = 0
        self.people: list[CanonicalRecord] = []
        for one in read:
            if isinstance(one, Problem):
                self.told += 1
                self.faults[one.code, one.severity] += one.count
            elif isinstance(one, CanonicalRecord):
                self.tables[one.key.partition("/")[0]] += 1
                self.people += [one] if one.key.startswith("Client/") else []


@pytest.fixture(scope="module")
def demo(shared: Shared, stream: Stream) -> Demo:
    return Demo(stream(shared("eva-demo-fy2026")))


class TestReadTheEvaDemo:
    """One year of an invented community: 4,146 people in 77,694 rows, one of which is Export.csv's."""

    def test_whole(self, demo: Demo) -> None:
        assert demo.tables.total() == 77_693
        assert {table: demo.tables[table] for table in ("Client", "Enrollment", "Exit", "Services", "Event")} == {
            "Client": 4_146,
            "Enrollment": 4_771,
            "Exit": 4_295,
            "Services": 4_472,
            "Event": 168,
        }

    def test_with_every_fault_counted_and_none_that_costs_a_row(self, demo: Demo) -> None:
        assert {severity for _, severity in demo.faults} == {Severity.WARNING}
        counted = {code: count for (code, _), count in demo.faults.items()}
        assert {code: counted[code] for code in ("retired-code", "unknown-user", "date-only", "date-form")} == {
            "retired-code": 5,
            "unknown-user": 74_906,
            "date-only": 4_912,
            "date-form": 4_146,
        }
        assert demo.told < 2_500

    def test_with_digests_known_for_what_they_are(self, demo: Demo) -> None:
        people = [one.body for one in demo.people]
        assert all(isinstance(body, PersonFacts) and body.hashed and body.ssn is None for body in people)

    def test_with_its_day_first_dates_read_by_their_own_proof(self, demo: Demo) -> None:
        first, second = demo.people[:2]
        assert first.updated_at == datetime(2021, 11, 3, tzinfo=UTC)
        assert second.updated_at == datetime(2019, 6, 13, tzinfo=UTC)


class TestReadTheImportersSets:
    def test_with_byte_order_marks(self, shared: Shared, send: Send) -> None:
        read = send(_open(shared(f"{IMPORTER}/bom_test/source")))
        assert len(records(read, "Client")) == 3
        assert "missing-column" not in {one.code for one in read if isinstance(one, Problem)}

    def test_with_mixed_line_ends(self, county: Files, shared: Shared, send: Send) -> None:
        files = shared(f"{IMPORTER}/bad_ending/source")
        organization = files["Project.csv"].splitlines()[1].split(b",")[1].strip(b'"')
        read = send(
            {**files, "Organization.csv": county["Organization.csv"].replace(b"\no1,", b"\n%s," % organization)}
        )
        assert len(records(read, "Project")) == 1

    def test_with_odd_dates(self, shared: Shared, send: Send) -> None:
        people = records(send(shared(f"{IMPORTER}/bad_data/source")), "Client")
        born = {one.body.birth_date for one in people if isinstance(one.body, PersonFacts)}
        assert len(people) == 134
        assert {date(1967, 5, 8), date(2020, 6, 17)} <= born
        assert datetime(2015, 9, 10, tzinfo=UTC) in {one.updated_at for one in people}

    def test_with_lines_of_another_width(self, shared: Shared, send: Send) -> None:
        read = send(shared(f"{IMPORTER}/loader_errors/source"))
        assert len(records(read, "Client")) == 131
        assert set_aside(read, "column-count") == {
            ("Client.csv", 7),
            ("Client.csv", 34),
            ("Client.csv", 61),
            ("Event.csv", 3),
            ("Exit.csv", 2),
        }

    def test_with_keys_that_occur_twice(self, shared: Shared, send: Send) -> None:
        files = shared(f"{IMPORTER}/duplicate_primary_keys/source")
        read = send(files)
        keys = [one.key for one in read if isinstance(one, CanonicalRecord)]
        assert len(keys) == len(set(keys))
        assert {file for file, _ in set_aside(read, "duplicate-key")} == {
            "Assessment.csv",
            "Client.csv",
            "Enrollment.csv",
            "Funder.csv",
        }

    def test_all_of_them_without_a_crash(self, shared: Shared, send: Send) -> None:
        read = send(_open(shared(f"{IMPORTER}/validation_files/source")))
        assert {one.code for one in read if isinstance(one, Problem)} >= {"list-value", "null", "blank-key"}


def _open(files: Files) -> Files:
    """The set with its organizations open to all: these samples are about the form of files, not of providers."""
    header, *rows = files["Organization.csv"].decode("utf-8-sig").splitlines()
    place = header.split(",").index("VictimServiceProvider")
    opened = [[*row.split(",")[:place], "0", *row.split(",")[place + 1 :]] for row in rows]
    return {**files, "Organization.csv": "\n".join([header, *map(",".join, opened)]).encode()}
