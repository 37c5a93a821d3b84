"""The hub's processes as an operator runs them, and whoever pulls their plugs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

import httpx
import psutil

from tests.soak.world import World

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
HUB = ("-m", "hub.cli")
PARTS = {
    "serve": (*HUB, "serve"),
    "work-1": (*HUB, "work"),
    "work-2": (*HUB, "work"),
    "listen": (*HUB, "listen"),
}
DATABASE = "postgres"
STARTS_THE_DATABASE = """
import os, sys
from pathlib import Path
from hub.store import embedded

embedded.start(Path(sys.argv[1]))
os.kill(os.getpid(), 9)
"""
"""Leaves it running: who starts it is killed before it can let go of it."""

IN_GOOD_ORDER = {0, -signal.SIGTERM}
"""How a process ends that was asked to; uvicorn passes the signal on once it has done with everything."""


class Fleet:
    """`hub serve`, two `hub work`, `hub listen` and PostgreSQL; any may be killed, and is started again."""

    def __init__(self, world: World, *parts: str, **environment: str) -> None:
        self.world = world
        self.parts = parts or tuple(PARTS)
        self.environment = environment
        self.killed: Counter[str] = Counter()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._log = (world.home.settings.home / "fleet.log").open("ab")

    def start(self) -> None:
        for name in self.parts:
            self._start(name)
        self.wait_until_ready()

    def terminate(self, name: str) -> subprocess.Popen[bytes]:
        """Asks one to end, and gives it."""
        self._running[name].terminate()
        return self._running[name]

    def kill(self, name: str) -> None:
        """`kill -9`, and up again at once."""
        self.killed[name] += 1
        if name == DATABASE:
            self.stop_the_database()
            self.start_the_database()
        else:
            self._running[name].kill()
            self._running[name].wait()
            self._start(name)

    def stop(self, *, patience: float = 30.0) -> dict[str, int]:
        """Asks each that runs to end; gives their exit statuses."""
        alive = {name: process for name, process in self._running.items() if process.poll() is None}
        for process in alive.values():
            process.terminate()
        statuses = {}
        for name, process in alive.items():
            try:
                statuses[name] = process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                statuses[name] = process.wait()
        self._log.close()
        return statuses

    def wait_until_ready(self) -> None:
        """Returns when the hub answers and listens."""
        deadline = time.monotonic() + PATIENCE
        while self._revive() or not self._is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError("The hub did not come back: " + self._last_words())
            time.sleep(0.05)

    def _revive(self) -> bool:
        """Starts again what ended because the database was not there, as a supervisor does."""
        ended = [name for name, process in self._running.items() if process.poll() is not None]
        for name in ended:
            self._start(name)
        return bool(ended)

    def _is_ready(self) -> bool:
        return ("serve" not in self.parts or self._answers()) and ("listen" not in self.parts or self._listens())

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.world.base}/readyz", timeout=5, trust_env=False).status_code == 200
        return False

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.world.mllp_port), timeout=1):
            return True
        return False

    def _start(self, name: str) -> None:
        self._running[name] = self._run(*PARTS[name])

    def _run(self, *line: str) -> subprocess.Popen[bytes]:
        bare = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
        environment = {**bare, **self.world.environment, **self.environment, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, *line],
            cwd=self.world.home.settings.home,
            env=environment,
            stdout=self._log,
            stderr=self._log,
        )

    def stop_the_database(self) -> None:
        """`kill -9`, and nobody starts it again; returns when nothing of it is left."""
        first = self.database()
        everyone = [first, *first.children()]
        first.kill()
        psutil.wait_procs(everyone, timeout=10)

    def start_the_database(self) -> None:
        self._run("-c", STARTS_THE_DATABASE, str(self.world.home.settings.home)).wait(PATIENCE)

    def database(self) -> psutil.Process:
        """The server's first process."""
        mark = self.world.home.settings.home / "postgres" / "postmaster.pid"
        return psutil.Process(int(mark.read_text().split()[0]))

    def _last_words(self) -> str:
        self._log.flush()
        return (self.world.home.settings.home / "fleet.log").read_text(errors="replace")[-2000:]


def victims(random: Random, kills: int) -> list[str]:
    """Whom to kill, in which order: one of each kind at first, and then at random."""
    first = ["serve", "work-1", "listen", DATABASE]
    return (random.sample(first, len(first)) + random.choices([*PARTS, DATABASE], k=kills))[:kills]
