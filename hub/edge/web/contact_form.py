"""The form in which a crisis worker asks for a contact: what was typed, what is wrong with it, and the question."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from schemas.contacts import ContactQuery
from schemas.vocab import EmergencyKind, Purpose, UnobtainableBecause

BOOKING_SYSTEM = "urn:hub:jail:booking"
PURPOSES: Mapping[Purpose, str] = {
    Purpose.COC: "Coordinating care",
    Purpose.TREAT: "Treating the person",
    Purpose.ETREAT: "Emergency treatment",
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
    wrong = [*_missing(form), *_impossible_day(form)]
    try:
        query = ContactQuery.model_validate(_said(form))
    except ValidationError as error:
        fields = dict.fromkeys(_field_of(one["loc"]) for one in error.errors())
        wrong += [Mistake(field, EXPECTED[field]) for field in fields]
    return query if not wrong else tuple(dict.fromkeys(wrong))


def _missing(form: ContactForm) -> list[Mistake]:
    missing = [] if form.given.strip() or form.family.strip() or form.booking.strip() else [Mistake("given", WHO)]
    if form.is_emergency():
        needed = {name: getattr(form, name).strip() for name in ("emergency_kind", "medical_person", "unobtainable")}
        missing += [Mistake(name, EXPECTED[name]) for name, value in needed.items() if not value]
    return missing


def _impossible_day(form: ContactForm) -> list[Mistake]:
    try:
        _birth_date(form)
    except (ValueError, OverflowError):
        return [Mistake("birth_month", EXPECTED["birth_month"])]
    return []


def _said(form: ContactForm) -> dict[str, Any]:
    """The form as a question that has yet to be checked; an impossible day is left out, for it is a mistake already."""
    booking = form.booking.strip()
    return {
        "purpose": form.purpose,
        "treating_relationship": bool(form.treating_relationship),
        "justification": form.justification,
        "person": {
            "given": form.given.strip() or None,
            "family": form.family.strip() or None,
            "birth_date": None if _impossible_day(form) else _birth_date(form),
            "ssn_last4": form.ssn_last4.strip() or None,
            "identifiers": [{"system": BOOKING_SYSTEM, "value": booking}] if booking else [],
        },
        "emergency": _emergency(form) if form.is_emergency() else None,
    }


def _birth_date(form: ContactForm) -> date | None:
    """Raises `ValueError` or `OverflowError` for a day that is not in the calendar."""
    parts = [part.strip() for part in (form.birth_year, form.birth_month, form.birth_day)]
    if not any(parts):
        return None
    year, month, day = (int(part) for part in parts)
    return date(year, month, day)


def _emergency(form: ContactForm) -> dict[str, str | None]:
    return {
        "kind": form.emergency_kind or None,
        "medical_person": form.medical_person.strip() or None,
        "consent_unobtainable_because": form.unobtainable or None,
    }


def _field_of(place: tuple[int | str, ...]) -> str:
    return next(FIELD_OF[str(part)] for part in reversed(place) if str(part) in FIELD_OF)
