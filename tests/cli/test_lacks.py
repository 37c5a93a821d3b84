"""`hub lacks`: what papers lack, read from a file, where no database can be had."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

PAPERS = """\
consents:
  - id: c1
    kind: hmis-release
    disclosers: [{class_of_persons: hmis-participants}]
    information: {all: true}
    recipients: [{organization: harbor-mobile-crisis}]
    purposes: [COC]
    expiration: {date: 2026-06-22}
    signatures: [{by: subject, method: ink, on: 2026-06-01}]
legal_process:
  - {id: p1, kind: part2-order, directed_to: [birch-methadone], section: 2.64, mandate: subpoena,
     findings: [no-other-effective-way, public-interest-outweighs, notice-and-hearing], information: {all: true}}
agreements:
  - {kind: booking-data, parties: [hub, county-jail], since: 2026-01-01, until: 2026-12-31}
emergency: {kind: medical, medical_person: Dr. A. Rios, affiliation: county-hospital,
            consent_unobtainable_because: unconscious, attested_at: 2026-06-15T02:10:00-05:00}
"""
PLACES = [
    "consents.0, hmis-release",
    "legal_process.0, part2-order",
    "agreements.0, booking-data",
    "emergency, medical",
]
DAY = ("--on", "2026-06-15")


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.yaml"
    path.write_text(PAPERS)
    return path


class TestLacks:
    def test_of_whole_papers_says_that_each_is_valid(self, bare: Command, papers: Path) -> None:
        ran = bare("lacks", papers, *DAY)

        assert (ran.code, ran.err) == (0, "")
        assert ran.out.splitlines() == [f"{place}: valid" for place in PLACES]

    def test_says_what_is_missing_by_which_paragraph_and_the_cure(self, bare: Command, papers: Path) -> None:
        papers.write_text(PAPERS.replace("mandate: subpoena,", "").replace(", notice-and-hearing", ""))

        ran = bare("lacks", papers, *DAY)

        assert (ran.code, ran.err) == (1, "")
        assert ran.out.splitlines()[1:4] == [
            "legal_process.0, part2-order: lacking",
            "  It does not show that patient and holder had notice and could respond. 42 CFR 2.64(b). "
            "Cure: Give both notice and a hearing, and ask the court again.",
            "  No subpoena or similar mandate stands beside it, so that the holder may refuse. 42 CFR 2.61(b)(2). "
            "Cure: Serve a subpoena or a similar mandate with it.",
        ]

    @pytest.mark.parametrize(("day", "code"), [("2026-06-22", 0), ("2026-06-23", 1)])
    def test_counts_the_last_day_to_its_end(self, bare: Command, papers: Path, day: str, code: int) -> None:
        ran = bare("lacks", papers, "--on", day)

        assert ran.code == code
        assert ("It has expired." in ran.out) is (code == 1)

    def test_without_a_day_looks_at_now(self, bare: Command, papers: Path) -> None:
        papers.write_text(PAPERS.replace("2026-", "2020-"))

        assert "It has expired." in bare("lacks", papers).out

    def test_reads_json_and_standard_input_alike(self, bare: Command, papers: Path) -> None:
        agreement = {"kind": "booking-data", "parties": ["hub", "county-jail"], "since": "2026-01-01", "until": None}
        page = json.dumps({"agreements": [agreement], "research": {"documents": []}}, indent="\t").encode()
        (papers.parent / "papers.json").write_bytes(b"\xef\xbb\xbf" + page)

        from_file = bare("lacks", papers.parent / "papers.json", *DAY)

        assert from_file.out.splitlines()[:2] == ["agreements.0, booking-data: valid", "research: lacking"]
        assert bare("lacks", "-", *DAY, stdin=page) == from_file

    def test_of_no_paper_says_nothing(self, bare: Command) -> None:
        ran = bare("lacks", "-", stdin=b"{}")

        assert (ran.code, ran.out, ran.err) == (0, "", "")


class TestUnreadable:
    """Exit 2, with file, line and field and what was expected; never what stands there."""

    @pytest.mark.parametrize(
        ("instead", "of", "complaint"),
        [
            ("kind: Marcus", "kind: hmis-release", "line 3, consents.0.kind: should be 'part2-tpo-consent', "),
            ("Marcus: []", "disclosers: [{class_of_persons: hmis-participants}]", "line 4, consents.0: has a field "),
            ("{organisation: x}", "{organization: harbor-mobile-crisis}", "line 6, consents.0.recipients.0: has a "),
            ("{categories: [Marcus]}", "{all: true}", "line 5, consents.0.information.categories.0: should be "),
            ("{}", "{all: true}", "line 5, consents.0.information.all: is required."),
            ("{date: Marcus}", "{date: 2026-06-22}", "line 8, consents.0.expiration.date: should be a valid date"),
            ("Marcus", "[COC]", "line 7, consents.0.purposes: should be a valid tuple."),
            ("02:10:00}", "02:10:00-05:00}", "line 16, emergency.attested_at: should have timezone info."),
            ("Marcus", "[{by: subject, method: ink, on: 2026-06-01}]", "line 9, consents.0.signatures: should be "),
            ("*Marcus", "[COC]", "line 7: should be JSON or YAML."),
            ("!!python/name:Marcus", "[COC]", "line 7: should be JSON or YAML."),
            ("{Marcus", "[COC]", "line 8: should be JSON or YAML."),
        ],
    )
    def test_says_where_and_what_was_expected(
        self, bare: Command, papers: Path, instead: str, of: str, complaint: str
    ) -> None:
        assert PAPERS.count(of) >= 1
        papers.write_text(PAPERS.replace(of, instead, 1))

        ran = bare("lacks", papers, *DAY)

        assert ran.is_a_plain_refusal
        assert f"{papers}, {complaint}" in ran.err
        assert "Marcus" not in ran.err

    @pytest.mark.parametrize(
        ("page", "complaint"),
        [
            (b"\n\xff", "line 2: should be UTF-8."),
            (b"\x01", "line 1: should be JSON or YAML of plain text."),
            (b"[" * 5000, "line 1: should be JSON or YAML of plain text."),
            (b"", "line 1: should be named fields."),
            (b"[Marcus]", "line 1: should be named fields."),
            (b"consents: &all [*all]", "line 1, consents.0: should be named fields."),
            (b"? [Marcus]\n: 1", "line 1: should be JSON or YAML."),
            (b"Marcus: 1", "line 1: has a field that this form does not know."),
        ],
    )
    def test_of_standard_input_says_so(self, bare: Command, page: bytes, complaint: str) -> None:
        ran = bare("lacks", "-", stdin=page)

        assert ran.is_a_plain_refusal
        assert f"standard input, {complaint}" in ran.err
        assert "Marcus" not in ran.err

    def test_or_not_there_names_the_file(self, bare: Command) -> None:
        ran = bare("lacks", "nowhere.yaml")

        assert ran.is_a_plain_refusal
        assert "nowhere.yaml" in ran.err
