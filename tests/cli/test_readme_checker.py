"""The checker that the README prints, run as it stands there: it believes our bundles, and no changed one."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.cli.test_witness import key_of, serving

README = Path(__file__).parents[2] / "README.md"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")

Checker = Callable[..., subprocess.CompletedProcess[str]]
Bundle = dict[str, Any]


@pytest.fixture
def check(place: Path) -> Checker:
    """Writes a bundle and checks it with Python's standard library and openssl alone."""
    section = README.read_text().partition("### Check a proof without the hub")[2]
    script = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert script is not None
    (place / "check.py").write_text(script[1])

    def run(bundle: Bundle, *keys: str) -> subprocess.CompletedProcess[str]:
        (place / "proof.json").write_text(json.dumps(bundle))
        command = [sys.executable, "-I", "-S", "check.py", "proof.json", *keys]
        return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def proven(hub: Command, place: Path) -> tuple[Bundle, str, str]:
    """A bundle of a log that a witness has cosigned, and the keys of both."""
    home = place / "clerk"
    hub("witness", "key", "--name", "clerk.example", "--home", home)
    for slug in ("first-team", "second-team", "third-team"):
        hub("participant", "add", slug, "--name", slug, "--capacity", "crisis-provider")
    log, witness = hub("audit", "key").out.strip(), key_of(hub, home)
    hub("witness", "trust", log, "--home", home)
    with serving(home) as port:
        hub("witness", "add", "clerk", f"http://127.0.0.1:{port}", witness)
        hub("audit", "verify")
        bundle = json.loads(hub("audit", "prove", "1", "--field", "act", "--field", "details").out)
    return bundle, log, witness


CHANGES: dict[str, Callable[[Bundle], Bundle]] = {
    "a field's words": lambda b: {**b, "fields": {**b["fields"], "act": {**b["fields"]["act"], "value": '"hub:x:y"'}}},
    "a field's name": lambda b: {**b, "fields": {"actor": b["fields"]["act"]}},
    "a salt": lambda b: {**b, "fields": {**b["fields"], "act": {**b["fields"]["act"], "salt": "00" * 32}}},
    "the leaf": lambda b: {**b, "leaf": b["leaf"][:-2] + ("00" if b["leaf"][-2:] != "00" else "01")},
    "the number": lambda b: {**b, "seq": b["seq"] + 1},
    "a number beyond the tree": lambda b: {**b, "seq": 99},
    "the path, shorter": lambda b: {**b, "path": b["path"][1:]},
    "the path, longer": lambda b: {**b, "path": [*b["path"], b["path"][0]]},
    "the size": lambda b: {**b, "checkpoint": b["checkpoint"].replace("\n4\n", "\n5\n")},
    "the cosignature": lambda b: {**b, "checkpoint": b["checkpoint"][:-8] + "AAAAAA=\n"},
    "no cosignature": lambda b: {**b, "checkpoint": b["checkpoint"][: b["checkpoint"].rindex("— ")]},
}


def test_believes_a_bundle(check: Checker, proven: tuple[Bundle, str, str]) -> None:
    bundle, log, witness = proven

    alone, both = check(bundle, log), check(bundle, log, witness)

    assert (alone.returncode, both.returncode) == (0, 0), both.stderr
    assert 'act: "hub:directory:changed"' in both.stdout
    assert "signed by 2 key(s)" in both.stdout


def test_refuses_a_changed_bundle_and_another_key(
    check: Checker, proven: tuple[Bundle, str, str], hub: Command
) -> None:
    bundle, log, witness = proven
    hub("witness", "key", "--name", "other.example", "--home", "other")
    other = hub("witness", "key", "--home", "other").out.strip()

    assert {name for name, change in CHANGES.items() if check(change(bundle), log, witness).returncode == 0} == set()
    assert "other.example has not signed" in check(bundle, log, other).stderr
    assert check(bundle, witness, log).returncode == 1
    assert check(bundle).returncode == 1
