"""The checks of `make check`, tried with what they must find."""

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.supply import advisories, floors, secrets

ROOT = Path(__file__).parents[2]
AWS = "AKIA" + "QYLPMN5HHHFPZAM2"
RANDOM = "9f2c7be1" + "4d3a4c0f" + "b1e86a5d" + "7720c3ee" + "14ab9d55"


class TestFloors:
    @pytest.mark.parametrize("lock", ["requirements.lock", "docker/requirements.lock"])
    def test_are_under_everything_that_is_pinned(self, lock: str) -> None:
        versions = floors.pinned((ROOT / lock).read_text(encoding="utf-8"))

        assert list(floors.below(versions)) == []
        assert {"starlette", "authlib", "jinja2"} <= set(versions)

    def test_stop_a_version_with_a_known_hole(self) -> None:
        versions = floors.pinned("starlette==1.0.0 \\\n    --hash=sha256:00\njoserfc==1.8.0\nAuthlib==1.6.9\n")

        assert versions == {"starlette": "1.0.0", "joserfc": "1.8.0", "authlib": "1.6.9"}
        assert [found.partition(" (")[0] for found in floors.below(versions)] == ["starlette 1.0.0 < 1.6.0"]


class TestAdvisories:
    LOCK = ROOT / "requirements.lock"

    def test_name_what_is_vulnerable(self) -> None:
        holes = [{"id": "GHSA-86qp-5c8j-p5mr"}]
        said = {"dependencies": [{"name": "starlette", "version": "1.0.0", "vulns": holes}, {"name": "a", "vulns": []}]}

        assert advisories.read(self.LOCK, json.dumps(said), "") == (("starlette 1.0.0 (GHSA-86qp-5c8j-p5mr)",), 0, "")

    def test_say_when_packages_were_not_looked_at(self) -> None:
        said = {"dependencies": [{"name": "a", "skip_reason": "Dependency not found on PyPI: a (1)"}]}

        assert advisories.read(self.LOCK, json.dumps(said), "") == ((), 1, "Dependency not found on PyPI")

    @pytest.mark.parametrize("said", ["", "<html>", "{}"])
    def test_that_cannot_be_had_leave_everything_unaudited(self, said: str) -> None:
        audit = advisories.read(self.LOCK, said, "no route to host")

        assert (audit.vulnerable, audit.because) == ((), "no route to host")
        assert audit.missed > 50


class TestSecrets:
    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("hub/a.py", f'KEY = "{AWS}"'),
            ("tests/a.py", f'KEY = "{AWS}"'),
            ("hub/a.py", f'DIGEST = "{RANDOM}"'),
            ("hub/a.py", 'password = "' + "correct-horse-battery" + '"'),
            ("docker/a.env", "URL=postgresql://hub:" + "Zx9-opensesame@db/hub"),
            ("hub/demo/load.py", 'PASSWORD = "another-' + 'one-entirely"'),
        ],
    )
    def test_are_found_where_they_are_planted_and_never_repeated(self, tmp_path: Path, path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text + "\n")
        found = list(secrets.found_in(tmp_path, [path]))

        assert len(found) == 1
        assert found[0].startswith(f"{path}:1 (")
        assert text.partition('"')[2].rstrip('"') not in found[0] or '"' not in text

    def test_are_found_in_a_key_file(self, tmp_path: Path) -> None:
        key = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / "key.pem").write_bytes(key)

        assert list(secrets.found_in(tmp_path, ["key.pem"])) == ["key.pem:1 (Private Key)"]

    def test_are_not_found_in_plain_words(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text('password = settings.password\nname = "a quiet night in june"\n')

        assert list(secrets.found_in(tmp_path, ["a.py"])) == []

    def test_list_of_what_is_allowed_names_only_what_is_there(self) -> None:
        for one in secrets.ALLOWED:
            assert one.words in (ROOT / one.path).read_text(encoding="utf-8"), f"{one.path}: nothing is left to allow"
            assert one.why


class TestSecurityRules:
    def test_are_set_aside_only_for_a_reason_that_is_given(self) -> None:
        bare = [
            f"{path.relative_to(ROOT)}:{number}"
            for package in ("hub", "adapters", "consent", "schemas")
            for path in sorted((ROOT / package).rglob("*.py"))
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if re.search(r"noqa: [A-Z0-9, ]*\bS\d{3}", line) and not re.search(r"noqa: [A-Z0-9, ]*(\(| - )\S", line)
        ]

        assert bare == [], "say behind it why the rule does not matter there"
