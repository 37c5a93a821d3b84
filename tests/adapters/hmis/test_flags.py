"""Privacy flags that a sender keeps in a file of their own."""

import pytest

from adapters.base import Read, Unreadable
from schemas.canonical import CanonicalRecord
from schemas.messages import Problem
from tests.adapters.hmis.conftest import Files, Send

FLAGS = '[[privacy_file]]\nfile = "Flags"\nkey = "FlagID"\nof = "Client"\ncolumn = "Locked"\n'
OF_STAYS = FLAGS.replace('"Client"', '"Enrollment"') + 'id = "Stay"\n'
HEADER = "FlagID,PersonalID,Locked"


def private(read: list[Read], table: str = "Client") -> set[str]:
    """The keys of a table's records that are private."""
    records = (one for one in read if isinstance(one, CanonicalRecord) and one.key.startswith(f"{table}/"))
    return {one.key.partition("/")[2] for one in records if one.provenance.hmis and one.provenance.hmis.private}


def all_of(read: list[Read], table: str = "Client") -> set[str]:
    return {
        one.key.partition("/")[2]
        for one in read
        if isinstance(one, CanonicalRecord) and one.key.startswith(f"{table}/")
    }


def codes(read: list[Read]) -> list[str]:
    return [one.code for one in read if isinstance(one, Problem) and one.file == "Flags.csv"]


def flagged(county: Files, *rows: str, header: str = HEADER) -> Files:
    return {**county, "Flags.csv": "\n".join((header, *rows)).encode()}


class TestAFlag:
    def test_keeps_back_whom_it_names_and_nobody_else(self, send: Send, county: Files) -> None:
        read = send(flagged(county, "f1,c1,yes", "f2,c2,no", "f3,c3,"), FLAGS)
        assert (private(read), codes(read)) == ({"c1"}, [])

    def test_counts_where_another_row_of_the_same_person_says_no(self, send: Send, county: Files) -> None:
        assert private(send(flagged(county, "f1,c1,yes", "f2,c1,no"), FLAGS)) == {"c1"}

    def test_of_an_enrollment_keeps_back_that_enrollment(self, send: Send, county: Files) -> None:
        read = send(flagged(county, "f1,e1,x", header="FlagID,Stay,locked"), OF_STAYS)
        assert (private(read, "Enrollment"), private(read)) == ({"e1"}, set())

    def test_is_not_heard_where_nobody_agreed_on_its_file(self, send: Send, county: Files) -> None:
        assert private(send(flagged(county, "f1,c1,yes"))) == set()

    def test_counts_beside_a_column(self, send: Send, county: Files) -> None:
        column = '[[privacy]]\nfile = "Client"\ncolumn = "LastName"\nopen = ["Delgado", "Núñez"]\n'
        read = send(flagged(county, "f1,c1,yes", "f2,c2,no"), FLAGS + column)
        assert "c1" in private(read)
        assert "c2" not in private(read)


class TestWhatCouldHideAFlag:
    """The whole file closes: nobody knows whom the flag would have been about."""

    @pytest.mark.parametrize(
        "files",
        [{}, {"Flags.csv": b"FlagID,PersonalID\nf1,c1"}, {"Flags.csv": f"{HEADER}\nf1,c1,no\nf2,c2".encode()}],
        ids=["no file", "no column", "a broken row"],
    )
    def test_closes_all(self, send: Send, county: Files, files: Files) -> None:
        read = send({**county, **files}, FLAGS)
        assert private(read) == all_of(read) != set()
        assert codes(read)

    def test_is_refused_where_it_cannot_say_whom_it_is_about(self, send: Send, county: Files) -> None:
        with pytest.raises(Unreadable):
            send(flagged(county, "f1,yes", header="FlagID,Locked"), FLAGS)

    def test_is_silence_in_a_delta_and_not_in_a_full_refresh(self, send: Send, county: Files) -> None:
        """A delta leaves out the flags that have not changed."""
        delta = {**county, "Export.csv": county["Export.csv"].replace(b",3,2,1,marlow-1", b",3,1,1,marlow-1")}
        assert delta["Export.csv"] != county["Export.csv"]

        read = send(flagged(delta, "f1,c1,no"), FLAGS)

        assert private(read) == all_of(read) - {"c1"}
        assert private(send(flagged(county, "f1,c1,no"), FLAGS)) == set()
