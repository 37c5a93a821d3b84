"""How a vendor's file beside HUD's says who works with whom, as data: HUD's format has no such element.

The shapes under `vendors` are those in which vendors keep it; each agency sets up its own export, so a definition may
bring its own in place of them, with the same words:

```toml
[[staff]]
file = "CareTeam"            # CareTeam.csv, whatever its case
key = "CareTeamID"
person = "PersonalID"        # whose; may be left out where the enrollment says it
enrollment = { column = "HouseholdID", equals = "HouseholdID" }   # equals: the column of Enrollment.csv
worker = ["StaffFirstName", "StaffLastName"]
since = "StartDate"
```
"""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from adapters.hmis.extra import ExtraFile
from adapters.hmis.spec import fy2026
from schemas.frozen import Frozen


class Enrolled(Frozen):
    """The enrollments that an assignment is for: those whose column `equals` what stands in this `column`."""

    column: str
    equals: str = "EnrollmentID"


class Public(Frozen):
    """The column that says who may be told of; whatever else stands there, or nothing, keeps them back."""

    column: str
    open: tuple[str, ...] = ("1", "true", "t", "yes", "y", "public")


class User(ExtraFile):
    """Where more about the worker stands: the row whose key is what stands in the assignment's `column`."""

    column: str

    @property
    def is_of_hud(self) -> bool:
        """Whether HUD names the file."""
        return self.file in fy2026().tables


class StaffFile(ExtraFile):
    """One file of assignments. Without an `enrollment` they are for the person, in no program in particular."""

    person: str | None = None
    enrollment: Enrolled | None = None
    worker: tuple[str, ...]
    role: str | None = None
    roles: Mapping[str, str] = {}
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    since: str
    until: str | None = None
    updated: str | None = None
    deleted: str | None = None
    public: Public | None = None
    user: User | None = None

    @model_validator(mode="after")
    def _is_for_somebody(self) -> Self:
        if self.person is None and self.enrollment is None:
            raise ValueError("person or enrollment")
        return self

    @property
    def of_worker(self) -> tuple[str, ...]:
        """The columns that say who works and how they are reached; they may stand in the file of users."""
        return tuple(filter(None, (*self.worker, self.role, self.phone, self.mobile, self.email)))

    @property
    def headings(self) -> tuple[str, ...]:
        """All columns that are read."""
        linked = (
            self.enrollment.column if self.enrollment else None,
            self.public.column if self.public else None,
            self.user.column if self.user else None,
        )
        own = (self.person, self.since, self.until, self.updated, self.deleted)
        return (*filter(None, (*own, *linked)), *self.of_worker)
