"""AWS KMS and HashiCorp Vault as they answer over HTTP, small and on loopback; each can be told to misbehave."""

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_bytes
from typing import Any, ClassVar, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Mood = Literal["well", "denies", "hangs", "garbage", "empty", "breaks"]
GARBAGE = b"<html>502 Bad Gateway</html>"


class Fake(ThreadingHTTPServer):
    """A server with one key and a mood; `seen` are the paths or targets that were asked for."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.mood: Mood = "well"
        self.seen: list[str] = []
        self.woken = threading.Event()
        self._key = AESGCM(token_bytes(32))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        nonce = token_bytes(12)
        return nonce + self._key.encrypt(nonce, plain, bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes | None:
        try:
            return self._key.decrypt(sealed[:12], sealed[12:], bound)
        except (InvalidTag, ValueError):
            return None


class Handler(BaseHTTPRequestHandler):
    """Reads a JSON body and answers with one, unless the server is in another mood."""

    server: Fake
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.server.mood == "hangs":
            self.server.woken.wait(30)
        elif self.server.mood == "garbage":
            self._send(200, GARBAGE)
        elif self.server.mood == "empty":
            self._send(200, b"{}")
        elif self.server.mood == "breaks":
            self._send(500, GARBAGE)
        else:
            self.answer(json.loads(body))

    def answer(self, said: dict[str, Any]) -> None:
        raise NotImplementedError

    def say(self, status: int, said: dict[str, Any]) -> None:
        self._send(status, json.dumps(said).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class KmsHandler(Handler):
    """AWS JSON 1.1, as KMS speaks it; insists that the request is signed (SigV4) and by whom."""

    def answer(self, said: dict[str, Any]) -> None:
        target = self.headers["x-amz-target"]
        self.server.seen.append(target)
        if not self._is_signed() or self.headers["content-type"] != "application/x-amz-json-1.1":
            self.say(400, {"__type": "InvalidSignatureException"})
        elif self.server.mood == "denies":
            self.say(400, {"__type": "AccessDeniedException", "message": "User is not authorized"})
        elif target == "TrentService.Encrypt":
            sealed = self.server.seal(b64decode(said["Plaintext"]), _bound(said))
            self.say(200, {"KeyId": said["KeyId"], "CiphertextBlob": b64encode(sealed).decode()})
        elif target == "TrentService.Decrypt":
            self._decrypt(said)
        else:
            self.say(400, {"__type": "UnknownOperationException"})

    def _decrypt(self, said: dict[str, Any]) -> None:
        plain = self.server.open(b64decode(said["CiphertextBlob"]), _bound(said))
        if plain is None:
            self.say(400, {"__type": "InvalidCiphertextException"})
        else:
            self.say(200, {"KeyId": said["KeyId"], "Plaintext": b64encode(plain).decode()})

    def _is_signed(self) -> bool:
        authorization = self.headers.get("authorization", "")
        parts = (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/",
            "/us-east-2/kms/aws4_request",
            "SignedHeaders=",
            "Signature=",
        )
        return all(part in authorization for part in parts) and bool(self.headers.get("x-amz-date"))


class VaultHandler(Handler):
    """Vault's transit engine with the key `hub`, for one token, which an AppRole can sign in for."""

    TOKEN = "hvs.the-token"
    ROLE: ClassVar = {"role_id": "the-role", "secret_id": "the-secret-id"}

    def answer(self, said: dict[str, Any]) -> None:
        self.server.seen.append(self.path)
        if self.path == "/v1/auth/approle/login":
            if said == self.ROLE:
                self.say(200, {"auth": {"client_token": self.TOKEN}})
            else:
                self.say(400, {"errors": ["invalid role or secret ID"]})
        elif self.server.mood == "denies" or self.headers.get("x-vault-token") != self.TOKEN:
            self.say(403, {"errors": ["permission denied"]})
        elif self.path == "/v1/transit/encrypt/hub":
            sealed = self.server.seal(b64decode(said["plaintext"]), b64decode(said["associated_data"]))
            self.say(200, {"data": {"ciphertext": "vault:v1:" + b64encode(sealed).decode(), "key_version": 1}})
        elif self.path == "/v1/transit/decrypt/hub":
            self._decrypt(said)
        else:
            self.say(404, {"errors": []})

    def _decrypt(self, said: dict[str, Any]) -> None:
        sealed = b64decode(said["ciphertext"].removeprefix("vault:v1:"))
        plain = self.server.open(sealed, b64decode(said["associated_data"]))
        if plain is None:
            self.say(400, {"errors": ["cipher: message authentication failed"]})
        else:
            self.say(200, {"data": {"plaintext": b64encode(plain).decode()}})


def _bound(said: dict[str, Any]) -> bytes:
    return json.dumps(said.get("EncryptionContext", {}), sort_keys=True).encode()


@contextmanager
def running(handler: type[Handler]) -> Iterator[Fake]:
    """The fake on a port of its own, until the block ends."""
    with Fake(handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield server
        finally:
            server.woken.set()
            server.shutdown()
