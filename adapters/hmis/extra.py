"""A file that a vendor sends beside HUD's, as a table whose columns the definition names."""

from collections.abc import Iterable

from adapters.hmis.spec import Column, Kind, Table
from schemas.frozen import Frozen


class ExtraFile(Frozen):
    """Which file, and the column that tells its rows apart; a file of the set has such a name.

    file    its name without `.csv`
    key     the column whose value no two rows share
    """

    file: str
    key: str

    @property
    def placed_by(self) -> tuple[str, ...]:
        """The columns without which its rows cannot be placed."""
        return (self.key,)

    def table(self, columns: Iterable[str]) -> Table:
        """The file as a table of these columns beside those it needs; what else it has is of no interest."""
        named = dict.fromkeys((*self.placed_by, *columns))
        return Table(self.file, self.key, None, self.placed_by, {name: _column(name) for name in named})


class ClientFile(ExtraFile):
    """A file whose rows say whose they are: `client` is the column that has the PersonalID."""

    client: str = "PersonalID"

    @property
    def placed_by(self) -> tuple[str, ...]:
        return (self.key, self.client)


def _column(name: str) -> Column:
    return Column(name=name, kind=Kind.TEXT, longest=None, required=False, list=None, codes=None, retired=frozenset())
