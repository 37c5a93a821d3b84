"""`hub audit`: prove what happened."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.cli.app import ACTOR, app, audit_app, open_hub, out
from hub.errors import Invalid
from hub.flow import audit_events
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
    with suppress(Tampered):  # what waits gets its place first; where the log does not hold, the report says so
        hub.sign_log()
    report = audit.verify(hub.engine, hub.keys, opened=not tree, processes=os.cpu_count() or 1)
    if json:
        out.print_json(report.model_dump_json())
    elif report.problem is None:
        out.print(
            f"Intact: {report.entries:,} entries, {report.checkpoints:,} checkpoints, {report.pending:,} waiting; "
            f"root {report.root[:16]}…",
            soft_wrap=True,
        )
        out.print("Without a witness outside, whoever runs this hub and holds its keys could rewrite all of it.")
    else:
        out.print(f"NOT intact. {report.problem}", soft_wrap=True)
    raise typer.Exit(0 if report.intact else 1)


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
def check_bundle(path: Annotated[Path, typer.Argument(help="A bundle from `hub audit prove`.")]) -> None:
    """Check a bundle; needs neither a hub nor a database. Example: hub audit check-bundle proof.json"""
    try:
        audit.check_bundle(orjson.loads(path.read_bytes()))
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
