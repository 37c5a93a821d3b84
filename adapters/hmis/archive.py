"""The zip or the folder a file set comes in: which files it holds, whether they are whole, and how their text is to be
read. Nothing of it is believed: names and checksums are looked at before a single row is.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from adapters.hmis.members import DAMAGED
from adapters.hmis.refusal import refusal
from adapters.hmis.script import Script, recognize
from adapters.hmis.spec import YEARS, Specification, specification
from adapters.hmis.text import Text
from schemas.content import File
from schemas.messages import Problem, Severity

BESIDE = "SecurityLabels.csv"
"""The labels of rows that another hub tells; it stands beside the files that HUD names, and nothing is read from it."""


@dataclass(frozen=True)
class Member:
    """One file of the set and how its text is written."""

    file: File
    script: Script


class Archive:
    """The file set in a zip or a folder, whole and safe to read. Raises `Unreadable` where it is not.

    Files are known by their table's name, whatever their case, as are those that are agreed on beside HUD's (`also`).
    `remarks` say what the sender may want to mend.
    """

    def __init__(self, files: Sequence[File], also: Collection[str] = ()) -> None:
        self.remarks: list[Problem] = []
        self._also = frozenset(also)
        self._members = self._recognized(self._within_one_folder(files))

    def __contains__(self, table: str) -> bool:
        return table in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def script(self, table: str) -> Script:
        return self._members[table].script

    @contextmanager
    def text(self, table: str) -> Iterator[Text]:
        """The file's text from its beginning."""
        member = self._members[table]
        with member.file.open() as stream:
            yield Text(member.script.as_utf8(stream), f"{table}.csv")

    def hold_against(self, specification: Specification) -> None:
        """Remarks on the files that a version has and the zip has not, and on those of other versions."""
        for table in specification.tables.values():
            if table.name not in self._members:
                self._remark(table.file, "missing-file", "in the zip, with at least its header")
        for name in self._members:
            if name not in specification.tables and name not in self._also:
                self._remark(f"{name}.csv", "unknown-file", f"only the files of FY{specification.year}; left unread")

    def _within_one_folder(self, files: Sequence[File]) -> list[tuple[PurePosixPath, File]]:
        paths = [(_safe_path(file.name), file) for file in files if not _left_by_a_desktop(file.name)]
        folders = {path.parent for path, _ in paths}
        if len(folders) > 1 or any(len(folder.parts) > 1 for folder in folders):
            raise refusal("zip", "one folder of CSV files", code="nested-folders")
        if any(folder.parts for folder in folders):
            self._remark(None, "folder", "CSV files at the root of the zip, without a folder")
        return paths

    def _recognized(self, paths: Iterable[tuple[PurePosixPath, File]]) -> dict[str, Member]:
        own = {table for year in YEARS for table in specification(year).tables}
        names = {f"{name}.csv".lower(): name for name in (*self._also, *own)}
        found: dict[str, Member] = {}
        for path, file in paths:
            name = names.get(path.name.lower())
            if name is None and path.name != BESIDE:
                self._refuse_zip_within(path)
                self._remark(None, "unknown-file", "only the CSV files that HUD names; another was left unread")
            elif name is not None and name in found:
                raise refusal(f"{name}.csv", "in the zip once", code="duplicate-file")
            elif name is not None and file.size:
                found[name] = Member(file, self._script(f"{name}.csv", file))
        if "Export" not in found:
            raise refusal("Export.csv", "in the zip, with one row", code="missing-export")
        return found

    def _script(self, file: str, found: File) -> Script:
        try:
            with found.open() as stream:
                script = recognize(stream)
        except DAMAGED:
            raise refusal(file, "a whole file; the zip is damaged", code="damaged-zip") from None
        if not script.is_utf8:
            self._remark(file, "encoding", f"UTF-8; read as {script.encoding}")
        return script

    def _remark(self, file: str | None, code: str, expected: str) -> None:
        self.remarks.append(Problem(file=file, code=code, severity=Severity.WARNING, expected=expected))

    @staticmethod
    def _refuse_zip_within(path: PurePosixPath) -> None:
        if path.suffix.lower() == ".zip":
            raise refusal("zip", "CSV files, not another zip", code="nested-zip")


def _safe_path(name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise refusal("zip", "file names without a way out of the zip", code="path-traversal")
    return path


def _left_by_a_desktop(name: str) -> bool:
    """Finder and Explorer put their own files into the zips that they make."""
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name in {".DS_Store", "Thumbs.db", "desktop.ini"}
