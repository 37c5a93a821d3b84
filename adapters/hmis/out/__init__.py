"""HUD HMIS CSV FY2026 written: rows that go back to the HMIS that a person's enrollment came from."""

from adapters.hmis.out.export import About, HmisExport
from adapters.hmis.out.rows import USER, Place

__all__ = ["USER", "About", "HmisExport", "Place"]
