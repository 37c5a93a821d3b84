"""Security labels (HL7 DS4P): what a resource speaks of, and when its protection is more than the hub can place.

A label on a Bundle or a container reaches everything in it.
"""

from collections.abc import Iterator, Mapping

from adapters.fhir.entries import Entry, elements
from schemas.vocab import Sensitivity, SeparatedNotes

PART2 = frozenset({"42CFRPart2", "NORDSLCD", "NORDSCLCD", "NORDSCLCDS", "no-proceedings"})
"""Labels of a record under 42 CFR Part 2, or of one not to be redisclosed without a consent directive.

`no-proceedings` is the hub's own: it sticks to what is built from such a record, and may come back with it."""

ORDINARY = frozenset({"N", "L", "M", "U"})
"""Confidentiality codes by which a sender says that nothing more than ordinary care is asked."""

_SPEAKS_OF = {
    **{member.value: (member,) for member in Sensitivity},
    "ETH": (Sensitivity.SUD,),
    "ETHUD": (Sensitivity.SUD,),
    "OPIOIDUD": (Sensitivity.SUD,),
    "MH": (Sensitivity.PSY,),
    "PSYTHPN": (Sensitivity.PSY,),
    "BH": (Sensitivity.PSY, Sensitivity.SUD),
    "GBVS": (Sensitivity.SDV,),
}
_INLINE = "extension-inline-sec-label"


def labels(entry: Entry) -> frozenset[str]:
    """Every label code that reaches an entry: its own, those inside it, and those of what holds it."""
    around = (code for holder in entry.label_holders for code in _of_meta(holder))
    return frozenset([*_of_meta(entry.raw), *_inline(entry.raw), *around])


def sensitivity(codes: frozenset[str]) -> frozenset[Sensitivity]:
    return frozenset(member for code in codes for member in _SPEAKS_OF.get(code, ()))


def separated_notes(codes: frozenset[str]) -> SeparatedNotes | None:
    return SeparatedNotes.PSYCHOTHERAPY if "PSYTHPN" in codes else None


def _of_meta(resource: Mapping[str, object]) -> Iterator[str]:
    meta = resource.get("meta")
    security = meta.get("security") if isinstance(meta, dict) else None
    yield from (_code(coding) for coding in (security if isinstance(security, list) else ()))


def _inline(resource: Mapping[str, object]) -> Iterator[str]:
    """Labels on single elements. The hub releases by record, so a label inside counts for the whole."""
    for element in elements(resource):
        if str(element.get("url", "")).endswith(_INLINE):
            yield _code(element.get("valueCoding"))


def _code(coding: object) -> str:
    return str(coding.get("code", "")) if isinstance(coding, dict) else ""
