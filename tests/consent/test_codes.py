"""Code sets: what a code speaks of and why, on which day, and how those licensed load more of them."""

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.codes import OWN, Codes, CodeSet, Range, UnreadableCodes, read
from consent.codes.shelf import OWN_FILES, own
from consent.codes.systems import LOINC, SNOMED_CT
from consent.codes.words import medications, places
from schemas.vocab import Sensitivity

ICD = "http://hl7.org/fhir/sid/icd-10-cm"

TOML = """
name = "county"
system = "SNOMED CT"
edition = "2026-03-01"
since = 2026-03-01
source = "SNOMED International; licence of the county"
ranges = [
  { first = "191816009", speaks_of = "SUD", because = "Drug dependence." },
  { first = "86406008", last = "86406008", speaks_of = "HIV", because = "HIV infection." },
]
excepted = [{ first = "56294008", because = "Nicotine dependence." }]
"""
CSV = """system,code,last,sensitivity,reason
SNOMED CT,191816009,,SUD,Drug dependence.
LOINC,75622-1,,HIV,HIV test.
http://example.org/local,A1,A9,PSY,"Ward A, beds 1 to 9."
"""


EDGES = [code for system in ("ICD-10-CM", "ICD-9-CM") for each in own(system)[0].ranges for code in each[:2]]


def holds(each: Range, code: str) -> bool:
    """Whether an ICD code lies between the first code and the last, or is more specific than the last."""
    first, last = each.first.replace(".", ""), each.last.replace(".", "")
    return first <= code[: len(first)] and code[: len(last)] <= last


class TestACode:
    @pytest.mark.parametrize(
        ("code", "of"),
        [
            ("F11.20", {"SUD", "PSY"}),
            ("F19.99", {"SUD", "PSY"}),
            ("F17.210", set()),
            ("F20.9", {"PSY"}),
            ("F64.0", {"SEX", "PSY"}),
            ("B20", {"HIV"}),
            ("B19.20", set()),
            ("Z21", {"HIV"}),
            ("O98.711", {"HIV", "SEX"}),
            ("O98.811", {"SEX"}),
            ("R75", {"HIV"}),
            ("R45.851", {"PSY"}),
            ("T74.21XA", {"SDV"}),
            ("T75.4", set()),
            ("T76.11", {"SDV"}),
            ("T40.2X1A", {"SUD"}),
            ("Z29.81", {"HIV"}),
            ("Z3A.20", {"SEX"}),
            ("Z59.01", {"SOC"}),
            ("Z63.72", {"SUD", "SOC"}),
            ("D57.1", {"SICKLE"}),
            ("E11.9", set()),
            ("A00", set()),
            ("f1120", {"SUD", "PSY"}),
        ],
    )
    def test_of_icd_10_cm(self, code: str, of: set[str]) -> None:
        assert OWN.speaks_of(ICD, code) == of

    @pytest.mark.parametrize(
        ("system", "code", "of"),
        [
            ("I9", "042", {"HIV"}),
            ("urn:oid:2.16.840.1.113883.6.103", "304.01", {"SUD", "PSY"}),
            ("ICD-9-CM", "305.1", set()),
            ("ICD-9-CM", "493.90", set()),
            ("RxNorm", "6813", {"SUD"}),
            ("http://www.nlm.nih.gov/research/umls/rxnorm", "68131", set()),
            ("http://www.nlm.nih.gov/research/umls/rxnorm", "460132", {"HIV"}),
            ("HCPCS", "H0020", {"SUD"}),
            ("urn:oid:2.16.840.1.113883.6.285", "G2074", {"SUD"}),
            ("HCPCS", "G2081", set()),
            ("HCPCS", "H0020X", set()),
        ],
    )
    def test_of_another_system(self, system: str, code: str, of: set[str]) -> None:
        assert OWN.speaks_of(system, code) == of

    def test_of_a_system_without_a_set_speaks_of_nothing_and_is_not_known(self) -> None:
        assert OWN.speaks_of("http://loinc.org", "F11.20") == frozenset()
        assert not OWN.knows("http://loinc.org", "F11.20")

    def test_that_no_range_holds_is_known_where_all_of_the_system_was_considered(self) -> None:
        assert OWN.knows(ICD, "E11.9")
        assert not OWN.knows("RxNorm", "29046")
        assert OWN.knows("RxNorm", "6813")

    def test_speaks_with_a_reason_and_by_a_set(self) -> None:
        (reason,) = OWN.reasons(ICD, "B20")

        assert (reason.speaks_of, reason.because) == (Sensitivity.HIV, "HIV disease.")
        assert reason.by.edition == "FY 2026"

    @given(st.text(max_size=12), st.text(max_size=12))
    def test_of_any_kind_has_an_answer(self, system: str, code: str) -> None:
        for asked in (system, ICD, "RxNorm"):
            reasons = OWN.reasons(asked, code)

            assert OWN.speaks_of(asked, code) == {reason.speaks_of for reason in reasons}

    @given(st.from_regex(r"[A-Z0-9]{1,3}(\.[A-Z0-9]{1,3})?", fullmatch=True) | st.sampled_from(EDGES))
    def test_falls_into_the_ranges_that_a_reader_would_find_one_by_one(self, code: str) -> None:
        plain = code.replace(".", "")
        for edition in (*own("ICD-10-CM"), *own("ICD-9-CM")):
            excepted = any(holds(each, plain) for each in edition.excepted)
            expected = set() if excepted else {each for each in edition.ranges if holds(each, plain)}

            assert set(edition.holding(code)) == expected


class TestOwnSets:
    @pytest.mark.parametrize("system", OWN_FILES)
    def test_give_a_reason_for_every_range_and_say_where_they_come_from(self, system: str) -> None:
        for edition in own(system):
            assert edition.source
            assert all(each.because.endswith(".") for each in (*edition.ranges, *edition.excepted))
            assert len(set(edition.ranges)) == len(edition.ranges)

    @pytest.mark.bench
    def test_are_read_fast_enough_not_to_be_noticed(self) -> None:
        assert min(seconds_to_read() for _ in range(5)) < 0.010

    def test_are_the_first_of_all_sets(self) -> None:
        added = read("county.toml", TOML)

        assert [one.name for one in Codes(added).sets] == ["handoff-hub"] * len(OWN_FILES) + ["county"]


def seconds_to_read() -> float:
    own.cache_clear()
    began = perf_counter()
    for system in OWN_FILES:
        own(system)
    return perf_counter() - began


class TestEditions:
    first = CodeSet("c", LOINC, "1", date(2025, 1, 1), "", True, (Range("1-1", "1-1", Sensitivity.HIV, "a"),))
    second = CodeSet("c", LOINC, "2", date(2026, 3, 1), "", True, (Range("1-1", "1-1", Sensitivity.PSY, "b"),))
    other = CodeSet("d", LOINC, "1", date(2026, 1, 1), "", False, (Range("1-1", "1-1", Sensitivity.SEX, "c"),))

    @pytest.mark.parametrize(
        ("on", "of"),
        [
            (date(2024, 12, 31), {"HIV"}),
            (date(2026, 2, 28), {"HIV"}),
            (date(2026, 3, 1), {"PSY"}),
            (None, {"HIV", "PSY"}),
        ],
    )
    def test_count_from_their_first_day(self, on: date | None, of: set[str]) -> None:
        assert Codes([self.second, self.first]).speaks_of("LN", "1-1", on) == of

    def test_of_one_set_take_nothing_from_another(self) -> None:
        both = Codes([self.first, self.second, self.other])

        assert both.speaks_of(LOINC, "1-1", date(2026, 3, 1)) == {"PSY", "SEX"}

    def test_that_begin_on_one_day_all_count(self) -> None:
        rows = (CSV, CSV.replace("191816009", "66214007"))
        twins = Codes([one for folder, text in zip("ab", rows, strict=True) for one in read(f"{folder}/x.csv", text)])

        assert twins.speaks_of("SCT", "191816009", date(2026, 3, 1)) == {"SUD"}
        assert twins.speaks_of("SCT", "66214007", date(2026, 3, 1)) == {"SUD"}

    def test_that_are_added_take_nothing_from_the_hubs_own(self) -> None:
        text = TOML.replace("SNOMED CT", "ICD-10-CM").replace("191816009", "B20").replace("56294008", "Z21")
        added = Codes(read("county.toml", text))

        assert added.speaks_of(ICD, "B20") == {"HIV", "SUD"}
        assert added.speaks_of(ICD, "Z21") == {"HIV"}


class TestReading:
    def test_toml(self) -> None:
        (one,) = read("county.toml", TOML)

        assert (one.name, one.system, one.edition, one.since) == ("county", SNOMED_CT, "2026-03-01", date(2026, 3, 1))
        assert one.ranges[0] == Range("191816009", "191816009", Sensitivity.SUD, "Drug dependence.")
        assert one.complete is False
        assert Codes([one]).speaks_of("http://snomed.info/sct", "86406008") == {"HIV"}
        assert not Codes([one]).knows("http://snomed.info/sct", "56294008")

    def test_csv_of_several_systems(self) -> None:
        loaded = Codes(read("licensed.csv", CSV))

        assert loaded.speaks_of("http://snomed.info/sct", "191816009") == {"SUD"}
        assert loaded.speaks_of("http://loinc.org", "75622-1", date(2001, 1, 1)) == {"HIV"}
        assert loaded.speaks_of("http://example.org/local", "A5") == {"PSY"}
        assert loaded.speaks_of("http://example.org/local", "A10") == frozenset()

    def test_csv_without_a_last_code(self) -> None:
        (one,) = read("x.CSV", "Code,System,Reason,Sensitivity\n75622-1,LN,HIV test.,HIV\n")

        assert one.ranges == (Range("75622-1", "75622-1", Sensitivity.HIV, "HIV test."),)

    @pytest.mark.parametrize(
        ("was", "becomes", "where", "expected"),
        [
            ('name = "county"', "name = ", "line 2", "TOML"),
            ('name = "county"', "", "name", "handoff-hub"),
            ('name = "county"', 'name = "handoff-hub"', "name", "another than handoff-hub"),
            ('"SNOMED CT"', '"Snowmed"', "system", "SNOMED CT"),
            ('"SNOMED CT"', '""', "system", "not empty"),
            ("since = 2026-03-01", 'since = "March"', "since", "YYYY-MM-DD"),
            ("since = 2026-03-01", "", "since", "YYYY-MM-DD"),
            ('"SUD"', '"DRUGS"', "ranges 1, speaks_of", "one of SUD"),
            ('last = "86406008"', 'last = "1"', "ranges 2, last", "before the first"),
            ('last = "86406008"', 'lst = "1"', "ranges 2", "without a key"),
            ('because = "HIV infection."', 'because = ""', "ranges 2, because", "not empty"),
            ('because = "Nicotine dependence."', "nothing = 1", "excepted 1, because", "not empty"),
            ("[{ first", "[{ frst", "excepted 1, first", "not empty"),
            ("source =", "extra = 1\nsource =", "the file", "without a key"),
        ],
    )
    def test_toml_that_is_wrong_says_where_and_not_what(
        self, was: str, becomes: str, where: str, expected: str
    ) -> None:
        assert was in TOML
        with pytest.raises(UnreadableCodes) as refusal:
            read("county.toml", TOML.replace(was, becomes))

        assert refusal.value.where == where
        assert expected in refusal.value.expected
        assert str(refusal.value).startswith(f"county.toml: {where} should be")
        assert not any(word in str(refusal.value) for word in ("Snowmed", "DRUGS", "March", "lst", "frst", "extra"))

    def test_toml_that_ends_too_early(self) -> None:
        with pytest.raises(UnreadableCodes, match="the end should be well-formed TOML"):
            read("county.toml", "ranges = [")

    def test_toml_without_a_range(self) -> None:
        with pytest.raises(UnreadableCodes, match="ranges should be a list of ranges, at least one"):
            read("county.toml", TOML[: TOML.index("ranges")] + "ranges = []")

    @pytest.mark.parametrize(
        ("was", "becomes", "where"),
        [
            ("system,code", "system,kode", "line 1"),
            (",reason", "", "line 1"),
            ("LOINC,", "Loink,", "line 3, system"),
            ("75622-1", "", "line 3, code"),
            ("SUD", "DRUGS", "line 2, sensitivity"),
            ("HIV test.", "", "line 3, reason"),
            ("A1,A9", "A9,A1", "line 4, last"),
            ("HIV test.", "HIV test.,more", "line 3, the row"),
            ('"Ward A, beds 1 to 9."', '"Ward A"x', "line 4"),
            (CSV[CSV.index("\n") :], "", "line 2"),
            (CSV, "", "line 1"),
        ],
    )
    def test_csv_that_is_wrong_says_on_which_line(self, was: str, becomes: str, where: str) -> None:
        assert was in CSV
        with pytest.raises(UnreadableCodes) as refusal:
            read("licensed.csv", CSV.replace(was, becomes))

        assert refusal.value.where == where
        assert not any(word in str(refusal.value) for word in ("Loink", "DRUGS", "kode", "Ward", "more"))

    def test_another_kind_of_file_is_none(self) -> None:
        with pytest.raises(UnreadableCodes, match=r"ends in \.toml or \.csv"):
            read("codes.xlsx", "")


class TestWords:
    @pytest.mark.parametrize(
        ("said", "of"),
        [
            ("Buprenorphine-Naloxone 8-2 mg film", {"SUD"}),
            ("METHADONE 40 MG", {"SUD"}),
            ("emtricitabine/tenofovir 200-300 mg", {"HIV"}),
            ("quetiapine fumarate 100 mg", {"PSY"}),
            ("lisinopril 10 mg", set()),
            ("revialike", set()),
        ],
    )
    def test_of_medications(self, said: str, of: set[str]) -> None:
        assert medications().speak_of(said) == of

    @pytest.mark.parametrize(
        ("said", "of"),
        [
            ("Behavioral-Health  Unit", {"PSY"}),
            ("County Detox", {"SUD"}),
            ("Safe House for survivors of domestic violence", {"SDV"}),
            ("AIDS Resource Center", {"HIV"}),
            ("Recovery room, rehabilitation", set()),
            ("Psychology Street", set()),
            ("", set()),
            (None, set()),
        ],
    )
    def test_of_places(self, said: str | None, of: set[str]) -> None:
        assert places().speak_of(said) == of

    def test_come_with_a_reason(self) -> None:
        (found,) = places().found_in("detox, and detox again")

        assert (found.word, found.because) == ("detox", "Names substance use disorder care.")
