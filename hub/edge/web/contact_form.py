"""The form in which a crisis worker asks for a contact: what was typed, what is wrong with it, and the question."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from schemas.canonical import Identifier
from schemas.contacts import ContactQuery, EmergencyStatement, PersonAsked
from schemas.vocab import EmergencyKind, Purpose, UnobtainableBecause

BOOKING_SYSTEM = "urn:hub:jail:booking"
PURPOSES: Mapping[Purpose, str] = {
    Purpose.COC: "Coordinating this person's care",
    Purpose.TREAT: "Treating this person",
    Purpose.ETREAT: "Treating this person in an emergency",
}
EMERGENCIES: Mapping[EmergencyKind, str] = {
    EmergencyKind.MEDICAL: "Medical emergency",
    EmergencyKind.PSYCHIATRIC: "Psychiatric crisis, no known bodily emergency",
    EmergencyKind.DECLARED_DISASTER: "Program closed by a declared disaster",
}
UNOBTAINABLE: Mapping[UnobtainableBecause, str] = {
    UnobtainableBecause.UNCONSCIOUS: "The person is unconscious",
    UnobtainableBecause.SEIZING: "The person is having a seizure",
    UnobtainableBecause.DISSOCIATED: "The person cannot engage (dissociated)",
    UnobtainableBecause.PROGRAM_CLOSED: "The program that holds the consent is closed",
    UnobtainableBecause.REFUSED: "The person refused",
}
FIELD_OF = {
    "purpose": "purpose",
    "justification": "justification",
    "given": "given",
    "family": "family",
    "birth_date": "birth_month",
    "ssn_last4": "ssn_last4",
    "kind": "emergency_kind",
    "medical_person": "medical_person",
    "consent_unobtainable_because": "unobtainable",
    "value": "booking",
}
EXPECTED = {
    "purpose": "Choose a purpose.",
    "justification": "Keep the reason to 500 characters.",
    "given": "Keep the first name to 200 characters.",
    "family": "Keep the last name to 200 characters.",
    "birth_month": "Enter a real birth date as month, day and year, like 4 9 1987.",
    "ssn_last4": "Enter exactly four digits.",
    "emergency_kind": "Choose the kind of emergency.",
    "medical_person": "Name the medical person who declares the emergency.",
    "unobtainable": "Choose why consent cannot be obtained.",
    "booking": "Check the booking number.",
}
WHO = "Enter a name or a booking number."


class ContactForm(BaseModel):
    """The form as typed."""

    purpose: str = ""
    treating_relationship: str = ""
    justification: str = ""
    given: str = ""
    family: str = ""
    birth_month: str = ""
    birth_day: str = ""
    birth_year: str = ""
    ssn_last4: str = ""
    booking: str = ""
    emergency_kind: str = ""
    medical_person: str = ""
    unobtainable: str = ""

    def is_emergency(self) -> bool:
        return bool(self.emergency_kind or self.medical_person.strip() or self.unobtainable)


class Mistake(NamedTuple):
    """What to put right, and in which field."""

    field: str
    message: str


def question_in(form: ContactForm) -> ContactQuery | tuple[Mistake, ...]:
    """The question, or what to put right before it is one; a mistake never repeats what was typed."""
    mistakes = [*_missing(form)]
    try:
        query = _question(form)
    except ValidationError as error:
        fields = dict.fromkeys(_field_of(one["loc"]) for one in error.errors())
        mistakes += [Mistake(field, EXPECTED[field]) for field in fields]
    except ValueError:
        mistakes.append(Mistake("birth_month", EXPECTED["birth_month"]))
    return query if not mistakes else tuple(dict.fromkeys(mistakes))


def _missing(form: ContactForm) -> list[Mistake]:
    missing = [] if form.given.strip() or form.family.strip() or form.booking.strip() else [Mistake("given", WHO)]
    if form.is_emergency():
        needed = {name: getattr(form, name).strip() for name in ("emergency_kind", "medical_person", "unobtainable")}
        missing += [Mistake(name, EXPECTED[name]) for name, value in needed.items() if not value]
    return missing


def _question(form: ContactForm) -> ContactQuery:
    return ContactQuery.model_validate(
        {
            "purpose": form.purpose,
            "treating_relationship": bool(form.treating_relationship),
            "justification": form.justification,
            "person": _person(form),
            "emergency": _emergency(form) if form.is_emergency() else None,
        }
    )


def _person(form: ContactForm) -> PersonAsked:
    booking = form.booking.strip()
    return PersonAsked(
        given=form.given.strip() or None,
        family=form.family.strip() or None,
        birth_date=_birth_date(form),
        ssn_last4=form.ssn_last4.strip() or None,
        identifiers=(Identifier(system=BOOKING_SYSTEM, value=booking),) if booking else (),
    )


def _birth_date(form: ContactForm) -> date | None:
    """Raises `ValueError` for a day that is not in the calendar."""
    parts = [part.strip() for part in (form.birth_year, form.birth_month, form.birth_day)]
    if not any(parts):
        return None
    year, month, day = (int(part) for part in parts)
    return date(year, month, day)


def _emergency(form: ContactForm) -> EmergencyStatement:
    return EmergencyStatement.model_validate(
        {
            "kind": form.emergency_kind or None,
            "medical_person": form.medical_person.strip() or None,
            "consent_unobtainable_because": form.unobtainable or None,
        }
    )


def _field_of(place: tuple[int | str, ...]) -> str:
    return next(FIELD_OF[str(part)] for part in reversed(place) if str(part) in FIELD_OF)
