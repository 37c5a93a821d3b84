"""Households and the people in them."""

import polars as pl

from hub.demo.county.names import FAMILIES, MEN, WOMEN
from tests.bench.exports.chance import Chance, day, number, yes_no
from tests.bench.exports.programs import Period
from tests.bench.exports.tables import Said, rows, stamped

_EVERY_FAMILY, _EVERY_RETURNER = 4, 6
_RACES = ("AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific", "White")
_SERIALS, _GROUPS, _AREAS = 9_000, 20, 460
_SCATTER = 7_368_787


def households(first: int, count: int) -> pl.DataFrame:
    """Households by number. A household has one adult or an adult and a child; some come back for a second stay."""
    h = pl.col("household")
    return pl.DataFrame({"household": pl.Series(range(first, first + count), dtype=pl.Int64)}).with_columns(
        family=h % _EVERY_FAMILY == 0, returns=h % _EVERY_RETURNER == 1
    )


def members(homes: pl.DataFrame) -> pl.DataFrame:
    """One row a person: the adult of each household, then the child where there is one."""
    adults = homes.with_columns(adult=pl.lit(True))
    both = pl.concat([adults, homes.filter("family").with_columns(adult=pl.lit(False))])
    return both.with_columns(person=person(pl.col("household"), pl.col("adult")))


def person(household: pl.Expr, adult: pl.Expr) -> pl.Expr:
    return household * 2 + (~adult).cast(pl.Int64)


def clients(people: pl.DataFrame, period: Period, seed: int) -> pl.DataFrame:
    """Client.csv: names in the clear, a social security number of one's own, one race."""
    chance = Chance(seed, "person")
    family = Chance(seed, "household").one_of(FAMILIES, "family")
    adult, woman = pl.col("adult"), chance.happens(42, "sex")
    age = pl.when(adult).then(7_000 + chance.below(18_000, "age")).otherwise(500 + chance.below(4_000, "age"))
    race = chance.below(len(_RACES), "race")
    said: Said = {
        "PersonalID": number("C", pl.col("person")),
        "FirstName": pl.when(woman).then(chance.one_of(WOMEN, "given")).otherwise(chance.one_of(MEN, "given")),
        "LastName": family,
        "NameDataQuality": "1",
        "SSN": _social_security(pl.col("person")),
        "SSNDataQuality": "1",
        "DOB": day(pl.lit(period.start) - pl.duration(days=age)),
        "DOBDataQuality": "1",
        "Sex": pl.when(woman).then(pl.lit("0")).otherwise(pl.lit("1")),
        **{column: yes_no(race == place) for place, column in enumerate(_RACES)},
        "VeteranStatus": "0",
        **stamped(pl.lit(period.start), pl.col("person")),
    }
    return rows("Client", people, said)


def _social_security(person: pl.Expr) -> pl.Expr:
    """Different for each of 80 million people, and none that is known as a placeholder: area 200 up, serial 1000 up."""
    scattered = (person * _SCATTER) % (_SERIALS * _GROUPS * _AREAS)
    serial, group, area = scattered % _SERIALS, scattered // _SERIALS % _GROUPS, scattered // (_SERIALS * _GROUPS)
    return (
        (area + 200).cast(pl.String)
        + (group + 1).cast(pl.String).str.zfill(2)
        + (serial + 1_000).cast(pl.String).str.zfill(4)
    )
