"""Delimiters, escapes and character sets: the text that a sender meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Unreadable
from adapters.hl7v2.charset import CODECS, decode
from adapters.hl7v2.encoding import delimiters

from .conftest import RECEIVED_AT, ReadBytes, message

USUAL = delimiters("|", "^~\\&")


class TestEscapes:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
            (r"one\.br\two", "one\ntwo"),
            (r"\H\bold\N\ plain", "bold plain"),
            (r"one\X0D0A\two", "one\r\ntwo"),
            (r"\XC3A9\t\XC3A9\ ".strip(), "été"),
            (r"\.sp2\x", "\n\nx"),
            (r"\.sk3\x", "   x"),
            (r"\Zlocal\ stays", r"\Zlocal\ stays"),
            (r"C:\temp\S\x", r"C:\temp^x"),
            (r"lone \ stays", r"lone \ stays"),
            (r"\X0\ odd stays", r"\X0\ odd stays"),
            (r"\X00\nul goes", "nul goes"),
        ],
    )
    def test_mean_what_the_standard_says(self, written: str, meant: str) -> None:
        assert USUAL.unescape(written, "utf-8") == meant

    def test_do_not_grow_without_bound(self) -> None:
        assert len(USUAL.unescape(r"\.sp999" + "\\", "utf-8")) <= 20

    @given(st.text(alphabet="ab|^~\\& é", max_size=40))
    def test_undo_what_a_sender_escapes(self, meant: str) -> None:
        codes = {"|": "F", "^": "S", "&": "T", "~": "R", "\\": "E"}
        written = "".join(f"\\{codes[mark]}\\" if mark in codes else mark for mark in meant)

        assert USUAL.unescape(written, "utf-8") == meant

    @given(st.text(alphabet="\\FSTRXH.brsp019|é\0", max_size=40))
    def test_never_break_on_anything(self, written: str) -> None:
        assert isinstance(USUAL.unescape(written, "utf-8"), str)


class TestDelimiters:
    def test_may_be_five(self, read: ReadBytes) -> None:
        assert read("a04_five_marks.hl7").people[0].family == "Okafor"

    def test_may_be_others(self, read: ReadBytes) -> None:
        content = "MSH$%*!@$ADT$MERCY$H$C$20260302$$ADT%A31$1$P$2.5\rPID$1$$7%%%EAST@1.2@ISO$$Osei%Ama!S!\r"

        (person,) = read(content.encode()).people
        assert (person.given, person.identifiers[0].system) == ("Ama%", "urn:hub:hl7v2:EAST")

    @pytest.mark.parametrize("marks", ["", "^^~\\", "ABCD", "^~\\&#@", "^~\\\\&"])
    def test_that_cannot_divide_set_the_message_aside(self, read: ReadBytes, marks: str) -> None:
        result = read(message("PID|1||7", encoding=marks).encode())

        assert result.found == {("MSH-2", "delimiters")}
        assert not result.records


class TestCharset:
    @pytest.mark.parametrize(
        ("declared", "codec"),
        [("UNICODE UTF-8", "utf-8"), ("8859/1", "latin-1"), ("8859/2~ISO IR87", "iso8859-2"), ("", "utf-8")],
    )
    def test_is_the_one_declared(self, read: ReadBytes, declared: str, codec: str) -> None:
        result = read(message("PID|1||7||Müller^Zoë", charset=declared).encode(codec, errors="replace"))

        assert result.people[0].family == "Müller"
        assert ("MSH-18", "charset") not in result.found

    @pytest.mark.parametrize("declared", ["ASCII", "UNICODE UTF-8", "wrong", ""])
    def test_that_is_wrongly_declared_is_read_and_pointed_out(self, read: ReadBytes, declared: str) -> None:
        result = read(message("PID|1||7||Müller^Zoë", charset=declared).encode("latin-1"))

        assert result.people[0].family == "Müller"
        assert ("MSH-18", "charset") in result.found

    def test_is_the_one_agreed_where_none_is_declared(self, read: ReadBytes) -> None:
        result = read(message("PID|1||7||Łoś^Ola").encode("iso8859-2"), 'charset = "8859/2"')

        assert result.people[0].family == "Łoś"
        assert not [code for _, code in result.found if code == "charset"]

    def test_of_two_bytes_a_character_is_refused(self, read: ReadBytes) -> None:
        with pytest.raises(Unreadable, match="byte-wise charset"):
            read(message("PID|1||7").encode("utf-16"))

    @given(
        st.binary(max_size=60), st.sampled_from([*CODECS, "wrong"]), st.sampled_from([b"", b"\x1b$B", b"\x81", b"\xff"])
    )
    def test_leaves_every_line_where_it_was(self, noise: bytes, declared: str, lead: bytes) -> None:
        content = b"MSH|1" + lead + b"\r" + noise + lead + b"\rPV1|1"

        assert decode(content, declared).text.count("\r") == content.count(b"\r")


class TestLines:
    SEGMENTS = message("PID|1||7||Osei^Ama", "PV1|1|E")

    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\n"])
    def test_may_end_in_any_way(self, read: ReadBytes, end: str) -> None:
        result = read(self.SEGMENTS.replace("\r", end).encode())

        assert (result.people[0].family, len(result.encounters)) == ("Osei", 1)
        assert not [code for _, code in result.found if code == "segment"]

    def test_may_stand_in_frames(self, read: ReadBytes) -> None:
        whole = self.SEGMENTS.encode()

        for framed in (b"\x0b" + whole + b"\x1c\r", b"\x0b\x0b" + whole + b"\x1c", whole[:-1] + b"\x1c\x0b" + whole):
            assert read(framed).people[0].family == "Osei"

    def test_count_the_messages_one_by_one(self, read: ReadBytes) -> None:
        one = self.SEGMENTS.encode()
        for between in (b"", b"\n", b"\r\n\r\n", b"\x1c\r\x0b"):
            assert len(read(one + between + one + between + one).people) == 3

    def test_that_end_in_returns_may_hold_a_line_feed(self, read: ReadBytes) -> None:
        result = read(message("PID|1||7||Osei^Ama", "NTE|1||a\nPID|1||8||Else^Someone").encode())

        assert len(result.people) == 1
        assert result.people[0].family == "Osei"

    def test_may_speak_of_headers(self, read: ReadBytes) -> None:
        result = read(message("PID|1||7||Osei^Ama", "NTE|1||see MSH-9 and MSH|^~", "PV1|1|I").encode())

        assert (len(result.people), len(result.encounters)) == (1, 1)

    def test_carry_a_byte_order_mark_in_their_stride(self, read: ReadBytes) -> None:
        assert read(b"\xef\xbb\xbf" + self.SEGMENTS.encode()).people[0].family == "Osei"


def test_a_birth_today_is_not_in_the_future(read: ReadBytes) -> None:
    born = RECEIVED_AT.strftime("%Y%m%d")

    assert read(message(f"PID|1||7||||{born}").encode()).people[0].birth_date == RECEIVED_AT.date()
