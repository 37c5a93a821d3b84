"""Acknowledgements: what the sender asked for, in its own delimiters, version and charset; read back with hl7apy."""

from datetime import UTC, datetime

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message
from hl7apy.parser import parse_message

from adapters.hl7v2.acknowledgement import Answer, Header, Verdict, acknowledged, answers

AT = datetime(2026, 3, 2, 2, 0, 5, tzinfo=UTC)
ACCEPTED, FAILED = Verdict(Answer.ACCEPTED), Verdict(Answer.FAILED)
REJECTED = Verdict(Answer.REJECTED, "PID-3", "101")


def sent(
    *, accept: str = "", application: str = "", version: str = "2.5.1", charset: str = "", kind: str = "ADT^A01^ADT_A01"
) -> bytes:
    header = f"MSH|^~\\&|ADT|MERCY|HUB|COUNTY|20260302||{kind}|A\\F\\7|P|{version}|||{accept}|{application}||{charset}"
    return f"{header}\rPID|1||7\r".encode()


def said(message: bytes, verdict: Verdict, *, original_only: bool = False) -> list[bytes]:
    return list(answers(Header.of(message), verdict, at=AT, original_only=original_only))


def codes(message: bytes, verdict: Verdict, *, original_only: bool = False) -> list[str]:
    return [
        found[0] for answer in said(message, verdict, original_only=original_only) if (found := acknowledged(answer))
    ]


def as_hl7apy_reads(answer: bytes, *, level: int = VALIDATION_LEVEL.STRICT) -> Message:
    return parse_message(answer.decode(), validation_level=level, find_groups=False)


class TestAnswer:
    def test_of_good_news_stands_up_to_the_standard(self) -> None:
        (answer,) = said(sent(), ACCEPTED)
        read = as_hl7apy_reads(answer)

        assert read.validate()
        assert read.msh.msh_9.to_er7() == "ACK^A01^ACK"
        assert [read.msh.msh_3.to_er7(), read.msh.msh_4.to_er7()] == ["HUB", "COUNTY"]
        assert [read.msh.msh_5.to_er7(), read.msh.msh_6.to_er7()] == ["ADT", "MERCY"]
        assert read.msh.msh_7.to_er7() == "20260302020005+0000"

    def test_of_bad_news_says_where(self) -> None:
        (answer,) = said(sent(), REJECTED)

        assert as_hl7apy_reads(answer).validate()
        assert answer.endswith(b"\rERR||PID^1^3|101^^HL70357|E\r")

    def test_of_bad_news_in_old_versions_says_where_in_one_field(self) -> None:
        (answer,) = said(sent(version="2.3.1"), REJECTED)

        assert as_hl7apy_reads(answer, level=VALIDATION_LEVEL.TOLERANT)
        assert answer.endswith(b"\rERR|PID^1^3^101&&HL70357\r")

    def test_echoes_the_control_id_byte_for_byte(self) -> None:
        (answer,) = said(sent(), ACCEPTED)

        assert acknowledged(answer) == ("AA", "A\\F\\7")

    def test_has_a_control_id_of_its_own_each_time(self) -> None:
        ids = {Header.of(answer).control_id for _ in range(50) for answer in said(sent(), ACCEPTED)}

        assert len(ids) == 50
        assert all(len(one) == 20 for one in ids)

    def test_has_the_senders_delimiters(self) -> None:
        message = b"MSH$%*!@#$ADT$MERCY$HUB$COUNTY$2026$$ADT%A01$9$P$2.7\rPID$1\r"
        (answer,) = said(message, REJECTED)

        assert answer.startswith(b"MSH$%*!@#$HUB$COUNTY$ADT$MERCY$")
        assert b"$ACK%A01%ACK$" in answer
        assert b"ERR$$PID%1%3$101%%HL70357$E\r" in answer

    def test_has_the_senders_charset(self) -> None:
        message = sent(charset="8859/1").replace(b"MERCY", "Hôpital".encode("latin-1"))
        (answer,) = said(message, ACCEPTED)

        assert "Hôpital".encode("latin-1") in answer
        assert Header.of(answer).segment.raw(18) == "8859/1"

    def test_lets_no_event_smuggle_a_segment_or_field_in(self) -> None:
        (answer,) = said(sent(kind="ADT^A01\\X0D\\MSA\\F\\AA"), REJECTED)

        assert answer.count(b"MSA") == 1
        assert acknowledged(answer) == ("AR", "A\\F\\7")

    def test_of_a_message_without_a_header_goes_to_no_one(self) -> None:
        (answer,) = answers(None, REJECTED, at=AT)

        assert acknowledged(answer) == ("AR", "")


class TestMode:
    @pytest.mark.parametrize(
        ("verdict", "code"),
        [(ACCEPTED, "AA"), (Verdict(Answer.DUPLICATE), "AA"), (FAILED, "AE"), (REJECTED, "AR")],
    )
    def test_is_the_original_where_nothing_is_asked(self, verdict: Verdict, code: str) -> None:
        assert codes(sent(), verdict) == [code]

    @pytest.mark.parametrize(
        ("accept", "application", "good", "bad", "refused"),
        [
            ("AL", "NE", ["CA"], ["CE"], ["CR"]),
            ("AL", "", ["CA"], ["CE"], ["CR"]),
            ("NE", "AL", ["AA"], ["AE"], ["AR"]),
            ("AL", "AL", ["CA", "AA"], ["CE", "AE"], ["CR", "AR"]),
            ("ER", "NE", [], ["CE"], ["CR"]),
            ("SU", "ER", ["CA"], ["AE"], ["AR"]),
            ("NE", "NE", [], [], []),
            ("??", "NE", ["CA"], ["CE"], ["CR"]),
        ],
    )
    def test_is_the_enhanced_where_it_is_asked(
        self, accept: str, application: str, good: list[str], bad: list[str], refused: list[str]
    ) -> None:
        message = sent(accept=accept, application=application)

        assert [codes(message, verdict) for verdict in (ACCEPTED, FAILED, REJECTED)] == [good, bad, refused]

    def test_is_the_original_for_senders_that_know_no_other(self) -> None:
        assert codes(sent(accept="AL", application="NE"), ACCEPTED, original_only=True) == ["AA"]

    def test_is_none_for_an_acknowledgement(self) -> None:
        (answer,) = said(sent(), ACCEPTED)

        assert said(answer, ACCEPTED) == []
        assert said(sent(kind="ACK"), REJECTED) == []
        assert said(sent(kind="RSP^K22") + b"MSA|AA|1\r", ACCEPTED) == []
