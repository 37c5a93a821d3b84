"""`hub user close, roles, reset, sign-out` and `hub client keys`: what becomes of accounts once they are there.

Whatever changes what an account may do ends its sessions and tokens in the same transaction.
"""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import segno
import typer
from sqlmodel import Session

from hub.cli.administration import client_app, json_of, user_app
from hub.cli.app import Hub, open_hub, out
from hub.store.accounts import Clients, HubRole, Users, WebSessions
from hub.store.accounts.providers import Providers
from hub.store.audit import Act


@user_app.command("close")
def close_user(login: str) -> None:
    """Close an account and end its sessions. Example: hub user close sam"""
    hub = open_hub()
    with hub.change() as session:
        user = Users(session, hub.keys).close(login)
        _changed(session, hub, user.id, "closed")
    out.print("The account is closed, and signed out everywhere.")


@user_app.command("roles")
def change_roles(
    login: str,
    role: Annotated[list[HubRole], typer.Option(help="What they may do from now on; say it again for each.")],
) -> None:
    """Change what a person may do here, and end their sessions. Example: hub user roles sam --role crisis-worker"""
    hub = open_hub()
    with hub.change() as session:
        user = Users(session, hub.keys).give_roles(login, role)
        _changed(session, hub, user.id, "roles", roles=sorted(role))
    out.print("The roles are changed; the person signs in again.")


@user_app.command("reset")
def reset_user(
    login: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Give a person who lost theirs a new password and a new code for their app. Example: hub user reset sam"""
    hub = open_hub()
    with hub.change() as session:
        new = Users(session, hub.keys).reset(login, password=password)
        Providers(session, hub.keys).unlink(new.id)
        _changed(session, hub, new.id, "reset")
    segno.make(new.totp_uri).terminal(compact=True)
    out.print("Scan this with an authenticator app; it is not shown again. The old password and app are worthless.")


@user_app.command("sign-out")
def sign_out_user(login: str) -> None:
    """End every session of a person. Example: hub user sign-out sam"""
    hub = open_hub()
    with hub.change() as session:
        user = Users(session, hub.keys).named(login)
        _changed(session, hub, user.id, "signed-out")
    out.print("Signed out everywhere.")


@client_app.command("keys")
def change_keys(
    client_id: str,
    keys: Annotated[Path, typer.Option(help="Its public keys from now on, a JSON Web Key Set.")],
) -> None:
    """Change a system's keys; to turn them without a break, give old and new first, then the new alone.

    Example: hub client keys clarity --keys jwks.json
    """
    hub = open_hub()
    with hub.change() as session:
        Clients(session).change_keys(client_id, json_of(keys))
        hub.record(session, Act.CLIENT_CHANGED, {"client": client_id, "change": "keys"})
    out.print(f"{client_id} signs with these keys from now on.", markup=False)


def _changed(session: Session, hub: Hub, user_id: UUID, change: str, **details: Any) -> None:
    WebSessions(session, hub.keys).end_all(user_id)
    hub.record(session, Act.USER_CHANGED, {"user": f"user:{user_id}", "change": change, **details})
