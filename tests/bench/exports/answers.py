"""What is asked of people at entry and at exit: income, health, work, disabilities, school."""

import polars as pl

from adapters.hmis.checks.circumstances import BENEFITS, INCOMES, INSURANCES
from tests.bench.exports.chance import Chance, day, number, where, yes_no
from tests.bench.exports.stays import disabled, keys
from tests.bench.exports.tables import Said, rows, stamped

_SOURCES, _BENEFITS, _INSURANCES = INCOMES[1:], BENEFITS[1:], INSURANCES[1:]
"""All but the first of each, which is the one that some people have."""

_TYPES = ("5", "6", "7", "8", "9", "10")


def asked(people: pl.DataFrame) -> pl.DataFrame:
    """Each person once at entry (stage 1), and once more at exit (stage 3) where the stay has ended."""
    at_entry = people.with_columns(stage=pl.lit("1"), on=pl.col("entry"), answer=pl.col("enrollment") * 2)
    at_exit = people.filter(pl.col("exit").is_not_null()).with_columns(
        stage=pl.lit("3"), on=pl.col("exit"), answer=pl.col("enrollment") * 2 + 1
    )
    return pl.concat([at_entry, at_exit])


def income(answers: pl.DataFrame, seed: int) -> pl.DataFrame:
    chance = Chance(seed, "answer")
    earns, eats, insured = (chance.happens(40, question) for question in ("earns", "eats", "insured"))
    amount = (chance.below(2_000, "amount") + 100).cast(pl.String) + ".00"
    said: Said = {
        "IncomeFromAnySource": yes_no(earns),
        "TotalMonthlyIncome": where(earns, amount),
        "Earned": yes_no(earns),
        "EarnedAmount": where(earns, amount),
        **dict.fromkeys(_SOURCES, "0"),
        "BenefitsFromAnySource": yes_no(eats),
        "SNAP": yes_no(eats),
        **dict.fromkeys(_BENEFITS, "0"),
        "InsuranceFromAnySource": yes_no(insured),
        "Medicaid": yes_no(insured),
        **dict.fromkeys(_INSURANCES, "0"),
    }
    return _told("IncomeBenefits", "IncomeBenefitsID", answers.filter("adult"), said)


def health(answers: pl.DataFrame, seed: int) -> pl.DataFrame:
    chance = Chance(seed, "answer")
    survivor, fleeing = chance.happens(20, "survivor"), chance.happens(30, "fleeing")
    said: Said = {
        "DomesticViolenceSurvivor": yes_no(survivor),
        "WhenOccurred": where(survivor, chance.one_of(("1", "2", "3", "4"), "when")),
        "CurrentlyFleeing": where(survivor, yes_no(fleeing)),
        "GeneralHealthStatus": chance.one_of(("1", "2", "3", "4", "5"), "health"),
    }
    return _told("HealthAndDV", "HealthAndDVID", answers.filter("adult"), said)


def work(answers: pl.DataFrame, seed: int) -> pl.DataFrame:
    chance = Chance(seed, "answer")
    employed = chance.happens(30, "employed")
    said: Said = {
        "LastGradeCompleted": chance.one_of(("3", "4", "5", "6"), "grade"),
        "SchoolStatus": chance.one_of(("5", "6"), "school"),
        "Employed": yes_no(employed),
        "EmploymentType": where(employed, chance.one_of(("1", "2", "3"), "employment")),
        "NotEmployedReason": where(~employed, chance.one_of(("1", "2", "3"), "reason")),
    }
    return _told("EmploymentEducation", "EmploymentEducationID", answers.filter("adult"), said)


def school(answers: pl.DataFrame, seed: int) -> pl.DataFrame:
    chance = Chance(seed, "answer")
    said: Said = {"CurrentSchoolAttend": "1", "CurrentEdStatus": chance.one_of(("0", "1", "2"), "studies")}
    some = answers.filter(pl.col("adult") & chance.happens(30, "youth"))
    return _told("YouthEducationStatus", "YouthEducationStatusID", some, said)


def disabilities(answers: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Disabilities.csv: six questions; who has a disabling condition says yes to the one that disables."""
    six = answers.filter("adult").join(pl.DataFrame({"type": _TYPES}), how="cross")
    which = Chance(seed, "enrollment").one_of(_TYPES[:5], "which")
    has = disabled(seed) & (pl.col("type") == which)
    said: Said = {
        **keys(),
        "DisabilitiesID": number("D", pl.col("answer") * 10 + pl.col("type").cast(pl.Int64) - 5),
        "InformationDate": day(pl.col("on")),
        "DisabilityType": pl.col("type"),
        "DisabilityResponse": yes_no(has),
        "IndefiniteAndImpairs": where(has, "1"),
        "DataCollectionStage": pl.col("stage"),
        **stamped(pl.col("on"), pl.col("answer")),
    }
    return rows("Disabilities", six, said)


def _told(table: str, key: str, answers: pl.DataFrame, said: Said) -> pl.DataFrame:
    common: Said = {
        **keys(),
        key: number("A", pl.col("answer")),
        "InformationDate": day(pl.col("on")),
        "DataCollectionStage": pl.col("stage"),
        **stamped(pl.col("on"), pl.col("answer")),
    }
    return rows(table, answers, {**common, **said})
