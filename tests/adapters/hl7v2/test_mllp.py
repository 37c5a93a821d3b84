"""The listener and the client on real sockets."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.hl7v2.acknowledgement import acknowledged
from adapters.hl7v2.mllp import (
    Answer,
    Limits,
    MllpClient,
    MllpServer,
    NoAcknowledgement,
    Peer,
    Verdict,
    framed,
)

from .conftest import FIXTURES

pytestmark = pytest.mark.anyio

A01 = (FIXTURES / "a01_emergency.hl7").read_bytes()
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def numbered(number: int) -> bytes:
    return f"MSH|^~\\&|ADT|MERCY|HUB|COUNTY|2026||ADT^A08|N{number}|P|2.5.1\rPID|1||7\r".encode()


class Hub:
    """Stands for what is durable: remembers what it was handed and says what it is told to say."""

    def __init__(self) -> None:
        self.kept: list[tuple[bytes, Peer]] = []
        self.verdict = Verdict(Answer.ACCEPTED)
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.in_flight = self.most_in_flight = 0

    async def handle(self, message: bytes, peer: Peer) -> Verdict:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await self.may_answer.wait()
        await asyncio.sleep(0)
        self.in_flight -= 1
        self.kept.append((message, peer))
        return self.verdict

    @property
    def messages(self) -> list[bytes]:
        return [message for message, _ in self.kept]


@asynccontextmanager
async def listening(
    hub: Hub, *, limits: Limits | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[MllpServer]:
    async with MllpServer(hub.handle, limits=limits, tls=tls) as server:
        yield await server.start(port=0)


@asynccontextmanager
async def connected(server: MllpServer) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer_on(streams: Streams) -> tuple[str, str] | None:
    async with asyncio.timeout(5):
        return acknowledged(await streams[0].readuntil(b"\x1c\r"))


async def is_closed(streams: Streams) -> bool:
    """True where the other end hangs up, politely or not, within some seconds and without a word."""
    async with asyncio.timeout(5):
        try:
            return await streams[0].read() == b""
        except ConnectionError:
            return True


class TestServer:
    async def test_hands_over_the_bytes_as_they_came(self) -> None:
        hub = Hub()
        async with listening(hub) as server, MllpClient("127.0.0.1", server.port) as client:
            answer = await client.send(A01)

        assert acknowledged(answer) == ("AA", "MSG00017")
        assert hub.messages == [A01]
        assert hub.kept[0][1].host == "127.0.0.1"

    async def test_answers_only_after_the_message_is_durable(self) -> None:
        hub = Hub()
        hub.may_answer.clear()
        async with listening(hub) as server, connected(server) as (reader, writer):
            writer.write(framed(numbered(1)))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await reader.read(1)
            assert hub.messages == []

            hub.may_answer.set()
            assert await answer_on((reader, writer)) == ("AA", "N1")
            assert hub.messages == [numbered(1)]

    async def test_keeps_the_order_with_one_in_flight(self) -> None:
        hub = Hub()
        messages = [numbered(number) for number in range(50)]
        async with listening(hub) as server, connected(server) as streams:
            streams[1].write(b"".join(map(framed, messages)))
            answered = [await answer_on(streams) for _ in messages]

        assert hub.messages == messages
        assert answered == [("AA", f"N{number}") for number in range(50)]
        assert hub.most_in_flight == 1

    async def test_holds_back_a_sender_that_is_faster_than_the_hub(self) -> None:
        hub = Hub()
        hub.may_answer.clear()
        async with listening(hub) as server, connected(server) as (_, writer):
            writer.transport.set_write_buffer_limits(high=1)
            flood = framed(numbered(1) + b"NTE|1||" + b"x" * 100_000 + b"\r")

            async def send_100_megabytes() -> None:
                for _ in range(1000):
                    writer.write(flood)
                    await writer.drain()

            with pytest.raises(TimeoutError):
                await asyncio.wait_for(send_100_megabytes(), timeout=0.5)
            hub.may_answer.set()

    @pytest.mark.parametrize(
        ("answer", "code"),
        [(Answer.DUPLICATE, "AA"), (Answer.REJECTED, "AR"), (Answer.FAILED, "AE")],
    )
    async def test_says_what_became_of_the_message(self, answer: Answer, code: str) -> None:
        hub = Hub()
        hub.verdict = Verdict(answer, "PID-3", "101")
        async with listening(hub) as server, MllpClient("127.0.0.1", server.port) as client:
            assert acknowledged(await client.send(numbered(1))) == (code, "N1")

    async def test_answers_as_the_sender_asks(self) -> None:
        message = b"MSH|^~\\&|A|B|C|D|2026||ADT^A08|7|P|2.5.1|||AL|AL\rPID|1\r"
        async with listening(Hub()) as server, connected(server) as streams:
            streams[1].write(framed(message))

            assert [await answer_on(streams), await answer_on(streams)] == [("CA", "7"), ("AA", "7")]

    async def test_answers_each_message_of_a_batch(self) -> None:
        hub = Hub()
        batch = (FIXTURES / "batch.hl7").read_bytes()
        async with listening(hub) as server, connected(server) as streams:
            streams[1].write(framed(batch))
            answered = [await answer_on(streams) for _ in range(6)]

        assert answered == [("AA", f"B{number}") for number in range(1, 7)]
        assert len(hub.messages) == 6

    async def test_never_answers_an_acknowledgement(self) -> None:
        hub = Hub()
        async with listening(hub) as server, connected(server) as streams:
            streams[1].write(framed(b"MSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AA|9\r") + framed(numbered(2)))

            assert await answer_on(streams) == ("AA", "N2")
        assert hub.messages == [numbered(2)]

    async def test_rejects_a_frame_without_a_header_and_goes_on(self) -> None:
        hub = Hub()
        async with listening(hub) as server, connected(server) as streams:
            streams[1].write(framed(b"hello") + framed(numbered(2)))

            assert [await answer_on(streams), await answer_on(streams)] == [("AR", ""), ("AA", "N2")]
        assert hub.messages == [numbered(2)]


class TestServerInTrouble:
    async def test_answers_that_it_failed_and_goes_on(self) -> None:
        heard: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))

        async def handle(message: bytes, peer: Peer) -> Verdict:
            if message == numbered(1):
                raise RuntimeError("the disk is full")
            return Verdict(Answer.ACCEPTED)

        async with MllpServer(handle) as server:
            await server.start(port=0)
            async with MllpClient("127.0.0.1", server.port) as client:
                assert acknowledged(await client.send(numbered(1))) == ("AE", "N1")
                assert acknowledged(await client.send(numbered(2))) == ("AA", "N2")
        assert [str(context["exception"]) for context in heard] == ["the disk is full"]

    async def test_answers_that_it_failed_where_handling_takes_too_long(self) -> None:
        hub = Hub()
        hub.may_answer.clear()
        limits = Limits(handling=0.1)
        async with listening(hub, limits=limits) as server, MllpClient("127.0.0.1", server.port) as client:
            assert acknowledged(await client.send(numbered(1))) == ("AE", "N1")
        assert hub.messages == []

    async def test_rejects_what_is_too_large_and_hangs_up(self) -> None:
        hub = Hub()
        async with listening(hub, limits=Limits(largest_message=1000)) as server, connected(server) as streams:
            streams[1].write(framed(numbered(1) + b"x" * 300_000))

            assert await answer_on(streams) == ("AR", "N1")
            assert await is_closed(streams)
        assert hub.messages == []

    async def test_hangs_up_on_what_is_no_mllp(self) -> None:
        hub = Hub()
        async with listening(hub) as server, connected(server) as streams:
            streams[1].write(b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n" * 500)

            assert await is_closed(streams)
        assert hub.messages == []

    @pytest.mark.parametrize("limits", [Limits(idle=0.1), Limits(frame=0.1)])
    async def test_hangs_up_on_a_sender_that_goes_silent(self, limits: Limits) -> None:
        async with listening(Hub(), limits=limits) as server, connected(server) as streams:
            if limits.frame < 1:
                streams[1].write(b"\x0bMSH|^~\\&|")

            assert await is_closed(streams)

    async def test_hangs_up_on_a_sender_that_trickles(self) -> None:
        async with listening(Hub(), limits=Limits(frame=0.3)) as server, connected(server) as streams:

            async def trickle() -> None:
                with suppress(ConnectionError):
                    for byte in framed(numbered(1)):
                        streams[1].write(bytes([byte]))
                        await asyncio.sleep(0.05)

            trickling = asyncio.create_task(trickle())
            assert await is_closed(streams)
            trickling.cancel()

    async def test_takes_no_more_connections_than_it_may(self) -> None:
        async with listening(Hub(), limits=Limits(connections=1)) as server, connected(server) as first:
            first[1].write(framed(numbered(1)))
            assert await answer_on(first) == ("AA", "N1")
            async with connected(server) as second:
                assert await is_closed(second)
            first[1].write(framed(numbered(2)))
            assert await answer_on(first) == ("AA", "N2")

    async def test_lets_a_message_in_flight_end_when_it_closes(self) -> None:
        hub = Hub()
        hub.may_answer.clear()
        async with listening(hub) as server, connected(server) as streams, connected(server) as idle:
            streams[1].write(framed(numbered(1)) + framed(numbered(2)))
            while not hub.in_flight:
                await asyncio.sleep(0.01)
            closing = asyncio.create_task(server.close())
            await asyncio.sleep(0.05)
            hub.may_answer.set()
            await closing

            assert await answer_on(streams) == ("AA", "N1")
            assert await is_closed(streams)
            assert await is_closed(idle)
        assert hub.messages == [numbered(1)]

    async def test_says_when_the_port_cannot_be_had(self) -> None:
        async with listening(Hub()) as server:
            with pytest.raises(OSError, match="address already in use"):
                await MllpServer(Hub().handle).start(port=server.port)

    async def test_has_no_port_before_it_starts(self) -> None:
        with pytest.raises(RuntimeError, match="not been started"):
            _ = MllpServer(Hub().handle).port


class TestClient:
    async def test_takes_only_the_answer_to_its_own_message(self) -> None:
        def late(number: int) -> bytes:
            return framed(b"MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|AA|N%d" % number)

        def last_and_this(number: int) -> bytes:
            return late(number - 1) + b"\r\n" + late(number)

        async with replying(last_and_this) as port, MllpClient("127.0.0.1", port) as client:
            answered = [acknowledged(await client.send(numbered(number))) for number in (1, 2, 3)]

        assert answered == [("AA", "N1"), ("AA", "N2"), ("AA", "N3")]

    async def test_closes_the_connection_when_no_answer_comes(self) -> None:
        hub = Hub()
        hub.may_answer.clear()
        async with listening(hub) as server, MllpClient("127.0.0.1", server.port, timeout=0.2) as client:
            with pytest.raises(NoAcknowledgement):
                await client.send(numbered(1))

            hub.may_answer.set()
            assert acknowledged(await client.send(numbered(2))) == ("AA", "N2")

    async def test_says_that_nobody_answered_where_the_line_drops(self) -> None:
        async with replying(lambda _: b"") as port, MllpClient("127.0.0.1", port) as client:
            with pytest.raises(NoAcknowledgement):
                await client.send(numbered(1))

    async def test_says_that_nobody_answered_where_the_answer_is_no_mllp(self) -> None:
        async with replying(lambda _: b"x" * 10_000) as port, MllpClient("127.0.0.1", port) as client:
            with pytest.raises(NoAcknowledgement):
                await client.send(numbered(1))

    async def test_may_be_shared(self) -> None:
        async with listening(Hub()) as server, MllpClient("127.0.0.1", server.port) as client:
            answered = await asyncio.gather(*(client.send(numbered(number)) for number in range(20)))

        assert [acknowledged(answer) for answer in answered] == [("AA", f"N{number}") for number in range(20)]


@asynccontextmanager
async def replying(reply: Callable[[int], bytes]) -> AsyncIterator[int]:
    """A receiver that says these bytes to the first message, the second and so on; with none it hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\x1c\r"):
                number += 1
                writer.write(reply(number))
                if not reply(number):
                    break
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


class TestTls:
    async def test_tells_who_the_client_is(self, tmp_path: Path) -> None:
        hub, authority = Hub(), Authority(tmp_path)
        server_side = authority.context(ssl.Purpose.CLIENT_AUTH, "hub.example")
        client_side = authority.context(ssl.Purpose.SERVER_AUTH, "Mercy, CN=hub.example")
        async with (
            listening(hub, tls=server_side) as server,
            MllpClient("127.0.0.1", server.port, tls=client_side) as client,
        ):
            assert acknowledged(await client.send(numbered(1))) == ("AA", "N1")

        assert hub.kept[0][1].subject == "O=County,CN=Mercy\\, CN\\=hub.example"

    async def test_takes_no_client_without_a_certificate(self, tmp_path: Path) -> None:
        hub, authority = Hub(), Authority(tmp_path)
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        stranger = ssl.create_default_context(cafile=str(authority.path))
        stranger.check_hostname = False
        async with listening(hub, tls=authority.context(ssl.Purpose.CLIENT_AUTH, "hub.example")) as server:
            with pytest.raises((NoAcknowledgement, ssl.SSLError, ConnectionError)):
                async with MllpClient("127.0.0.1", server.port, tls=stranger, timeout=2) as client:
                    await client.send(numbered(1))

        assert hub.messages == []


class Authority:
    """A certificate authority for one test."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.path = folder / "authority.pem"
        self.path.write_bytes(self._certificate(self._name, self._key, is_authority=True))

    def context(self, purpose: ssl.Purpose, common_name: str) -> ssl.SSLContext:
        """A side of a connection that shows a certificate and demands one."""
        key, path = ec.generate_private_key(ec.SECP256R1()), self._folder / f"{purpose.name}.pem"
        subject = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "County")]
        subject.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + self._certificate(x509.Name(subject), key))
        context = ssl.create_default_context(purpose, cafile=str(self.path))
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(path)
        return context

    def _certificate(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
