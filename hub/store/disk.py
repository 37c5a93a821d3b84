"""What must survive a power cut."""

import os
from pathlib import Path


def make_durable(folder: Path) -> None:
    """What was made, renamed or removed in a folder is so for good when this returns."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
