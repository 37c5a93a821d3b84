"""Client.csv: who a person is. What the person did not tell, or a system made up, is nobody's name or number."""

import re
from functools import lru_cache

from adapters.hmis.calendar import Calendar
from adapters.hmis.sheet import Row
from adapters.hmis.words import SEX
from schemas.canonical import Identifier, PersonFacts

PERSONAL_ID = "urn:hub:hmis:PersonalID"

# Does not know, prefers not to answer, not collected: a value that stands there all the same was not the person's.
_NOT_TOLD = frozenset({"8", "9", "99"})
_DIGEST = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_LAST_FOUR_AND_DIGEST = re.compile(r"(\d{4})([0-9a-fA-F]{40}|[0-9a-fA-F]{64})")
_LAST_FOUR = re.compile(r"(?:[0-9xX]{5})?(\d{4})")
_NEVER_ISSUED = re.compile(r"000.*|666.*|9.*|...00.*|.*0000|(\d)\1{8}|123456789|987654321")


@lru_cache(1 << 14)
def personal_id(value: str) -> Identifier:
    """A PersonalID, as unique as the source makes it: within one implementation."""
    return Identifier(system=PERSONAL_ID, value=value)


def person(row: Row, calendar: Calendar, *, hashed: bool) -> PersonFacts:
    """The facts of one Client row; names are `hashed` if the export says so or if they have a digest's shape."""
    names = [row[column] or None for column in ("FirstName", "MiddleName", "LastName")]
    digests = hashed or any(name and _DIGEST.fullmatch(name) for name in names)
    told = row["NameDataQuality"] not in _NOT_TOLD
    given, middle, family = names if told else (None, None, None)
    return PersonFacts(
        given=given,
        middle=middle,
        family=family,
        suffix=(row["NameSuffix"] or None) if told else None,
        birth_date=calendar.day(row["DOB"]) if row["DOB"] else None,
        sex=SEX.get(row["Sex"]),
        ssn=None if row["SSNDataQuality"] in _NOT_TOLD else ssn(row["SSN"]),
        identifiers=(personal_id(row["PersonalID"]),),
        hashed=digests,
        ssn_digest=_ssn_digest(row["SSN"]) if digests and row["SSNDataQuality"] not in _NOT_TOLD else None,
    )


def _ssn_digest(text: str) -> str | None:
    """The digest of all nine characters, which stands behind the last four."""
    found = _LAST_FOUR_AND_DIGEST.fullmatch(text)
    return found[2].lower() if found else None


def ssn(text: str) -> str | None:
    """Nine digits, or the last four where the others are masked by x or hashed; None for a number never issued.

    >>> ssn("219-09-9999"), ssn("xxxxx6789"), ssn("123456789"), ssn("999999999")
    ('219099999', '6789', None, None)
    """
    digits = text.replace("-", "").replace(" ", "")
    if len(digits) == 9 and digits.isascii() and digits.isdigit():
        return None if _NEVER_ISSUED.fullmatch(digits) else digits
    last = _LAST_FOUR.fullmatch(digits) or _LAST_FOUR_AND_DIGEST.fullmatch(digits)
    return last[1] if last and last[1] != "0000" else None
