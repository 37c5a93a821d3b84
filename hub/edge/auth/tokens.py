"""Access tokens for systems: SMART Backend Services (RFC 6749 §4.4 with RFC 7523), and where to find it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from hub.edge.auth.assertions import ALGORITHMS, Refused, client_of
from hub.edge.auth.certificates import presented
from hub.edge.auth.limits import not_too_often
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.settings import Settings
from hub.store.accounts import ClientRow, Clients, HubScope, grantable
from hub.store.audit import JSON, Act, AuditLog

PATH = "/oauth2/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

router = APIRouter(tags=["sign-in"])


class TokenForm(BaseModel):
    """What a client posts; everything is optional so that what is missing is answered as OAuth says."""

    grant_type: str | None = None
    scope: str | None = None
    client_assertion_type: str | None = None
    client_assertion: str | None = None


@router.post(PATH, dependencies=[Depends(not_too_often)])
def token(
    request: Request,
    form: Annotated[TokenForm, Form()],
    session: SessionDep,
    keys: KeysDep,
    settings: SettingsDep,
    at: NowDep,
) -> JSONResponse:
    """An access token of five minutes for a registered system that signs with its key."""
    if (malformed := _malformed(form)) is not None:
        return malformed
    trail, clients = _Trail(AuditLog(session, keys), at), Clients(session)
    try:
        assertion, certificate = form.client_assertion or "", presented(request, settings)
        client = client_of(clients, assertion, audience=audience_of(settings), at=at, certificate=certificate)
    except Refused as refusal:
        trail.refused(refusal.client, refusal.reason)
        return _error(401, "invalid_client", f"The client assertion is refused: {refusal.reason}.")
    scopes = grantable(form.scope or "", client.scopes)
    if not scopes:
        trail.refused(client, "no-scope")
        return _error(400, "invalid_scope", "None of these scopes is registered for the client.")
    grant = clients.grant(client, scopes, at=at)
    trail.issued(client, scopes)
    body = {"access_token": grant.token, "token_type": "bearer", "expires_in": grant.seconds, "scope": " ".join(scopes)}
    return JSONResponse(body)


@router.get("/.well-known/smart-configuration")
@router.get("/fhir/.well-known/smart-configuration")
def smart_configuration(settings: SettingsDep) -> dict[str, Any]:
    """Where and how systems get tokens (SMART App Launch 2.2 §5)."""
    return {
        "token_endpoint": audience_of(settings),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": [*HubScope, "system/*.cruds"],
        "tls_client_certificate_bound_access_tokens": settings.trusted_proxy is not None,
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }


def audience_of(settings: Settings) -> str:
    """The token endpoint as others reach it, and so the one audience of every assertion."""
    return settings.public_url.rstrip("/") + PATH


def _malformed(form: TokenForm) -> JSONResponse | None:
    if form.grant_type is None:
        return _error(400, "invalid_request", "grant_type is missing.")
    if form.grant_type != "client_credentials":
        return _error(400, "unsupported_grant_type", "grant_type should be client_credentials.")
    if form.client_assertion_type != ASSERTION_TYPE:
        return _error(400, "invalid_request", f"client_assertion_type should be {ASSERTION_TYPE}.")
    if not form.client_assertion:
        return _error(400, "invalid_request", "client_assertion is missing.")
    return None


def _error(status: int, error: str, description: str) -> JSONResponse:
    """An error as RFC 6749 §5.2 has it; returned and not raised, so that its audit entry is kept."""
    return JSONResponse({"error": error, "error_description": description}, status_code=status)


class _Trail(NamedTuple):
    """What is written down about tokens."""

    log: AuditLog
    at: datetime

    def issued(self, client: ClientRow, scopes: Sequence[str]) -> None:
        self._append(Act.CLIENT_TOKEN_ISSUED, client, {"scopes": list(scopes)})

    def refused(self, client: ClientRow | None, reason: str) -> None:
        self._append(Act.CLIENT_TOKEN_REFUSED, client, {"reason": reason})

    def _append(self, act: Act, client: ClientRow | None, details: Mapping[str, JSON]) -> None:
        actor = f"client:{client.client_id}" if client else "unknown"
        self.log.append(
            act, at=self.at, actor=actor, participant=client.participant if client else None, details=details
        )
