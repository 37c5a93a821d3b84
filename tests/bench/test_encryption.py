"""What sealing costs: a record's payload from sealer look-up to opening, beside the bare cipher in the same run.

Both are measured by turns, so that whatever else the machine does falls on both; ratios say more than microseconds.
"""

import json
import os
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine

from hub.store import records
from hub.store.crypto import KeyFile, Keys
from hub.store.rotation import seal_anew, turn
from schemas.canonical import CanonicalRecord, Identifier, SourceRow

SIZES = (100, 1024, 4096, 16 * 1024)
PEOPLE = 1000
ROUNDS = 300
EACH = 50
PERSONS_TO_TURN = 20_000
LIMIT = 15.0
"""Microseconds that sealing and opening one record may take."""

pytestmark = pytest.mark.bench

Act = Callable[[int], object]


def microseconds(*acts: Act) -> list[float]:
    """The median time of each act; they take turns, a few dozen at a time."""
    took: list[list[float]] = [[] for _ in acts]
    for round_ in range(ROUNDS):
        for act, times in zip(acts, took, strict=True):
            began = perf_counter()
            for number in range(round_ * EACH, round_ * EACH + EACH):
                act(number)
            times.append((perf_counter() - began) / EACH * 1e6)
    return [statistics.median(times) for times in took]


def payload(size: int) -> bytes:
    """A canonical record as it is sealed, about as long as that."""
    values = {f"Field{number:04}": "a value as feeds have them" for number in range(size // 45)}
    record = CanonicalRecord(
        feed="hmis-csv",
        key="Enrollment/E-100001-1",
        subject=Identifier(system="urn:hub:hmis:PersonalID", value="P-100001"),
        body=SourceRow(table="Enrollment", values=values),
    )
    return record.model_dump_json(exclude_none=True).encode()[:size].ljust(size, b" ")


@pytest.fixture(scope="module")
def people() -> list[tuple[UUID, bytes]]:
    """People and their wrapped keys, as rows of the database give them."""
    return [(one, KEYS.new_person_key(str(one))) for one in (uuid4() for _ in range(PEOPLE))]


KEYS = Keys(b"\x07" * 32)


class TestPayload:
    @pytest.mark.parametrize("size", SIZES)
    def test_is_sealed_and_opened(self, people: list[tuple[UUID, bytes]], size: int) -> None:
        said, row, bare = payload(size), uuid4(), AESGCM(bytes(32))

        def ours(number: int) -> None:
            person, wrapped = people[number % PEOPLE]
            context = records.place(row, person)
            sealed = KEYS.of_person(str(person), wrapped).seal(said, context)
            KEYS.of_person(str(person), wrapped).open(sealed, context)

        def baseline(_: int) -> None:
            nonce = os.urandom(12)
            bare.decrypt(nonce, bare.encrypt(nonce, said, b"here"), b"here")

        took, least = microseconds(ours, baseline)
        print(
            f"\n  {size:6,} bytes: {took:5.1f} µs sealed and opened; bare AES-256-GCM {least:.1f}; {took / least:.2f} x"
        )
        assert size > 1024 or took <= LIMIT

    def test_of_a_person_not_met_before(self) -> None:
        fresh = Keys(b"\x07" * 32)
        known = [(one, KEYS.new_person_key(str(one))) for one in (uuid4() for _ in range(ROUNDS * EACH))]
        (took,) = microseconds(lambda number: fresh.of_person(str(known[number][0]), known[number][1]))
        print(f"\n  a person's key unwrapped for the first time: {took:.1f} µs")

    def test_under_a_master_that_may_turn_at_any_time(self, tmp_path: Path) -> None:
        """Whoever seals under a master looks at the ring once a second; that must cost nothing in between."""
        file = KeyFile(tmp_path / "keys.json")
        turning, still, said = Keys(file.read(), file), KEYS, payload(1024)
        took, least = microseconds(
            lambda _: turning.accounts.open(turning.accounts.seal(said, "a|1"), "a|1"),
            lambda _: still.accounts.open(still.accounts.seal(said, "a|1"), "a|1"),
        )
        print(f"\n  a ring in a file {took:.1f} µs; one that nobody can turn {least:.1f}; {took / least:.2f} x")
        assert took < 1.5 * least


class TestToken:
    def test_is_made(self) -> None:
        took, longer = microseconds(
            lambda number: KEYS.token("person-block", f"delgado|1987-04-09|{number}"),
            lambda number: KEYS.token("person-block", "x" * 1000 + str(number)),
        )
        print(f"\n  a blind token: {took:.1f} µs; of 1,000 characters {longer:.1f}")


class TestRotation:
    def test_moves_people(self, engine: Engine, tmp_path: Path) -> None:
        path = tmp_path / "keys.json"
        path.write_text(json.dumps({"master": (b"\x07" * 32).hex()}))
        path.chmod(0o600)
        file = KeyFile(path)
        keys = Keys(file.read(), file)
        _make_people(engine, keys)
        turn(file, datetime.now(UTC))
        began = perf_counter()
        done = seal_anew(engine, keys)
        seconds = perf_counter() - began
        print(f"\n  {done.moved:,} people's keys wrapped anew in {seconds:.1f} s: {done.moved / seconds:,.0f} a second")
        assert (done.moved, done.left) == (PERSONS_TO_TURN, 0)


def _make_people(engine: Engine, keys: Keys) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    copy_in = "COPY person (id, wrapped_key, created_at) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for person in (uuid4() for _ in range(PERSONS_TO_TURN)):
            copy.write_row((person, keys.new_person_key(str(person)), datetime.now(UTC)))
