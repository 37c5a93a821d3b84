"""What an operator says of one sender: its clock, its database, and for what its files are complete."""

import tomllib
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from adapters.hmis.allowed import Allowed
from adapters.hmis.assignments import StaffFile
from adapters.hmis.extra import ExtraFile
from adapters.hmis.flags import PrivacyFile
from adapters.hmis.privacy import PrivacyColumn
from adapters.hmis.refusal import refusal
from adapters.hmis.releases import Form, ReleaseFile
from adapters.hmis.vendors import Vendor, names, vendor
from schemas.frozen import Frozen

_EXPECTED = 'TOML such as timezone = "America/Chicago", source_id = "XX-501", implementation_id = "0001"'


class Definition(Frozen):
    """What is agreed with one sender, beside what its files say of themselves.

    timezone           whose wall times the files give
    source_id          a file of another source is refused; without it, of another than the first file's
    implementation_id  the same
    directive          read for ExportDirective, where a sender does not write what it does
    allowed            the projects of which rows may enter; without it all
    privacy            the columns in which the sender marks what is private
    privacy_file       its files of flags that do so, beside the vendor's
    vendor             brings the files and columns that a vendor's systems have beside HUD's
    release            the sender's own files of releases, in place of the vendor's of that name
    staff              the sender's own files of who works with whom, in place of all of the vendor's
    form               what the form says that people sign
    csvimport          where the sender's own HMIS takes rows back, as a zip that is posted; signed as webhooks are
    complete           whether it insists on the rows that others refer to
    """

    timezone: str = "UTC"
    source_id: str | None = None
    implementation_id: str | None = None
    directive: Literal["delta", "full-refresh"] | None = None
    allowed: Allowed | None = None
    privacy: tuple[PrivacyColumn, ...] = ()
    privacy_file: tuple[PrivacyFile, ...] = ()
    vendor: str | None = None
    release: tuple[ReleaseFile, ...] = ()
    staff: tuple[StaffFile, ...] = ()
    form: Form | None = None
    csvimport: str | None = None
    complete: bool = False

    @property
    def releases(self) -> tuple[ReleaseFile, ...]:
        """The files of releases: the source's own, then those that its vendor sends beside them."""
        own = {file.file for file in self.release}
        return (*self.release, *(file for file in self._vendor.release if file.file not in own))

    @property
    def marks(self) -> tuple[PrivacyColumn, ...]:
        """The columns that mark what is private: the source's own and its vendor's."""
        return tuple(dict.fromkeys((*self.privacy, *self._vendor.privacy)))

    @property
    def flags(self) -> tuple[PrivacyFile, ...]:
        """The files that flag what is private: the source's own and its vendor's."""
        return tuple(dict.fromkeys((*self.privacy_file, *self._vendor.privacy_file)))

    @property
    def assignments(self) -> tuple[StaffFile, ...]:
        """The files of who works with whom: the source's own, or else its vendor's."""
        return self.staff or self._vendor.staff

    @property
    def extras(self) -> tuple[ExtraFile, ...]:
        """The files that are read beside HUD's."""
        users = tuple(file.user for file in self.assignments if file.user and not file.user.is_of_hud)
        return (*self.releases, *self.flags, *self.assignments, *users)

    @property
    def beside(self) -> frozenset[str]:
        """Their names."""
        return frozenset(file.file for file in self.extras)

    @property
    def _vendor(self) -> Vendor:
        try:
            return Vendor() if self.vendor is None else vendor(self.vendor)
        except KeyError:
            raise refusal("definition, vendor", f"one of {', '.join(names())}", code="definition") from None

    @property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            expected = "the name of a time zone, such as America/Chicago"
            raise refusal("definition, timezone", expected, code="definition") from error


@lru_cache(maxsize=64)
def definition(text: str | None) -> Definition:
    """The definition that a TOML text gives; the defaults where there is none. Each text is read once a process."""
    try:
        return Definition.model_validate(tomllib.loads(text or ""))
    except (tomllib.TOMLDecodeError, ValidationError):
        raise refusal("definition", _EXPECTED, code="definition") from None
