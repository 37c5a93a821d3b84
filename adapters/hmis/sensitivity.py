"""What a row speaks of, in HL7's codes: by its table, by the project it lies in, and by its own answers."""

from collections.abc import Callable, Mapping

from adapters.hmis.home import Home
from adapters.hmis.sheet import Row
from adapters.hmis.words import DISABILITY_SENSITIVITY, SERVICE_SENSITIVITY, SETTING_SENSITIVITY
from schemas.vocab import Sensitivity

_NOTHING: frozenset[Sensitivity] = frozenset()
_SOCIAL_SERVICES = frozenset({Sensitivity.SOC})
_BY_TABLE: Mapping[str, frozenset[Sensitivity]] = {
    "Client": frozenset({Sensitivity.DEMO}),
    "CurrentLivingSituation": frozenset({Sensitivity.SOC, Sensitivity.LOCIS}),
    "HealthAndDV": frozenset({Sensitivity.SOC, Sensitivity.SDV, Sensitivity.PSY}),
}
_HIV_PROGRAMS = ("ADAP", "NoADAPReason", "RyanWhiteMedDent", "NoRyanWhiteReason")
_HIV_MEASURES = ("TCellCountAvailable", "ViralLoadAvailable", "AntiRetroviral")
_EXPLOITATION = ("ExchangeForSex", "AskedOrForcedToExchangeForSex")


def sensitivity(table: str, row: Row, home: Home) -> frozenset[Sensitivity]:
    """All that a row about a person speaks of."""
    always = _BY_TABLE.get(table, _SOCIAL_SERVICES) | home.sensitivity
    answers = _BY_ANSWER.get(table)
    return always | answers(row) if answers else always


def _any(row: Row, columns: tuple[str, ...], spoken_of: frozenset[Sensitivity]) -> frozenset[Sensitivity]:
    return spoken_of if any(map(row.__getitem__, columns)) else _NOTHING


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
    "Services": lambda row: SERVICE_SENSITIVITY.get(row["RecordType"], _NOTHING),
    "Disabilities": _of_disability,
    "IncomeBenefits": lambda row: _any(row, _HIV_PROGRAMS, frozenset({Sensitivity.HIV})),
}
