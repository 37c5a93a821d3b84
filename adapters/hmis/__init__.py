"""Homeless Management Information Systems: HUD's CSV exchange format, FY2026."""

import os

# Polars keeps memory that it no longer needs for ten seconds, in which a large export goes through three times as much
# as it holds. Its allocator reads this when polars is first imported, which nothing does before this package.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:0")

from adapters.hmis.feed import HmisCsv

__all__ = ["HmisCsv"]
