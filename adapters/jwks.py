"""A partner's key set, fetched from where it was registered (RFC 7517): bounded in time and size, never redirected."""

import re
from ipaddress import ip_address
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx

LARGEST: Final = 256 * 1024
TIMEOUT: Final = httpx.Timeout(3.0)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])")


class NotFetched(Exception):
    """The key set could not be had; the text says what was expected, not what came."""


class Fetched(NamedTuple):
    """A key set as its owner gives it out, and for how many seconds it may be kept, as far as it says."""

    keys: dict[str, Any]
    max_age: int | None


def is_acceptable(url: str) -> bool:
    """Whether keys may come from there: over TLS, or from this machine itself; no credentials, no fragment."""
    try:
        parts = urlsplit(url)
        there = parts.hostname and not (parts.username or parts.password or parts.fragment) and parts.port != 0
    except ValueError:
        return False
    return bool(there) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(url: str) -> Fetched:
    """The key set behind the URL; raises `NotFetched`."""
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers={"accept": "application/json"}) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise NotFetched(f"200 is expected, and {response.status_code} came.")
            content = _read(response)
            age = _MAX_AGE.search(response.headers.get("cache-control", ""))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetched("No answer came.") from error
    return Fetched(_parsed(content), int(age[1]) if age else None)


def _read(response: httpx.Response) -> bytes:
    content = b""
    for part in response.iter_bytes():
        content += part
        if len(content) > LARGEST:
            raise NotFetched(f"At most {LARGEST} bytes are expected.")
    return content


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        said = httpx.Response(200, content=content).json()
    except ValueError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("keys"), list):
        raise NotFetched("A JSON Web Key Set is expected.")
    return said
