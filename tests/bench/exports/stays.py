"""Stays of households in projects: Enrollment.csv and Exit.csv."""

import polars as pl

from tests.bench.exports.chance import Chance, day, number, where, yes_no
from tests.bench.exports.people import person
from tests.bench.exports.programs import COC, PROJECTS_OF_A_TYPE, TYPES, Period, project
from tests.bench.exports.tables import Said, rows, stamped

NIGHTLY, OUTREACH, ENTRY, RAPID, SUPPORTIVE = (TYPES.index(kind) for kind in ("1", "4", "14", "13", "3"))
_FAMILY_TYPES = tuple(TYPES.index(kind) for kind in ("0", "13", "2", "14"))
_DESTINATIONS = ("101", "116", "302", "312", "332", "410", "422", "206", "207")
_LONGEST, _SECOND_FROM, _LATEST = 120, 400, 690
_LONG_STAYS, _LONGER = 20, 300


def stays(homes: pl.DataFrame, period: Period, seed: int) -> pl.DataFrame:
    """One row a household and stay, with its project, its first day and its last; null where it goes on."""
    first = homes.with_columns(stay=pl.col("household") * 2, entry_from=pl.lit(0))
    second = homes.filter("returns").with_columns(stay=pl.col("household") * 2 + 1, entry_from=pl.lit(_SECOND_FROM))
    chance = Chance(seed, "stay")
    alone = chance.below(len(TYPES), "type")
    together = pl.lit(pl.Series(_FAMILY_TYPES)).gather(chance.below(len(_FAMILY_TYPES), "type"))
    until = (
        pl.when(pl.col("returns") & (pl.col("entry_from") == 0)).then(_SECOND_FROM - _LONGEST - 1).otherwise(_LATEST)
    )
    longer = pl.when(chance.happens(_LONG_STAYS, "longer")).then(_LONGER).otherwise(0)
    drawn = pl.concat([first, second]).with_columns(
        kind=pl.when("family").then(together).otherwise(alone).cast(pl.Int64),
        entry_day=pl.col("entry_from") + chance.below(until - pl.col("entry_from"), "entry"),
        nights=1 + chance.below(_LONGEST, "nights") + pl.when(pl.col("returns")).then(0).otherwise(longer),
    )
    entry = pl.lit(period.start) + pl.duration(days=pl.col("entry_day"))
    leaves = entry + pl.duration(days=pl.col("nights"))
    return drawn.with_columns(
        project=project(pl.col("kind"), chance.below(PROJECTS_OF_A_TYPE, "project")),
        entry=entry,
        exit=pl.when(leaves < pl.lit(period.end)).then(leaves),
    ).with_columns(last=pl.col("exit").fill_null(pl.lit(period.end)))


def enrolled(of_households: pl.DataFrame) -> pl.DataFrame:
    """One row a person and stay."""
    adults = of_households.with_columns(adult=pl.lit(True))
    both = pl.concat([adults, of_households.filter("family").with_columns(adult=pl.lit(False))])
    return both.with_columns(
        person=person(pl.col("household"), pl.col("adult")),
        enrollment=pl.col("stay") * 2 + (~pl.col("adult")).cast(pl.Int64),
    )


def keys() -> dict[str, pl.Expr]:
    return {"EnrollmentID": number("E", pl.col("enrollment")), "PersonalID": number("C", pl.col("person"))}


def enrollments(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Enrollment.csv: adults come from the street or a shelter; who is housed by a project moves in on the way."""
    chance, adult = Chance(seed, "enrollment"), pl.col("adult")
    homeless = pl.col("entry") - pl.duration(days=40 + chance.below(45, "homeless"))
    moved = pl.col("entry") + pl.duration(days=(pl.col("last") - pl.col("entry")).dt.total_days() // 2)
    housed = pl.col("kind").is_in([RAPID, SUPPORTIVE])
    said: Said = {
        **keys(),
        "ProjectID": pl.col("project"),
        "EntryDate": day(pl.col("entry")),
        "HouseholdID": number("S", pl.col("stay")),
        "RelationshipToHoH": pl.when(adult).then(pl.lit("1")).otherwise(pl.lit("2")),
        "EnrollmentCoC": COC,
        "LivingSituation": where(adult, chance.one_of(("101", "116"), "situation")),
        "LengthOfStay": where(adult, chance.one_of(("10", "11", "2", "3"), "length")),
        "DateToStreetESSH": where(adult, day(homeless)),
        "TimesHomelessPastThreeYears": where(adult, chance.one_of(("2", "3", "4"), "times")),
        "MonthsHomelessPastThreeYears": where(adult, chance.one_of(("104", "105", "108", "112"), "months")),
        "DisablingCondition": yes_no(disabled(seed)),
        "MoveInDate": where(housed & adult, day(moved)),
        "DateOfEngagement": where((pl.col("kind") == OUTREACH) & adult, day(pl.col("entry"))),
        **stamped(pl.col("entry"), pl.col("enrollment")),
    }
    return rows("Enrollment", people, said)


def disabled(seed: int) -> pl.Expr:
    return pl.col("adult") & Chance(seed, "enrollment").happens(45, "disabled")


def exits(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Exit.csv: one row for each stay that ended; the household leaves together."""
    left = people.filter(pl.col("exit").is_not_null())
    destination = Chance(seed, "stay").one_of(_DESTINATIONS, "destination")
    said: Said = {
        **keys(),
        "ExitID": number("X", pl.col("enrollment")),
        "ExitDate": day(pl.col("exit")),
        "Destination": destination,
        **stamped(pl.col("exit"), pl.col("enrollment")),
    }
    return rows("Exit", left, said)
