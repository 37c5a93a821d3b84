"""A message of which nothing is taken, and the likes of it of which everything is."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

import pytest

from adapters.base import Read, Unreadable
from schemas.canonical import CanonicalRecord
from schemas.messages import Problem, Severity

Files = dict[str, bytes]
Send = Callable[..., list[Read]]
Pack = Callable[[Mapping[str, bytes]], bytes]


def refused(send: Send, content: Files | bytes, definition: str | None = None) -> Problem:
    with pytest.raises(Unreadable) as refusal:
        send(content, definition)
    assert refusal.value.problem.severity is Severity.REFUSED
    return refusal.value.problem


def keys(read: list[Read]) -> set[str]:
    return {one.key for one in read if isinstance(one, CanonicalRecord)}


def codes(read: list[Read]) -> set[str]:
    return {one.code for one in read if isinstance(one, Problem)}


def stored(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


class TestRefuseTheZip:
    @pytest.mark.parametrize("content", [b"", b"PK", b"PersonalID,FirstName\r\nc1,Marcus\r\n", b"\x00" * 100_000])
    def test_that_is_none(self, send: Send, content: bytes) -> None:
        assert refused(send, content).code == "not-a-zip"

    def test_that_was_cut_short(self, county: Files, send: Send, pack: Pack) -> None:
        packed = pack(county)
        assert refused(send, packed[: len(packed) // 2]).code == "not-a-zip"

    def test_with_a_file_that_fails_its_checksum(self, county: Files, send: Send) -> None:
        damaged = stored(county).replace(b"Marcus", b"Markus", 1)
        problem = refused(send, damaged)
        assert (problem.file, problem.code) == ("Client.csv", "damaged-zip")

    @pytest.mark.parametrize("name", ["../Client.csv", "/etc/Client.csv", "..\\Client.csv", "C:\\Client.csv"])
    def test_with_a_name_that_leads_out_of_it(self, county: Files, send: Send, name: str) -> None:
        assert refused(send, {**county, name: b"PersonalID"}).code == "path-traversal"

    def test_with_folders_in_folders(self, county: Files, send: Send) -> None:
        assert refused(send, {**county, "a/b/Client.csv": b"PersonalID"}).code == "nested-folders"
        assert refused(send, {f"a/{name}": content for name, content in county.items()} | {"b/x.csv": b""}).code == (
            "nested-folders"
        )

    def test_with_a_zip_within(self, county: Files, send: Send, pack: Pack) -> None:
        assert refused(send, {**county, "more.zip": pack(county)}).code == "nested-zip"

    def test_with_one_file_twice(self, county: Files, send: Send) -> None:
        assert refused(send, {**county, "CLIENT.CSV": county["Client.csv"]}).code == "duplicate-file"

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_with_one_name_twice(self, county: Files, send: Send) -> None:
        packed = io.BytesIO(stored(county))
        with zipfile.ZipFile(packed, "a") as archive:
            archive.writestr("Client.csv", county["Client.csv"])
        assert refused(send, packed.getvalue()).code == "duplicate-file"

    def test_that_would_burst(self, county: Files, send: Send) -> None:
        bomb = county["Client.csv"] + b" " * (40 << 20)
        assert refused(send, {**county, "Client.csv": bomb}).code == "zip-bomb"

    def test_that_declares_more_than_any_export_holds(self, county: Files, send: Send, pack: Pack) -> None:
        assert refused(send, _declaring(pack(county), 9 * (1 << 30) // 4)).code == "too-large"

    def test_whose_files_lie_over_each_other(self, county: Files, send: Send) -> None:
        assert refused(send, _overlapping(stored(county))).code == "zip-bomb"

    def test_packed_by_a_method_that_may_want_any_memory(self, county: Files, send: Send) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
            for name, content in county.items():
                archive.writestr(name, content)
        assert refused(send, packed.getvalue()).code == "zip-method"

    def test_with_more_files_than_any_export_has(self, county: Files, send: Send) -> None:
        many = {f"Extra{number}.csv": b"" for number in range(600)}
        assert refused(send, {**county, **many}).code == "too-many-files"


class TestTakeTheZip:
    def test_with_one_folder_and_a_remark(self, county: Files, send: Send) -> None:
        read = send({f"export/{name}": content for name, content in county.items()})
        assert keys(read) == keys(send(county))
        assert "folder" in codes(read)

    def test_with_what_a_desktop_left_in_it(self, county: Files, send: Send) -> None:
        read = send({**county, "__MACOSX/._Client.csv": b"\x00", ".DS_Store": b"\x00"})
        assert keys(read) == keys(send(county))
        assert "unknown-file" not in codes(read)

    def test_with_a_file_of_the_senders_own_and_a_remark(self, county: Files, send: Send) -> None:
        read = send({**county, "CustomNotes.csv": b"a,b\r\n"})
        assert keys(read) == keys(send(county))
        assert "unknown-file" in codes(read)

    def test_with_names_in_any_case(self, county: Files, send: Send) -> None:
        assert keys(send({name.upper(): content for name, content in county.items()})) == keys(send(county))


class TestRefuseTheExport:
    def test_that_is_missing(self, county: Files, send: Send) -> None:
        del county["Export.csv"]
        assert refused(send, county).code == "missing-export"

    def test_without_a_row(self, county: Files, send: Send) -> None:
        county["Export.csv"] = county["Export.csv"].split(b"\r\n")[0] + b"\r\n"
        assert refused(send, county).code == "export-rows"

    @pytest.mark.parametrize("version", [b"2024 v1.3", b"", b"9999", b"twenty"])
    def test_of_another_version(self, county: Files, send: Send, version: bytes) -> None:
        county["Export.csv"] = county["Export.csv"].replace(b"2026 v1.0", version)
        county["Client.csv"] = county["Client.csv"].replace(b"ExportID,Sex", b"ExportID,Gender")
        assert refused(send, county).code == "csv-version"

    def test_but_not_one_that_only_names_an_earlier_version(self, county: Files, send: Send) -> None:
        expected = keys(send(county))
        county["Export.csv"] = county["Export.csv"].replace(b"2026 v1.0", b"2024 v1.3")
        read = send(county)
        assert keys(read) == expected
        assert "csv-version" in codes(read)

    def test_with_a_million_columns(self, county: Files, send: Send) -> None:
        columns = b",".join(b"c%d" % number for number in range(1_000_000))
        county["Client.csv"] = county["Client.csv"].replace(b"PersonalID,", b"PersonalID," + columns + b",", 1)
        assert refused(send, county).code == "too-many-columns"

    def test_without_a_column_that_places_its_rows(self, county: Files, send: Send) -> None:
        county["Enrollment.csv"] = county["Enrollment.csv"].replace(b"ProjectID", b"PrjectID")
        problem = refused(send, county)
        assert (problem.file, problem.code) == ("Enrollment.csv, header", "missing-column")
        assert "ProjectID" in problem.expected


class TestRefuseTheSender:
    @pytest.mark.parametrize("guard", ['source_id = "XX-501"', 'implementation_id = "marlow-1"'])
    def test_that_was_agreed_not_at_all(self, county: Files, send: Send, guard: str) -> None:
        assert keys(send(county, guard)) == keys(send(county))

    @pytest.mark.parametrize("guard", ['source_id = "XX-502"', 'implementation_id = "marlow-2"'])
    def test_that_is_another_than_agreed(self, county: Files, send: Send, guard: str) -> None:
        assert refused(send, county, guard).code == "other-source"

    @pytest.mark.parametrize("text", ["timezone = ", 'timezone = "Mars/Olympus"', 'color = "red"', "timezone = 3"])
    def test_whose_definition_cannot_be_read(self, county: Files, send: Send, text: str) -> None:
        assert refused(send, county, text).code == "definition"


class TestTakeTheText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_in_any_encoding_in_use(self, county: Files, send: Send, encoding: str) -> None:
        recoded = {name: content.decode().encode(encoding) for name, content in county.items()}
        assert _people(send(recoded)) == _people(send(county))

    def test_with_a_remark_on_another_than_utf_8(self, county: Files, send: Send) -> None:
        assert "encoding" not in codes(send(county))
        assert "encoding" in codes(send({**county, "Client.csv": county["Client.csv"].decode().encode("cp1252")}))

    @pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
    def test_with_any_line_end(self, county: Files, send: Send, ending: bytes) -> None:
        county["Client.csv"] = county["Client.csv"].replace(b"\r\n", ending)
        assert len(_people(send(county))) == 8

    def test_with_mixed_line_ends(self, county: Files, send: Send) -> None:
        county["Client.csv"] = county["Client.csv"].replace(b"\r\n", b"\n", 3)
        assert len(_people(send(county))) == 8

    def test_with_its_own_dates_as_proof_of_their_order(self, county: Files, send: Send) -> None:
        """13-02-26 can only be the 13th, so 03-02-26 in the same file is the 3rd."""
        day_first = county["Client.csv"].replace(b"2026-02-20 10:00:00", b"13-02-26", 1)
        day_first = day_first.replace(b"2026-02-20 10:00:00", b"03-02-26", 1).replace(b"12-31-1999", b"1999-12-31")
        assert _updated(send({**county, "Client.csv": day_first}), "Client/c2") == "2026-02-03"

    def test_and_the_countrys_order_without_proof(self, county: Files, send: Send) -> None:
        unproven = county["Client.csv"].replace(b"2026-02-20 10:00:00", b"03-02-26", 1)
        assert _updated(send({**county, "Client.csv": unproven}), "Client/c1") == "2026-03-02"

    def test_but_believes_neither_order_where_the_proofs_contradict(self, county: Files, send: Send) -> None:
        both = county["Client.csv"].replace(b"2026-02-20 10:00:00", b"13-02-26", 1)
        assert b"12-31-1999" in both
        read = send({**county, "Client.csv": both})
        assert _updated(read, "Client/c1") is None
        assert "date" in codes(read)


def _people(read: list[Read]) -> list[object]:
    return [one.body for one in read if isinstance(one, CanonicalRecord) and one.key.startswith("Client/")]


def _updated(read: list[Read], key: str) -> str | None:
    (record,) = (one for one in read if isinstance(one, CanonicalRecord) and one.key == key)
    return record.updated_at.date().isoformat() if record.updated_at else None


def _declaring(packed: bytes, size: int) -> bytes:
    """The same zip, whose directory says that every file is this large."""
    directory = bytearray(packed)
    at = directory.find(b"PK\x01\x02")
    while at >= 0:
        directory[at + 24 : at + 28] = struct.pack("<I", size)
        at = directory.find(b"PK\x01\x02", at + 4)
    return bytes(directory)


def _overlapping(packed: bytes) -> bytes:
    """The same zip, whose directory says that the second file begins where the first does."""
    directory = bytearray(packed)
    first = directory.find(b"PK\x01\x02")
    second = directory.find(b"PK\x01\x02", first + 4)
    directory[second + 42 : second + 46] = directory[first + 42 : first + 46]
    return bytes(directory)
