"""The versions from which on holes are closed that would open the hub: also looked at where no advisory can be had."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packaging.version import Version


class Floor(NamedTuple):
    """The first version without the hole."""

    version: str
    closes: str


FLOORS: Mapping[str, Floor] = {
    "authlib": Floor("1.6.9", "CVE-2026-27962, CVE-2026-28802: a token may bring its own key, or none"),
    "certifi": Floor("2024.7.4", "CVE-2024-39689: a root that is trusted no more"),
    "cryptography": Floor("44.0.1", "CVE-2024-12797: OpenSSL does not notice a failed handshake"),
    "h11": Floor("0.16.0", "CVE-2025-43859: request smuggling by chunks"),
    "idna": Floor("3.7", "CVE-2024-3651: quadratic time"),
    "jinja2": Floor("3.1.6", "CVE-2025-27516: a way out of the sandbox"),
    "mako": Floor("1.2.2", "CVE-2022-40023: catastrophic backtracking"),
    "python-multipart": Floor("0.0.18", "CVE-2024-53981: a form that keeps the process busy"),
    "requests": Floor("2.32.4", "CVE-2024-47081: credentials to another host"),
    "setuptools": Floor("78.1.1", "CVE-2025-47273: a path out of the folder"),
    "starlette": Floor(
        "1.6.0", "CVE-2026-48710 (BadHost), CVE-2025-62727 (Range), CVE-2026-54282, CVE-2026-54283 (forms)"
    ),
    "urllib3": Floor("2.5.0", "CVE-2025-50181: redirects that were forbidden"),
}

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pinned(lock: str) -> dict[str, str]:
    """Package and version of each line of a lock file."""
    return {name.lower().replace("_", "-"): version for name, version in _PIN.findall(lock)}


def below(versions: Mapping[str, str]) -> Iterator[str]:
    """Those with a known hole, and which."""
    for name, floor in FLOORS.items():
        if name in versions and Version(versions[name]) < Version(floor.version):
            yield f"{name} {versions[name]} < {floor.version} ({floor.closes})"
