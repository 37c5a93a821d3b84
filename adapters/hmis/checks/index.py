"""Rows by key, found for a whole column at once. A key is kept as 64 bits that differ from run to run."""

import secrets

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SEED = secrets.randbits(64)


def key(*columns: str) -> pl.Expr:
    """A key of one or more columns, in 64 bits; of fourteen million keys two are alike once in two hundred thousand."""
    return (pl.struct(columns) if len(columns) > 1 else pl.col(columns[0])).hash(_SEED)


class Index:
    """A frame by its column `key`; of several rows with one key the first counts."""

    def __init__(self, rows: pl.DataFrame) -> None:
        keys = rows["key"].to_numpy()
        order = np.argsort(keys, kind="stable")
        self.rows = rows[order[_is_first(keys[order])]]
        self._keys = self.rows["key"]

    def find(self, keys: pl.Series, *columns: str) -> pl.DataFrame:
        """For each key its row, or these columns of it; a row of nulls where there is none."""
        rows = self.rows.select(columns) if columns else self.rows
        if not len(self._keys):
            return rows.clear(len(keys))
        places = self._keys.search_sorted(keys).clip(0, len(self._keys) - 1)
        found = places.zip_with(self._keys.gather(places) == keys, pl.Series([None], dtype=places.dtype))
        return rows[found] if found.null_count() == 0 else rows.select(pl.all().gather(found))

    def holds(self, keys: pl.Series) -> pl.Series:
        """For each key whether there is a row."""
        return self.find(keys, "key")["key"].is_not_null()


def _is_first(ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of ordered keys differ from the one before."""
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return first
