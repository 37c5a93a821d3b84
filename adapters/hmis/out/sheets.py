"""Rows as HUD's CSV files: all 24 of them, in the columns and their order that the specification has.

Texts stand in quotes and numbers and dates do not; characters that the format forbids are left out of texts.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping

from adapters.hmis.out.rows import Row
from adapters.hmis.spec import Column, Kind, Table, fy2026

_FORBIDDEN = str.maketrans(dict.fromkeys("<>[]{}"))
_SAME_EVERY_TIME = (1980, 1, 1, 0, 0, 0)


def packed(rows: Mapping[str, Iterable[Row]], beside: Mapping[str, str]) -> bytes:
    """A zip of every file, header only where there are no rows; `beside` are files that HUD does not name.

    The same rows make the same bytes, so that what is delivered twice is seen to be the same.
    """
    files = {table.file: _sheet(table, rows.get(table.name, ())) for table in fy2026().tables.values()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in (*files.items(), *beside.items()):
            member = zipfile.ZipInfo(name, _SAME_EVERY_TIME)
            archive.writestr(member, text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def lines(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "".join(f"{','.join(cells)}\r\n" for cells in (header, *rows))


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if text else ""


def _sheet(table: Table, rows: Iterable[Row]) -> str:
    columns = list(table.columns.values())
    unique = {row[table.key]: row for row in rows}
    return lines(
        [column.name for column in columns],
        ([_cell(column, row.get(column.name, "")) for column in columns] for row in unique.values()),
    )


def _cell(column: Column, value: str) -> str:
    if column.kind is not Kind.TEXT or column.codes is not None:
        return value
    return quoted(value.translate(_FORBIDDEN)[: column.longest].strip())
