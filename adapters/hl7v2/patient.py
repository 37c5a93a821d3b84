"""PID to who the person is (HL7 v2 chapter 3.3.2)."""

import re
from collections.abc import Iterator

from adapters.hl7v2.message import Repetition, Segment
from adapters.hl7v2.reading import Reading
from schemas.canonical import Identifier, PersonFacts
from schemas.vocab.records import Sex

_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE, "O": Sex.OTHER, "A": Sex.OTHER, "X": Sex.OTHER}
_SEX_UNSAID = ("U", "N")
_SOCIAL_SECURITY = "SS"
_BAD_ADDRESS = "BA"
_NOT_A_PHONE = ("Internet", "X.400", "BP")
_NEVER_ISSUED = re.compile(r"000|666|9\d\d|\d{3}00|\d{5}0000|(\d)\1{8}|123456789")


def identifiers_of(reading: Reading, patient: Segment) -> tuple[Identifier, ...]:
    """PID-3 in order, each once; PID-2, its forerunner, where that is empty. Never a social security number."""
    written = patient.repetitions(3) or patient.repetitions(2)
    found = (reading.identifier(one) for one in written if one.component(5) != _SOCIAL_SECURITY)
    return tuple(dict.fromkeys(identifier for identifier in found if identifier))


def facts_of(reading: Reading, patient: Segment, identifiers: tuple[Identifier, ...]) -> PersonFacts:
    """What the message says of the person; what cannot be read is None, with a warning."""
    name, others = _names(patient)
    return PersonFacts(
        given=name.component(2),
        middle=name.component(3),
        family=name.component(1),
        suffix=name.component(4),
        aliases=tuple(dict.fromkeys(alias for alias in map(_in_full, others) if alias)),
        birth_date=reading.day(patient, 7),
        sex=_sex(reading, patient),
        ssn=_social_security_number(reading, patient),
        phones=tuple(dict.fromkeys(_phones(patient))),
        address=_address(patient),
        identifiers=identifiers,
    )


def _names(patient: Segment) -> tuple[Repetition, list[Repetition]]:
    """The legal name, else the first; and every other, with the aliases that PID-9 held up to version 2.6."""
    names = patient.repetitions(5)
    legal = next((name for name in names if name.component(7) == "L"), patient.first(5))
    return legal, [name for name in names if name.raw != legal.raw] + patient.repetitions(9)


def _in_full(name: Repetition) -> str:
    return " ".join(part for part in map(name.component, (2, 3, 1, 4)) if part)


def _sex(reading: Reading, patient: Segment) -> Sex | None:
    code = (patient.value(8) or "").upper()
    if code and code not in _SEXES and code not in _SEX_UNSAID:
        reading.warn(patient, 8, "code", "F, M, O, A, X, U or N (table 0001)")
    return _SEXES.get(code)


def _social_security_number(reading: Reading, patient: Segment) -> str | None:
    """PID-19, else the identifier marked as one; four digits stand for the last four."""
    marked = (one.component(1) for one in patient.repetitions(3) if one.component(5) == _SOCIAL_SECURITY)
    written = patient.value(19) or next(marked, None)
    digits = re.sub(r"[\s-]", "", written or "")
    if re.fullmatch(r"[0-9]{4}|[0-9]{9}", digits) and not (len(digits) == 9 and _NEVER_ISSUED.match(digits)):
        return digits
    if written:
        reading.warn(patient, 19, "ssn", "nine digits of an issued number, or its last four")
    return None


def _phones(patient: Segment) -> Iterator[str]:
    """PID-13 as written, or put together from its parts (XTN-6 area, XTN-7 number, XTN-12 unformatted)."""
    for phone in patient.repetitions(13):
        if phone.component(3) in _NOT_A_PHONE:
            continue
        parts = " ".join(part for part in map(phone.component, (5, 6, 7)) if part)
        if written := phone.component(1) or phone.component(12) or parts:
            yield written


def _address(patient: Segment) -> str | None:
    """The first address that its sender does not call bad: `12 Elm St, Apt 3, Springfield, IL 62701`."""
    good = (address for address in patient.repetitions(11) if address.component(7) != _BAD_ADDRESS)
    address = next(good, None)
    if address is None:
        return None
    state = " ".join(part for part in map(address.component, (4, 5)) if part)
    return ", ".join(part for part in (*map(address.component, (1, 2, 3)), state) if part) or None
