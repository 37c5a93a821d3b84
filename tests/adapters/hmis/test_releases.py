"""Releases in the files of four vendors, as the papers they stand for; nothing is guessed in favour of sharing."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Read, Unreadable
from adapters.hmis import vendors
from schemas.canonical import CanonicalRecord, ConsentOnFile
from schemas.instruments import Consent, Described, Everything, NeverExpires, OnDate
from schemas.messages import Problem
from schemas.vocab import Field, SignatureMethod, Signer
from schemas.vocab.records import Change
from tests.adapters.hmis.conftest import Files, Send

FORM = '[form]\nrecipients = ["crisis-providers"]\npurposes = ["COC"]\ncocs = ["XX-501"]'
CLARITY = "ROI ID,PersonalID,Permission,Start Date,End Date,Documentation,Agency ID,Scope"
CHICAGO = "ROIID,PersonalID,Option,StartDate,EndDate"
OPEN_PATH = "id,PersonalID,status,starts_at,expires_at,revoked_at,confirmed,coc_codes"
WELLSKY = "ROI ID,Client ID,Release Granted,Start Date,End Date,Documentation,Provider ID"

Filed = Callable[..., list[CanonicalRecord]]


@pytest.fixture
def sent(county: Files, send: Send) -> Callable[..., list[Read]]:
    """What comes of the county's set with a file of releases beside it."""

    def sent(vendor: str, file: str, *rows: str, form: str = FORM) -> list[Read]:
        return send({**county, file: "\n".join(rows).encode()}, f'vendor = "{vendor}"\n{form}')

    return sent


@pytest.fixture
def filed(sent: Callable[..., list[Read]]) -> Filed:
    """The papers among it."""
    return lambda *args, **options: [
        one for one in sent(*args, **options) if isinstance(one, CanonicalRecord) and one.body.kind == "consent"
    ]


def paper(record: CanonicalRecord) -> Consent:
    assert isinstance(record.body, ConsentOnFile)
    return record.body.consent


class TestClarity:
    def test_a_release_is_filed_as_it_stands(self, filed: Filed) -> None:
        (record,) = filed(
            "clarity", "ROI.csv", CLARITY, "r1,c1,Yes,2026-01-10,2027-01-10,Electronic Signature,o1,System"
        )
        found = paper(record)

        assert record.subject is not None
        assert record.subject.value == "c1"
        assert record.held_by is None
        assert isinstance(found.information, Everything)
        assert found.expiration == OnDate(date=date(2027, 1, 10))
        assert [(one.by, one.method, one.on) for one in found.signatures] == [
            (Signer.SUBJECT, SignatureMethod.ELECTRONIC, date(2026, 1, 10))
        ]

    @pytest.mark.parametrize(
        ("scope", "held_by"), [("System", None), ("Agency", "Organization/o1"), ("Galaxy", "Organization/o1")]
    )
    def test_a_scope_that_is_not_known_is_the_agency(self, filed: Filed, scope: str, held_by: str | None) -> None:
        (record,) = filed("clarity", "ROI.csv", CLARITY, f"r1,c1,Yes,2026-01-10,,Signed Paper,o1,{scope}")

        assert record.held_by == held_by

    @pytest.mark.parametrize("permission", ["No", "", "maybe"])
    def test_anything_but_a_permission_takes_back_what_is_on_file(self, filed: Filed, permission: str) -> None:
        (record,) = filed("clarity", "ROI.csv", CLARITY, f"r1,c1,{permission},2026-01-10,,Signed Paper,o1,System")

        assert record.change is Change.DELETE

    @pytest.mark.parametrize("documentation", ["", "a handshake"])
    def test_a_document_that_is_not_known_signs_nothing(self, filed: Filed, documentation: str) -> None:
        (record,) = filed("clarity", "ROI.csv", CLARITY, f"r1,c1,Yes,2026-01-10,,{documentation},o1,System")

        assert paper(record).signatures == ()

    def test_the_head_of_a_household_signs_as_a_parent(self, filed: Filed) -> None:
        (record,) = filed("clarity", "ROI.csv", CLARITY, "r1,c1,Yes,2026-01-10,,Household,o1,System")

        assert [one.by for one in paper(record).signatures] == [Signer.PARENT]

    def test_without_an_end_it_runs_for_its_term(self, filed: Filed) -> None:
        (record,) = filed("clarity", "ROI.csv", CLARITY, "r1,c1,Yes,2026-01-10,,Signed Paper,o1,System")

        assert paper(record).expiration == OnDate(date=date(2027, 1, 11))

    def test_of_overlapping_rows_the_newest_counts_and_takes_the_place_of_the_others(self, filed: Filed) -> None:
        (record,) = filed(
            "clarity",
            "ROI.csv",
            CLARITY,
            "r1,c1,Yes,2026-01-10,2027-01-10,Signed Paper,o1,System",
            "r2,c1,No,2026-02-10,,Signed Paper,o1,System",
        )

        assert record.change is Change.DELETE
        assert record.key == "ROI/c1"

    def test_of_two_of_one_day_the_one_that_denies_counts(self, filed: Filed) -> None:
        rows = ["r1,c1,No,2026-01-10,,Signed Paper,o1,System", "r2,c1,Yes,2026-01-10,,Signed Paper,o1,System"]

        assert [filed("clarity", "ROI.csv", CLARITY, *order)[0].change for order in (rows, rows[::-1])] == [
            Change.DELETE,
            Change.DELETE,
        ]

    def test_a_date_that_cannot_be_read_takes_it_back_and_says_where(self, sent: Callable[..., list[Read]]) -> None:
        told = sent("clarity", "ROI.csv", CLARITY, "r1,c1,Yes,2026-01-10,someday,Signed Paper,o1,System")
        records = [one for one in told if isinstance(one, CanonicalRecord) and one.body.kind == "consent"]
        problems = [one for one in told if isinstance(one, Problem) and one.file == "ROI.csv"]

        assert [one.change for one in records] == [Change.DELETE]
        assert [(one.line, one.field) for one in problems] == [(2, "End Date")]
        assert "someday" not in str(problems)


class TestChicago:
    @pytest.mark.parametrize(("option", "change"), [("A", Change.UPSERT), ("B", Change.DELETE), ("C", Change.DELETE)])
    def test_only_option_a_opens_anything(self, filed: Filed, option: str, change: Change) -> None:
        (record,) = filed("chicago", "ROI.csv", CHICAGO, f"r1,c1,{option},2026-01-10,2027-01-10")

        assert record.change is change


class TestOpenPath:
    def row(self, status: str = "full", revoked: str = "", confirmed: str = "true", cocs: str = "") -> tuple[str, str]:
        return OPEN_PATH, f"1,c1,{status},2026-01-10,2027-01-10,{revoked},{confirmed},{cocs}"

    def test_a_partial_consent_is_for_coordinated_entry_alone(self, filed: Filed) -> None:
        (record,) = filed("open-path", "ClientConsents.csv", *self.row(status="partial"))

        assert paper(record).information == Described(fields=(Field.REFERRAL_STATUS,))

    @pytest.mark.parametrize(("revoked", "is_revoked"), [("2026-02-01", True), ("last week", True), ("", False)])
    def test_a_revocation_counts_even_if_its_day_cannot_be_read(
        self, filed: Filed, revoked: str, is_revoked: bool
    ) -> None:
        (record,) = filed("open-path", "ClientConsents.csv", *self.row(revoked=revoked))

        assert (paper(record).revocation is not None) is is_revoked

    @pytest.mark.parametrize(("confirmed", "signed"), [("true", True), ("false", False), ("", False)])
    def test_one_that_staff_have_not_confirmed_is_not_signed(self, filed: Filed, confirmed: str, signed: bool) -> None:
        (record,) = filed("open-path", "ClientConsents.csv", *self.row(confirmed=confirmed))

        assert bool(paper(record).signatures) is signed

    @pytest.mark.parametrize(
        ("cocs", "change"),
        [("", Change.UPSERT), ("All CoCs", Change.UPSERT), ("XX-500;XX-501", Change.UPSERT), ("XX-500", Change.DELETE)],
    )
    def test_one_for_other_continuums_opens_nothing_here(self, filed: Filed, cocs: str, change: Change) -> None:
        (record,) = filed("open-path", "ClientConsents.csv", *self.row(cocs=cocs))

        assert record.change is change


class TestWellSky:
    def test_every_row_counts_for_its_own_agency_and_time(self, filed: Filed) -> None:
        first, second = filed(
            "wellsky",
            "ROI.csv",
            WELLSKY,
            "r1,c1,Yes,2026-01-10,2027-01-10,Electronic Signature,o1",
            "r2,c1,Yes,2026-01-10,,Electronic Signature,",
        )

        assert (first.key, first.held_by) == ("ROI/r1", "Organization/o1")
        assert (second.key, second.held_by) == ("ROI/r2", None)
        assert isinstance(paper(second).expiration, NeverExpires)


class TestWhatIsNotTaken:
    def test_is_of_people_known_to_victim_services_alone_and_is_counted(self, sent: Callable[..., list[Read]]) -> None:
        told = sent("chicago", "ROI.csv", CHICAGO, "r1,c5,A,2026-01-10,2027-01-10")

        assert not [one for one in told if isinstance(one, CanonicalRecord) and one.body.kind == "consent"]
        assert [one.code for one in told if isinstance(one, Problem) and one.file == "ROI.csv"] == [
            "victim-service-provider"
        ]

    def test_is_of_people_whom_the_set_does_not_have(self, filed: Filed) -> None:
        assert filed("chicago", "ROI.csv", CHICAGO, "r1,nobody,A,2026-01-10,2027-01-10") == []

    def test_is_anything_where_nobody_said_what_the_form_says(self, filed: Filed) -> None:
        assert filed("chicago", "ROI.csv", CHICAGO, "r1,c1,A,2026-01-10,2027-01-10", form="") == []

    def test_is_a_file_that_lacks_a_column_which_could_end_a_release(self, filed: Filed) -> None:
        assert filed("chicago", "ROI.csv", "ROIID,PersonalID,Option,StartDate", "r1,c1,A,2026-01-10") == []

    def test_is_a_set_whose_vendor_nobody_knows(self, filed: Filed) -> None:
        with pytest.raises(
            Unreadable, match=r"vendor should be one of chicago, clarity, clienttrack, eto, open-path, wellsky"
        ):
            filed("nobodys", "ROI.csv", CHICAGO)


@pytest.mark.parametrize("name", vendors.names())
def test_every_vendor_is_readable(name: str) -> None:
    assert vendors.vendor(name).release or vendors.vendor(name).staff


@given(words=st.text(max_size=8))
def test_no_unknown_word_opens_anything(words: str) -> None:
    for name in vendors.names():
        for file in vendors.vendor(name).release:
            assert words.lower() in file.permits or file.permits.get(words.lower(), "none") == "none"
