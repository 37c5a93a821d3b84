"""Messages come in over HTTP and MLLP: kept before they are acknowledged, read afterwards, and nothing is lost."""

import asyncio
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from adapters.hl7v2.mllp import MllpClient
from hub.demo.county import story
from hub.demo.load import import_file
from hub.edge.listener import Listener
from hub.errors import Unavailable
from hub.flow import intake
from hub.flow.files import from_path
from hub.flow.intake import Reader
from hub.store.audit import Act
from hub.store.chunks import ChunkRow
from hub.store.db import transaction
from hub.store.messages import MessageRow, Messages
from hub.store.records import RecordRow
from tests.apps import app_of
from tests.flow.conftest import PUBLIC_URL, Hub, Partner

ADMISSION = (
    b"MSH|^~\\&|ADT|MERCY|HUB|RIVERBEND|20260615021000||ADT^A04^ADT_A01|%s|P|2.5.1\r"
    b"EVN|A04|20260615021000\r"
    b"PID|1||M-99001^^^MERCY^MR||Okafor^Benedict||19710203|M\r"
    b"PV1|1|E|ED^12^1||||||||||||||||V-77001|||||||||||||||||||||||||20260615020500\r"
)


@pytest.fixture
def clinic(hub: Hub) -> Partner:
    return hub.partner("lakeside-clinic")


@pytest.fixture
def reader(hub: Hub) -> Reader:
    return Reader(hub.at_work, hub.keys, auto_link=hub.home.settings.auto_link)


def count(hub: Hub, table: type) -> int:
    with hub.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in files.items():
            packed.writestr(f"{name}.csv", content)
    return buffer.getvalue()


PATIENT = json.dumps(
    {
        "resourceType": "Patient",
        "id": "p9",
        "name": [{"family": "Sandoval", "given": ["Pilar"]}],
        "birthDate": "1990-05-04",
    }
).encode()


class TestSending:
    def test_gives_a_receipt_for_what_is_kept_and_reads_it_afterwards(
        self, hub: Hub, clinic: Partner, reader: Reader
    ) -> None:
        before = count(hub, RecordRow)
        receipt = clinic.send("/api/feeds/fhir/messages", PATIENT)
        state = clinic.get(f"/api/feeds/messages/{receipt.json()['id']}").json()["state"]
        reader.round(datetime.now(UTC))

        assert receipt.status_code == 202
        assert state == "received"
        assert count(hub, RecordRow) == before + 1
        assert clinic.get(f"/api/feeds/messages/{receipt.json()['id']}").json()["state"] == "read"

    def test_the_same_twice_gives_the_first_receipt(self, hub: Hub, clinic: Partner) -> None:
        first, again = (clinic.send("/api/feeds/fhir/messages", PATIENT).json() for _ in range(2))

        assert again == {**first, "duplicate": True}

    def test_another_message_under_the_same_key_is_refused(self, clinic: Partner) -> None:
        clinic.send("/api/feeds/fhir/messages", PATIENT, **{"idempotency-key": "night-1"})
        other = clinic.send("/api/feeds/fhir/messages", b"{}", **{"idempotency-key": "night-1"})

        assert other.status_code == 409

    def test_keeps_nothing_in_the_clear(self, hub: Hub, clinic: Partner, reader: Reader) -> None:
        clinic.send("/api/feeds/fhir/messages", PATIENT)
        reader.round(datetime.now(UTC))

        assert b"Sandoval" not in hub.everything_kept()

    def test_to_no_feed_says_which_there_are(self, clinic: Partner) -> None:
        answer = clinic.send("/api/feeds/telegraph/messages", b"")

        assert answer.status_code == 404
        assert "hmis-csv" in answer.json()["detail"]

    def test_what_ones_scope_does_not_cover(self, clinic: Partner) -> None:
        assert clinic.send("/api/feeds/jail/messages", b"").status_code == 403

    def test_more_than_is_taken_at_once_keeps_nothing(self, hub: Hub, clinic: Partner) -> None:
        before = count(hub, MessageRow)
        large = b" " * (hub.home.settings.max_body_bytes + 1)

        assert clinic.send("/api/feeds/fhir/messages", large).status_code == 413
        assert count(hub, MessageRow) == before

    def test_another_organizations_receipt_says_not_found(self, hub: Hub, clinic: Partner, hmis: Partner) -> None:
        receipt = clinic.send("/api/feeds/fhir/messages", PATIENT).json()["id"]

        assert hmis.get(f"/api/feeds/messages/{receipt}").status_code == 404


class TestReading:
    """What cannot be read is set aside with its place; the process stays up and nothing is half-written."""

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"not json",
            b'{"resourceType": "Nope"}',
            b"[" * 100_000,
            b'{"resourceType":"Bundle","type":"collection","entry":[' + b'{"a":1},' * 50_000 + b"{}]}",
            gzip.compress(PATIENT),
            PATIENT.decode().encode("utf-16"),
        ],
        ids=["empty", "no-json", "unknown-type", "deep", "junk-entries", "compressed", "utf-16"],
    )
    def test_bad_fhir_is_set_aside(self, hub: Hub, clinic: Partner, reader: Reader, content: bytes) -> None:
        before = count(hub, RecordRow)
        receipt = clinic.send("/api/feeds/fhir/messages", content).json()["id"]
        reader.round(datetime.now(UTC))

        status = clinic.get(f"/api/feeds/messages/{receipt}").json()
        assert status["state"] in {"read", "refused"}
        assert status["set_aside"]
        assert count(hub, RecordRow) == before
        assert hub.http.get("/healthz").status_code == 200

    @pytest.mark.parametrize(
        "content",
        [b"PK\x03\x04 damaged", archive(Client="PersonalID\n1\n"), archive(Export="ExportID\n")],
        ids=["damaged", "no-export", "empty-export"],
    )
    def test_a_bad_hmis_file_is_refused_whole(self, hub: Hub, hmis: Partner, reader: Reader, content: bytes) -> None:
        before = count(hub, RecordRow)
        receipt = hmis.send("/api/feeds/hmis-csv/messages", content).json()["id"]
        reader.round(datetime.now(UTC))

        assert hmis.get(f"/api/feeds/messages/{receipt}").json()["state"] == "refused"
        assert count(hub, RecordRow) == before
        assert len(hub.entries(Act.FEED_REFUSED)) == 1

    def test_a_survivors_file_is_not_even_kept_sealed(self, hub: Hub) -> None:
        before = count(hub, RecordRow), count(hub, ChunkRow)
        report = import_file(hub.home, hub.home.county.wrong_file)

        assert {problem.code for problem in report.problems} == {"victim-service-provider", "vsp-participates"}
        assert (count(hub, RecordRow), count(hub, ChunkRow)) == before
        assert story("survivor").family not in report.model_dump_json()

    def test_the_same_county_again_changes_nothing(self, hub: Hub) -> None:
        before = count(hub, RecordRow)
        reader = Reader(hub.at_work, hub.keys, auto_link=hub.home.settings.auto_link)
        with hub.engine.connect() as connection:
            messages = connection.execute(select(col(MessageRow.id)).order_by(col(MessageRow.arrival))).scalars().all()
        reports = [reader.read(message) for message in messages[:2]]

        assert [report.stored for report in reports] == [0, 0]
        assert count(hub, RecordRow) == before

    def test_a_reading_that_fails_for_the_hubs_own_reason_is_tried_again_and_then_parked(
        self, hub: Hub, clinic: Partner, reader: Reader
    ) -> None:
        receipt = clinic.send("/api/feeds/fhir/messages", PATIENT).json()["id"]
        with hub.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE record RENAME TO record_away")
        rounds = [reader.round(datetime.now(UTC) + timedelta(hours=turn)) for turn in range(6)]
        with hub.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE record_away RENAME TO record")

        assert rounds == [1, 1, 1, 1, 0, 0]
        assert clinic.get(f"/api/feeds/messages/{receipt}").json()["state"] == "parked"


def patient(key: str, family: str = "Sandoval") -> bytes:
    name = [{"family": family, "given": ["Pilar"]}]
    return json.dumps({"resourceType": "Patient", "id": key, "name": name, "birthDate": "1990-05-04"}).encode()


class TestPuttingOff:
    """A message that fails for a reason of the hub's own holds up nobody but those it speaks of."""

    @pytest.fixture
    def poison(self, hub: Hub, clinic: Partner, reader: Reader) -> str:
        """A message about p9 whose reading fails, and has failed once."""
        receipt: str = clinic.send("/api/feeds/fhir/messages", patient("p9")).json()["id"]
        with away(hub, "record"):
            assert reader.read_next()
        return receipt

    def test_lets_the_sources_later_messages_pass_save_those_about_the_same_person(
        self, clinic: Partner, reader: Reader, poison: str
    ) -> None:
        same, other, behind = (
            clinic.send("/api/feeds/fhir/messages", content).json()["id"]
            for content in (patient("p9", "Sandoval-Ruiz"), patient("p10"), patient("p9", "Ruiz"))
        )
        reader.round(datetime.now(UTC))
        assert [state(clinic, one) for one in (poison, same, other, behind)] == ["received"] * 2 + ["read", "received"]

        reader.round(datetime.now(UTC) + timedelta(minutes=1))
        assert [state(clinic, one) for one in (poison, same, behind)] == ["read"] * 3

    def test_reads_what_waited_in_the_order_in_which_it_came(
        self, hub: Hub, clinic: Partner, reader: Reader, poison: str
    ) -> None:
        later = [clinic.send("/api/feeds/fhir/messages", patient("p9", name)).json()["id"] for name in ("Ruiz", "Paz")]
        for minutes in (0, 1, 2):
            reader.round(datetime.now(UTC) + timedelta(minutes=minutes))
        with transaction(hub.engine) as session:
            rows = [Messages(session, hub.keys).row(UUID(one)) for one in (poison, *later)]
        assert [row.read_at for row in rows] == sorted(row.read_at for row in rows if row.read_at)

    def test_ends_in_parking_where_a_person_sees_it_and_has_it_read_again(
        self, hub: Hub, clinic: Partner, reader: Reader, poison: str
    ) -> None:
        behind = clinic.send("/api/feeds/fhir/messages", patient("p9", "Ruiz")).json()["id"]
        for hours in range(1, len(intake.PATIENCE) + 1):
            reader._put_off(UUID(poison), datetime.now(UTC) + timedelta(hours=hours))
        reader.round(datetime.now(UTC) + timedelta(days=1))

        status = clinic.get(f"/api/feeds/messages/{poison}").json()
        assert (status["state"], [one["code"] for one in status["set_aside"]]) == ("parked", ["parked"])
        assert state(clinic, behind) == "read", "what is parked holds up nobody"
        assert len(hub.entries(Act.MESSAGE_PARKED)) == 1

        assert [reader.replay(UUID(poison)).received for _ in range(2)] == [1, 1]
        assert clinic.get(f"/api/feeds/messages/{poison}").json()["set_aside"] == []
        assert len(hub.entries(Act.MESSAGE_REPLAYED)) == 2

    def test_parks_a_message_that_kills_its_readers(self, clinic: Partner, reader: Reader, hub: Hub) -> None:
        """A process that dies leaves nothing but that it began."""
        receipt = clinic.send("/api/feeds/fhir/messages", PATIENT).json()["id"]
        for _ in range(intake.MOST_BEGUN):
            assert reader._begin(None) == UUID(receipt)
        reader.read_next()

        assert state(clinic, receipt) == "parked"

    def test_counts_no_reading_that_failed_because_the_database_was_away(
        self, clinic: Partner, reader: Reader, hub: Hub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receipt = clinic.send("/api/feeds/fhir/messages", PATIENT).json()["id"]

        def breaks_off(*_: object) -> None:
            with hub.engine.begin() as connection:
                connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

        with monkeypatch.context() as patch:
            patch.setattr(Reader, "_carry", breaks_off)
            for _ in range(intake.MOST_BEGUN + 5):
                with pytest.raises(OperationalError):
                    reader.read_next()
        reader.round(datetime.now(UTC))

        assert state(clinic, receipt) == "read"


@contextmanager
def away(hub: Hub, table: str) -> Iterator[None]:
    """A table that is not there for a while."""
    with hub.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_away")
    yield
    with hub.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table}_away RENAME TO {table}")


def state(partner: Partner, receipt: str) -> str:
    found: str = partner.get(f"/api/feeds/messages/{receipt}").json()["state"]
    return found


class TestBackPressure:
    """A source whose messages wait to be read is asked to wait too; nobody else is."""

    @pytest.fixture
    def narrow(self, hub: Hub) -> Iterator[Hub]:
        """The hub with room for two waiting messages of a source."""
        app = app_of(hub.home.settings.model_copy(update={"max_waiting": 2}), hub.engine, hub.keys)
        with TestClient(app, base_url=PUBLIC_URL) as http:
            yield Hub(hub.home, http)

    def test_says_so_over_http_until_there_is_room(self, narrow: Hub, reader: Reader) -> None:
        clinic, jail = narrow.partner("lakeside-clinic"), narrow.partner("riverbend-jail")
        first, second, third = (clinic.send("/api/feeds/fhir/messages", patient(key)) for key in ("a", "b", "c"))
        again = clinic.send("/api/feeds/fhir/messages", patient("a"))
        elsewhere = jail.send("/api/feeds/jail/messages", b"a roster")
        reader.round(datetime.now(UTC))
        later = clinic.send("/api/feeds/fhir/messages", patient("c"))

        assert [one.status_code for one in (first, second, third)] == [202, 202, 429]
        assert third.headers["retry-after"].isdecimal()
        assert again.json()["duplicate"], "what is kept already is acknowledged"
        assert elsewhere.status_code == later.status_code == 202

    def test_answers_ae_over_mllp_so_that_the_sender_keeps_it(self, hub: Hub, reader: Reader) -> None:
        settings = hub.home.settings.model_copy(update={"max_waiting": 1})
        listener = Listener(hub.engine, hub.keys, settings).start()
        first, second = asyncio.run(_send(listener.port, ADMISSION % b"C-1", ADMISSION % b"C-2"))
        reader.round(datetime.now(UTC))
        (later,) = asyncio.run(_send(listener.port, ADMISSION % b"C-2"))
        listener.stop()

        assert [b"MSA|AA|C-1" in first, b"MSA|AE|C-2" in second, b"MSA|AA|C-2" in later] == [True] * 3


class TestListening:
    @pytest.fixture
    def listener(self, hub: Hub) -> Iterator[Listener]:
        listener = Listener(hub.listening, hub.keys, hub.home.settings).start()
        yield listener
        listener.stop()

    def test_acknowledges_what_is_kept_and_the_same_again(self, hub: Hub, listener: Listener, reader: Reader) -> None:
        before = count(hub, MessageRow)
        first, again = asyncio.run(_send(listener.port, ADMISSION % b"C-1", ADMISSION % b"C-1"))
        reader.round(datetime.now(UTC))

        assert b"|AA|" in first or b"MSA|AA|C-1" in first
        assert b"MSA|AA|C-1" in again
        assert count(hub, MessageRow) == before + 1

    def test_a_control_id_used_again_loses_nothing(self, hub: Hub, listener: Listener) -> None:
        before = count(hub, MessageRow)
        other = (ADMISSION % b"C-1").replace(b"Okafor", b"Okonkwo")
        asyncio.run(_send(listener.port, ADMISSION % b"C-1", other))

        assert count(hub, MessageRow) == before + 2

    def test_on_a_port_that_is_taken_says_so(self, hub: Hub, listener: Listener) -> None:
        taken = hub.home.settings.model_copy(update={"mllp_port": listener.port})

        with pytest.raises(Unavailable, match="cannot be had"):
            Listener(hub.listening, hub.keys, taken).start()

    def test_without_a_source_fails_so_that_the_sender_keeps_it(self, hub: Hub) -> None:
        nameless = hub.home.settings.model_copy(update={"mllp_source": None})
        listener = Listener(hub.listening, hub.keys, nameless).start()
        (answer,) = asyncio.run(_send(listener.port, ADMISSION % b"C-2"))
        listener.stop()

        assert b"MSA|AE|C-2" in answer


async def _send(port: int, *messages: bytes) -> list[bytes]:
    async with MllpClient("127.0.0.1", port) as client:
        return [await client.send(message) for message in messages]


class TestReadingItself:
    def test_what_one_reads_itself_is_left_alone_by_the_workers(self, hub: Hub, reader: Reader, tmp_path: Path) -> None:
        (tmp_path / "p.json").write_bytes(PATIENT)
        message = from_path(tmp_path / "p.json", feed="fhir", source="lakeside-clinic", limit=10_000)
        with transaction(hub.engine) as session:
            receipt = intake.receive(session, hub.keys, message, actor="hub:cli", held_for=intake.HELD)

        assert reader.round(datetime.now(UTC)) == 0
        assert reader.read(receipt.id).stored == 1
        assert reader.round(datetime.now(UTC) + intake.HELD) == 0

    def test_what_was_destroyed_is_judged_anew_when_it_comes_again(self, hub: Hub) -> None:
        reports = [import_file(hub.home, hub.home.county.wrong_file) for _ in range(2)]

        assert [{problem.code for problem in report.problems} for report in reports] == [
            {"victim-service-provider", "vsp-participates"},
            {"victim-service-provider", "vsp-participates"},
        ]
