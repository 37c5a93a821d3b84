"""Columns that many tables share."""

from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def Moment(*, nullable: bool = False, **options: Any) -> Any:  # noqa: N802  (reads as a column type)
    """A moment with its zone."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    return Field(sa_type=DateTime(timezone=True), nullable=nullable, **default, **options)


def Json(**options: Any) -> Any:  # noqa: N802
    """A JSON document."""
    return Field(sa_type=JSONB, **options)
