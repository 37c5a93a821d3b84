"""HUD's lists of codes in a year: what each code stands for, and which codes have been retired before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.hmis import facts


@dataclass(frozen=True)
class CodeList:
    """One list: `codes` with their texts, and those that earlier years had and this one has not."""

    id: str
    name: str
    codes: Mapping[str, str]
    retired: Mapping[str, str]


def code_lists(year: int) -> dict[str, CodeList]:
    """Every list and subset of the year by HUD's number."""
    stated = facts.lists()
    held = stated["lists"] | {name: gone for name, gone in stated["gone"].items() if facts.holds(gone["years"], year)}
    lists = {name: _list(name, said, year) for name, said in held.items()}
    return lists | {name: _subset(name, said, lists[said["of"]]) for name, said in stated["subsets"].items()}


def _list(name: str, said: dict[str, Any], year: int) -> CodeList:
    years = said["years"] if isinstance(said.get("years"), dict) else {}
    dated = {code: years.get(code, "-") for code in said["codes"]}
    return CodeList(
        id=name,
        name=said["name"],
        codes={code: text for code, text in said["codes"].items() if facts.holds(dated[code], year)},
        retired={code: text for code, text in said["codes"].items() if facts.is_over(dated[code], year)},
    )


def _subset(name: str, said: dict[str, Any], whole: CodeList) -> CodeList:
    within = frozenset(said["codes"].split())
    return CodeList(
        id=name,
        name=said["name"],
        codes={code: text for code, text in whole.codes.items() if code in within},
        retired={code: text for code, text in whole.retired.items() if code in within},
    )
