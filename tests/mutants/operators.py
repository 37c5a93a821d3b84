"""Which faults are planted: those of cosmic-ray that a reader could have made, and three that this code invites.

Of cosmic-ray's operators these are left out:

- other replacements of comparisons and of arithmetic: a type error, or noticed whenever these are;
- removed decorators: a rule without one is in no book, a cache without one only costs time;
- replaced and inserted variables: random numbers, which differ from run to run.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator

_COMPARISONS = (
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
)
_ARITHMETIC = ("BitOr_BitAnd", "BitAnd_BitOr", "Sub_BitOr", "Sub_Add", "Add_Sub")
_WORDS = (
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceUnaryOperator_Delete_Not", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
    *("ExceptionReplacer", "NumberReplacer", "ZeroIterationForLoop"),
)
_CITING = ("cfr42(", "cfr45(", "usc(", "cite(", "HMIS_")


class SwapMembership(Operator):  # type: ignore[misc]  # cosmic-ray has no types
    """Replaces `in` with `not in`, and the other way about."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "comparison":
            for place in self._places(node):
                yield node.children[place].start_pos, node.children[place].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        found = node.children[self._places(node)[index]]
        leaf = found.get_first_leaf()
        swapped = "in" if len(getattr(found, "children", ())) == 2 else "not in"
        if found is not leaf:
            found.children[1].value, found.children[1].prefix = "", ""
        leaf.value = swapped
        return node

    @staticmethod
    def _places(node: Any) -> list[int]:
        words = (child.get_code().split() for child in node.children)
        return [place for place, word in enumerate(words) if word in (["in"], ["not", "in"])]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return Example("x in y", "x not in y"), Example("x not in y", "x in y")


class SwapQuantifier(Operator):  # type: ignore[misc]  # cosmic-ray has no types
    """Replaces `any` with `all`, and the other way about."""

    SWAPPED: ClassVar = {"any": "all", "all": "any"}

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "name" and node.value in self.SWAPPED and node.get_next_leaf().value == "(":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = self.SWAPPED[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return Example("any(x)", "all(x)"), Example("all(x)", "any(x)")


class DropElement(Operator):  # type: ignore[misc]  # cosmic-ray has no types
    """Takes one element out of a written set, tuple, list or dictionary. Lists of citations are left whole."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type in {"dictorsetmaker", "testlist_comp"}:
            for element in self._elements(node):
                yield element[0].start_pos, element[-1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        elements = self._elements(node)
        comma = next(child for child in node.children if child == ",")
        kept = [element for place, element in enumerate(elements) if place != index]
        node.children = [child for element in kept for child in (*element, comma)]
        return node

    @staticmethod
    def _elements(node: Any) -> list[list[Any]]:
        elements: list[list[Any]] = [[]]
        for child in node.children:
            if child.type in {"comp_for", "sync_comp_for"}:
                return []
            if child == ",":
                elements.append([])
            else:
                elements[-1].append(child)
        elements = [element for element in elements if element]
        cited = any(element[0].get_code().strip().startswith(_CITING) for element in elements)
        return elements if len(elements) > 1 and not cited else []

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return Example("{x, y}", "{ y,}"), Example("(x, y)", "(x,)", occurrence=1)


OPERATORS: tuple[Operator, ...] = (
    *(get_operator(f"core/ReplaceComparisonOperator_{name}")() for name in _COMPARISONS),
    *(get_operator(f"core/ReplaceBinaryOperator_{name}")() for name in _ARITHMETIC),
    *(get_operator(f"core/{name}")() for name in _WORDS),
    SwapMembership(),
    SwapQuantifier(),
    DropElement(),
)
