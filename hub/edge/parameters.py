"""What stands in addresses, bounded to what the database can hold."""

from typing import Annotated

from fastapi import Path, Query

LARGEST = 2**63 - 1
"""Of a BIGINT, as which the log numbers its leaves."""

Seq = Annotated[int, Path(ge=0, le=LARGEST, description="The number of an entry of the audit log.")]
After = Annotated[int | None, Query(ge=0, le=LARGEST, description="The seq of the last entry on the page before.")]
