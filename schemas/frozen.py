"""The base of every value that crosses a border."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Jurisdiction = Annotated[str, StringConstraints(pattern=r"^US(-[A-Z]{2})?$")]
Moment = AwareDatetime


class Frozen(BaseModel):
    """Does not change in the reader's hands, and takes no field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
