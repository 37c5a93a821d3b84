"""Signing in at one's own agency: out to its provider, and back.

Who comes back comes from another site, and a browser then sends no cookie that is for this site alone. So the answer is
a page of ours that goes on by itself: what it asks for next, it asks for from here.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from adapters.jwks import NotFetched
from adapters.oidc import exchange
from hub.edge.auth.cookies import JourneyCookie, SessionCookie
from hub.edge.auth.guards import SignedInDep
from hub.edge.auth.identity import Identity, Refused, identity_of
from hub.edge.auth.limits import not_too_often
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.edge.web import rendering
from hub.settings import Settings
from hub.store.accounts import Limits, UserRow, WebSessions
from hub.store.accounts.journeys import Journey, Journeys
from hub.store.accounts.providers import Away, IdentityProviderRow, Providers
from hub.store.accounts.sessions import digest_of
from hub.store.audit import Act, AuditLog

LONGEST = 4096

Said = Annotated[str, Query(max_length=LONGEST)]

router = APIRouter(dependencies=[Depends(not_too_often)])


@router.get("/sign-in/with/{provider}")
def go(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    settings: SettingsDep,
    at: NowDep,
    person: SignedInDep,
    provider: str,
    next: Said = "/",  # noqa: A002  (the name in the URL)
    again: bool = False,
) -> Response:
    """Out to the provider; someone who is signed in and shows it again must do so there, whatever it remembers."""
    providers = Providers(session, keys)
    row = providers.get(provider)
    try:
        metadata = providers.known(row, at=at).metadata
    except Away:
        return _refused(request, AuditLog(session, keys), "provider-away", row, at)
    anew = again and person is not None
    digest = digest_of(SessionCookie.of(settings).read(request) or "") if anew else None
    ticket = Journeys(session).begin(provider, next_path=rendering.local(next), session_digest=digest, at=at)
    more = {"acr_values": " ".join(row.acr)} if row.acr else {}
    if anew:
        more |= {"prompt": "login", "max_age": "0"}
    response = RedirectResponse(
        metadata.where_to(
            client_id=row.client_id,
            redirect_uri=_back(settings, provider),
            state=ticket.state,
            nonce=ticket.nonce,
            verifier=ticket.verifier,
            **more,
        ),
        status_code=303,
    )
    JourneyCookie.of(settings).put(response, ticket.token)
    return response


@router.get("/sign-in/from/{provider}")
def come_back(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    settings: SettingsDep,
    at: NowDep,
    provider: str,
    code: Said = "",
    state: Said = "",
    iss: Said | None = None,
    error: Said = "",
) -> Response:
    """Begins a session, or says that this did not work, in the same words whatever was wrong."""
    providers, log = Providers(session, keys), AuditLog(session, keys)
    row = providers.get(provider)
    cookie = JourneyCookie.of(settings)
    journey = Journeys(session).end(cookie.read(request) or "", state, at=at)
    user: UserRow | None = None
    try:
        journey = _of_this(journey, provider)
        identity = _identity(providers, row, journey, settings, at, code=code, iss=iss, error=error)
        user = providers.user(row, identity.sub)
        token = _session(WebSessions(session, keys, Limits.of(settings)), user, identity, journey, at)
    except Refused as refused:
        response = _refused(request, log, refused.reason, row, at, user)
    else:
        response = rendering.page(request, "arrived.html", {"next": journey.next, "again": journey.session_digest})
        SessionCookie.of(settings).put(response, token)
        _record(log, row, journey, user, at)
    cookie.clear(response)
    return response


def _of_this(journey: Journey | None, provider: str) -> Journey:
    """The journey, begun in this browser and to this provider."""
    if journey is None:
        raise Refused("unknown-state")
    if journey.provider != provider:
        raise Refused("wrong-provider")
    return journey


def _identity(
    providers: Providers,
    row: IdentityProviderRow,
    journey: Journey,
    settings: Settings,
    at: datetime,
    *,
    code: str,
    iss: str | None,
    error: str,
) -> Identity:
    """Who the provider says it is, asked with the code that came along."""
    try:
        metadata = providers.known(row, at=at).metadata
        if iss != row.issuer and (iss is not None or metadata.authorization_response_iss_parameter_supported):
            raise Refused("wrong-issuer")  # RFC 9207: another provider's answer
        if error or not code:
            raise Refused("provider-refused")
        token = exchange(
            metadata,
            client_id=row.client_id,
            secret=providers.secret(row),
            code=code,
            verifier=journey.ticket.verifier,
            redirect_uri=_back(settings, row.slug),
        )
    except Away:
        raise Refused("provider-away") from None
    except NotFetched:
        raise Refused("no-token") from None
    return identity_of(token, providers, row, journey, at=at)


def _session(sessions: WebSessions, user: UserRow | None, identity: Identity, journey: Journey, at: datetime) -> str:
    """The token of a new session, or of one in place of that in which the person was asked again."""
    if user is None:
        raise Refused("not-linked")
    if not user.active:
        raise Refused("closed")
    if journey.session_digest is None:
        return sessions.begin(user, at=at, shown_at=min(identity.shown_at, at))
    token = sessions.begin_anew_after(journey.session_digest, user, at=at)
    if token is None:
        raise Refused("other-session")
    return token


def _back(settings: Settings, provider: str) -> str:
    return f"{settings.public_url.rstrip('/')}/sign-in/from/{provider}"


def _record(log: AuditLog, row: IdentityProviderRow, journey: Journey, user: UserRow | None, at: datetime) -> None:
    act = Act.USER_SIGNED_IN if journey.session_digest is None else Act.USER_CONFIRMED
    _append(log, act, user, at, provider=row.slug)


def _refused(
    request: Request,
    log: AuditLog,
    reason: str,
    row: IdentityProviderRow,
    at: datetime,
    user: UserRow | None = None,
) -> Response:
    _append(log, Act.USER_SIGN_IN_FAILED, user, at, provider=row.slug, reason=reason)
    return rendering.page(request, "not_arrived.html", {}, status=401)


def _append(log: AuditLog, act: Act, user: UserRow | None, at: datetime, **details: str) -> None:
    actor = f"user:{user.id}" if user else "unknown"
    log.append(act, at=at, actor=actor, participant=user.participant if user else None, details=details)
