"""What is said back: the header of a message as far as an answer needs it, and the answer (HL7 v2 chapter 2.9).

Written by hand rather than with hl7apy: an answer repeats the sender's own delimiters, version and character set, of
which hl7apy knows some, and it is written once for each message, in microseconds. The tests read it with hl7apy.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from adapters.hl7v2.encoding import BadDelimiters, Delimiters
from adapters.hl7v2.message import Message, Segment
from adapters.hl7v2.stream import stretches
from schemas.vocab.word import Word

_DEFAULT_VERSION = "2.5.1"
_INTERNAL_ERROR, _ERROR_TABLE = "207", "HL70357"
_ANSWERS = ("ACK", "MCF")


class Answer(Word):
    """What became of a message that came over the wire."""

    ACCEPTED = "accepted", "It is safe with the hub; do not send it again."
    DUPLICATE = "duplicate", "It was safe with the hub before; do not send it again."
    REJECTED = "rejected", "It will never be taken as it is; mend it rather than send it again."
    FAILED = "failed", "It could not be taken now; send it again."


_LETTER = {Answer.ACCEPTED: "A", Answer.DUPLICATE: "A", Answer.REJECTED: "R", Answer.FAILED: "E"}
_ASKED_FOR = {
    "AL": frozenset(Answer),
    "NE": frozenset[Answer](),
    "SU": frozenset({Answer.ACCEPTED, Answer.DUPLICATE}),
    "ER": frozenset({Answer.REJECTED, Answer.FAILED}),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the hub made of a message.

    answer    accepted and duplicate say that it is durable
    location  where the fault lies: a segment, or a field as `PID-3`; never what stands there
    code      the fault by HL7 table 0357 (101 required field missing, 200 unsupported message type, 207 internal)
    """

    answer: Answer
    location: str | None = None
    code: str = _INTERNAL_ERROR

    @property
    def is_good(self) -> bool:
        return self.answer in (Answer.ACCEPTED, Answer.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Header:
    """MSH as it is written, with what tells one message from another and how its sender wants to be answered."""

    segment: Segment
    marks: Delimiters
    codec: str
    is_answer: bool

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Raises `BadDelimiters` where the bytes are no message."""
        stretch = next(stretches(content), None)
        if stretch is None:
            raise BadDelimiters
        message = Message(stretch)
        is_answer = message.header.value(9) in _ANSWERS or message.segment("MSA") is not None
        return cls(message.header, message.marks, message.decoded.codec, is_answer)

    @property
    def control_id(self) -> str:
        """MSH-10 as it is written."""
        return self.segment.raw(10)

    @property
    def sender(self) -> tuple[str, str]:
        """Sending application and facility as they are written; together with `control_id` they name a message."""
        return self.segment.raw(3), self.segment.raw(4)

    @property
    def is_enhanced(self) -> bool:
        """True where MSH-15 or MSH-16 says when to answer (2.9.3); else the original mode holds (2.9.2)."""
        return bool(self.segment.value(15) or self.segment.value(16))


_UNKNOWN = b"MSH|^~\\&|||||||||P|" + _DEFAULT_VERSION.encode()


def answers(header: Header | None, verdict: Verdict, *, at: datetime, original_only: bool = False) -> Iterator[bytes]:
    """The acknowledgements that the sender asked for, in order; none for a message that is one itself.

    In the original mode one, AA, AE or AR. In the enhanced mode CA, CE or CR where MSH-15 asks, then AA, AE or AR where
    MSH-16 asks: the hub has done with a message what its sender may know as soon as it is durable. `original_only` is
    for senders that ask for the enhanced mode and understand only AA. Without a header (None) there is an AR to no one.
    """
    if header is not None and header.is_answer:
        return
    known = header or Header.of(_UNKNOWN)
    letter = _LETTER[verdict.answer]
    if original_only or not known.is_enhanced:
        yield _acknowledgement(known, "A" + letter, verdict, at)
        return
    for position, prefix in ((15, "C"), (16, "A")):
        if verdict.answer in _ASKED_FOR.get(known.segment.value(position) or "NE", _ASKED_FOR["AL"]):
            yield _acknowledgement(known, prefix + letter, verdict, at)


def _acknowledgement(header: Header, code: str, verdict: Verdict, at: datetime) -> bytes:
    field = header.marks.field
    lines = [_msh(header, at), f"MSA{field}{code}{field}{header.control_id}"]
    if not verdict.is_good:
        lines.append(_err(header, verdict))
    return "".join(f"{line}\r" for line in lines).encode(header.codec, errors="replace")


def _msh(header: Header, at: datetime) -> str:
    """Sender and receiver change places; version, processing id and character set are the sender's."""
    sent, component = header.segment, header.marks.component
    event = sent.first(9).component(2) or ""
    kind = component.join(("ACK", event, "ACK")) if event.isalnum() else "ACK"
    fields = [
        "MSH",
        sent.raw(2),
        *(sent.raw(position) for position in (5, 6, 3, 4)),
        at.strftime("%Y%m%d%H%M%S%z"),
        "",
        kind,
        secrets.token_hex(10),
        sent.raw(11) or "P",
        sent.raw(12) or _DEFAULT_VERSION,
        *[""] * 5,
        sent.raw(18),
    ]
    return header.marks.field.join(fields).rstrip(header.marks.field)


def _err(header: Header, verdict: Verdict) -> str:
    """Where the fault lies: ERR-2 and ERR-3 since version 2.5, all in ERR-1 before."""
    marks = header.marks
    name, _, position = (verdict.location or "").partition("-")
    place = marks.component.join(part for part in (name, "1" if name else "", position) if part)
    if (header.segment.value(12) or _DEFAULT_VERSION) < "2.5":
        code = marks.subcomponent.join((verdict.code, "", _ERROR_TABLE)) if marks.subcomponent else verdict.code
        return marks.field.join(("ERR", marks.component.join((*(place.split(marks.component) + [""] * 3)[:3], code))))
    code = marks.component.join((verdict.code, "", _ERROR_TABLE))
    return marks.field.join(("ERR", "", place, code, "E"))


def acknowledged(content: bytes) -> tuple[str, str] | None:
    """The code and the control id that an acknowledgement speaks of (MSA-1, MSA-2); None for anything else."""
    stretch = next(stretches(content), None)
    try:
        answer = Message(stretch).segment("MSA") if stretch else None
    except BadDelimiters:
        return None
    return (answer.raw(1).strip(), answer.raw(2).strip()) if answer else None
