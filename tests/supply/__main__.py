"""Looks, says what was found and what could not be looked at, and exits 1 if anything is wrong."""

import sys
from collections.abc import Iterable
from pathlib import Path

from tests.supply import advisories, floors, secrets

ROOT = Path(__file__).parents[2]


def main() -> int:
    pinned = floors.pinned((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    audit = advisories.ask(ROOT / "requirements.lock")
    found = [
        *_told("below the floor of a known hole", floors.below(pinned)),
        *_told("known to be vulnerable", audit.vulnerable),
        *_told("looks like a secret", secrets.found_in(ROOT, secrets.kept_files(ROOT))),
    ]
    print("\n".join(found) or f"{len(pinned)} pinned packages are above every known floor; no file holds a secret.")
    if audit.missed:
        print(
            f"NOT AUDITED: pip-audit gave no word on {audit.missed} of {len(pinned)} packages ({audit.because}); "
            f"for these only the {len(floors.FLOORS)} known floors were looked at. Run it again where the net allows."
        )
    return 1 if found else 0


def _told(what: str, found: Iterable[str]) -> Iterable[str]:
    return (f"{one}: {what}" for one in found)


if __name__ == "__main__":
    sys.exit(main())
