"""One resource of a message: where it stands, what it is called, and what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from fhir_core.fhirabstractmodel import FHIRAbstractModel
from pydantic import ValidationError

from adapters.base import Unreadable
from adapters.fhir.guards import FEED, Document
from adapters.fhir.resources import READ, is_known
from schemas.messages import Problem, RawMessage, Severity

Resource = TypeVar("Resource", bound=FHIRAbstractModel)

BUNDLE_TYPES = frozenset(
    {
        "batch",
        "batch-response",
        "collection",
        "document",
        "history",
        "message",
        "searchset",
        "transaction",
        "transaction-response",
    }
)


class SetAside(Exception):
    """This resource cannot be filed. `path` is an element of it, `expected` what would have been read."""

    def __init__(self, code: str, path: str, expected: str) -> None:
        super().__init__(code, path, expected)
        self.code, self.path, self.expected = code, path, expected


@dataclass(frozen=True, eq=False)
class Entry:
    """A resource where it stands in a message; `raw` is its JSON as sent.

    `label_holders` are the resources around it whose security labels reach it. `method` is what a transaction or
    history asks for, `modified_at` when a history says it was done.
    """

    file: str
    source: str
    place: str
    raw: Mapping[str, object]
    line: int | None = None
    full_url: str = ""
    method: str = ""
    modified_at: datetime | None = None
    label_holders: tuple[Mapping[str, object], ...] = ()

    @property
    def kind(self) -> str:
        return _word(self.raw.get("resourceType"))

    @property
    def id(self) -> str:
        return _word(self.raw.get("id"))

    def read(self, model: type[Resource]) -> Resource:
        """The resource as its R4B model; raises `SetAside` with the first element that is wrong."""
        if not isinstance(self.model, model):
            raise SetAside("invalid", "", f"a {model.__name__}")
        return self.model

    @cached_property
    def model(self) -> FHIRAbstractModel:
        """The resource as the model of its own type; raises `SetAside` as `read` does."""
        if self.kind not in READ:
            raise SetAside("not-interpreted", "", f"one of {', '.join(sorted(READ))}")
        try:
            return READ[self.kind].model_validate(self.raw)
        except ValidationError as failure:
            raise SetAside("invalid", _element(failure), f"what FHIR R4 allows in a {self.kind}") from None

    def within(self, contained: Mapping[str, object]) -> "Entry":
        """A contained resource, named after its container and under the container's labels."""
        inner = {**contained, "id": f"{self.id}.{_word(contained.get('id'))}".strip(".")}
        return replace(self, raw=inner, method="", label_holders=(*self.label_holders, self.raw))

    def named(self, path: str = "") -> str:
        """The place for a reader: "entry 3 Patient.birthDate"; a type the hub does not know is not repeated."""
        what = ".".join(part for part in (self.kind if is_known(self.kind) else "resource", path) if part)
        return f"{self.place} {what}".strip()

    def aside(self, code: str, expected: str, path: str = "") -> Problem:
        return self._problem(Severity.SET_ASIDE, code, expected, path)

    def warning(self, code: str, expected: str, path: str = "") -> Problem:
        return self._problem(Severity.WARNING, code, expected, path)

    def _problem(self, severity: Severity, code: str, expected: str, path: str) -> Problem:
        return Problem(
            file=self.file, line=self.line, field=self.named(path), code=code, severity=severity, expected=expected
        )


def contained(entry: Entry) -> list[Entry]:
    """The resources inside an entry."""
    held = entry.raw.get("contained")
    return [entry.within(one) for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def elements(resource: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """A resource and every element in it that has parts, in no order."""
    pending: list[object] = [resource]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            yield value
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def is_modified(entry: Entry) -> bool:
    """Whether an extension changes what some element means; FHIR forbids reading on without knowing it."""
    return any(element.get("modifierExtension") or element.get("implicitRules") for element in elements(entry.raw))


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _element(failure: ValidationError) -> str:
    """The path of the first fault, without the names of elements that FHIR does not have: they are the sender's."""
    fault = failure.errors(include_input=False, include_context=False, include_url=False)[0]
    path = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    return ".".join(str(part) for part in path)


# --- from a message to its entries -----------------------------------------------------------------------------------


def entries_of(message: RawMessage, document: Document) -> list[Entry]:
    """The resources of a document in the order in which they are to be stored.

    A history is sent newest first and read oldest first. Raises `Unreadable` for a document that is no resource.
    """
    kind = _word(document.content.get("resourceType"))
    if not kind:
        raise Unreadable(FEED, "resourceType", "the name of a FHIR R4 resource", code="not-fhir")
    if kind != "Bundle":
        return [Entry(message.name, message.source, "", document.content, document.line)]
    found = list(_unbundled(message, document))
    return found[::-1] if document.content.get("type") == "history" else found


def _unbundled(message: RawMessage, document: Document) -> Iterator[Entry]:
    bundle = document.content
    if bundle.get("type") not in BUNDLE_TYPES:
        raise Unreadable(FEED, "Bundle.type", f"one of {', '.join(sorted(BUNDLE_TYPES))}", code="not-fhir")
    items = bundle.get("entry", [])
    if not isinstance(items, list):
        raise Unreadable(FEED, "Bundle.entry", "a list", code="not-fhir")
    for number, item in enumerate(items, start=1):
        yield _entry(message, document, number, item if isinstance(item, dict) else {})


def _entry(message: RawMessage, document: Document, number: int, item: dict[str, object]) -> Entry:
    request, response = _mapping(item.get("request")), _mapping(item.get("response"))
    method = _word(request.get("method"))
    return Entry(
        file=message.name,
        source=message.source,
        place=f"entry {number}",
        raw=_deleted(_word(request.get("url"))) if method == "DELETE" else _mapping(item.get("resource")),
        line=document.line,
        full_url=_word(item.get("fullUrl")),
        method=method,
        modified_at=instant(response.get("lastModified")),
        label_holders=(document.content,),
    )


def _deleted(url: str) -> dict[str, object]:
    kind, _, key = url.partition("/")
    return {"resourceType": kind, "id": key.partition("/")[0]}


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def instant(value: object) -> datetime | None:
    """An aware time as FHIR writes an instant; None for anything else."""
    try:
        when = datetime.fromisoformat(_word(value))
    except ValueError:
        return None
    return when if when.tzinfo else None
