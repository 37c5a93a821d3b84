"""Which year's format a file set is in."""

import re
from collections.abc import Collection

from adapters.hmis.refusal import refusal
from adapters.hmis.report import Fault

_OF_A_KNOWN_YEAR = re.compile(r"20(20|22|24)\b.*")


def fault_of(version: str, expected: str, missing: Collection[str]) -> Fault | None:
    """None for a set of the expected version.

    Some senders forget to change the version's name: a set that names an earlier one is read, with a warning, where
    no column of the expected version is `missing`. Any other is refused.
    """
    if version.startswith(expected):
        return None
    if missing or not _OF_A_KNOWN_YEAR.fullmatch(version):
        raise refusal("Export.csv, CSVVersion", f"{expected} v1, and the columns of that version", code="csv-version")
    return Fault("csv-version", f"{expected} v1; the columns are those of that version", field="CSVVersion")
