"""What is damaged, huge or hostile: a problem that says where, never a crash, never what stood there."""

import os
import random
import time
from pathlib import Path

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Unreadable
from adapters.hl7v2 import Hl7v2
from adapters.hl7v2.encoding import BadDelimiters
from adapters.hl7v2.message import Message
from adapters.hl7v2.stream import Stretch, stretches
from schemas.messages import Severity

from .conftest import FIXTURES, ReadBytes, field, message, raw

SHARED = Path(os.environ.get("HUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
CORPUS = SHARED / "hl7v2"
WHOLE = (FIXTURES / "a01_emergency.hl7").read_bytes()


def comes_to_something(content: bytes) -> bool:
    try:
        return any(Hl7v2().read(raw(content)))
    except Unreadable:
        return True


class TestDamage:
    def test_without_a_header_is_refused(self, read: ReadBytes) -> None:
        for content in (b"", b"PID|1||7\r", b"<html>", b"MSH", b"MSHX|"):
            with pytest.raises(Unreadable) as refused:
                read(content)
            assert refused.value.problem.severity is Severity.REFUSED

    def test_without_a_patient_is_set_aside_with_what_the_standard_wants(self, read: ReadBytes) -> None:
        result = read(message("PV1|1|I").encode())

        assert ("PID-3", "no-patient") in result.found
        assert ("PID", "structure") in result.found
        assert not result.records

    def test_without_an_identifier_is_set_aside(self, read: ReadBytes) -> None:
        result = read(message("PID|1||^^^MERCY||Osei^Ama").encode())

        (problem, *_) = result.problems
        assert (problem.line, problem.field, problem.code) == (3, "PID-3", "no-patient")
        assert "Osei" not in repr(result.problems)

    def test_without_a_visit_still_tells_of_the_person(self, read: ReadBytes) -> None:
        result = read(message("PID|1||7||Osei^Ama").encode())

        assert len(result.people) == 1
        assert {("PV1", "no-visit"), ("PV1", "structure")} <= result.found

    def test_of_an_unknown_version_says_what_it_can(self, read: ReadBytes) -> None:
        content = message("PV1|1|I").replace("|2.5.1", "|9.9").encode()

        assert read(content).found == {("PID-3", "no-patient")}

    def test_in_one_line_sets_that_line_aside(self, read: ReadBytes) -> None:
        result = read(message("PID|1||7||Osei^Ama", "pv1|broken", "and more", "PV1|1|I").encode())

        (problem,) = [one for one in result.problems if one.code == "segment"]
        assert (problem.line, problem.severity) == (4, Severity.SET_ASIDE)
        assert len(result.encounters) == 1

    def test_before_the_first_message_is_pointed_out(self, read: ReadBytes) -> None:
        result = read(b"garbage\r" + WHOLE)

        assert ("MSH", "stray") in result.found
        assert result.people

    def test_at_the_end_is_pointed_out(self, read: ReadBytes) -> None:
        assert ("MSH-1", "unterminated") in read(WHOLE[:-30]).found
        assert ("MSH-1", "unterminated") not in read(WHOLE).found

    @pytest.mark.parametrize("cut", range(0, len(WHOLE), 37))
    def test_by_cutting_off_never_breaks(self, cut: int) -> None:
        assert comes_to_something(WHOLE[:cut])

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_by_chance_never_breaks(self, data: st.DataObject) -> None:
        damaged = bytearray(WHOLE)
        for _ in range(data.draw(st.integers(1, 8))):
            damaged[data.draw(st.integers(0, len(WHOLE) - 1))] = data.draw(st.integers(0, 255))

        assert comes_to_something(bytes(damaged))

    @pytest.mark.parametrize("definition", ["timezone = 7", "not toml", 'timezone = "Mars/Base"', 'colour = "red"'])
    def test_of_the_definition_is_refused(self, read: ReadBytes, definition: str) -> None:
        with pytest.raises(Unreadable, match="definition"):
            read(WHOLE, definition)

    def test_is_told_without_its_content(self, read: ReadBytes) -> None:
        secret = "Xylophonist"
        for segment in (f"PID|{secret}", f"PID|1||7||A^B||{secret}|{secret}", f"{secret}|{secret}", "PID|1||7"):
            visit = "PV1|1|" + secret + "|" * 41 + secret
            problems = read(message(segment, visit, f"DG1|1||{secret}").encode()).problems
            assert problems
            assert secret not in repr(problems)


class TestSize:
    def test_of_noise_is_refused_at_once(self) -> None:
        noise = random.Random(1).randbytes(5 * 2**20)
        began = time.process_time()

        assert comes_to_something(noise)
        assert comes_to_something(WHOLE + noise)
        assert time.process_time() - began < 5

    def test_of_a_message_has_a_limit(self, read: ReadBytes) -> None:
        result = read(message("PID|1||7", "NTE|" + "x" * (17 * 2**20)).encode())

        assert result.found == {("MSH", "too-large")}

    def test_of_a_field_costs_little(self, read: ReadBytes) -> None:
        many = "~".join(f"{number}^^^MERCY" for number in range(2000))
        began = time.process_time()

        result = read(message(field("PID", 3, many), "PV1|1|I").encode())

        assert len(result.people[0].identifiers) == 2000
        assert time.process_time() - began < 1

    def test_in_segments_costs_little(self, read: ReadBytes) -> None:
        began = time.process_time()

        result = read(message("PID|1||7", "PV1|1|I", *["bad line"] * 10_000, *["OBX|1|ST|x"] * 20_000).encode())

        assert len(result.encounters) == 1
        assert time.process_time() - began < 3


needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared sample data is not beside this checkout")


class TestCorpus:
    @needs_corpus
    def test_of_other_peoples_messages_gives_records_or_a_problem(self) -> None:
        files = [path for path in sorted(CORPUS.rglob("*")) if path.is_file() and path.parent != CORPUS]
        began = time.process_time()

        assert len(files) > 1000
        assert [path.name for path in files if not comes_to_something(path.read_bytes())] == []
        assert time.process_time() - began < 15

    @needs_corpus
    def test_is_divided_as_hl7apy_divides_it(self) -> None:
        """On every eightieth file, for hl7apy takes some 30 ms for each."""
        compared = [
            (_as_written(stretch), _as_hl7apy_writes(stretch))
            for path in sorted(CORPUS.rglob("*"))[::80]
            if path.is_file() and path.parent != CORPUS
            for stretch in list(stretches(path.read_bytes()))[:1]
        ]

        understood = [(ours, theirs) for ours, theirs in compared if theirs is not None]
        assert len(understood) >= 5
        assert all(ours == theirs for ours, theirs in understood)


def _as_written(stretch: Stretch) -> list[list[str]]:
    try:
        patient = Message(stretch).segment("PID")
    except BadDelimiters:
        return []
    fields = [patient.repetitions(position) if patient else [] for position in (3, 5)]
    return [[_beginning(one.raw) for one in field] for field in fields]


def _as_hl7apy_writes(stretch: Stretch) -> list[list[str]] | None:
    """The same fields as hl7apy reads and writes them, None for what it cannot read."""
    text = "\r".join(line.content.decode("utf-8", errors="replace") for line in stretch.lines)
    try:
        patient = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False).pid
        return [[_beginning(one.to_er7()) for one in field if one.to_er7()] for field in (patient.pid_3, patient.pid_5)]
    except (HL7apyException, AttributeError, KeyError, IndexError):
        return None


def _beginning(field: str) -> str:
    """Five components: hl7apy drops empty ones at the end, and moves those beyond its definition of a field."""
    return "^".join(field.split("^")[:5]).rstrip("^")
