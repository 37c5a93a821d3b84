"""Keys that have been met, remembered as 64-bit hashes: fourteen million of them take a hundred megabytes.

The hashes differ from run to run, so that nobody can make two keys meet; by chance two of fourteen million do once in
two hundred thousand exports.
"""

import secrets

import numpy as np
import polars as pl
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


class Keys:
    """The keys of one file. Its hashes lie in sorted runs, each at least twice as long as the next."""

    def __init__(self) -> None:
        self._seed = secrets.randbits(64)
        self._runs: list[Hashes] = []

    def met(self, keys: pl.Series) -> NDArray[np.bool_]:
        """Which keys have been met before, here or in an earlier call. From now on all have."""
        hashes = keys.hash(self._seed).to_numpy()
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        known = np.zeros(len(ordered), np.bool_)
        known[1:] = ordered[1:] == ordered[:-1]
        for run in self._runs:
            known |= run[np.minimum(np.searchsorted(run, ordered), len(run) - 1)] == ordered
        self._remember(ordered[~known])
        met = np.empty_like(known)
        met[order] = known
        return met

    def _remember(self, fresh: Hashes) -> None:
        while self._runs and len(self._runs[-1]) < 2 * len(fresh):
            fresh = np.concatenate((self._runs.pop(), fresh))
            fresh.sort(kind="stable")
        if len(fresh):
            self._runs.append(fresh)
