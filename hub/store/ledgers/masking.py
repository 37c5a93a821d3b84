"""What a reader is shown of an entry: the one place through which every reader of the log is served.

Of an entry about a person, a reader sees only the pieces of holders for whom they have standing, as if there were no
others: no count, no placeholder. An organization that may not be named is `WITHHELD`, and so is whoever acted for it.
Of the details only what is known to say nothing about care is shown. An act that would say it all is shown as
`Act.PERSON_NOTED`. All of this depends on standing alone and never on which law protects a record, so that an entry
about a program's patient and one about a clinic's look the same.

What this cannot hide: an entry that is written for no other reason than a program's record (an emergency document) has
its place in the log, and entries that stand close together in time may belong together.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import JsonValue

from hub.store.audit import FIELDS, Act, Entry
from hub.store.audit.commitments import SHOWN_ALONE
from hub.store.ledgers.standing import Standing

WITHHELD = "organization"
"""Stands for an organization that may not be named to this reader."""

ABOUT_CARE = frozenset(
    {
        *(Act.EMERGENCY_DOCUMENTED, Act.CONSENT_FILED, Act.CONSENT_REVOKED, Act.ACCOUNTING_GIVEN),
        Act.ACCOUNTING_SUSPENDED,
        *(Act.PERSON_CREATED, Act.PERSON_LINKED, Act.PERSON_MERGED, Act.PERSON_UNMERGED, Act.PERSON_NOTED),
    }
)
"""Acts that say something of a person's care, or that differ with it."""

SAYS_NOTHING = frozenset(
    {
        *("query", "purpose", "role", "treating_relationship", "match", "emergency", "declaration", "rulebook"),
        *("handoff", "stage", "side", "urgency", "warm", "reason", "parcel", "event", "attempt", "status"),
    }
)
"""Details of an entry about a person that say nothing of their care, whoever acted."""

OF_ALL_PIECES = frozenset({"response", "packs", "decisions"})
"""Details that tell of every piece together."""


def mask(entry: Entry, reader: Standing) -> Entry:
    """The entry as this reader may see it."""
    if reader.everything or entry.subject is None:
        return entry
    if not reader.may_read(entry.participant):
        return _of_another(entry, reader)
    return entry.model_copy(update={"details": _details(entry.details, entry.details.keys() - OF_ALL_PIECES, reader)})


def _of_another(entry: Entry, reader: Standing) -> Entry:
    """An entry of an organization for whom the reader has no standing."""
    if entry.act in ABOUT_CARE:
        return entry.model_copy(
            update={"act": Act.PERSON_NOTED, "participant": WITHHELD, "actor": kind_of(entry.actor), "details": {}}
        )
    named = reader.may_name(entry.participant)
    shown = {
        "participant": entry.participant if named else WITHHELD,
        "actor": entry.actor if named else kind_of(entry.actor),
        "details": _details(entry.details, SAYS_NOTHING | ({"recipient"} if named else set()), reader),
    }
    return entry.model_copy(update=shown)


def _details(details: Mapping[str, JsonValue], shown: Iterable[str], reader: Standing) -> dict[str, JsonValue]:
    kept: dict[str, Any] = {name: value for name, value in details.items() if name in set(shown)}
    own = [piece for piece in pieces(details) if reader.may_read(piece.get("source"))]
    if own:
        kept["decisions"] = own
    return kept


def pieces(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pieces that an entry decides on; none where it decides on nothing, or was redacted."""
    found = details.get("decisions")
    return [piece for piece in found if isinstance(piece, dict)] if isinstance(found, list) else []


def kind_of(actor: str) -> str:
    """What kind of actor it was: `user`, `client`, `hub`."""
    return actor.partition(":")[0] if ":" in actor else WITHHELD


def provable(entry: Entry, shown: Entry, fields: Iterable[str]) -> list[str]:
    """Which of these fields a proof may lay open to a reader who was shown this: those shown as they are."""
    true, seen = _by_field(entry), _by_field(shown)
    return [name for name in fields if true[name] == seen[name]]


def _by_field(entry: Entry) -> dict[str, Any]:
    rest = {name: value for name, value in entry.details.items() if name not in SHOWN_ALONE}
    alone = {name: entry.details.get(name) for name in SHOWN_ALONE}
    whole = {name: getattr(entry, name) for name in FIELDS if name not in {*SHOWN_ALONE, "details"}}
    return {**whole, **alone, "details": rest}
