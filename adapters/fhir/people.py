"""Patient: who a person is."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from fhir.resources.R4B.address import Address
from fhir.resources.R4B.contactpoint import ContactPoint
from fhir.resources.R4B.humanname import HumanName
from fhir.resources.R4B.identifier import Identifier as FhirIdentifier
from fhir.resources.R4B.patient import Patient

from adapters.fhir.values import codes, identifiers, text
from schemas.canonical import Identifier, PersonFacts
from schemas.vocab.records import Sex

SSN_SYSTEMS = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"})

_SEX = {"female": Sex.FEMALE, "male": Sex.MALE, "other": Sex.OTHER}
_NOT_A_LEGAL_NAME = frozenset({"nickname", "maiden", "old", "anonymous", "temp"})
_NAME_ORDER = ("official", "usual", None)


def person(patient: Patient, subject: Identifier) -> PersonFacts:
    """The facts of a Patient. The official name, else the usual one, is the name; every other one is an alias."""
    named = legal_name(patient.name)
    given = [part for part in (named.given or ()) if part] if named else []
    return PersonFacts(
        given=text(*given[:1]),
        middle=text(*given[1:]),
        family=text(named.family) if named else None,
        suffix=text(*(named.suffix or ())) if named else None,
        aliases=_aliases(patient.name, named),
        birth_date=birth_date(patient),
        sex=_SEX.get(patient.gender or ""),
        ssn=next((number for number in map(ssn, _ssns(patient)) if number), None),
        phones=_phones(patient.telecom),
        address=_address(patient.address),
        identifiers=_identifiers(patient, subject),
    )


def legal_name(names: Iterable[HumanName] | None) -> HumanName | None:
    """The name to use: official before usual before one that does not say, and never a nickname or a former name."""
    usable = [name for name in names or () if name.use not in _NOT_A_LEGAL_NAME and (name.family or name.given)]
    rank = {use: place for place, use in enumerate(_NAME_ORDER)}
    return min(usable, key=lambda name: rank.get(name.use, len(rank)), default=None)


def birth_date(patient: Patient) -> date | None:
    """A whole date of birth; a year or a month alone is None, because a day made up would match strangers."""
    born = patient.birthDate
    return born if isinstance(born, date) and not isinstance(born, datetime) else None


def ssn(written: str) -> str | None:
    """Nine digits, or the last four where the rest is masked or missing; None for what cannot be a number.

    >>> ssn("999-12-0101"), ssn("XXX-XX-0101"), ssn("000-00-0000")
    ('999120101', '0101', None)
    """
    digits = re.sub(r"\D", "", written)
    return digits if len(digits) in (4, 9) and set(digits) != {"0"} else None


def oddities(patient: Patient) -> Iterator[tuple[str, str, str]]:
    """What a Patient says that its facts do not keep: (code, element, what was expected)."""
    if patient.birthDate is not None and birth_date(patient) is None:
        yield "partial-date", "birthDate", "a whole date, YYYY-MM-DD"
    if patient.gender and patient.gender not in {*_SEX, "unknown"}:
        yield "unknown-code", "gender", "male, female, other or unknown"
    if any(ssn(number) is None for number in _ssns(patient)):
        yield "bad-ssn", "identifier", "nine digits, or the last four"
    if patient.deceasedBoolean or patient.deceasedDateTime:
        yield "deceased", "deceased", "a living person; that the person has died is not kept in these facts"
    if patient.name and legal_name(patient.name) is None:
        yield "no-legal-name", "name", "a name with given or family parts that is in use"


def _aliases(names: Iterable[HumanName] | None, used: HumanName | None) -> tuple[str, ...]:
    others = (text(*(name.given or ()), name.family) or text(name.text) for name in names or () if name is not used)
    return tuple(dict.fromkeys(other for other in others if other))


def _is_ssn(identifier: FhirIdentifier) -> bool:
    return identifier.system in SSN_SYSTEMS or "SS" in codes(identifier.type)


def _ssns(patient: Patient) -> list[str]:
    return [one.value for one in patient.identifier or () if _is_ssn(one) and one.value]


def _identifiers(patient: Patient, subject: Identifier) -> tuple[Identifier, ...]:
    given = identifiers(one for one in patient.identifier or () if not _is_ssn(one))
    return tuple(dict.fromkeys([subject, *given]))


def _phones(points: Iterable[ContactPoint] | None) -> tuple[str, ...]:
    usable = (one.value for one in points or () if one.system in ("phone", "sms") and one.use != "old" and one.value)
    return tuple(dict.fromkeys(usable))


def _address(addresses: Iterable[Address] | None) -> str | None:
    current = [one for one in addresses or () if one.use != "old"]
    best = next((one for one in current if one.use == "home"), current[0] if current else None)
    if best is None:
        return None
    lines = [*(best.line or ()), best.city, text(best.state, best.postalCode)]
    return text(best.text) or ", ".join(line for line in lines if line) or None
