"""What the advisory service knows of the pinned packages, by `pip-audit`; it may not be reachable, which is said."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE = 120
"""Seconds, after which the service counts as out of reach."""


class Audit(NamedTuple):
    """What is vulnerable; of how many packages the service gave no word, and why."""

    vulnerable: tuple[str, ...]
    missed: int
    because: str


def ask(lock: Path, *options: str) -> Audit:
    """Asks about every pinned package."""
    pip_audit = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip"]
    command = [*pip_audit, "--format", "json", "--progress-spinner", "off", "--timeout", "10", *options]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return read(lock, "", f"no answer within {PATIENCE} seconds")
    return read(lock, ran.stdout, (ran.stderr.strip().splitlines() or ["it said nothing"])[-1])


def read(lock: Path, said: str, complaint: str) -> Audit:
    """What `pip-audit` said; without a report nothing was audited."""
    try:
        packages: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        return Audit((), lock.read_text(encoding="utf-8").count("=="), complaint)
    skipped = [one["skip_reason"] for one in packages if "skip_reason" in one]
    vulnerable = [
        f"{one['name']} {one['version']} ({', '.join(hole['id'] for hole in one['vulns'])})"
        for one in packages
        if one.get("vulns")
    ]
    return Audit(tuple(vulnerable), len(skipped), skipped[0].partition(":")[0] if skipped else "")
