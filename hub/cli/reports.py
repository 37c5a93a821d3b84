"""What became of a message, or would: on the console, as a page, and as an exit status."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Column, Table

from adapters.base import Advice, Adviser, feed
from hub.cli.app import out
from hub.edge.web.checked import checked_page, counted
from hub.flow.preview import Preview
from hub.flow.report import Report
from hub.store.records.changes import Became
from schemas.messages import Problem, RawMessage, Severity

SHOWN = 20


def page_of(message: RawMessage, report: Report | Preview) -> str:
    """What was found in a message as a page, with what its feed says of it and advises."""
    adviser = feed(message.feed)
    if not isinstance(adviser, Adviser):
        return checked_page(report, (), lambda _: Advice(), name=message.name, at=message.received_at)
    about = () if report.refused else adviser.about(message)
    return checked_page(report, about, adviser.advice, name=message.name, at=message.received_at)


def exit_code(report: Report | Preview) -> int:
    """0: all in. 1: some not. 2: nothing, or nothing before somebody confirms it."""
    if report.refused or report.held:
        return 2
    return 0 if report.is_whole else 1


def show_preview(message: RawMessage, seen: Preview) -> None:
    """What a message would change, for a person."""
    out.print(f"Preview of {message.name}: nothing was stored.", highlight=False, markup=False)
    if seen.changes:
        table = Table("", *(Column(became, justify="right") for became in Became))
        for change in seen.changes:
            table.add_row(escape(change.of), *(f"{getattr(change, became):,}" for became in Became))
        out.print(table)
    out.print(
        f"{seen.received:,} records read, {seen.set_aside:,} of them set aside; "
        f"{seen.new_people:,} new people, {seen.possible_matches:,} possible matches for review; {seen.seconds:.1f} s"
    )
    _show_problems(seen.problems)


def show(report: Report) -> None:
    """What became of a message, for a person."""
    out.print(
        f"{report.received:,} records: {report.stored:,} stored, {report.unchanged:,} unchanged, "
        f"{report.removed:,} removed, {report.set_aside:,} set aside; {report.seconds:.1f} s"
    )
    if report.in_at_last:
        out.print(f"{report.in_at_last:,} records of earlier files, which had been set aside, are in at last.")
    _show_problems(report.problems)


def _show_problems(problems: Sequence[Problem]) -> None:
    for file, counts in counted(problems).items():
        said = ", ".join(f"{counts[severity]:,} {severity}" for severity in Severity if counts[severity])
        out.print(f"  {file}: {said}", highlight=False, markup=False, soft_wrap=True)
    worst_first = sorted(problems, key=lambda problem: problem.severity is Severity.WARNING)
    for problem in worst_first[:SHOWN]:
        where = " ".join(str(part) for part in (problem.file, problem.line, problem.field) if part is not None)
        out.print(
            f"  {problem.severity}: {where}: expected {problem.expected}", highlight=False, markup=False, soft_wrap=True
        )
    if len(worst_first) > SHOWN:
        out.print(f"  … and {len(worst_first) - SHOWN:,} more; --json lists all")
