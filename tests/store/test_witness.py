"""A witness: what it answers to each submission, and that it never vouches for two histories, however it is ended."""

import itertools
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.responses import Response

from hub.edge.witness import answer
from hub.errors import Conflict, Unavailable
from hub.store import merkle
from hub.store.checkpoints import Forged, Head, Signer
from hub.store.cosignatures import Cosigner, Submission, WitnessKey
from hub.store.merkle import Node
from hub.store.witness import Witness

ROOT = Path(__file__).parents[2]


class Log:
    """A log of so many leaves, kept in memory; `other` gives it another history from that leaf on."""

    def __init__(self, size: int, *, other: int | None = None, secret: bytes = b"\x05" * 32) -> None:
        self.signer = Signer(secret)
        self._nodes: dict[Node, bytes] = {}
        frontier = merkle.Frontier()
        for leaf in range(size):
            said = b"other" if other is not None and leaf >= other else b"said"
            for level, found in enumerate(frontier.append(merkle.leaf_hash(said + bytes([leaf])))):
                self._nodes[Node(level, leaf >> level)] = found

    def read(self, nodes: Sequence[Node]) -> list[bytes]:
        return [self._nodes[node] for node in nodes]

    def note(self, size: int) -> str:
        return self.signer.sign(Head(size, merkle.root(size, self.read)))

    def submission(self, old: int, new: int) -> bytes:
        return Submission(old, merkle.consistency(old, new, self.read), self.note(new)).written().encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    found = Witness(tmp_path / "witness")
    found.make_key("witness.example/w1")
    found.trust(Log(0).signer.verifier)
    return found


@pytest.fixture
def said(witness: Witness) -> Callable[[bytes], tuple[int, str]]:
    """Status and text of the witness's answer."""

    def ask(body: bytes) -> tuple[int, str]:
        response: Response = answer(witness, body)
        return response.status_code, bytes(response.body).decode()

    return ask


Asked = Callable[[bytes], tuple[int, str]]


class TestAddCheckpoint:
    def test_cosigns_a_log_as_it_grows(self, witness: Witness, said: Asked) -> None:
        log, key, old = Log(40), witness.cosigner().key, 0
        for new in (0, 1, 5, 5, 8, 33, 40):
            status, line = said(log.submission(old, new))
            time_of = key.time_of(log.note(new) + line)
            assert (status, time_of is not None and abs(time_of - time.time()) < 60) == (200, True)
            old = new

    def test_of_another_old_size_says_which_it_has(self, witness: Witness, said: Asked) -> None:
        log = Log(9)
        said(log.submission(0, 5))

        assert said(log.submission(0, 9)) == (409, "5\n")
        assert answer(witness, log.submission(0, 9)).headers["content-type"] == "text/x.tlog.size"
        assert said(log.submission(5, 9))[0] == 200

    def test_of_the_same_size_with_another_root_is_a_conflict(self, said: Asked) -> None:
        said(Log(5).submission(0, 5))

        assert said(Log(5, other=3).submission(5, 5)) == (409, "5\n")

    def test_of_another_history_is_refused(self, said: Asked) -> None:
        said(Log(5).submission(0, 5))

        assert said(Log(9, other=3).submission(5, 9))[0] == 422
        assert said(Log(9).submission(5, 9))[0] == 200

    def test_of_a_proof_that_is_cut_or_too_long_is_refused(self, said: Asked) -> None:
        log = Log(9)
        said(log.submission(0, 5))
        first, *rest = log.submission(5, 9).split(b"\n")

        assert said(b"\n".join([first, *rest[1:]]))[0] == 422
        assert said(b"\n".join([first, rest[0], *rest]))[0] == 422
        assert said(b"\n".join([first, *[rest[0]] * 64, b"", log.note(9).encode()]))[0] == 400

    def test_of_a_log_it_does_not_know_is_not_found(self, said: Asked) -> None:
        assert said(Log(3, secret=b"\x06" * 32).submission(0, 3))[0] == 404

    def test_of_a_checkpoint_that_the_log_did_not_sign_is_forbidden(self, said: Asked) -> None:
        body = Log(3).submission(0, 3)

        assert said(body.replace(b"\n3\n", b"\n4\n"))[0] == 403

    @pytest.mark.parametrize(
        "body",
        [b"", b"old\n\nx", b"old 01\n\nx", b"old -1\n\nx", b"old 0\n!!\n\nx", b"old 0\nAA==\n\nx", b"\xff", b"old 0"],
    )
    def test_of_what_is_no_submission_is_bad(self, said: Asked, body: bytes) -> None:
        assert said(body)[0] == 400

    def test_of_an_old_size_beyond_the_checkpoint_is_bad(self, said: Asked) -> None:
        written = Log(3).submission(3, 3)

        assert said(written.replace(b"old 3", b"old 4"))[0] == 400

    def test_where_its_memory_was_spoilt_vouches_for_nothing(self, tmp_path: Path, said: Asked) -> None:
        said(Log(5).submission(0, 5))
        (latest,) = tmp_path.glob("witness/logs/*/latest")
        latest.write_text("")

        assert said(Log(5).submission(0, 5))[0] == 503

    def test_by_many_at_once_lets_one_history_win(self, said: Asked) -> None:
        logs = [Log(20), Log(20, other=0), Log(20, other=10)]
        with ThreadPoolExecutor(6) as pool:
            statuses = list(pool.map(said, [log.submission(0, 20) for log in logs] * 2))

        assert sorted(status for status, _ in statuses) == [200, 409, 409, 409, 409, 409]


ASK_FOR_EVER = """
import sys
from pathlib import Path
from hub.store.witness import Stale, Witness
from tests.store.test_witness import Log, Submission

witness, log, old = Witness(Path(sys.argv[1])), Log(200, other=int(sys.argv[2])), 0
for new in range(1, 200):
    try:
        line = witness.add(Submission.read(log.submission(old, new)))
    except Stale as stale:
        old = stale.size
        continue
    except Exception:
        break
    print(new, log.note(new).split("\\n")[2], line.strip(), flush=True)
    old = new
"""


class TestProcesses:
    def test_that_are_killed_never_vouch_for_two_histories(self, witness: Witness, tmp_path: Path) -> None:
        """Two logs with one key, one history each, ask over two processes that are killed at any moment."""
        roots: dict[int, set[str]] = {}
        for _ in range(4):
            processes = [
                subprocess.Popen(
                    [sys.executable, "-c", ASK_FOR_EVER, str(tmp_path / "witness"), other],
                    stdout=subprocess.PIPE,
                    cwd=ROOT,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                    text=True,
                )
                for other in ("0", "100")
            ]
            for process in processes:
                assert process.stdout is not None
                for line in itertools.islice(process.stdout, 3):
                    size, root, _ = line.split(" ", 2)
                    roots.setdefault(int(size), set()).add(root)
            for process in processes:
                process.kill()
                process.wait()
                for line in process.stdout or ():
                    if line.endswith("\n"):
                        size, root, _ = line.split(" ", 2)
                        roots.setdefault(int(size), set()).add(root)

        assert roots
        assert all(len(found) == 1 for found in roots.values())
        ((_, cosigned),) = witness.logs()
        assert cosigned >= max(roots)


class TestKey:
    def test_is_its_owners_alone(self, witness: Witness, tmp_path: Path) -> None:
        file = tmp_path / "witness" / "key.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        file.chmod(0o644)

        with pytest.raises(Unavailable, match="Others may read"):
            witness.cosigner()

    def test_is_made_once(self, witness: Witness) -> None:
        with pytest.raises(Conflict):
            witness.make_key("witness.example/w2")


class TestCosignature:
    @pytest.fixture
    def cosigner(self) -> Cosigner:
        return Cosigner("witness.example/w1", b"\x09" * 32)

    def test_holds_for_its_checkpoint_and_time_alone(self, cosigner: Cosigner) -> None:
        log = Log(3)
        line = cosigner.cosign(log.note(3), 1679315147)
        key = WitnessKey.parse(str(cosigner.key))

        assert key.time_of(log.note(3) + line) == 1679315147
        assert key.time_of(log.note(3)) is None
        with pytest.raises(Forged):
            key.time_of(log.note(2) + line)

    def test_checks_the_example_of_the_specification(self) -> None:
        """Its key id and time, as published; the key itself is not, so that the signature must fail."""
        note = (
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
            "— witness.example.com/w1 "
            "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
        )
        key = WitnessKey("witness.example.com/w1", b"\x01" * 32)
        assert key.time_of(note) is None
        key.key_id = bytes.fromhex("8d66cf3f")

        assert int.from_bytes(key.signatures(note)[1][0][:8], "big") == 1679315147
        with pytest.raises(Forged):
            key.time_of(note)

    def test_cannot_be_passed_off_as_a_logs_signature(self, cosigner: Cosigner) -> None:
        note = Log(3).note(3)

        with pytest.raises(Forged):
            Log(0).signer.verifier.open(note.rpartition("\n\n")[0] + "\n\n" + cosigner.cosign(note, 1))
