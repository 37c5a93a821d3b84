"""What the standard of a message's own version demands and the message lacks, for those who must mend it.

hl7apy serves as the dictionary of the standard, version by version. Its parser is not used: it reads some 14 messages
a second, drops or moves what is out of place, refuses the delimiters of real laboratory reports, and knows no charset.
"""

from collections.abc import Iterator

from hl7apy import load_reference
from hl7apy.exceptions import HL7apyException

from adapters.hl7v2.message import Message
from adapters.hl7v2.reading import Reading
from schemas.messages import Severity

_READ_HERE = ("MSH", "EVN", "PID", "PV1")
_SHARED_STRUCTURES = {"A04": "A01", "A08": "A01", "A13": "A01", "A11": "A09", "A28": "A05", "A31": "A05"}


def report_departures(reading: Reading) -> None:
    """Notes each segment and each field that is required and not there; nothing for a version that is not known."""
    message = reading.message
    version = message.header.value(12) or ""
    for name in _required_segments(message, version):
        if message.segment(name) is None:
            expected = f"segment {name}, required in version {version}"
            reading.note(Severity.WARNING, message.header.line, name, "structure", expected)
    for name in _READ_HERE:
        segment = message.segment(name)
        for position in _required_fields(name, version) if segment else ():
            if segment and not segment.raw(position):
                reading.warn(segment, position, "structure", f"a value, required in version {version}")


def _required_segments(message: Message, version: str) -> Iterator[str]:
    event = message.kind.rpartition("^")[2]
    for structure in (event, _SHARED_STRUCTURES.get(event, event)):
        if children := _children(f"ADT_{structure}", "Message", version):
            yield from (name for name, required in children if required)
            return


def _required_fields(segment: str, version: str) -> Iterator[int]:
    for name, required in _children(segment, "Segment", version):
        if required:
            yield int(name.rpartition("_")[2])


def _children(name: str, kind: str, version: str) -> list[tuple[str, bool]]:
    """The parts of an element by name, and whether each is required; none where the version or element is unknown."""
    try:
        _, children = load_reference(name, kind, version)[:2]
    except (HL7apyException, KeyError):
        return []
    return [(child[0], child[2][0] > 0) for child in children]
