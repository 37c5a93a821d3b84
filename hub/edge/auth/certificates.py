"""Tokens that only their own system can use: bound to its TLS certificate (RFC 8705).

TLS ends at a proxy in front of the hub, which checks the certificate and passes it on in a header. The header counts
only where the connection comes from that proxy; from anywhere else it is anybody's word.
"""

import hmac
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.requests import Request

from hub.settings import Settings


def thumbprint_of(pem: bytes) -> str:
    """SHA-256 of the certificate, hexadecimal (`x5t#S256` in other letters); raises `ValueError`."""
    return sha256(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).hexdigest()


def presented(request: Request, settings: Settings) -> str | None:
    """The thumbprint of the certificate with which the caller came; None without one, or past the proxy."""
    client = request.client
    if settings.trusted_proxy is None or client is None or client.host != settings.trusted_proxy:
        return None
    passed_on = request.headers.get(settings.certificate_header)
    try:
        return None if passed_on is None else thumbprint_of(unquote_to_bytes(passed_on))
    except ValueError:
        return None


def fits(bound_to: str | None, shown: str | None) -> bool:
    """Whether a client that may be bound to a certificate has shown it."""
    return bound_to is None or (shown is not None and hmac.compare_digest(bound_to, shown))
