"""What a row speaks of, in HL7's codes: by its table, by its own answers, and by what its enrollment says of violence.

What follows from a record's funding or body is read from there (`consent.labels`); here stands what a row alone tells.
"""

from collections.abc import Callable, Mapping

from adapters.hmis.sheet import Row
from adapters.hmis.words import DISABILITY_SENSITIVITY, SETTING_SENSITIVITY
from schemas.vocab import Sensitivity

_NOTHING: frozenset[Sensitivity] = frozenset()
_SOCIAL_SERVICES = frozenset({Sensitivity.SOC})
_SURVIVOR = frozenset({Sensitivity.SDV, Sensitivity.LOCIS})
_NO = "0"
_BY_TABLE: Mapping[str, frozenset[Sensitivity]] = {
    "Client": frozenset({Sensitivity.DEMO}),
    "CurrentLivingSituation": frozenset({Sensitivity.SOC, Sensitivity.LOCIS}),
    "HealthAndDV": frozenset({Sensitivity.SOC, Sensitivity.PSY}),
}
_HIV_PROGRAMS = ("ADAP", "NoADAPReason", "RyanWhiteMedDent", "NoRyanWhiteReason")
_HIV_MEASURES = ("TCellCountAvailable", "ViralLoadAvailable", "AntiRetroviral")
_EXPLOITATION = ("ExchangeForSex", "AskedOrForcedToExchangeForSex")


def sensitivity(table: str, row: Row, *, fleeing: bool) -> frozenset[Sensitivity]:
    """All that a row about a person speaks of; `fleeing`: whether the person flees violence, by the same enrollment."""
    always = _BY_TABLE.get(table, _SOCIAL_SERVICES) | (_SURVIVOR if fleeing else _NOTHING)
    answers = _BY_ANSWER.get(table)
    return always | answers(row) if answers else always


def _any(row: Row, columns: tuple[str, ...], spoken_of: frozenset[Sensitivity]) -> frozenset[Sensitivity]:
    return spoken_of if any(map(row.__getitem__, columns)) else _NOTHING


def _of_violence(row: Row) -> frozenset[Sensitivity]:
    """Only a plain no to both questions says that there is nothing to guard; unknown is not no."""
    answers = (row["DomesticViolenceSurvivor"], row["CurrentlyFleeing"])
    return _NOTHING if answers[0] == _NO and answers[1] in {_NO, ""} else frozenset({Sensitivity.SDV})


def _of_disability(row: Row) -> frozenset[Sensitivity]:
    by_type = DISABILITY_SENSITIVITY.get(row["DisabilityType"], _NOTHING)
    return by_type | _any(row, _HIV_MEASURES, frozenset({Sensitivity.HIV}))


_BY_ANSWER: Mapping[str, Callable[[Row], frozenset[Sensitivity]]] = {
    "Enrollment": lambda row: SETTING_SENSITIVITY.get(row["LivingSituation"], _NOTHING),
    "Exit": lambda row: (
        SETTING_SENSITIVITY.get(row["Destination"], _NOTHING)
        | _any(row, _EXPLOITATION, frozenset({Sensitivity.SEX, Sensitivity.SDV}))
    ),
    "CurrentLivingSituation": lambda row: SETTING_SENSITIVITY.get(row["CurrentLivingSituation"], _NOTHING),
    "HealthAndDV": _of_violence,
    "Disabilities": _of_disability,
    "IncomeBenefits": lambda row: _any(row, _HIV_PROGRAMS, frozenset({Sensitivity.HIV})),
}
