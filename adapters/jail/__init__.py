"""Jail rosters, each described by a definition file: a new county is a file, not code."""

from adapters.jail.definition import FeedDefinition, read_definition, shipped_definition
from adapters.jail.feed import JailRoster

__all__ = ["FeedDefinition", "JailRoster", "read_definition", "shipped_definition"]
