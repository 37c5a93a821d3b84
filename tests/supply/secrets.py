"""Secrets in the text of the project, by detect-secrets; what only looks like one stands in a list, with the reason."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

NOT_TEXT = (".lock", ".png", ".min.js", ".woff2")
"""Digests and pictures, where everything looks random."""

INVENTED_IN_TESTS = frozenset({"Secret Keyword", "Basic Auth Credentials"})
"""Tests make up passwords; keys and tokens are looked for there as anywhere."""


class Allowed(NamedTuple):
    """Lines of one file that hold these words."""

    path: str
    words: str
    why: str


ALLOWED = (
    Allowed("adapters/hmis/facts/tables.json", "SocSecRetirement", "a column of HUD's: `SecRet` is in its name"),
    Allowed("hub/demo/county/hmis_columns.json", "SocSecRetirement", "the same"),
    Allowed("hub/demo/load.py", "riverbend-county-demo", "the demo's, printed at every start"),
    Allowed("hub/demo/load.py", "TOTP_SECRET = ", "the demo's, printed at every start"),
    Allowed("hub/settings.py", "postgresql://user:password@host/name", "shows how an address is written"),
    Allowed("hub/store/db.py", "postgresql://user:password@host/name", "shows how an address is written"),
    Allowed("hub/store/backups/programs.py", "PGPASSWORD", "the name of a variable"),
    Allowed("tests/cli/test_administration.py", '.env").write_text(', "settings without a secret"),
    Allowed("tests/store/audit/test_checkpoints.py", "PeterNeumann", "the public key of the C2SP example"),
    Allowed("tests/store/test_witness.py", "jWbPPwAAAAB", "the signature of the C2SP example"),
    Allowed("tests/store/test_merkle.py", "", "roots of the Certificate Transparency vectors"),
)


def kept_files(root: Path) -> list[str]:
    """Every file that is or may be committed."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(name for name in files if not name.endswith(NOT_TEXT) and (root / name).is_file())


def found_in(root: Path, files: Iterable[str]) -> Iterator[str]:
    """Where there is what looks like a secret, and of what kind; never the secret."""
    secrets = SecretsCollection(root=str(root))
    with default_settings():
        for name in files:
            secrets.scan_file(name)
    for name, secret in secrets:
        line = _line(root / name, secret.line_number)
        if not (name.startswith("tests/") and secret.type in INVENTED_IN_TESTS) and not _is_allowed(name, line):
            yield f"{name}:{secret.line_number} ({secret.type})"


def _line(path: Path, number: int) -> str:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[number - 1]


def _is_allowed(name: str, line: str) -> bool:
    return any(name == one.path and one.words in line for one in ALLOWED)
