"""Homeless Management Information Systems: HUD's CSV exchange format, FY2026."""

from adapters.hmis.feed import HmisCsv

__all__ = ["HmisCsv"]
