"""`hub policy`: what the community has laid down on sharing."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from hub.cli.app import ACTOR, app, open_hub, out, text_of
from hub.errors import Invalid
from hub.store.audit import JSON, Act, AuditLog
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.policies import read_policy
from hub.store.terms import Terms, terms
from schemas.documents import UnreadableDocument
from schemas.instruments import FieldProtocol, HmisPolicy, Policies

NONE = "No policy is laid down: what needs one stays closed. Begin with: hub policy load --help"

policy_app = typer.Typer(help="The community's policies on sharing.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")


@policy_app.command("load")
def load(path: Annotated[Path, typer.Argument(help="A TOML file: [hmis] and [[protocol]].")]) -> None:
    """Lay down the homeless-services policy and what each source finds necessary, for whom and for what.

    They hold from the next question on, and [hmis] from its first day, if it names one; what was decided before stays
    as it was decided. A part that the file leaves out stays as it is. Example: hub policy load our-county.toml
    """
    text = text_of(path)
    hub, at = open_hub(), datetime.now(UTC)
    with hub.change() as session:
        known = terms(session)
        try:
            said = read_policy(text, path.name, known.participants)
        except UnreadableDocument as unreadable:
            raise Invalid(str(unreadable)) from None
        policies = said.onto(known.policies)
        Directory(session).lay_down(said.laid_down(policies), at=at)
        details: dict[str, JSON] = {"digest": _digest(policies), "protocols": len(policies.field_protocols)}
        AuditLog(session, hub.keys).append(Act.POLICY_CHANGED, at=at, actor=ACTOR, details=details)
    out.print(f"{path.name} holds {_from(policies, hub.settings.now().date())}, as version {_digest(policies)[:12]}.")


@policy_app.command("show")
def show() -> None:
    """Show the policies that hold now, and those of days to come. Example: hub policy show"""
    hub = open_hub()
    today = hub.settings.now().date()
    with transaction(hub.engine) as session:
        known = terms(session)
    policies, coming = known.policies_on(today), _coming(known, today)
    if not known.hmis and not policies.field_protocols:
        out.print(NONE)
        return
    out.print(f"Version {_digest(policies)[:12]}")
    if policies.hmis is not None:
        out.print(_hmis(policies.hmis))
    elif known.hmis:
        out.print("No policy of homeless services is in force today: what needs one stays closed.")
    for policy in coming:
        out.print(_hmis(policy))
    if policies.field_protocols:
        out.print(_protocols(policies.field_protocols))


def _coming(known: Terms, today: date) -> list[HmisPolicy]:
    """What will be in force from a day to come on, the nearest first."""
    days = sorted({one.policy.since for one in known.hmis if one.policy.since and one.policy.since > today})
    return [policy for day in days if (policy := known.hmis_on(day)) is not None]


def _from(policies: Policies, today: date) -> str:
    first = policies.hmis.since if policies.hmis else None
    return f"from {first} on" if first and first > today else "from now on"


def _hmis(policy: HmisPolicy) -> Table:
    table = Table("homeless services", "laid down")
    table.add_row("in force", f"{policy.since or 'since it was laid down'} to {policy.until or 'no end'}")
    table.add_row("sharing within", policy.sharing_within)
    table.add_row("sharing outside", policy.external_sharing)
    table.add_row("shared fields", ", ".join(policy.shared_fields))
    table.add_row("doors for law enforcement", ", ".join(policy.law_enforcement_doors) or "none")
    table.add_row("days before anyone new is told of", str(policy.embargo_days))
    table.add_row("inactive after", f"{policy.inactive_after_days} days without a contact")
    table.add_row("posted notice", policy.notice.version)
    table.add_row("it names", ", ".join(policy.notice.recipients))
    table.add_row("for", ", ".join(policy.notice.purposes))
    return table


def _protocols(protocols: tuple[FieldProtocol, ...]) -> Table:
    table = Table("of", "to", "for", "necessary")
    for one in protocols:
        table.add_row(one.source, ", ".join(one.recipients), ", ".join(one.purposes), ", ".join(one.fields))
    return table


def _digest(policies: Policies) -> str:
    """Names a version: equal for policies that say the same."""
    said = policies.model_dump(mode="json", by_alias=True, exclude={"state_packs"})
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
