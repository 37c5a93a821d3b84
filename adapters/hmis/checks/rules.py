"""What a row may be asked in the light of others: of its stay, its project, its person, and of today."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.index import key
from adapters.hmis.checks.roll import Roll
from adapters.hmis.frames import LINE
from adapters.hmis.report import Report
from adapters.hmis.spec import Table

TODAY = pl.col("today")
HASH_STATUS = pl.col("hash_status")


@dataclass(frozen=True)
class Rule:
    """A row of the check's file is wrong where `wrong` holds; where that cannot be told, it is not."""

    check: Check
    wrong: pl.Expr


def rule_of(file: str, code: str, level: Level, field: str, expected: str, wrong: pl.Expr, *eva: int) -> Rule:
    """A rule about a field of a file."""
    return Rule(Check(code, level, expected, file, field, eva), wrong)


def text(column: str) -> pl.Expr:
    """What stands in a column."""
    return pl.col(column)


def of_stay(fact: str) -> pl.Expr:
    """A fact of the enrollment that the row belongs to (see `roll.Roll.stays`)."""
    return pl.col(f"stay.{fact}")


def of_project(fact: str) -> pl.Expr:
    """A fact of the project that the row belongs to (see `roll.Roll.projects`)."""
    return pl.col(f"project.{fact}")


def of_person(fact: str) -> pl.Expr:
    """A fact of the person that the row is about (see `roll.Roll.people`)."""
    return pl.col(f"person.{fact}")


def is_blank(column: str) -> pl.Expr:
    """Null, in the format's terms."""
    return pl.col(column) == ""


def is_missing(column: str) -> pl.Expr:
    """Null, or 99: data not collected."""
    return pl.col(column).is_in(["", "99"])


def is_unknown(column: str) -> pl.Expr:
    """8 or 9: the person does not know, or prefers not to answer."""
    return pl.col(column).is_in(["8", "9"])


class Rules:
    """All rules of rows, by table. Rows that their sender has deleted are not asked."""

    def __init__(self, roll: Roll, rules: Iterable[Rule]) -> None:
        self._roll = roll
        self._rules: defaultdict[str | None, list[Rule]] = defaultdict(list)
        for rule in rules:
            self._rules[rule.check.file].append(rule)
        self._asked = {
            name: {fact for rule in some for fact in rule.wrong.meta.root_names()} for name, some in self._rules.items()
        }

    def see(self, table: Table, frame: pl.DataFrame, report: Report) -> None:
        """Takes note of the rows of a dated frame that a rule finds wrong."""
        rules = self._rules[table.name]
        if not rules:
            return
        rows = self._in_context(table, frame.filter(pl.col("DateDeleted") == ""))
        wrong = rows.select(rule.wrong.fill_null(value=False).alias(str(n)) for n, rule in enumerate(rules))
        for rule, flags in zip(rules, wrong, strict=True):
            if flags.any():
                report.add_lines(rule.check.fault, rows[LINE].filter(flags))

    def _in_context(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        said = {"today": pl.lit(self._roll.today), "hash_status": pl.lit(self._roll.hash_status)}
        context = [rows.with_columns(**said)]
        for column, index, name in (
            ("EnrollmentID", self._roll.stays, "stay"),
            ("ProjectID", self._roll.projects, "project"),
            ("PersonalID", self._roll.people, "person"),
        ):
            if column in table.needs and not (column == "PersonalID" and table.name not in {"Client", "Enrollment"}):
                asked = [
                    fact for fact in index.rows.columns if f"{name}.{fact}" in self._asked[table.name] - {f"{name}.key"}
                ]
                found = index.find(rows.select(key(column))[column], "key", *asked)
                context.append(found.rename(lambda fact, name=name: f"{name}.{fact}"))  # type: ignore[misc]
        return pl.concat(context, how="horizontal")
