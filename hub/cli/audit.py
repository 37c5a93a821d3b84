"""`hub audit`: prove what happened."""

import os
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.cli.app import ACTOR, Hub, app, audit_app, err, open_hub, out
from hub.errors import Invalid
from hub.flow import audit_events, cosigning
from hub.flow.explanation import explain as explained
from hub.flow.explanation import explain_to
from hub.store import audit
from hub.store.audit import JSON, Act, AuditLog, Form, Tampered
from hub.store.directory import HUB, Directory
from hub.store.ledgers import LogReader
from schemas.vocab.word import Word


class ExportForm(Word):
    """Form of an export."""

    CSV = Form.CSV.value, Form.CSV.meaning
    JSON_LINES = Form.JSON_LINES.value, Form.JSON_LINES.meaning
    FHIR = "fhir", "One FHIR R4 AuditEvent a line (NDJSON), after IHE's Basic Audit Log Patterns."


INCIDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,63}")


@audit_app.command()
def verify(
    json: Annotated[bool, typer.Option("--json", help="Print one report object.")] = False,
    tree: Annotated[
        bool, typer.Option("--tree", help="Leave the sealed details closed; several times as fast.")
    ] = False,
) -> None:
    """Recompute the whole log against its signed checkpoints; exit 0 intact, 1 not.

    Example: hub audit verify
    """
    hub = open_hub()
    report = _verified(hub, opened=not tree)
    if json:
        out.print_json(report.model_dump_json())
    elif report.problem is None:
        out.print(
            f"Intact: {report.entries:,} entries, {report.checkpoints:,} checkpoints, {report.pending:,} waiting; "
            f"root {report.root[:16]}…",
            soft_wrap=True,
        )
        if report.restores:
            out.print(f"Went on {report.restores} time(s) with less than a witness had seen; the log says when.")
        out.print(str(report.witnessed), soft_wrap=True)
    else:
        out.print(f"NOT intact. {report.problem}", soft_wrap=True)
    raise typer.Exit(0 if report.intact and report.witnessed.is_enough else 1)


def _verified(hub: Hub, *, opened: bool) -> audit.Report:
    """What waits gets its place first, and is cosigned; where the log does not hold, nothing is added to it."""
    rolled_back: cosigning.RolledBack | None = None
    try:
        hub.ask_witnesses()
        hub.sign_log()
        for answer in cosigning.cosign(hub.engine):
            if answer.said is not cosigning.Said.COSIGNED:
                err.print(str(answer), soft_wrap=True)
    except cosigning.RolledBack as error:
        rolled_back = error
    except Tampered:
        pass  # the report says where
    needed = hub.settings.witnesses_needed
    report = audit.verify(hub.engine, hub.keys, opened=opened, processes=os.cpu_count() or 1, needed=needed)
    if rolled_back is None or report.problem is not None:
        return report
    err.print(rolled_back.detail, soft_wrap=True)
    witness = rolled_back.answers[0].witness.name
    return report.model_copy(update={"problem": audit.Problem(flaw=audit.Flaw.ROLLED_BACK, witness=witness)})


@audit_app.command("accept-restore")
def accept_restore(
    incident: Annotated[str, typer.Option(help="Number of the incident or order, as your own files have it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Go on with a database that lacks what a witness has seen, after a real loss; the log says so for ever.

    The log goes on under a name of its next generation, and each witness must trust that anew.
    Example: hub audit accept-restore --incident IR-2026-014
    """
    if not INCIDENT.fullmatch(incident):
        raise Invalid("--incident: a number of letters, digits, dots and hyphens is expected, IR-2026-014 for example.")
    hub = open_hub()
    more = [answer for answer in cosigning.ask(hub.engine) if answer.said is cosigning.Said.MORE]
    for answer in more:
        out.print(str(answer), soft_wrap=True)
    if more and not yes:
        typer.confirm("What is missing will not come back. Go on without it?", abort=True)
    cosigning.accept_restore(hub.engine, hub.keys, at=datetime.now(UTC), actor=ACTOR, incident=incident)
    out.print("Accepted, and on record. Each witness's operator now runs: hub witness trust", log_key(hub))


@audit_app.command()
def key() -> None:
    """Print the log's public key, which witnesses and whoever checks a proof must know. Example: hub audit key"""
    typer.echo(log_key(open_hub()))


def log_key(hub: Hub) -> str:
    """The key under which the log is signed now."""
    with hub.engine.connect() as connection:
        newest = audit.newest(connection)
    return str(audit.signer_after(hub.keys, None if newest is None else newest.note).verifier)


@audit_app.command()
def prove(
    seq: Annotated[int, typer.Argument(help="Number of the entry.")],
    field: Annotated[list[str] | None, typer.Option(help="Lay open only these fields.")] = None,
) -> None:
    """Print a bundle that proves an entry to someone who has no hub.

    Example: hub audit prove 17 --field act --field at > proof.json
    """
    hub, at = open_hub(), datetime.now(UTC)
    with hub.change() as session:
        bundle = LogReader.of(session, hub.keys, HUB, at=at).prove(seq, field)
        details: dict[str, JSON] = {"seq": seq, "fields": field or ["all shown"]}
        AuditLog(session, hub.keys).append(Act.AUDIT_PROVED, at=at, actor=ACTOR, details=details)
    typer.echo(orjson.dumps(bundle, option=orjson.OPT_INDENT_2).decode())


@audit_app.command("check-bundle")
def check_bundle(
    path: Annotated[Path, typer.Argument(help="A bundle from `hub audit prove`.")],
    key: Annotated[str | None, typer.Option(help="The log's key, as you know it from elsewhere.")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="Key of a witness that must have cosigned.")] = None,
) -> None:
    """Check a bundle; needs neither a hub nor a database. Example: hub audit check-bundle proof.json"""
    try:
        audit.check_bundle(orjson.loads(path.read_bytes()), key, witness or ())
    except (audit.Unproven, orjson.JSONDecodeError, OSError) as failure:
        out.print(f"Not proven: {failure}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    out.print("Proven: the entry is in the log under this checkpoint.")


@audit_app.command()
def export(
    form: Annotated[ExportForm, typer.Option(help="csv, jsonl or fhir.")] = ExportForm.CSV,
    since: Annotated[datetime | None, typer.Option(help="From this moment on, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before this moment, UTC.")] = None,
    act: Annotated[str | None, typer.Option(help="Of one act, hub:contact:released for example.")] = None,
    participant: Annotated[str | None, typer.Option(help="Of one participant.")] = None,
    officer_of: Annotated[str, typer.Option(help="As officers of this organization may see them.")] = HUB,
) -> None:
    """Print entries, oldest first; what is about people as far as the reader has standing, by default the hub's own.

    Example: hub audit export --act hub:contact:released --officer-of mercy-hospital > disclosures.csv
    """
    hub, at = open_hub(), datetime.now(UTC)
    with hub.change() as session:
        if officer_of != HUB:
            Directory(session).participant(officer_of)
        trail, reader = AuditLog(session, hub.keys), LogReader.of(session, hub.keys, officer_of, at=at)
        wanted = audit.Wanted(
            since=since and since.replace(tzinfo=UTC),
            until=until and until.replace(tzinfo=UTC),
            act=_act(act) if act else None,
            participant=participant,
        )
        entries = audit_events.lines if form is ExportForm.FHIR else partial(audit.export, form=Form(form.value))
        for line in entries(reader, **wanted):
            typer.echo(line, nl=False)
        details: dict[str, JSON] = {"form": form.value, "officer_of": officer_of}
        trail.append(Act.AUDIT_EXPORTED, at=at, actor=ACTOR, details=details)
        said = audit.witnessed(session.connection(), hub.settings.witnesses_needed)
    err.print(str(said), soft_wrap=True)  # beside the file, which holds entries and nothing else


@app.command()
def explain(
    seq: Annotated[int, typer.Argument(help="Number of the entry.")],
    as_source: Annotated[str | None, typer.Option(help="As this organization may be told: of its own records.")] = None,
) -> None:
    """Show an entry's decision: the question, every rule and its answer, and the same question asked today.

    Example: hub explain 17
    """
    hub = open_hub()
    at = hub.settings.now()
    with hub.change() as session:
        lines = (
            explained(session, hub.keys, seq, at=at, actor=ACTOR)
            if as_source is None
            else explain_to(as_source, session, hub.keys, seq, at=at, actor=ACTOR)
        )
        for line in lines:
            out.print(line, highlight=False, markup=False, soft_wrap=True)


def _act(word: str) -> Act:
    try:
        return Act(word)
    except ValueError:
        raise Invalid("--act: an act of the log is expected, hub:contact:released for example.") from None
