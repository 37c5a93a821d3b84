"""What the hub does when what it stands on gives way, as `hub/guides/faults.md` states it, line by line.

The database is gone, the disk is full or broken, a clock is wrong, a process is told to stop.
"""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import httpx
import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.oauth import BackendClient
from hub.demo.county import story
from hub.store import audit
from hub.store.audit import Act, AuditLog
from hub.store.messages import MessageRow, MessageState
from hub.store.parcels import ParcelRow, ParcelState
from tests.soak.clients import Book, System
from tests.soak.conftest import Running
from tests.soak.fleet import IN_GOOD_ORDER, Fleet
from tests.soak.gathering import wait_for_rest
from tests.soak.history import Kind
from tests.soak.partner import checking
from tests.soak.world import CLINIC, CRISIS, SHELTER, World, world

FHIR = "/api/feeds/fhir/messages"
MEGABYTE = 2**20
LIBFAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
NEEDS_STRACE = pytest.mark.skipif(shutil.which("strace") is None, reason="Debian's strace breaks the disk")
NEEDS_FAKETIME = pytest.mark.skipif(not LIBFAKETIME.exists(), reason="Debian's faketime sets the clock")


def kept(found: World, state: MessageState | None = None) -> int:
    with Session(found.engine) as session:
        query = select(func.count()).select_from(MessageRow).where(MessageRow.source == CLINIC)
        return session.exec(query if state is None else query.where(MessageRow.state == state)).one()


def entries(found: World, act: Act) -> int:
    audit.sequence(found.engine)
    with Session(found.engine) as session:
        return len(AuditLog(session, found.keys).entries(act=act, limit=1000))


def offer() -> dict[str, object]:
    one = story("contact")
    return {
        "given": one.given,
        "family": one.family,
        "birth_date": one.born.isoformat(),
        "to": SHELTER,
        "need": "A bed tonight.",
        "urgency": "now",
        "area": "Riverside Park",
        "agreement": {"agreed": True},
    }


class TestDatabase:
    def test_that_is_gone_at_the_start_is_named_and_the_process_ends(self, county: World) -> None:
        """So that whoever keeps it running starts it again; it neither waits in silence nor pretends."""
        nowhere = {"HUB_DATABASE_URL": "postgresql://127.0.0.1:1/hub", "HUB_HOME": str(county.home.settings.home)}
        ran = subprocess.run(
            [os.sys.executable, "-m", "hub.cli", "work"],  # type: ignore[attr-defined]
            env={**os.environ, **nowhere},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert (ran.returncode, ran.stdout) == (2, "")
        assert "The database does not answer" in ran.stderr
        assert "Traceback" not in ran.stderr

    def test_that_goes_away_is_answered_with_503_until_it_is_back(self, county: World, running: Running) -> None:
        with running("serve") as fleet:
            clinic = System(county, CLINIC, Book())
            assert clinic.once(FHIR, content=b"before") is not None
            before = kept(county)
            fleet.stop_the_database()
            refused = clinic.once(FHIR, content=b"while it is away")
            probes = [httpx.get(f"{county.base}/{probe}", timeout=10).status_code for probe in ("healthz", "readyz")]
            fleet.start_the_database()
            fleet.wait_until_ready()
            taken = clinic.once(FHIR, content=b"while it is away")

        assert refused is not None
        assert (refused.status_code, refused.headers["retry-after"].isdecimal()) == (503, True)
        assert "Nothing was changed" in refused.json()["detail"]
        assert probes == [200, 503]
        assert taken is not None
        assert (taken.status_code, taken.json()["duplicate"]) == (202, False)
        assert kept(county) == before + 1

    def test_that_goes_away_during_a_delivery_has_it_sent_again_under_the_same_id(
        self, county: World, running: Running
    ) -> None:
        """The partner took it and the hub could not write that down: it is told again, and knows the delivery."""
        with checking() as partner, running("serve", "work-1") as fleet:
            county.tells(partner)
            sent = entries(county, Act.PARCEL_SENT)
            gone = threading.Event()

            def pull_the_plug() -> None:
                if not gone.is_set():
                    fleet.stop_the_database()
                    gone.set()

            partner.on_arrival = pull_the_plug
            System(county, CRISIS, Book()).once("/api/handoffs", json=offer())
            assert gone.wait(20)
            time.sleep(1)
            fleet.start_the_database()
            wait_for_rest(county, patience=30)
            arrivals = list(partner.arrivals)

            assert [one.has_effect for one in arrivals] == [True, *[False] * (len(arrivals) - 1)]
            assert len({one.delivery for one in arrivals}) == 1
            assert entries(county, Act.PARCEL_SENT) - sent == len(arrivals) == 2
            with Session(county.engine) as session:
                (row,) = session.exec(select(ParcelRow).where(col(ParcelRow.id) == arrivals[0].delivery)).all()
            assert row.state == ParcelState.DELIVERED


class TestStopping:
    def test_turns_not_ready_first_and_ends_what_is_under_way(self, county: World, running: Running) -> None:
        with running("serve", HUB_DRAINING="1") as fleet:
            clinic = System(county, CLINIC, Book())
            token = county.token(CLINIC)
            assert clinic.once(FHIR, content=b"warm up") is not None
            with socket.create_connection(("127.0.0.1", county.port)) as line:
                head = (
                    f"POST {FHIR} HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {token}\r\ncontent-length: 8\r\n\r\n"
                )
                line.sendall(head.encode() + b"half")
                time.sleep(0.3)
                process = fleet.terminate("serve")
                time.sleep(0.2)
                ready = httpx.get(f"{county.base}/readyz")
                later = clinic.once(FHIR, content=b"while it leaves")
                time.sleep(1.0)  # past the draining
                line.sendall(b"done")
                answer = line.recv(65536)
            status = process.wait(20)

        assert (ready.status_code, "about to stop" in ready.json()["detail"]) == (503, True)
        assert later is not None
        assert later.status_code == 202
        assert answer.startswith(b"HTTP/1.1 202")
        assert status in IN_GOOD_ORDER

    def test_a_worker_ends_its_delivery_and_begins_no_other(self, county: World, running: Running) -> None:
        with checking() as partner, running("serve", "work-1") as fleet:
            county.tells(partner)
            told_to: list[subprocess.Popen[bytes]] = []

            def slowly() -> None:
                told_to.append(fleet.terminate("work-1"))
                time.sleep(1)

            partner.on_arrival = slowly
            crisis = System(county, CRISIS, Book())
            for _ in range(2):
                crisis.once("/api/handoffs", json=offer())
            deadline = time.monotonic() + 20
            while not told_to and time.monotonic() < deadline:
                time.sleep(0.05)
            status = told_to[0].wait(20)
            with Session(county.engine) as session:
                rows = session.exec(select(ParcelRow).order_by(col(ParcelRow.number).desc()).limit(2)).all()

            assert status == 0
            assert [row.state for row in rows] == [ParcelState.QUEUED, ParcelState.DELIVERED]
            assert [row.leased_until for row in rows] == [None, None]
            partner.on_arrival = lambda: None
            fleet.wait_until_ready()
            wait_for_rest(county, patience=20)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own size."""
    folder = Path(mkdtemp(prefix="hub-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def fill(folder: Path, *, leaving: int) -> Path:
    filler = folder / "filler"
    free = shutil.disk_usage(folder).free
    with filler.open("wb") as file:
        file.write(b"\0" * (free - leaving))
    return filler


@pytest.mark.soak
@NEEDS_ROOT
class TestDisk:
    def test_that_is_full_takes_nothing_and_goes_on_when_there_is_room(self) -> None:
        """Nothing is acknowledged that is not kept, and nothing is half done."""
        with small_disk(400) as disk, world(disk / "hub") as found:
            fleet = Fleet(found, "serve", "work-1")
            fleet.start()
            try:
                clinic = System(found, CLINIC, Book())
                assert clinic.once(FHIR, content=b"before") is not None
                filler = fill(disk, leaving=3 * MEGABYTE)
                answers = [clinic.once(FHIR, content=os.urandom(MEGABYTE // 2)) for _ in range(40)]
                filler.unlink()
                _wait_for_the_database(found, fleet)
                taken = sum(one is not None and one.status_code == 202 for one in answers)
                there = kept(found)
                clinic.insist(Kind.SEND, "", FHIR, content=b"afterwards")
                wait_for_rest(found, patience=20)

                refused = [one for one in answers if one is not None and one.status_code != 202]
                assert {one.status_code for one in refused} == {503}
                assert taken < 40
                assert there >= taken + 1, "what was acknowledged is there"
                assert kept(found, MessageState.RECEIVED) == 0
                assert kept(found) == there + 1
                assert entries(found, Act.MESSAGE_RECEIVED) >= there
                assert audit.verify(found.engine, found.keys).intact
            finally:
                fleet.stop()

    @NEEDS_STRACE
    def test_that_fails_to_keep_is_not_believed(self) -> None:
        """Where what was written cannot be made durable, nobody is told that it is; the server stops and says so."""
        with world() as found:
            fleet = Fleet(found, "serve")
            fleet.start()
            try:
                clinic = System(found, CLINIC, Book())
                assert clinic.once(FHIR, content=b"before") is not None
                with broken_disk(fleet):
                    answers = [clinic.once(FHIR, content=b"lost %d" % number) for number in range(5)]
                _wait_for_the_database(found, fleet)
                clinic.insist(Kind.SEND, "", FHIR, content=b"afterwards")

                assert {one.status_code for one in answers if one is not None} == {503}
                assert audit.verify(found.engine, found.keys).intact
            finally:
                fleet.stop()


@contextmanager
def broken_disk(fleet: Fleet) -> Iterator[None]:
    """While the block lasts, what the database wants to be made durable fails with an input/output error."""
    line = ["strace", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO"]
    tracer = subprocess.Popen([*line, "-o", "/dev/null", "-p", str(fleet.database().pid)])
    time.sleep(1)
    others = [process.pid for process in fleet.database().children()]
    tracers = [tracer, *(subprocess.Popen([*line, "-o", "/dev/null", "-p", str(pid)]) for pid in others)]
    time.sleep(1)
    try:
        yield
    finally:
        for one in tracers:
            one.terminate()
            one.wait(10)


def _wait_for_the_database(found: World, fleet: Fleet) -> None:
    """A server that could not go on has ended, and is started again as whoever keeps it would."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        fleet.start_the_database()
        try:
            kept(found)
        except Exception:  # noqa: BLE001
            time.sleep(0.5)
        else:
            fleet.wait_until_ready()
            return
    raise TimeoutError("The database did not come back.")


@pytest.mark.soak
@NEEDS_FAKETIME
class TestClock:
    """Five minutes off, the hub's or its partners': who relies on the time is refused and told so; the rest goes on."""

    @pytest.mark.parametrize("minutes", [5, -5])
    def test_of_the_hub_refuses_assertions_and_loses_nothing(
        self, county: World, running: Running, minutes: int
    ) -> None:
        wrong = {"LD_PRELOAD": str(LIBFAKETIME), "FAKETIME": f"{minutes:+}m", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        with checking() as partner, running("serve", "work-1", **wrong):
            county.tells(partner)
            crisis = System(county, CRISIS, Book())
            refused = crisis.http.post("/oauth2/token", data=_assertion(county))
            theirs = _assertion(county, minutes=minutes)  # a partner whose clock is as wrong is told yes
            token = crisis.http.post("/oauth2/token", data=theirs).json()["access_token"]
            offered = crisis.http.post("/api/handoffs", json=offer(), headers={"authorization": f"Bearer {token}"})
            rest = wait_for_rest(county, patience=20)

        assert refused.status_code == 401
        assert refused.json()["error_description"].split(": ")[1] in {"expired.", "not-yet."}
        assert offered.status_code == 201
        assert [one.event for one in partner.arrivals if one.has_effect] == ["handoff.offered"]
        assert rest < 15, "what waits is reckoned by the database's clock, so nothing waits five minutes"
        assert audit.verify(county.engine, county.keys).intact


def _assertion(county: World, *, minutes: int = 0) -> dict[str, str]:
    """A client's way to a token, by a clock that is so far off."""
    system = BackendClient(f"{CRISIS}-soak", county.signing[CRISIS])
    with pytest.MonkeyPatch.context() as patch:
        at = time.time() + 60 * minutes
        patch.setattr("adapters.oauth.time.time", lambda: at)
        return system.form(f"{county.base}/oauth2/token", ["hub/handoff"])
