"""What the vendors of HMIS send beside HUD's files, as data: one TOML file a vendor, by its file's name."""

import tomllib
from functools import cache
from importlib.resources import files

from adapters.hmis.assignments import StaffFile
from adapters.hmis.flags import PrivacyFile
from adapters.hmis.privacy import PrivacyColumn
from adapters.hmis.releases import ReleaseFile
from schemas.frozen import Frozen


class Vendor(Frozen):
    """The files of one vendor."""

    release: tuple[ReleaseFile, ...] = ()
    privacy: tuple[PrivacyColumn, ...] = ()
    privacy_file: tuple[PrivacyFile, ...] = ()
    staff: tuple[StaffFile, ...] = ()


def names() -> list[str]:
    """The vendors whose files are known."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


@cache
def vendor(name: str) -> Vendor:
    """The files of a vendor; raises `KeyError` for one that is not known."""
    if name not in names():
        raise KeyError(name)
    return Vendor.model_validate(tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8")))
