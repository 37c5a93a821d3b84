"""From bytes to JSON documents, with bounds on what a sender may make the hub hold.

A JSON text of a few megabytes can ask for gigabytes of objects, or for a depth that no reader survives. The number of
values is bounded before anything is parsed, by counting the marks that separate them; depth right after, on plain
lists and dictionaries, before any model sees them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from adapters.base import Unreadable
from schemas.messages import Problem, RawMessage, Severity

FEED = "fhir"
MAX_BYTES = 64 * 1024 * 1024
MAX_VALUES = 4_000_000
MAX_DEPTH = 64

_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Document:
    """One JSON object of a message; `line` is set where the message has one to a line (NDJSON)."""

    content: dict[str, object]
    line: int | None = None


def documents(message: RawMessage) -> Iterator[Document | Problem]:
    """The JSON objects of a message: one, or one to a line.

    Raises `Unreadable` when nothing can be read; of NDJSON, a bad line is a problem and the rest goes on.
    """
    text = _text(message)
    try:
        whole = _parsed(text)
    except ValueError as failure:
        if not _is_lines(message, text):
            raise Unreadable(FEED, _place(failure), "well-formed JSON, complete", code="not-json") from None
        yield from _lines(message, text)
    else:
        yield Document(_checked(whole))


def _text(message: RawMessage) -> bytes:
    if len(message.content) > MAX_BYTES:
        raise Unreadable(FEED, "the message", f"at most {MAX_BYTES // 2**20} MiB", code="too-large")
    text = message.content.removeprefix(_UTF8_MARK).strip()
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise Unreadable(FEED, f"byte {failure.start}", "UTF-8, as FHIR demands", code="charset") from None
    if b"\0" in text:
        raise Unreadable(FEED, f"byte {text.index(0)}", "UTF-8, as FHIR demands", code="charset")
    if text[:1] not in (b"{", b"["):
        raise Unreadable(FEED, "the message", "FHIR as JSON (application/fhir+json)", code="not-json")
    return text


def _parsed(text: bytes) -> object:
    if text.count(b",") + text.count(b"[") + text.count(b"{") > MAX_VALUES:
        raise Unreadable(FEED, "the message", f"at most {MAX_VALUES:,} values", code="too-many")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as failure:
        if failure.msg.startswith("depth limit"):
            raise Unreadable(FEED, "the message", f"at most {MAX_DEPTH} levels deep", code="too-deep") from None
        raise


def _place(failure: ValueError) -> str:
    return f"line {getattr(failure, 'lineno', 1)}"


def _checked(document: object) -> dict[str, object]:
    if not isinstance(document, dict):
        raise Unreadable(FEED, "the message", "one JSON object, a resource or a Bundle", code="not-json")
    if _deeper_than(MAX_DEPTH, document):
        raise Unreadable(FEED, "the message", f"at most {MAX_DEPTH} levels deep", code="too-deep")
    return document


def _deeper_than(limit: int, document: object) -> bool:
    """Walks level by level, so that the depth of the document is not that of the call stack."""
    level = [document]
    for _ in range(limit):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: object) -> list[object]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in inside if isinstance(child, (dict, list))]


def _is_lines(message: RawMessage, text: bytes) -> bool:
    """Whether it is NDJSON: it says so, or its first line is a whole object although the text is not."""
    if "ndjson" in message.media_type or message.name.endswith(".ndjson"):
        return True
    first, _, rest = text.partition(b"\n")
    try:
        return bool(rest.strip()) and isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def _lines(message: RawMessage, text: bytes) -> Iterator[Document | Problem]:
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield Document(_checked(_parsed(line)), number)
        except (ValueError, Unreadable):
            yield Problem(
                file=message.name,
                line=number,
                code="not-json",
                severity=Severity.SET_ASIDE,
                expected="one well-formed JSON object on the line",
            )
