"""How far the hub's code sets agree with lists that others have published: the figures in the document are true."""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import consent.codes
from consent.codes import OWN
from consent.codes.shelf import OWN_FILES
from consent.codes.systems import called
from schemas.vocab import Sensitivity

DOCUMENT = Path(consent.codes.__file__).parent / "DISAGREEMENTS.md"
THEIR_WORDS = {
    Sensitivity.SUD: {"SUD", "ETH", "ETHUD", "OPIOIDUD", "42CFRPart2"},
    Sensitivity.PSY: {"PSY", "PSYTHPN", "MENCAT"},
    Sensitivity.HIV: {"HIV"},
    Sensitivity.SDV: {"SDV", "VIO"},
    Sensitivity.SEX: {"SEX", "STD", "ABORTION"},
}

Code = tuple[str, str]
Listed = dict[tuple[str, Sensitivity], set[Code]]


def published() -> Path:
    """The codes of the published lists, beside the checkout."""
    named = os.environ.get("HUB_SHARED_DATA")
    shared = Path(named) if named else Path(__file__).parents[3] / "shared" / "data"
    found = shared / "consent" / "codesets" / "sensitivity_codes.csv"
    if not found.exists():
        pytest.skip(f"needs the published code lists: {found}")
    return found


@pytest.fixture(scope="module")
def listed() -> Listed:
    """The codes of each list by what it says they speak of, of the systems for which the hub has a set."""
    lists: Listed = defaultdict(set)
    with published().open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            system = called(row["system"])
            for sensitivity, words in THEIR_WORDS.items():
                if system in OWN_FILES and row["category"] in words:
                    lists[row["source"], sensitivity].add((system, row["code"]))
    return lists


def measured(lists: Listed) -> Iterator[str]:
    """The rows of the document's table: of all codes that any list names, how many both mark, and how many only one."""
    everything = set().union(*lists.values())
    for (source, sensitivity), theirs in sorted(lists.items()):
        ours = {code for code in everything if sensitivity in OWN.speaks_of(*code)}
        yield f"| {source} | {sensitivity} | {len(ours & theirs)} | {len(ours - theirs)} | {len(theirs - ours)} |"


def test_figures_of_the_document_are_those_of_the_lists(listed: Listed) -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.count("|") == 6]

    assert rows[2:] == list(measured(listed))


@pytest.mark.parametrize(
    ("system", "code", "speaks_of"),
    [
        ("ICD-10-CM", "B20", Sensitivity.HIV),
        ("ICD-10-CM", "Z21", Sensitivity.HIV),
        ("ICD-10-CM", "T74.21XA", Sensitivity.SDV),
        ("ICD-10-CM", "Z69.11", Sensitivity.SDV),
        ("ICD-10-CM", "Z59.01", Sensitivity.SOC),
        ("HCPCS", "H0020", Sensitivity.SUD),
        ("RxNorm", "7242", Sensitivity.SUD),
    ],
)
def test_what_no_list_marks_is_marked_here(system: str, code: str, speaks_of: Sensitivity, listed: Listed) -> None:
    assert not any((system, code) in codes for codes in listed.values())
    assert speaks_of in OWN.speaks_of(system, code)


@pytest.mark.parametrize(
    ("system", "code"),
    [("LOINC", "2339-0"), ("ICD-10-CM", "F17.210"), ("RxNorm", "7804"), ("RxNorm", "2670"), ("RxNorm", "42347")],
)
def test_what_some_list_marks_for_no_good_reason_is_not_marked_here(system: str, code: str) -> None:
    with published().open(encoding="utf-8", newline="") as file:
        marked = {(called(row["system"]), row["code"]) for row in csv.DictReader(file)}

    assert (system, code) in marked
    assert OWN.speaks_of(system, code) == frozenset()
