"""A file that is not what its definition says is refused whole, with the reason and without a person's data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Unreadable
from adapters.jail import JailRoster, read_definition
from schemas.messages import RawMessage, Severity
from tests.adapters.jail.conftest import FIXTURES, RECEIVED_AT, Reader

CEDAR = (FIXTURES / "cedar.toml").read_text(encoding="utf-8")


def refusal(read: Reader, content: str | bytes, **how: str | None) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read(content, **how)
    assert refused.value.problem.severity is Severity.REFUSED
    return refused.value


class TestHeader:
    def test_in_another_order_is_read_all_the_same(self, read: Reader, roster: str) -> None:
        lines = [line.rsplit(",", 2) for line in roster.splitlines()]
        swapped = "".join(f"{rest},{last},{second}\n" for rest, second, last in lines)

        assert read(swapped) == read(roster)

    def test_in_other_capitals_is_read_all_the_same(self, read: Reader, roster: str) -> None:
        header, rest = roster.split("\n", 1)

        assert read(f"{header.upper()}\n{rest}") == read(roster)

    def test_that_drifted_is_named_column_by_column(self, read: Reader, roster: str) -> None:
        refused = refusal(read, roster.replace("Booking No,", "Bkg #,", 1))

        assert refused.problem.code == "header-drift"
        assert str(refused) == ("jail: the header should be as defined (missing: Booking No; unknown: Bkg #).")

    def test_without_an_optional_column_is_no_drift(self, read: Reader) -> None:
        header = "Booking No,Person No,Name,DOB,Sex,Booked,Status,Released,Release Reason,Charge,Sealed,MH Flag"

        assert read(f'{header}\nB-1,1,"ASH, LEE",01/01/1990,F,03/01/2026,IN,,,THEFT,N,N\n')

    def test_that_is_missing_gives_no_name_away(self, read: Reader, roster: str) -> None:
        refused = refusal(read, roster.split("\n", 1)[1])

        assert refused.problem.code == "header"
        assert "DELGADO" not in str(refused)

    def test_with_a_column_of_a_national_system_is_refused(self, read: Reader, roster: str) -> None:
        header, rest = roster.split("\n", 1)

        assert refusal(read, f"{header},NCIC_HIT\n{rest}").problem.code == "national-database"


class TestFile:
    def test_in_another_character_set_is_refused(self, read: Reader, roster: str) -> None:
        assert refusal(read, roster.replace("MOSS", "NÚÑEZ").encode("latin-1")).problem.code == "charset"
        assert refusal(read, roster.encode("utf-16")).problem.code == "charset"

    def test_that_is_utf8_after_all_is_refused_rather_than_garbled(self, read: Reader, roster: str) -> None:
        western = CEDAR.replace("[columns]", '[file]\nencoding = "windows-1252"\n\n[columns]', 1)

        assert refusal(read, roster.replace("MOSS", "NÚÑEZ"), defined=western).problem.code == "charset"
        assert read(roster.replace("MOSS", "NÚÑEZ").encode("windows-1252"), western)

    def test_cut_off_within_a_quoted_value_is_refused(self, read: Reader, roster: str) -> None:
        assert refusal(read, roster[: roster.index("FERN, IRIS") + 4]).problem.code == "truncated"

    def test_cut_off_before_its_trailer_is_refused(self, read: Reader) -> None:
        content = (FIXTURES / "cedar-fixed.txt").read_bytes()
        defined = (FIXTURES / "cedar-fixed.toml").read_text(encoding="utf-8")

        assert refusal(read, content.replace(b"END2\r\n", b""), defined=defined).problem.code == "truncated"

    def test_with_fewer_rows_than_it_declares_is_refused(self, read: Reader) -> None:
        content = (FIXTURES / "cedar-fixed.txt").read_bytes()
        defined = (FIXTURES / "cedar-fixed.toml").read_text(encoding="utf-8")
        refused = refusal(read, content.replace(b"END2", b"END3"), defined=defined)

        assert refused.problem.code == "count-mismatch"

    def test_without_rows_is_not_believed(self, read: Reader, roster: str, definition: str) -> None:
        header = roster.split("\n", 1)[0]

        assert refusal(read, f"{header}\n").problem.code == "empty"
        assert len(read(f"{header}\n", f"may_be_empty = true\n{definition}")) == 1

    def test_whose_name_does_not_say_when_it_was_taken_is_refused(self, read: Reader, roster: str) -> None:
        named = CEDAR.replace("[columns]", "[taken_at]\npattern = '_(\\d{8})'\nformat = '%Y%m%d'\n\n[columns]", 1)

        assert refusal(read, roster, defined=named).problem.code == "name"

    @given(content=st.binary(max_size=300))
    def test_of_any_other_bytes_is_refused_and_nothing_else(self, content: bytes) -> None:
        message = RawMessage(
            id="9b0c3f2e-0c1e-4a57-8f43-0d2f2f1f7c11",
            feed="jail",
            source="cedar-county-jail",
            received_at=RECEIVED_AT,
            name="cedar.csv",
            content=content,
            definition=CEDAR,
        )
        with pytest.raises(Unreadable):
            list(JailRoster().read(message))

    @given(cut=st.integers(min_value=200, max_value=1100))
    def test_cut_anywhere_never_claims_to_be_complete_with_fewer_columns(self, cut: int) -> None:
        content = (FIXTURES / "cedar.csv").read_bytes()[:cut]
        message = RawMessage(
            id="9b0c3f2e-0c1e-4a57-8f43-0d2f2f1f7c11",
            feed="jail",
            source="cedar-county-jail",
            received_at=RECEIVED_AT,
            name="cedar.csv",
            content=content,
            definition=CEDAR,
        )
        last = content.rpartition(b"\n")[2]
        try:
            found = list(JailRoster().read(message))
        except Unreadable:
            return
        if last and last.count(b",") < 12:
            assert found[-1].code == "incomplete"  # type: ignore[union-attr]


class TestDefinition:
    def test_is_needed(self, read: Reader, roster: str) -> None:
        assert refusal(read, roster, defined=None).problem.code == "no-definition"

    @pytest.mark.parametrize(
        ("was", "becomes", "place"),
        [
            ('"America/Denver"', '"Denver"', "the definition, timezone"),
            ('"snapshot"', '"nightly"', "the definition, mode"),
            ('= "birth_date"', '= "birthday"', "the definition, columns.DOB"),
            ('OUT = "released"', 'OUT = "gone"', "the definition, codes.status.OUT"),
            ('booking_key = ["Booking No"]', 'booking_key = ["Bkg"]', "the definition, its keys"),
            ('jail = "cedar-county"', 'county = "cedar-county"', "the definition, jail"),
            ('"MH Flag" = "ignored"', '"MH Flag" = "status"', "the definition, its keys"),
            ('"MH Flag" = "ignored"', '"MH Flag" = "ignored"\n"III Record" = "ignored"', "the definition, its keys"),
            ("[columns]", "[columns", "the definition, at line 11"),
        ],
    )
    def test_with_a_fault_is_refused_by_its_key(self, was: str, becomes: str, place: str) -> None:
        with pytest.raises(Unreadable) as refused:
            read_definition(CEDAR.replace(was, becomes, 1))

        assert (refused.value.problem.file, refused.value.problem.code) == (place, "definition")

    def test_keeps_what_the_hub_watches_a_feed_by(self) -> None:
        watched = read_definition(f"cadence_hours = 0.25\ngrace_hours = 24\ndrop_guard = 0.3\n{CEDAR}")

        assert (watched.cadence_hours, watched.grace_hours, watched.drop_guard) == (0.25, 24, 0.3)
