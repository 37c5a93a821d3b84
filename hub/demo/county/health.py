"""What may befall a person in health care: hospital visits, a clinic's care, treatment for opioid use."""

from hub.demo.county.dice import Dice
from hub.demo.county.lives import Care, Coding, Treatment, Visit

_DAY = 24 * 60

_HOSPITAL_REASONS = (
    Coding("R45.851", "Suicidal ideations"),
    Coding("F10.129", "Alcohol abuse with intoxication, unspecified"),
    Coding("F20.9", "Schizophrenia, unspecified"),
    Coding("J18.9", "Pneumonia, unspecified organism"),
    Coding("L03.115", "Cellulitis of right lower limb"),
    Coding("T68.XXXA", "Hypothermia, initial encounter"),
    Coding("R07.9", "Chest pain, unspecified"),
    Coding("S01.01XA", "Laceration without foreign body of scalp, initial encounter"),
    Coding("T40.2X1A", "Poisoning by other opioids, accidental, initial encounter"),
    Coding("Z59.02", "Unsheltered homelessness"),
)
_HOME, _LEFT_AGAINST_ADVICE, _PSYCHIATRIC_UNIT = "01", "07", "65"

_CONDITIONS = (
    Coding("I10", "Essential (primary) hypertension"),
    Coding("E11.9", "Type 2 diabetes mellitus without complications"),
    Coding("J45.909", "Unspecified asthma, uncomplicated"),
    Coding("F32.A", "Depression, unspecified"),
    Coding("F31.9", "Bipolar disorder, unspecified"),
    Coding("B20", "Human immunodeficiency virus [HIV] disease"),
    Coding("M54.50", "Low back pain, unspecified"),
)
_MEDICATIONS = (
    "lisinopril 10 mg tablet daily",
    "metformin 500 mg tablet twice daily",
    "albuterol inhaler as needed",
    "sertraline 50 mg tablet daily",
    "quetiapine 100 mg tablet at night",
    "bictegravir-emtricitabine-tenofovir 50-200-25 mg tablet daily",
    "ibuprofen 400 mg tablet as needed",
)
_OPIOID_MEDICATIONS = (
    "methadone 80 mg oral solution daily",
    "methadone 110 mg oral solution daily",
    "buprenorphine-naloxone 8-2 mg film daily",
)


def visits(dice: Dice) -> tuple[Visit, ...]:
    """One visit, and for one person in four an earlier one as well."""
    newest = _visit(dice, dice.between(60, 60 * _DAY))
    if not dice.chance(0.25):
        return (newest,)
    return (_visit(dice, newest.arrived + dice.between(3, 90) * _DAY), newest)


def _visit(dice: Dice, arrived: int) -> Visit:
    admitted = dice.chance(0.25)
    length = dice.between(2 * _DAY, 9 * _DAY) if admitted else dice.between(90, 900)
    return Visit(
        "I" if admitted else "E",
        arrived,
        arrived - length if arrived > length else None,
        dice.one_of(_HOSPITAL_REASONS),
        dice.one_of((_HOME, _HOME, _HOME, _LEFT_AGAINST_ADVICE, _PSYCHIATRIC_UNIT)),
        corrected=dice.chance(0.1),
    )


def care(dice: Dice) -> Care:
    """One or two conditions, each with the medication that goes with it."""
    first = dice.between(0, len(_CONDITIONS) - 1)
    kept = (first, (first + 3) % len(_CONDITIONS)) if dice.chance(0.3) else (first,)
    return Care(dice.between(1, 400), tuple(_CONDITIONS[at] for at in kept), tuple(_MEDICATIONS[at] for at in kept))


def treatment(dice: Dice) -> Treatment:
    """Enrolled for a week to three years, and dosed today or some days ago."""
    return Treatment(dice.between(7, 1_000), dice.one_of(_OPIOID_MEDICATIONS), dice.between(0, 6))
