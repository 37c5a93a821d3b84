"""A partner's system that runs by itself prints what it was told by who knows its secret."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from adapters.webhook import sign

SECRET = b"a secret of these tests alone"
RUN = "from hub.demo.partner import main; main(port=0)"


@contextmanager
def running(secret: str) -> Iterator[subprocess.Popen[str]]:
    """A partner in a process of its own, on a free port of loopback."""
    environment = {**os.environ, "HUB_HOST": "127.0.0.1", "HUB_PARTNER_SECRET": secret}
    command = [sys.executable, "-c", RUN]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.terminate()


@pytest.fixture
def partner() -> Iterator[subprocess.Popen[str]]:
    with running("whsec_" + base64.b64encode(SECRET).decode()) as process:
        yield process


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def tell(url: str, delivery: str, *, secret: bytes = SECRET) -> int:
    """Sends a webhook about a delivery; gives the status of the answer."""
    body = json.dumps({"type": "handoff.offered", "data": {"handoff_id": delivery}}).encode()
    seconds = str(int(datetime.now(UTC).timestamp()))
    headers = {
        "webhook-id": delivery,
        "webhook-timestamp": seconds,
        "webhook-signature": sign(secret, delivery, seconds, body),
    }
    return httpx.post(url, content=body, headers=headers, trust_env=False).status_code


class TestListening:
    def test_prints_each_piece_of_news_once_and_no_forgery(self, partner: subprocess.Popen[str]) -> None:
        url = line(partner).removeprefix("Listening at ").removesuffix(".\n")

        assert tell(url, "first") == 204
        assert tell(url, "forged", secret=b"a guess") == 401
        assert tell(url, "first") == 204
        assert tell(url, "last") == 204
        assert [json.loads(line(partner))["data"]["handoff_id"] for _ in range(2)] == ["first", "last"]

    @pytest.mark.parametrize("secret", ["", "not base64", "whsec_"])
    def test_without_a_secret_says_what_is_expected(self, secret: str) -> None:
        with running(secret) as process:
            _, said = process.communicate(timeout=20)

        assert process.returncode == 1
        assert said == "HUB_PARTNER_SECRET should be the webhook's secret, in base64.\n"
