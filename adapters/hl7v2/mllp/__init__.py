"""HL7 v2 over TCP and TLS: a server that acknowledges what is durable, and a client that knows its own answers."""

from adapters.hl7v2.acknowledgement import Answer, Header, Verdict
from adapters.hl7v2.mllp.client import MllpClient, NoAcknowledgement
from adapters.hl7v2.mllp.connection import Limits, Peer
from adapters.hl7v2.mllp.framing import BrokenFraming, Framer, framed
from adapters.hl7v2.mllp.server import MllpServer

__all__ = [
    "Answer",
    "BrokenFraming",
    "Framer",
    "Header",
    "Limits",
    "MllpClient",
    "MllpServer",
    "NoAcknowledgement",
    "Peer",
    "Verdict",
    "framed",
]
