"""`hub provider` and `hub user link`: people who sign in at their own agency."""

import sys
from secrets import token_urlsafe
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table
from sqlmodel import Session

from hub.cli.administration import require_slug, user_app
from hub.cli.app import Hub, app, open_hub, out
from hub.errors import Invalid
from hub.settings import settings
from hub.store.accounts import HubRole, Users, WebSessions
from hub.store.accounts.providers import IdentityProviderRow, Providers, usual
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import Directory
from schemas.vocab import Role

provider_app = typer.Typer(help="Where people sign in at their own agency (OpenID Connect).", no_args_is_help=True)
app.add_typer(provider_app, name="provider")


@provider_app.command("add")
def add_provider(
    slug: Annotated[str, typer.Argument(help="Lower-case words joined by hyphens.")],
    name: Annotated[str, typer.Option(help="As its people know it: Sign in with …")],
    participant: Annotated[str, typer.Option(help="Whose people sign in there.")],
    issuer: Annotated[str, typer.Option(help="Its address, exactly as it calls itself.")],
    client_id: Annotated[str, typer.Option(help="What it calls this hub.")],
    algorithm: Annotated[
        list[str] | None, typer.Option(help="How it signs; again for each. RS256 and ES256 when left out.")
    ] = None,
    acr: Annotated[list[str] | None, typer.Option(help="One of these must be in its `acr`; again for each.")] = None,
    amr: Annotated[list[str] | None, typer.Option(help="Must be in its `amr`, as mfa; again for each.")] = None,
) -> None:
    """Register a provider; its client secret is asked for, or read from standard input.

    Example: hub provider add harbor --name "Harbor" --participant harbor-mobile-crisis
    --issuer https://login.harbor.example --client-id handoff-hub --amr mfa
    """
    require_slug(slug)
    row = IdentityProviderRow(
        slug=slug,
        name=name,
        participant=participant,
        issuer=issuer,
        client_id=client_id,
        sealed_secret=b"",
        algorithms=usual(algorithm),
        acr=acr or [],
        amr=amr or [],
    )
    secret = _secret()
    hub = open_hub()
    with hub.change() as session:
        Directory(session).participant(participant)
        Providers(session, hub.keys).register(row, secret=secret)
        details = {"provider": slug, "issuer": issuer, "change": "added", "acr": row.acr, "amr": row.amr}
        hub.record(session, Act.PROVIDER_CHANGED, details)
    out.print(f"People of {participant} can be linked now: hub user link --help", markup=False)
    out.print(f"At the provider, let them come back to {settings().public_url}/sign-in/from/{slug}", markup=False)


@provider_app.command("list")
def list_providers() -> None:
    """List the providers. Example: hub provider list"""
    hub = open_hub()
    table = Table("slug", "name", "of", "issuer", "signs by", "must say")
    with transaction(hub.engine) as session:
        for row in Providers(session, hub.keys).all():
            asked = [*(f"acr {one}" for one in row.acr), *(f"amr {one}" for one in row.amr)]
            said = (row.slug, row.name, row.participant, row.issuer, ", ".join(row.algorithms), ", ".join(asked))
            table.add_row(*map(escape, said))
    out.print(table if table.row_count else "There is no provider yet. Begin with: hub provider add --help")


@provider_app.command("remove")
def remove_provider(slug: str) -> None:
    """Let nobody in by a provider any more, and end the sessions of its people. Example: hub provider remove harbor"""
    hub = open_hub()
    with hub.change() as session:
        people = Providers(session, hub.keys).remove(slug)
        for user_id in people:
            WebSessions(session, hub.keys).end_all(user_id)
        hub.record(session, Act.PROVIDER_CHANGED, {"provider": slug, "change": "removed", "people": len(people)})
    out.print(f"Nobody signs in by it any more. It had {len(people)}; hub user reset gives one a password.")


@user_app.command("invite")
def invite_user(
    login: str,
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    participant: Annotated[str, typer.Option(help="Whose they are.")],
    role: Annotated[list[HubRole], typer.Option(help="What they may do here; say it again for each.")],
    profession: Annotated[Role, typer.Option(help="What they are, in law.")],
    provider: Annotated[str, typer.Option(help="Where they sign in; see hub provider list.")],
    subject: Annotated[str, typer.Option(help="What that provider calls them in `sub`.")],
) -> None:
    """Add a person who signs in at their own agency, without a password here.

    Example: hub user invite sam --name "Sam Okafor" --participant harbor-mobile-crisis --role crisis-worker
    --profession clinician --provider harbor --subject 8f14e45f
    """
    hub = open_hub()
    with hub.change() as session:
        Directory(session).participant(participant)
        users = Users(session, hub.keys)
        worthless = token_urlsafe(32)
        new = users.create(
            login=login, name=name, participant=participant, roles=role, role=profession, password=worthless
        )
        Providers(session, hub.keys).link(users.named(login), provider, subject)
        details = {"user": f"user:{new.id}", "roles": sorted(role), "provider": provider}
        hub.record(session, Act.USER_CREATED, details)
    out.print("They sign in there.")


@user_app.command("link")
def link_user(
    login: str,
    provider: Annotated[str, typer.Option(help="Where they sign in from now on; see hub provider list.")],
    subject: Annotated[str, typer.Option(help="What that provider calls them in `sub`; an e-mail address it is not.")],
) -> None:
    """Have a person sign in at their own agency from now on, and no longer by a password here.

    Example: hub user link sam --provider harbor --subject 8f14e45f
    """
    hub = open_hub()
    with hub.change() as session:
        users = Users(session, hub.keys)
        user = users.named(login)
        Providers(session, hub.keys).link(user, provider, subject)
        users.take_password_away(user)
        WebSessions(session, hub.keys).end_all(user.id)
        _linked(session, hub, user.id, provider)
    out.print("They sign in there from now on; their password here is worthless.")


def _linked(session: Session, hub: Hub, user_id: UUID, provider: str) -> None:
    details = {"user": f"user:{user_id}", "change": "linked", "provider": provider}
    hub.record(session, Act.USER_CHANGED, details)


def _secret() -> str:
    """From a prompt that shows nothing, or the first line of standard input; never from the command line."""
    if sys.stdin.isatty():
        return str(typer.prompt("Client secret", hide_input=True))
    secret = sys.stdin.readline().strip()
    if not secret:
        raise Invalid("The client secret is expected on standard input.")
    return secret
