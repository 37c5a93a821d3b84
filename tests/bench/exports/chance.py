"""Chance that can be asked again: what falls depends on the number of the thing, on the question and on the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import polars as pl


@dataclass(frozen=True)
class Chance:
    """Draws for every row at once, whatever else is drawn; `key` is the column that numbers the rows."""

    seed: int
    key: str

    def below(self, sides: int | pl.Expr, question: str) -> pl.Expr:
        """A whole number from 0, each as likely as another."""
        fallen = pl.col(self.key).hash(crc32(question.encode()) + self.seed)
        return (fallen % sides).cast(pl.Int64)

    def happens(self, percent: int, question: str) -> pl.Expr:
        return self.below(100, question) < percent

    def one_of(self, values: Sequence[str], question: str) -> pl.Expr:
        return pl.lit(pl.Series(values, dtype=pl.String)).gather(self.below(len(values), question))


def yes_no(answer: pl.Expr) -> pl.Expr:
    return pl.when(answer).then(pl.lit("1")).otherwise(pl.lit("0"))


def where(condition: pl.Expr, value: pl.Expr | str) -> pl.Expr:
    """The value where the condition holds, null elsewhere."""
    return pl.when(condition).then(pl.lit(value) if isinstance(value, str) else value)


def day(expression: pl.Expr) -> pl.Expr:
    return expression.dt.strftime("%Y-%m-%d")


def number(prefix: str, expression: pl.Expr) -> pl.Expr:
    """A key such as `E00000012`."""
    return pl.lit(prefix) + expression.cast(pl.String).str.zfill(8)
