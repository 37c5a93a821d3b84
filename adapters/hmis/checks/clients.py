"""Client.csv: who a person is (3.01 Name to 3.07 Veteran Status)."""

from functools import partial

import polars as pl

from adapters.hmis.checks.catalogue import Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.rules import (
    HASH_STATUS,
    TODAY,
    Rule,
    is_blank,
    is_missing,
    is_unknown,
    of_person,
    rule_of,
    text,
)

RACES = ("AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific", "White")
_ANY_RACE = pl.any_horizontal(text(race) == "1" for race in RACES)
_SSN = text("SSN").str.replace_all("-", "", literal=True)
_REPEATED = [str(digit) * 9 for digit in range(10)]
_NEVER_ISSUED = r"^(000|666|9)|^[0-9]{3}00|0000$|^123456789$|^987654321$"
_OLDEST = 100

_check = partial(rule_of, "Client")


def _digest(field: str, *lengths: tuple[str, int]) -> Rule:
    """SHA-1 has 40 hexadecimal digits, SHA-256 has 64; a hashed SSN has its last four digits before them."""
    other = pl.any_horizontal(
        (status == HASH_STATUS) & ~is_blank(field) & (text(field).str.len_bytes() != length)
        for status, length in lengths
    )
    return _check("digest", Level.ERROR, field, "a digest of the kind that 1.5 HashStatus of Export.csv names", other)


RULES = (
    *(_digest(name, ("2", 40), ("4", 64)) for name in ("FirstName", "MiddleName", "LastName")),
    _digest("SSN", ("2", 44), ("4", 68)),
    _check(
        "dob-missing",
        Level.ERROR,
        "DOB",
        "3.03 Date of Birth, or 8 or 9 as its data quality",
        is_blank("DOB") & ~is_unknown("DOBDataQuality"),
        34,
    ),
    _check(
        "dob-unknown",
        Level.WARNING,
        "DOBDataQuality",
        "3.03 Date of Birth told in full",
        is_unknown("DOBDataQuality"),
        60,
    ),
    _check("dob-future", Level.ERROR, "DOB", "3.03 Date of Birth not after the export", day("DOB") > TODAY, 84),
    _check(
        "dob-over-100",
        Level.WARNING,
        "DOB",
        "3.03 Date of Birth of a person not over 100 years old",
        day("DOB").dt.offset_by(f"{_OLDEST + 1}y") <= TODAY,
        143,
    ),
    _check(
        "name-incomplete",
        Level.WARNING,
        "NameDataQuality",
        "3.01 Name in full",
        text("NameDataQuality").is_in(["2", "8", "9", "99"]),
        78,
    ),
    _check(
        "ssn-unknown",
        Level.WARNING,
        "SSNDataQuality",
        "3.02 Social Security Number told in full",
        is_unknown("SSNDataQuality") | is_missing("SSNDataQuality"),
        67,
    ),
    _check(
        "ssn-placeholder",
        Level.ERROR,
        "SSN",
        "3.02 Social Security Number that can have been issued, or null",
        _SSN.is_in(_REPEATED) | (_SSN.str.contains(r"^[0-9]{9}$") & _SSN.str.contains(_NEVER_ISSUED)),
    ),
    _check(
        "race-unknown",
        Level.WARNING,
        "RaceNone",
        "3.04 Race and Ethnicity told",
        text("RaceNone").is_in(["8", "9", "99"]) & ~_ANY_RACE,
        63,
    ),
    _check(
        "race-missing",
        Level.ERROR,
        "RaceNone",
        "3.04 Race and Ethnicity: at least one, or RaceNone 8, 9 or 99",
        is_blank("RaceNone") & ~_ANY_RACE,
        50,
    ),
    _check(
        "race-conflict",
        Level.ERROR,
        "RaceNone",
        "3.04 RaceNone null where a race or ethnicity is told",
        text("RaceNone").is_in(["8", "9", "99"]) & _ANY_RACE,
        50,
    ),
    _check(
        "sex-missing",
        Level.WARNING,
        "Sex",
        "4.21 Sex",
        is_missing("Sex"),
    ),
    _check(
        "veteran-unknown",
        Level.WARNING,
        "VeteranStatus",
        "3.07 Veteran Status told",
        is_unknown("VeteranStatus"),
        66,
    ),
    _check(
        "veteran-child",
        Level.ERROR,
        "VeteranStatus",
        "3.07 Veteran Status of a person who is an adult",
        (text("VeteranStatus") == "1") & (day("DOB").dt.offset_by("18y") > TODAY),
    ),
    _check(
        "client-without-enrollment",
        Level.WARNING,
        "PersonalID",
        "5.08 PersonalID of a person with an enrollment in the same set",
        of_person("place").is_null(),
    ),
)
