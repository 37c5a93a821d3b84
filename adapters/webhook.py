"""Webhooks as the Standard Webhooks specification has them: signed, and carrying ids, never a person's data."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime

import orjson

from schemas.messages import Cleared, OutboundMessage, SecurityLabel, WayOut
from schemas.vocab import Obligation


class Webhook:
    """An outlet that tells a partner that something happened; the partner comes and asks what.

    What is told then has its own texts and labels. The message has labels too, the same in every one; and because
    nobody knows who reads it, it carries nothing that is for one reader alone.
    """

    name = "webhook"
    way = WayOut(attaches=frozenset(Obligation) - {Obligation.CLINICIAN_CHANNEL_ONLY})

    def __init__(
        self,
        *,
        delivery: str,
        event: str,
        about: dict[str, str],
        labels: Sequence[SecurityLabel],
        at: datetime,
        secret: bytes,
    ) -> None:
        self._delivery = delivery
        self._event = event
        self._about = about
        self._labels = [label.model_dump(mode="json") for label in labels]
        self._at = at
        self._secret = secret

    def write(self, cleared: Sequence[Cleared]) -> OutboundMessage:
        """The message for what was cleared; raises `ValueError` when nothing was, because then nothing is said."""
        if not cleared:
            raise ValueError("nothing was cleared, so there is nothing to tell")
        said = OutboundMessage(media_type="application/json", content=orjson.dumps(self._said()))
        return signed(said, self._secret, delivery=self._delivery, at=self._at)

    def _said(self) -> dict[str, object]:
        moment = self._at.isoformat()
        return {"type": self._event, "timestamp": moment, "data": self._about, "labels": self._labels}


def signed(message: OutboundMessage, secret: bytes, *, delivery: str, at: datetime) -> OutboundMessage:
    """The message with the headers by which its recipient knows that it comes from here."""
    seconds = str(int(at.timestamp()))
    headers = {
        "webhook-id": delivery,
        "webhook-timestamp": seconds,
        "webhook-signature": sign(secret, delivery, seconds, message.content),
    }
    return message.model_copy(update={"headers": {**message.headers, **headers}})


def sign(secret: bytes, delivery: str, seconds: str, body: bytes) -> str:
    """`v1,` and the base64 HMAC-SHA-256 of `id.timestamp.body` (Standard Webhooks, "Signature scheme")."""
    signed = f"{delivery}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def is_signed(secret: bytes, delivery: str, seconds: str, body: bytes, signature: str) -> bool:
    """Whether a webhook comes from who knows the secret; compared in constant time."""
    return hmac.compare_digest(sign(secret, delivery, seconds, body), signature)
