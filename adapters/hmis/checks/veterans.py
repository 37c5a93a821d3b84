"""Client.csv: V1 Veteran's Information, which projects of the Department of Veterans Affairs collect."""

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.rules import TODAY, Rule, is_blank, is_missing, is_unknown, of_person, text

_WARS = (
    "WorldWarII",
    "KoreanWar",
    "VietnamWar",
    "DesertStorm",
    "AfghanistanOEF",
    "IraqOIF",
    "IraqOND",
    "OtherTheater",
)
_FIRST_YEAR = 1920
_SERVED_BY_VA = (text("VeteranStatus") == "1") & of_person("veterans_affairs")
_ENTERED = text("YearEnteredService").cast(pl.Int32, strict=False)
_SEPARATED = text("YearSeparated").cast(pl.Int32, strict=False)
_THIS_YEAR = TODAY.dt.year()


def _check(code: str, level: Level, field: str, expected: str, wrong: pl.Expr, eva: int) -> Rule:
    return Rule(Check(code, level, expected, "Client", field, (eva,)), (text("VeteranStatus") == "1") & wrong)


RULES = (
    _check(
        "year-entered-missing",
        Level.ERROR,
        "YearEnteredService",
        "V1.1 Year Entered Military Service",
        _SERVED_BY_VA & is_blank("YearEnteredService"),
        15,
    ),
    _check(
        "year-entered",
        Level.ERROR,
        "YearEnteredService",
        f"V1.1 Year Entered Military Service from {_FIRST_YEAR} to this year",
        (_ENTERED < _FIRST_YEAR) | (_ENTERED > _THIS_YEAR),
        16,
    ),
    _check(
        "year-separated-missing",
        Level.ERROR,
        "YearSeparated",
        "V1.2 Year Separated from Military Service",
        _SERVED_BY_VA & is_blank("YearSeparated"),
        17,
    ),
    _check(
        "year-separated",
        Level.ERROR,
        "YearSeparated",
        "V1.2 Year Separated from Military Service not before the year entered, and not after this year",
        (_SEPARATED < _ENTERED) | (_SEPARATED < _FIRST_YEAR) | (_SEPARATED > _THIS_YEAR),
        18,
    ),
    _check(
        "wars-missing",
        Level.ERROR,
        "OtherTheater",
        "V1.3 to V1.10 Theaters of Operations",
        _SERVED_BY_VA & pl.any_horizontal(is_missing(war) for war in _WARS),
        19,
    ),
    _check(
        "wars-unknown",
        Level.WARNING,
        "OtherTheater",
        "V1.3 to V1.10 Theaters of Operations told",
        pl.any_horizontal(is_unknown(war) for war in _WARS),
        57,
    ),
    _check(
        "branch-missing",
        Level.ERROR,
        "MilitaryBranch",
        "V1.11 Branch of the Military",
        _SERVED_BY_VA & is_missing("MilitaryBranch"),
        20,
    ),
    _check(
        "branch-unknown",
        Level.WARNING,
        "MilitaryBranch",
        "V1.11 Branch of the Military told",
        is_unknown("MilitaryBranch"),
        58,
    ),
    _check(
        "discharge-missing",
        Level.ERROR,
        "DischargeStatus",
        "V1.12 Discharge Status",
        _SERVED_BY_VA & is_missing("DischargeStatus"),
        21,
    ),
    _check(
        "discharge-unknown",
        Level.WARNING,
        "DischargeStatus",
        "V1.12 Discharge Status told",
        is_unknown("DischargeStatus"),
        56,
    ),
)
