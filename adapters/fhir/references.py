"""Who and what a reference means: within the message, or by name.

References come relative (`Patient/1`), absolute, as the URN of an entry, as a fragment of a contained resource, as a
search (`Patient?identifier=system|value`), or as an identifier alone.
"""

import re
from collections.abc import Iterable

from fhir.resources.R4B.reference import Reference

from adapters.fhir.entries import Entry, SetAside, contained
from adapters.fhir.people import SSN_SYSTEMS
from adapters.fhir.values import identifiers
from schemas.canonical import Identifier

_LITERAL = re.compile(
    r"(?:(?P<base>https?://[^#?]+)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9.-]{1,64})(?:/_history/.*)?"
)
_SEARCH = re.compile(r"Patient\?identifier=(?P<system>[^|&]+)\|(?P<value>[^|&]+)")


class Index:
    """The entries of one document by what they may be called; the newest of several versions is the one meant."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_name: dict[str, Entry] = {}
        for entry in entries:
            for name in _names(entry):
                self._by_name[name] = entry

    def find(self, reference: Reference | None, at: Entry) -> Entry | None:
        """The entry a reference of `at` means, or None where the message does not hold it."""
        written = (reference.reference if reference else None) or ""
        if written.startswith("#"):
            return _contained(written[1:], at)
        literal = _LITERAL.fullmatch(written)
        if literal is None:
            return self._by_name.get(written)
        name = f"{literal['type']}/{literal['id']}"
        found = self._by_name.get(f"{literal['base'] or home(at)}/{name}")
        return found if found or literal["base"] else self._by_name.get(name)

    def subject(self, reference: Reference | None, at: Entry, path: str) -> Identifier:
        """Whom a reference of `at` is about; raises `SetAside` where that is nobody, or cannot be told."""
        target = self.find(reference, at)
        named = self_named(target) if target and target.kind == "Patient" else _by_name_alone(reference, at)
        if named is None:
            raise SetAside("no-subject", path, "a reference to a Patient")
        return named


def home(entry: Entry) -> str:
    """The server an entry speaks for; the sender itself where its URL names none."""
    literal = _LITERAL.fullmatch(entry.full_url)
    return (literal and literal["base"]) or entry.source


def self_named(patient: Entry) -> Identifier | None:
    """The one name under which a Patient and everything about them is kept.

    It is the id at the server, which every reference uses; for one that has none yet, as a transaction may create it,
    the first identifier, or as a last resort the URN within the message.
    """
    own = Identifier(system=_system(home(patient)), value=patient.id) if patient.id else None
    given = _own_identifier(patient) if patient.method == "POST" or own is None else None
    urn = Identifier(system="urn:ietf:rfc:3986", value=patient.full_url) if patient.full_url else None
    return given or own or urn


def key_of(entry: Entry) -> str:
    """The key of a resource within its source, "Encounter/17"; raises `SetAside` where nothing names it."""
    given = _own_identifier(entry) if entry.method == "POST" or not entry.id else None
    name = f"{given.system}|{given.value}" if given else entry.id or entry.full_url
    if not name:
        raise SetAside("no-key", "id", "an id, an identifier or a fullUrl")
    return f"{entry.kind}/{name}"


def _system(server: str) -> str:
    return f"urn:hub:fhir:{server.partition('://')[2] or server}/Patient"


def _names(entry: Entry) -> list[str]:
    short = f"{entry.kind}/{entry.id}"
    named = [f"{home(entry)}/{short}", short] if entry.id else []
    return [*named, entry.full_url] if entry.full_url else named


def _own_identifier(entry: Entry) -> Identifier | None:
    """The first identifier of a resource that a key may be made of; a social security number never is."""
    given = identifiers(getattr(entry.model, "identifier", None))
    return next((one for one in given if one.system not in SSN_SYSTEMS), None)


def _contained(fragment: str, at: Entry) -> Entry | None:
    return next((one for one in contained(at) if one.id == f"{at.id}.{fragment}".strip(".")), None)


def _by_name_alone(reference: Reference | None, at: Entry) -> Identifier | None:
    if reference is None:
        return None
    literal = _LITERAL.fullmatch(reference.reference or "")
    if literal and literal["type"] == "Patient":
        return Identifier(system=_system(literal["base"] or home(at)), value=literal["id"])
    search = _SEARCH.fullmatch(reference.reference or "")
    given = [Identifier(**search.groupdict())] if search else identifiers(filter(None, [reference.identifier]))
    return next((one for one in given if one.system not in SSN_SYSTEMS), None)
