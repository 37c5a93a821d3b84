"""`hub access`: who may use which route, as the hub itself looks it up."""

from typing import Annotated

import typer

from hub.cli.app import app, out
from hub.edge.auth.access import TABLE, Access, Way
from schemas.frozen import Frozen


class Row(Frozen):
    """One line of the table; `where` says for which value of a parameter it holds."""

    method: str
    path: str
    where: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    open_because: str


@app.command("access")
def access(json: Annotated[bool, typer.Option("--json", help="Print one list of rows.")] = False) -> None:
    """Print every route, and which roles and scopes it lets in. Example: hub access"""
    rows = [row for way, access in TABLE.items() for row in _rows(way, access)]
    if json:
        out.print_json(data=[row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        out.print(f"{row.method} {row.path} {row.where}".strip(), markup=False, soft_wrap=True)
        for who, names in (("people", row.roles), ("systems", row.scopes)):
            if names:
                out.print(f"    {who} with {' or '.join(names)}", markup=False, soft_wrap=True)
        if row.open_because:
            out.print(f"    everybody: {row.open_because}", markup=False, soft_wrap=True)


def _rows(way: Way, access: Access) -> list[Row]:
    cases = [_row(way, one, f"({access.depends_on} {value})") for value, one in access.cases.items()]
    return [*cases, _row(way, access, "(any other)" if cases else "")]


def _row(way: Way, access: Access, where: str) -> Row:
    return Row(
        method=way.method,
        path=way.path,
        where=where,
        roles=tuple(sorted(access.roles)),
        scopes=tuple(sorted(access.scopes)),
        open_because=access.open_because,
    )
