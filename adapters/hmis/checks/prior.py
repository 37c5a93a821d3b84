"""Enrollment.csv: 3.917 Prior Living Situation, asked of adults and heads of household."""

from functools import partial

import polars as pl

from adapters.hmis.checks.catalogue import Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.rules import is_blank, is_missing, is_unknown, of_stay, rule_of, text

RENTAL_WITH_SUBSIDY = "435"
_ASKED = (text("RelationshipToHoH") == "1") | of_stay("adult")
_HOMELESS_PROJECT = of_stay("project_type").is_in([0, 1, 4, 8])
_FROM_HOMELESSNESS = text("LivingSituation").is_in(["101", "116", "118"])
_NIGHTS, _WEEKS = ["10", "11"], ["10", "11", "2", "3"]
_STAYED_SHORTLY = (text("LivingSituation").str.contains(r"^2[0-9][0-9]$") & text("LengthOfStay").is_in(_WEEKS)) | (
    text("LivingSituation").str.contains(r"^[34][0-9][0-9]$") & text("LengthOfStay").is_in(_NIGHTS)
)
_SHORT_STAY = text("LOSUnderThreshold") == "1"
_HISTORY_ASKED = _ASKED & (_HOMELESS_PROJECT | _FROM_HOMELESSNESS | (_SHORT_STAY & (text("PreviousStreetESSH") == "1")))
_ENTRY, _STREET = day("EntryDate"), day("DateToStreetESSH")
_AT_LEAST_DAYS = {"11": 2, "2": 7, "3": 30, "4": 90, "5": 365}
_STAYED = text("LengthOfStay").replace_strict(_AT_LEAST_DAYS, default=None, return_dtype=pl.Int32)
_MONTHS = ((_ENTRY.dt.year() - _STREET.dt.year()) * 12 + _ENTRY.dt.month() - _STREET.dt.month() + 1).clip(1, 13)
_TOLD_MONTHS = text("MonthsHomelessPastThreeYears").cast(pl.Int32, strict=False)
_ONCE = text("TimesHomelessPastThreeYears") == "1"

_check = partial(rule_of, "Enrollment")


RULES = (
    _check(
        "residence-missing",
        Level.ERROR,
        "LivingSituation",
        "3.917.1 Living Situation of adults and heads of household",
        _ASKED & is_missing("LivingSituation"),
        30,
    ),
    _check(
        "residence-unknown",
        Level.WARNING,
        "LivingSituation",
        "3.917.1 Living Situation told",
        _ASKED & is_unknown("LivingSituation"),
        64,
        68,
    ),
    _check(
        "residence-subsidy-missing",
        Level.ERROR,
        "RentalSubsidyType",
        f"3.917.A Rental Subsidy Type where 3.917.1 is {RENTAL_WITH_SUBSIDY}",
        (text("LivingSituation") == RENTAL_WITH_SUBSIDY) & is_blank("RentalSubsidyType"),
        130,
    ),
    _check(
        "stay-length-missing",
        Level.ERROR,
        "LengthOfStay",
        "3.917.2 Length of Stay of adults and heads of household",
        _ASKED & is_missing("LengthOfStay"),
        26,
    ),
    _check(
        "stay-length-unknown",
        Level.WARNING,
        "LengthOfStay",
        "3.917.2 Length of Stay told",
        _ASKED & is_unknown("LengthOfStay"),
        73,
    ),
    _check(
        "threshold-missing",
        Level.ERROR,
        "LOSUnderThreshold",
        "3.917.2A/B whether the stay was short, where the person came from an institution or from housing",
        _ASKED & ~_HOMELESS_PROJECT & ~_FROM_HOMELESSNESS & _STAYED_SHORTLY & is_missing("LOSUnderThreshold"),
        41,
    ),
    _check(
        "previous-street-missing",
        Level.ERROR,
        "PreviousStreetESSH",
        "3.917.2C On the night before: streets, emergency shelter or safe haven, where the stay was short",
        _ASKED & ~_HOMELESS_PROJECT & ~_FROM_HOMELESSNESS & _SHORT_STAY & is_missing("PreviousStreetESSH"),
        29,
    ),
    _check(
        "street-date-missing",
        Level.ERROR,
        "DateToStreetESSH",
        "3.917.3 Date Homelessness Started",
        _HISTORY_ASKED & is_blank("DateToStreetESSH"),
        28,
    ),
    _check(
        "times-months-missing",
        Level.ERROR,
        "MonthsHomelessPastThreeYears",
        "3.917.4 Times Homeless and 3.917.5 Months Homeless in Past Three Years",
        _HISTORY_ASKED & (is_missing("TimesHomelessPastThreeYears") | is_missing("MonthsHomelessPastThreeYears")),
        31,
    ),
    _check(
        "times-months-unknown",
        Level.WARNING,
        "MonthsHomelessPastThreeYears",
        "3.917.4 Times Homeless and 3.917.5 Months Homeless in Past Three Years told",
        _HISTORY_ASKED & (is_unknown("TimesHomelessPastThreeYears") | is_unknown("MonthsHomelessPastThreeYears")),
        61,
    ),
    _check(
        "street-after-entry",
        Level.WARNING,
        "DateToStreetESSH",
        "3.917.3 Date Homelessness Started on or before 3.10 Project Start Date",
        _STREET > _ENTRY,
        69,
    ),
    _check(
        "street-date-length",
        Level.WARNING,
        "DateToStreetESSH",
        "3.917.3 Date Homelessness Started no later than 3.917.2 Length of Stay in homelessness says",
        _FROM_HOMELESSNESS & ((_ENTRY - _STREET).dt.total_days() < _STAYED),
        105,
    ),
    _check(
        "months-can-be-told",
        Level.WARNING,
        "MonthsHomelessPastThreeYears",
        "3.917.5 Months Homeless, which follows from 3.917.3 where this is the only time",
        _ONCE
        & _STREET.is_not_null()
        & (is_missing("MonthsHomelessPastThreeYears") | is_unknown("MonthsHomelessPastThreeYears")),
        70,
    ),
    _check(
        "months-conflict",
        Level.WARNING,
        "MonthsHomelessPastThreeYears",
        "3.917.5 Months Homeless that agrees with 3.917.3 where this is the only time",
        _ONCE & (_STREET <= _ENTRY) & _TOLD_MONTHS.is_between(101, 113) & (_TOLD_MONTHS != _MONTHS + 100),
        71,
    ),
)
