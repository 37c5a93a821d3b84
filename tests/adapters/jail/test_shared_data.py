"""The rosters that others published, as they lie there, with the definitions that ship."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.jail import read_definition, shipped_definition
from schemas.canonical import Booking, CanonicalRecord, PersonFacts, Snapshot
from schemas.messages import Problem
from schemas.vocab.records import BookingEvent
from tests.adapters.jail.conftest import Reader

SHARED = Path(os.environ.get("HUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "jail"
RECEIVED_AT = datetime(2026, 8, 22, tzinfo=UTC)
SHIPPED = ["adams-charges", "adams-custody", "adams-health-roster", "nyc-daily"]
ROSTERS = [
    ("synthetic/csv-adams/inmate_lookup_charges.csv", "adams-charges", 3),
    ("synthetic/csv-adams/person_query_jms_custody.csv", "adams-custody", 3),
    ("synthetic/csv-adams/ehr_roster.csv", "adams-health-roster", 3),
    ("csv-nyc-doc/DOC_Inmates_InCustody_Daily_20160602.csv", "nyc-daily", 399),
    ("csv-nyc-doc/DOC_Inmates_InCustody_Daily_20260817.csv", "nyc-daily", 695),
    ("csv-nyc-doc/DOC_Inmates_InCustody_Daily_20260818.csv", "nyc-daily", 693),
    ("csv-nyc-doc/DOC_Inmates_InCustody_Daily_20260819.csv", "nyc-daily", 692),
    ("csv-nyc-doc/DOC_Inmates_InCustody_Daily_20260820.csv", "nyc-daily", 692),
]

needs_shared_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sample data is not beside the checkout")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_definition_is_valid(name: str) -> None:
    assert read_definition(shipped_definition(name)).columns


@needs_shared_data
class TestPublishedRoster:
    @pytest.mark.parametrize(("path", "definition", "stays"), ROSTERS)
    def test_is_read_whole(self, read: Reader, path: str, definition: str, stays: int) -> None:
        file = SHARED / path
        found = read(file.read_bytes(), shipped_definition(definition), file.name, RECEIVED_AT)

        records = [one for one in found if isinstance(one, CanonicalRecord)]
        assert [one for one in found if isinstance(one, Problem)] == []
        assert sum(isinstance(one.body, Booking) for one in records) == stays
        assert isinstance(found[-1], Snapshot)

    def test_in_three_layouts_names_the_same_people(self, read: Reader) -> None:
        def subjects(path: str, definition: str) -> set[object]:
            found = read((SHARED / path).read_bytes(), shipped_definition(definition), path, RECEIVED_AT)
            return {one.subject for one in found if isinstance(one, CanonicalRecord)}

        first, *others = (subjects(path, definition) for path, definition, _ in ROSTERS[:3])
        assert others == [first, first]

    def test_of_two_days_differs_by_who_came_and_who_is_not_seen(self, read: Reader) -> None:
        def stays(day: str) -> set[str]:
            file = SHARED / "csv-nyc-doc" / f"DOC_Inmates_InCustody_Daily_{day}.csv"
            found = read(file.read_bytes(), shipped_definition("nyc-daily"), file.name, RECEIVED_AT)
            records = [one for one in found if isinstance(one, CanonicalRecord) and isinstance(one.body, Booking)]
            assert {one.body.event for one in records if isinstance(one.body, Booking)} == {BookingEvent.BOOKED}
            return {one.key for one in records}

        assert len(stays("20260817") & stays("20260818")) > 650

    def test_lets_no_mental_health_flag_through(self, read: Reader) -> None:
        file = SHARED / "csv-nyc-doc" / "DOC_Inmates_InCustody_Daily_20260817.csv"
        content = file.read_bytes().replace(b",MED,Y,", b",MED,BRADH-YES,")
        found = read(content, shipped_definition("nyc-daily"), file.name, RECEIVED_AT)

        told = [one.body for one in found if isinstance(one, CanonicalRecord)]
        assert any(isinstance(one, PersonFacts) for one in told)
        assert not any("BRADH-YES" in one.model_dump_json() for one in told)
