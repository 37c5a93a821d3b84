"""A file that a vendor sends beside HUD's, as a table whose columns the definition names."""

from collections.abc import Iterable

from adapters.hmis.spec import Column, Kind, Table
from schemas.frozen import Frozen


class ExtraFile(Frozen):
    """Which file, and the columns that tell its rows apart and say whose they are; a file of the set has such a name.

    file    its name without `.csv`
    key     the column whose value no two rows share
    client  the column that has the PersonalID
    """

    file: str
    key: str
    client: str = "PersonalID"

    def table(self, columns: Iterable[str]) -> Table:
        """The file as a table of these columns beside its own two; what else it has is of no interest."""
        named = dict.fromkeys((self.key, self.client, *columns))
        return Table(self.file, self.key, None, (self.key, self.client), {name: _column(name) for name in named})


def _column(name: str) -> Column:
    return Column(name=name, kind=Kind.TEXT, longest=None, required=False, list=None, codes=None, retired=frozenset())
