"""`hub participant`, `agreement`, `user`, `client`, `settings`, `db`: administration."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import segno
import typer
from pydantic import SecretStr, TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from consent.packs import State
from hub.cli.app import app, db_app, open_hub, out, text_of
from hub.cli.feeds import require_feed
from hub.edge.auth.certificates import thumbprint_of
from hub.errors import Invalid
from hub.settings import Settings, settings
from hub.store.accounts import Clients, HubRole, Users
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import HUB, Directory, ParticipantRow
from hub.store.terms import terms
from schemas.frozen import Slug
from schemas.instruments import Agreement
from schemas.vocab import AgreementKind, Capacity, Role

SLUG = TypeAdapter[str](Slug)
STATES = TypeAdapter[list[str]](list[State])

participant_app = typer.Typer(help="Organizations that take part.", no_args_is_help=True)
agreement_app = typer.Typer(help="Agreements between organizations.", no_args_is_help=True)
user_app = typer.Typer(help="People with an account.", no_args_is_help=True)
client_app = typer.Typer(help="Systems with a key.", no_args_is_help=True)
app.add_typer(participant_app, name="participant")
app.add_typer(agreement_app, name="agreement")
app.add_typer(user_app, name="user")
app.add_typer(client_app, name="client")


@participant_app.command("add")
def add_participant(
    slug: Annotated[str, typer.Argument(help="Lower-case words joined by hyphens.")],
    name: Annotated[str, typer.Option(help="As people know it.")],
    capacity: Annotated[list[Capacity], typer.Option(help="What it is, in law; say it again for each.")],
    state: Annotated[
        list[str] | None, typer.Option(help="A state whose law binds it, as US-NY; again for each.")
    ] = None,
) -> None:
    """Add an organization, or change one.

    Example: hub participant add harbor-mobile-crisis --name "Harbor Mobile Crisis" --capacity covered-entity
    --capacity health-care-provider --capacity crisis-provider --state US-TX
    """
    require_slug(slug)
    row = ParticipantRow(slug=slug, name=name, capacities=sorted(capacity), jurisdictions=_jurisdictions(state or []))
    hub = open_hub()
    with hub.change() as session:
        Directory(session).add(row)
        hub.record(session, Act.DIRECTORY_CHANGED, {"participant": slug})
    out.print(f"{slug} takes part.")


@participant_app.command("list")
def list_participants() -> None:
    """List the organizations that take part. Example: hub participant list"""
    hub = open_hub()
    table = Table("slug", "name", "in law", "under the law of")
    with transaction(hub.engine) as session:
        for row in Directory(session).participants():
            table.add_row(row.slug, escape(row.name), ", ".join(row.capacities), ", ".join(row.jurisdictions))
    out.print(table if table.row_count else "Nobody takes part yet. Begin with: hub participant add --help")


@participant_app.command("define-feed")
def define_feed(slug: str, feed: str, definition: Annotated[Path, typer.Argument(help="A TOML file.")]) -> None:
    """Say how a participant's feed is to be read. Example: hub participant define-feed county-jail jail jail.toml"""
    require_feed(feed)
    text = text_of(definition)
    hub = open_hub()
    with hub.change() as session:
        Directory(session).participant(slug)
        Directory(session).define_feed(slug, feed, text)
        hub.record(session, Act.DIRECTORY_CHANGED, {"participant": slug, "feed": feed})
    out.print(f"{feed} of {slug} is read by {definition.name}.")


@agreement_app.command("add")
def add_agreement(
    kind: Annotated[AgreementKind, typer.Argument()],
    party: Annotated[list[str], typer.Option(help="An organization bound; `hub` is this hub.")],
    since: Annotated[datetime, typer.Option(help="First day in force.", formats=["%Y-%m-%d"])],
    until: Annotated[datetime | None, typer.Option(help="Last day in force.", formats=["%Y-%m-%d"])] = None,
) -> None:
    """File an agreement.

    Example: hub agreement add business-associate --party hub --party lakeside-clinic --since 2026-01-01
    """
    hub = open_hub()
    with hub.change() as session:
        for slug in set(party) - {HUB}:
            Directory(session).participant(slug)
        last: date | None = until.date() if until else None
        Directory(session).agree(Agreement(kind=kind, parties=tuple(party), since=since.date(), until=last))
        hub.record(session, Act.DIRECTORY_CHANGED, {"agreement": kind.value, "parties": list(party)})
    out.print(f"{kind} between {' and '.join(party)} is on file.")


@agreement_app.command("list")
def list_agreements() -> None:
    """List the agreements on file. Example: hub agreement list"""
    table = Table("agreement", "between", "since", "until")
    with transaction(open_hub().engine) as session:
        for one in terms(session).agreements:
            table.add_row(one.kind, ", ".join(one.parties), f"{one.since}", f"{one.until or ''}")
    out.print(table if table.row_count else "No agreement is on file. Begin with: hub agreement add --help")


@user_app.command("add")
def add_user(
    login: str,
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    participant: Annotated[str, typer.Option(help="Whose they are.")],
    role: Annotated[list[HubRole], typer.Option(help="What they may do here; say it again for each.")],
    profession: Annotated[Role, typer.Option(help="What they are, in law.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Add a person, and show the code their authenticator app takes.

    Example: hub user add sam --name "Sam Okafor" --participant harbor-mobile-crisis --role crisis-worker
    --profession clinician
    """
    hub = open_hub()
    with hub.change() as session:
        Directory(session).participant(participant)
        new = Users(session, hub.keys).create(
            login=login, name=name, participant=participant, roles=role, role=profession, password=password
        )
        hub.record(session, Act.USER_CREATED, {"user": f"user:{new.id}", "roles": sorted(role)})
    segno.make(new.totp_uri).terminal(compact=True)
    out.print("Scan this with an authenticator app; it is not shown again.")


@user_app.command("list")
def list_users() -> None:
    """List the people with an account. Example: hub user list"""
    hub = open_hub()
    table = Table("id", "name", "of", "may", "is", "account")
    with transaction(hub.engine) as session:
        for user, one in Users(session, hub.keys).everyone():
            may = ", ".join(sorted(one.roles))
            table.add_row(one.id, escape(one.name), one.participant, may, one.role, _state(active=user.active))
    out.print(table if table.row_count else "Nobody has an account yet. Begin with: hub user add --help")


@client_app.command("add")
def add_client(
    client_id: str,
    name: Annotated[str, typer.Option(help="As its people know it.")],
    participant: Annotated[str, typer.Option(help="Whose it is.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; say it again for each.")],
    keys: Annotated[Path | None, typer.Option(help="Its public keys, a JSON Web Key Set.")] = None,
    jwks_url: Annotated[str | None, typer.Option(help="Or the address where it gives them out.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="The one TLS certificate with which it must come, PEM.")
    ] = None,
) -> None:
    """Register a system.

    Example: hub client add clarity --name Clarity --participant riverbend-hmis --scope hub/hmis.write --keys jwks.json
    """
    hub = open_hub()
    with hub.change() as session:
        Directory(session).participant(participant)
        Clients(session).register(
            client_id=client_id,
            name=name,
            participant=participant,
            scopes=scope,
            keys=None if keys is None else json_of(keys),
            jwks_url=jwks_url,
            certificate=None if certificate is None else _thumbprint(certificate),
        )
        hub.record(session, Act.CLIENT_CREATED, {"client": client_id, "scopes": list(scope)})
    out.print(f"{client_id} may ask for tokens.", markup=False)


@client_app.command("bind")
def bind_client(
    client_id: str,
    certificate: Annotated[Path | None, typer.Argument(help="Its TLS certificate, PEM; any when left out.")] = None,
) -> None:
    """Bind a system to its TLS certificate; its tokens are given up. Example: hub client bind clarity clarity.pem"""
    hub = open_hub()
    with hub.change() as session:
        Clients(session).bind(client_id, None if certificate is None else _thumbprint(certificate))
        hub.record(session, Act.CLIENT_CHANGED, {"client": client_id, "bound": certificate is not None})
    out.print(f"{client_id} must come with that certificate." if certificate else f"{client_id} may come with any.")


@client_app.command("close")
def close_client(client_id: str) -> None:
    """Shut a system out, at once, with every token it holds. Example: hub client close clarity"""
    hub = open_hub()
    with hub.change() as session:
        Clients(session).shut_out(client_id)
        hub.record(session, Act.CLIENT_CHANGED, {"client": client_id, "open": False})
    out.print(f"{client_id} is shut out.", markup=False)


@client_app.command("list")
def list_clients() -> None:
    """List the systems with a key. Example: hub client list"""
    table = Table("id", "name", "of", "may", "registration")
    with transaction(open_hub().engine) as session:
        for row in Clients(session).registered():
            state = _state(active=row.active)
            table.add_row(escape(row.client_id), escape(row.name), row.participant, ", ".join(row.scopes), state)
    out.print(table if table.row_count else "No system has a key yet. Begin with: hub client add --help")


@app.command("settings")
def list_settings() -> None:
    """List the settings with their meaning; secrets are hidden. Example: hub settings"""
    table = Table("setting", "value", "meaning")
    found = settings()
    for name, field in Settings.model_fields.items():
        value = getattr(found, name)
        shown = "(hidden)" if isinstance(value, SecretStr) else "" if value is None else escape(str(value))
        table.add_row(f"HUB_{name.upper()}", shown, field.description)
    out.print(table)


@db_app.command("upgrade")
def upgrade() -> None:
    """Bring the database up to date. Example: hub db upgrade"""
    _ = open_hub().engine
    out.print("The database is up to date.")


def _thumbprint(path: Path) -> str:
    try:
        return thumbprint_of(path.read_bytes())
    except (OSError, ValueError):
        raise Invalid(f"{path} is not a certificate in PEM.") from None


def json_of(path: Path) -> Any:
    """What a JSON file says; raises `Invalid` where it cannot be read."""
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise Invalid(f"{path} is not a JSON file that can be read.") from None


def require_slug(slug: str) -> None:
    """Raises `Invalid` for anything else."""
    try:
        SLUG.validate_python(slug)
    except ValidationError:
        raise Invalid("The slug should be lower-case words joined by hyphens.") from None


def _jurisdictions(states: list[str]) -> list[str]:
    try:
        return ["US", *STATES.validate_python(states)]
    except ValidationError:
        raise Invalid("--state: US- and the two letters of a state are expected, US-NY for example.") from None


def _state(*, active: bool) -> str:
    return "open" if active else "closed"
