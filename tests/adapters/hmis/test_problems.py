"""What is set aside, what is only remarked on, and what never enters."""

import csv
import io
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.base import Read
from schemas.canonical import CanonicalRecord
from schemas.messages import Problem, Severity

Files = dict[str, bytes]
Send = Callable[..., list[Read]]


def problems(read: list[Read], code: str) -> list[Problem]:
    return [one for one in read if isinstance(one, Problem) and one.code == code]


def keys(read: list[Read]) -> set[str]:
    return {one.key for one in read if isinstance(one, CanonicalRecord)}


def with_line(content: bytes, line: str) -> bytes:
    return content + line.encode() + b"\r\n"


def edited(files: Files, name: str, old: str, new: str) -> Files:
    assert old.encode() in files[name]
    return {**files, name: files[name].replace(old.encode(), new.encode())}


class TestSetAside:
    def test_nothing_of_a_sound_row(self, county: Files, send: Send) -> None:
        assert not [one for one in send(county) if isinstance(one, Problem) and one.severity is Severity.SET_ASIDE]

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("v9,e1,c1,2026-01-24,7,,,,,,,,,,E1,one too many", "column-count"),
            ("v9,e1,c1,2026-01-24", "column-count"),
            (",e1,c1,2026-01-24,7,,,,,,,,,,E1", "blank-key"),
            ("v1,e1,c1,2026-01-24,7,,,,,,,,,,E1", "duplicate-key"),
            ("v9,e1,c1,someday,7,,,,,,,,,,E1", "date"),
            ("v9,e1,c1,,7,,,,,,,,,,E1", "date"),
            ("v9,nowhere,c1,2026-01-24,7,,,,,,,,,,E1", "orphan"),
            ("v9,e1,c2,2026-01-24,7,,,,,,,,,,E1", "orphan"),
        ],
        ids=["too wide", "too narrow", "no key", "key again", "no date", "blank date", "no parent", "another's parent"],
    )
    def test_a_row_that_cannot_be_placed_with_its_line(self, county: Files, send: Send, row: str, code: str) -> None:
        read = send({**county, "Event.csv": with_line(county["Event.csv"], row)})

        (problem,) = problems(read, code)
        assert (problem.file, problem.line, problem.severity) == ("Event.csv", 5, Severity.SET_ASIDE)
        assert "Event/v9" not in keys(read)
        assert {"Event/v1", "Event/v2", "Event/v3"} <= keys(read)

    def test_the_line_with_a_stray_quote_and_not_those_after_it(self, county: Files, send: Send) -> None:
        read = send(edited(county, "Event.csv", "v1,e1", '"v1,e1'))

        (problem,) = problems(read, "column-count")
        assert problem.line == 2
        assert {"Event/v2", "Event/v3"} <= keys(read)

    def test_everything_whose_project_is_unknown(self, county: Files, send: Send) -> None:
        """Without its project nobody can say that a row is not a victim service provider's."""
        read = send({name: content for name, content in county.items() if name != "Organization.csv"})

        assert not [key for key in keys(read) if key.startswith(("Enrollment", "Project", "Services"))]
        assert sum(one.count for one in problems(read, "orphan") if one.file == "Enrollment.csv") == 7

    def test_never_says_what_stood_there(self, county: Files, send: Send) -> None:
        read = send(edited(county, "Client.csv", "Marcus", "<Zacharias>"))

        assert problems(read, "characters")
        assert "Zacharias" not in "".join(str(one) for one in read if isinstance(one, Problem))


class TestRemark:
    @pytest.mark.parametrize(
        ("name", "old", "new", "code"),
        [
            ("Client.csv", ",E1,1", ",E1,7", "list-value"),
            ("Client.csv", "Delgado", "D" * 51, "too-long"),
            ("Client.csv", "Delgado", "Delgado {Jr}", "characters"),
            ("Client.csv", "Delgado,,1,", "Delgado,,,", "null"),
            ("Client.csv", "2026-02-20 10:00:00", "yesterday", "date"),
            ("Client.csv", "2026-02-20 10:00:00", "2020-02-20 10:00:00", "backwards"),
            ("Client.csv", ",u1,", ",u7,", "unknown-user"),
            ("Event.csv", "E1", "E7", "export-id"),
            ("Event.csv", "ReferralCaseManageAfter", "Referal", "missing-column"),
            ("Event.csv", "ReferralCaseManageAfter", "Referal", "unknown-column"),
            ("Services.csv", "120.00", "plenty", "number"),
        ],
    )
    def test_on_a_value_and_read_the_row_all_the_same(
        self, county: Files, send: Send, name: str, old: str, new: str, code: str
    ) -> None:
        read = send(edited(county, name, old, new))

        told = [one for one in problems(read, code) if one.file == name]
        assert told
        assert told[0].severity is Severity.WARNING
        assert keys(read) == keys(send(county))

    def test_on_a_retired_code(self, county: Files, send: Send) -> None:
        (problem,) = problems(send(county), "retired-code")
        assert (problem.file, problem.line, problem.field) == ("Funder.csv", 5, "Funder")

    def test_on_a_missing_file_but_not_on_one_with_its_header_alone(self, county: Files, send: Send) -> None:
        header = county["Event.csv"].split(b"\r\n")[0] + b"\r\n"
        assert "Event.csv" in {one.file for one in problems(send({**county, "Event.csv": b""}), "missing-file")}
        assert "Event.csv" not in {one.file for one in problems(send({**county, "Event.csv": header}), "missing-file")}

    def test_twenty_times_of_a_kind_and_then_once_for_the_rest(self, county: Files, send: Send) -> None:
        rows = "".join(f"w{n},e1,c1,2026-01-24,99,,,,,,,,,,E1\r\n" for n in range(100))
        read = send({**county, "Event.csv": county["Event.csv"] + rows.encode()})

        told = problems(read, "list-value")
        in_events = [one for one in told if one.file == "Event.csv"]
        assert len(in_events) == 21
        assert (in_events[-1].line, in_events[-1].count) == (None, 80)


class TestRefuse:
    def test_rows_of_victim_services_and_comparable_databases(self, county: Files, send: Send) -> None:
        read = send(county)

        refused = {one.file: one.count for one in read if isinstance(one, Problem) and one.severity is Severity.REFUSED}
        assert refused == {
            "Project.csv": 2,
            "ProjectCoC.csv": 1,
            "HMISParticipation.csv": 2,
            "Client.csv": 1,
            "Enrollment.csv": 3,
            "Exit.csv": 1,
            "Services.csv": 1,
        }
        assert not keys(read) & {"Client/c5", "Enrollment/e4", "Enrollment/e5", "Enrollment/e7", "Services/s5"}

    def test_but_not_what_others_know_of_the_same_person(self, county: Files, send: Send) -> None:
        assert {"Client/c8", "Enrollment/e8", "Services/s1"} <= keys(send(county))

    def test_a_provider_whose_answer_the_format_does_not_know(self, county: Files, send: Send) -> None:
        unsure = edited(county, "Organization.csv", "Open Door Shelter,0", "Open Door Shelter,999")
        assert not {"Enrollment/e1", "Client/c1"} & keys(send(unsure))

    def test_names_the_provider_so_that_the_directory_can_say_so(self, county: Files, send: Send) -> None:
        (haven,) = (one for one in send(county) if isinstance(one, CanonicalRecord) and one.key == "Organization/o2")
        assert haven.body.model_dump()["victim_service_provider"] is True


class TestLose:
    """Every row of a file becomes a record, or is set aside, or is refused."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_nothing_whatever_is_broken(self, county: Files, send: Send, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([name for name in sorted(county) if name != "Export.csv"]))
        header, *rows = csv.reader(io.StringIO(county[name].decode(), newline=""))
        for row in data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=4)):
            place = data.draw(st.integers(0, len(row) - 1))
            row[place] = data.draw(st.sampled_from(["", "x", "<", "2026-13-45", "c1", "0", "é" * 600]))
        text = io.StringIO(newline="")
        csv.writer(text).writerows([header, *rows])

        read = send({**county, name: text.getvalue().encode()})

        assert accounted_for(read)[name] == len(rows)

    def test_nothing_of_a_file_without_faults(self, county: Files, send: Send) -> None:
        counted = accounted_for(send(county))
        for name in county.keys() - {"Export.csv"}:
            rows = list(csv.reader(io.StringIO(county[name].decode(), newline="")))
            assert counted[name] == len(rows) - 1, name


def accounted_for(read: list[Read]) -> Counter[str]:
    """Rows by file: records, and what problems say was not taken."""
    counted: Counter[str] = Counter()
    for one in read:
        if isinstance(one, CanonicalRecord):
            counted[one.place.partition(" line ")[0]] += 1
        elif isinstance(one, Problem) and one.file and one.severity is not Severity.WARNING:
            counted[one.file] += one.count
    return counted
