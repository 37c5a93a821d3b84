"""Signed heads: the form, the key that is written beside it, and everything that is refused."""

from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.store.checkpoints import Forged, Head, Signer, Verifier

HEAD = Head(20, sha256(b"root").digest())
# The example that golang.org/x/mod/sumdb/note (BSD-3-Clause) publishes, as a vector from an implementation not ours.
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture
def signer() -> Signer:
    return Signer(b"\x05" * 32)


@pytest.fixture
def note(signer: Signer) -> str:
    return signer.sign(HEAD)


class TestSign:
    def test_writes_origin_size_root_and_signature(self, signer: Signer, note: str) -> None:
        origin, size, root, empty, signature, end = note.split("\n")

        assert (origin, size, b64decode(root), empty, end) == (signer.verifier.name, "20", HEAD.root, "", "")
        assert signature.startswith(f"— {origin} ")

    def test_signs_the_text_with_its_last_newline(self, signer: Signer, note: str) -> None:
        text, _, line = note.partition("\n\n")
        value = b64decode(line.split(" ")[2])
        key = b64decode(str(signer.verifier).split("+", 2)[2])

        Ed25519PublicKey.from_public_bytes(key[1:]).verify(value[4:], text.encode() + b"\n")
        assert value[:4] == sha256(signer.verifier.name.encode() + b"\n" + key).digest()[:4]

    def test_names_each_log_after_its_key(self, signer: Signer) -> None:
        assert signer.verifier.name != Signer(b"\x06" * 32).verifier.name


class TestOpen:
    def test_gives_back_what_was_signed(self, signer: Signer, note: str) -> None:
        assert Verifier.parse(str(signer.verifier)).open(note) == HEAD

    def test_takes_the_empty_tree(self, signer: Signer) -> None:
        empty = Head(0, sha256().digest())

        assert signer.verifier.open(signer.sign(empty)) == empty

    def test_leaves_signatures_of_others_alone(self, signer: Signer, note: str) -> None:
        witness = "— witness.example/w1 " + "AAAA" * 20 + "\n"

        assert signer.verifier.open(note + witness) == HEAD

    @pytest.mark.parametrize(
        ("old", "new"),
        [("\n20\n", "\n21\n"), ("\n20\n", "\n020\n"), ("\n\n", "\nextension\n\n"), ("\n— ", "\n- "), ("— ", "—  ")],
    )
    def test_refuses_a_changed_note(self, signer: Signer, note: str, old: str, new: str) -> None:
        with pytest.raises(Forged):
            signer.verifier.open(note.replace(old, new, 1))

    def test_refuses_another_logs_note(self, signer: Signer) -> None:
        with pytest.raises(Forged, match="not signed by this log"):
            signer.verifier.open(Signer(b"\x06" * 32).sign(HEAD))

    @pytest.mark.parametrize("text", ["", "\n", "\n\n", "a\n\nb", "—", "x\n1\nAA==\n\n— x !!\n"])
    def test_refuses_what_is_no_note(self, signer: Signer, text: str) -> None:
        with pytest.raises(Forged):
            signer.verifier.open(text)


class TestParse:
    def test_reads_the_key_of_gos_documentation(self) -> None:
        assert str(Verifier.parse(EXAMPLE_KEY)) == EXAMPLE_KEY

    def test_checks_the_note_of_gos_documentation(self) -> None:
        """Its text is no checkpoint, so the signature passes and the head does not; a changed letter fails earlier."""
        verifier = Verifier.parse(EXAMPLE_KEY)

        with pytest.raises(Forged, match="begin with the log's name"):
            verifier.open(EXAMPLE_NOTE)
        with pytest.raises(Forged, match="does not verify"):
            verifier.open(EXAMPLE_NOTE.replace("answer", "Answer"))

    @pytest.mark.parametrize("written", ["", "log", "log+00000000+AQ==", EXAMPLE_KEY.replace("c74f", "c74e")])
    def test_refuses_what_is_no_key(self, written: str) -> None:
        with pytest.raises(Forged):
            Verifier.parse(written)
