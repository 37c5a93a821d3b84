"""`hub decide`, `hub lacks` and `hub rules`: the law, without a database."""

import io
import sys
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, TextIO

import orjson
import typer
from rich.table import Table

from consent.cases import UnreadableCase, decision_line, read_cases
from consent.engine import decide as decided
from consent.explain import for_officer
from consent.rule import Rule
from consent.rulebook import rules_on
from consent.tried import cases_of
from consent.validity import Circumstances
from consent.validity.intake import Instrument, instruments, lacks_of
from hub.cli.app import app, err, out
from hub.cli.papers import read_papers
from hub.errors import Invalid
from schemas.disclosure import Subject
from schemas.vocab import Match


@app.command()
def decide(
    path: Annotated[Path | None, typer.Argument(help="JSON Lines of cases; - or nothing: standard input.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why, in plain words, on standard error.")] = False,
) -> None:
    """Decide cases: one decision line a case. Exit 2 when a case cannot be read, with its line.

    Example: hub decide cases.jsonl > decisions.jsonl
    """
    try:
        for case in read_cases(_lines(path)):
            decision = decided(case.request, case.facts)
            typer.echo(orjson.dumps(decision_line(case.id, decision)))
            if explain:
                err.print(f"[bold]{case.id}[/bold]: {case.title}", highlight=False)
                for line in for_officer(decision, case.request):
                    err.print(f"  {line}", highlight=False, markup=False)
    except UnreadableCase as unreadable:
        typer.echo(f"hub: {unreadable}", err=True)
        raise typer.Exit(2) from None


def _lines(path: Path | None) -> TextIO:
    """The lines of a file or of standard input; bytes that are no UTF-8 are left for the reader, who knows the line."""
    try:
        source = sys.stdin.buffer if path is None or str(path) == "-" else path.open("rb")
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    return io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape")


@app.command()
def lacks(
    path: Annotated[Path, typer.Argument(help="JSON or YAML of papers by kind; - for standard input.")],
    on: Annotated[datetime | None, typer.Option(help="As of the end of this day; now when left out.")] = None,
) -> None:
    """Say what papers lack, by which paragraph, and the cure. Exit 1 when one lacks something, 2 when unreadable.

    Papers stand as in the facts of a case: consents, restrictions, legal_process, agreements, emergency,
    custody_representation, research. The person is taken for an adult who can decide.

    Example: hub lacks papers.yaml --on 2026-06-15
    """
    at = datetime.combine(on, time.max).astimezone() if on else datetime.now().astimezone()
    known = Circumstances(at=at, subject=Subject(match=Match.UNIQUE))
    valid = True
    for place, paper in instruments(read_papers(path)):
        lacking = lacks_of(paper, known)
        valid = valid and not lacking
        typer.echo(f"{place}{_kind(paper)}: {'lacking' if lacking else 'valid'}")
        for lack in lacking:
            typer.echo(f"  {lack.what} {lack.paragraph}. Cure: {lack.cure}")
    if not valid:
        raise typer.Exit(1)


def _kind(paper: Instrument) -> str:
    kind = getattr(paper, "kind", None)
    return f", {kind.value}" if kind else ""


@app.command()
def rules(
    rule_id: Annotated[str | None, typer.Argument(metavar="[RULE]", help="One rule, in full: part2.consent")] = None,
    on: Annotated[datetime | None, typer.Option(help="In force on this day; today when left out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
) -> None:
    """List the rules: id, regime, law, in force from and until, and how many decided cases try each.

    Example: hub rules --on 2024-04-15, or hub rules part2.consent
    """
    day = on.date() if on else date.today()  # noqa: DTZ011  (a day as the reader's calendar has it)
    found = [rule for rule in rules_on(day) if rule_id in (None, rule.id)]
    if not found:
        raise Invalid("No rule of that name is in force on that day.", next_steps="hub rules lists them all.")
    if json:
        for rule in found:
            typer.echo(orjson.dumps(_as_json(rule)))
    elif rule_id is not None:
        _show(found[0])
    else:
        out.print(_table(found))


def _table(found: Iterable[Rule[Any]]) -> Table:
    table = Table("rule", "regime", "effect", "law", "since", "until", "cases", "in plain words")
    for rule in found:
        table.add_row(
            rule.id,
            rule.regime or "all",
            rule.effect,
            "; ".join(str(cite) for cite in rule.cites),
            f"{rule.since}",
            f"{rule.until or ''}",
            f"{len(cases_of(rule))}",
            rule.words,
        )
    return table


def _show(rule: Rule[Any]) -> None:
    """One rule, line by line, with the names of all cases that try it."""
    for name, value in _as_json(rule).items():
        told = ", ".join(sorted(value)) if isinstance(value, list | tuple | frozenset) else value
        out.print(f"{name:9} {'-' if told in (None, '') else told}", highlight=False, markup=False)


def _as_json(rule: Rule[Any]) -> dict[str, object]:
    return {
        "id": rule.id,
        "regime": rule.regime,
        "effect": rule.effect,
        "law": [str(cite) for cite in rule.cites],
        "since": rule.since,
        "until": rule.until,
        "rows": rule.rows,
        "purposes": sorted(rule.purposes) if rule.purposes is not None else "all",
        "given": sorted(rule.given),
        "to": sorted(rule.to) if rule.to is not None else "all",
        "owes": sorted(rule.then),
        "words": rule.words,
        "cases": cases_of(rule),
    }
