"""What an operator says of one sender: its clock, its database, and for what its files are complete."""

import tomllib
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from adapters.hmis.privacy import PrivacyColumn
from adapters.hmis.refusal import refusal
from schemas.frozen import Frozen

_EXPECTED = 'TOML such as timezone = "America/Chicago", source_id = "XX-501", implementation_id = "0001"'


class Definition(Frozen):
    """What is agreed with one sender, beside what its files say of themselves.

    timezone           whose wall times the files give
    source_id          a file of another source is refused; without it, of another than the first file's
    implementation_id  the same
    directive          read for ExportDirective, where a sender does not write what it does
    privacy            the columns in which the sender marks what is private
    """

    timezone: str = "UTC"
    source_id: str | None = None
    implementation_id: str | None = None
    directive: Literal["delta", "full-refresh"] | None = None
    privacy: tuple[PrivacyColumn, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            expected = "the name of a time zone, such as America/Chicago"
            raise refusal("definition, timezone", expected, code="definition") from error


def definition(text: str | None) -> Definition:
    """The definition that a TOML text gives; the defaults where there is none."""
    try:
        return Definition.model_validate(tomllib.loads(text or ""))
    except (tomllib.TOMLDecodeError, ValidationError):
        raise refusal("definition", _EXPECTED, code="definition") from None
