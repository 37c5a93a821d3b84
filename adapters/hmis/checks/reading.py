"""What the reading of a set finds before any value is looked at: the zip, Export.csv, the shape of rows, keys."""

from adapters.hmis.checks.catalogue import Check, Level
from schemas.messages import Severity

_HIGH, _WARNING = Level.HIGH_PRIORITY, Level.WARNING


def _refused(code: str, expected: str, *eva: int) -> Check:
    return Check(code, _HIGH, expected, eva=eva, severity=Severity.REFUSED)


def _set_aside(code: str, expected: str, *eva: int) -> Check:
    return Check(code, _HIGH, expected, eva=eva, severity=Severity.SET_ASIDE)


CHECKS = (
    _refused("not-a-zip", "a whole zip of CSV files", 127),
    _refused("damaged-zip", "a whole zip; its checksums agree"),
    _refused("nested-zip", "CSV files, not another zip", 122),
    _refused("nested-folders", "one folder of CSV files", 122),
    _refused("zip-method", "files stored or deflated, as every zip program can read"),
    _refused("encrypted-zip", "a zip without a password"),
    _refused("path-traversal", "file names without a way out of the zip"),
    _refused("too-many-files", "no more files than are read"),
    _refused("too-large", "no more than is read, unpacked"),
    _refused("zip-bomb", "a zip packed no tighter than text can be"),
    _refused("duplicate-file", "each file once"),
    _refused("missing-export", "Export.csv, with one row", 125),
    _refused("too-many-columns", "no more columns than are read"),
    _refused("quotes", "a CSV file whose quotes close"),
    _refused("other-source", "the SourceID and ImplementationID agreed with this sender"),
    _refused("definition", "a definition of the sender that can be read"),
    Check("folder", _WARNING, "the files at the root of the zip, without a folder", eva=(122,)),
    Check("missing-file", _HIGH, "every file of the format, if only with its header", eva=(125,)),
    Check("unknown-file", _WARNING, "only the files that HUD names; others are left unread"),
    Check("encoding", _WARNING, "UTF-8"),
    Check(
        "csv-version", _HIGH, "a version that is read, in CSVVersion and in the columns", "Export", "CSVVersion", (124,)
    ),
    Check("export-rows", _HIGH, "one row", "Export", eva=(140,)),
    Check("privacy-column", _WARNING, "the column that says what is private; without it every row counts as private"),
    Check("privacy-file", _WARNING, "the file that says what is private, with its column; without it all is private"),
    Check("release-form", _WARNING, "a [form] in the definition: to whom and for what people release"),
    Check("removals-skipped", _WARNING, "no row set aside; as one was, nothing missing was taken for removed"),
    _set_aside("column-count", "as many columns as in the header"),
    _set_aside("too-long-row", "fields that are not endless, and quotes that close"),
    _set_aside("nul-character", "text without NUL characters"),
    _set_aside("no-worker", "the name of a worker"),
    _set_aside("blank-key", "a key"),
    _set_aside("duplicate-key", "a key that occurs once", 7, 8),
)
