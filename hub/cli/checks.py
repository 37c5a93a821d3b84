"""`hub hmis checks`: what an HMIS export is held against."""

from typing import Annotated

import orjson
import typer
from rich.table import Table

from adapters.hmis.checks.catalogue import Check
from adapters.hmis.checks.listing import CATALOGUE, left_out
from hub.cli.app import out
from hub.cli.hmis import hmis_app


@hmis_app.command("checks")
def checks(json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False) -> None:
    """List the checks of an HMIS export: code, level, HUD's numbers, what is expected; then what is not and why.

    HUD's numbers are those of its own checker, eva. Example: hub hmis checks
    """
    if json:
        for line in [*map(_as_json, CATALOGUE), *({"eva": [n], "left_out": why} for n, why in left_out().items())]:
            typer.echo(orjson.dumps(line))
        return
    out.print(_table())
    for number, reason in left_out().items():
        out.print(f"Not checked: HUD's {number}. {reason}", highlight=False, markup=False)


def _table() -> Table:
    table = Table("code", "level", "row", "file", "field", "HUD's", "expected")
    for check in CATALOGUE:
        numbers = " ".join(map(str, check.eva))
        table.add_row(check.code, check.level, check.severity, check.file, check.field, numbers, check.expected)
    return table


def _as_json(check: Check) -> dict[str, object]:
    return {
        "code": check.code,
        "level": check.level,
        "severity": check.severity,
        "file": check.file and f"{check.file}.csv",
        "field": check.field,
        "eva": check.eva,
        "expected": check.expected,
    }
