"""A mutant: one module with one fault, and where it is."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tests.mutants.operators import OPERATORS


@dataclass(frozen=True)
class Mutant:
    """One fault in one module.

    place     the function it is in, from the package down: `consent.engine._hear`
    operator  the name of the operator that made it
    was       the line or lines as they stand, without indentation
    becomes   the same with the fault
    nth       which one of those that look the same in this place, from 1
    line      where it stands today
    source    the whole module with the fault
    """

    module: str
    place: str
    operator: str
    was: str
    becomes: str
    nth: int
    line: int = field(compare=False)
    source: str = field(compare=False, repr=False)


def unharmed(module: str, path: Path) -> Mutant:
    """The module as it stands: what notices a fault in it can judge no mutant."""
    return Mutant(module, module, "none", "", "", 1, 0, path.read_text(encoding="utf-8"))


def mutants(module: str, path: Path) -> Iterator[Mutant]:
    """Every fault that the operators can plant in a module, each once; what decides nothing is none."""
    source = path.read_text(encoding="utf-8")
    places, seen = _places(source), {_meaning(source)}
    alike: dict[tuple[str, ...], int] = {}
    for name, mutated in _mutated(source):
        meaning = _meaning(mutated)
        if meaning in seen:
            continue
        seen.add(meaning)
        line, was, becomes = _change(source, mutated)
        key = (f"{module}{places.get(line, '')}", name, was, becomes)
        alike[key] = nth = alike.get(key, 0) + 1
        yield Mutant(module, *key, nth, line, mutated)


def _mutated(source: str) -> Iterator[tuple[str, str]]:
    for operator in OPERATORS:
        found = sum(len(list(operator.mutation_positions(node))) for node in ast_nodes(get_ast(source)))
        for occurrence in range(found):
            mutated = mutate_code(source, operator, occurrence)
            if _is_python(mutated):
                yield type(operator).__name__, mutated


def _is_python(source: str) -> bool:
    """`not` before a named expression is no grammar."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Decisive(ast.NodeTransformer):
    """What of a module decides or is told: no annotation, bound of a cache, flag of a dataclass, or place in the law.

    Places in the law and rows of the rule table are for a lawyer to read; a test could only repeat them.
    """

    _ASIDE = frozenset({"dataclass", "field", "lru_cache"})

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Constant(None)
        self.generic_visit(node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        if any(isinstance(target, ast.Name) and target.id.endswith("_KEPT") for target in node.targets):
            node.value = ast.Constant(None)
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        if isinstance(node.value, ast.Name) and node.value.id == "Callable":
            node.slice = ast.Constant(None)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in self._ASIDE | {"usc"}:
            node.args = node.args[1:]
        node.keywords = [each for each in node.keywords if called not in self._ASIDE and each.arg != "rows"]
        self.generic_visit(node)
        return node


def _meaning(source: str) -> str:
    return ast.dump(_Decisive().visit(ast.parse(source)))


def _places(source: str) -> dict[int, str]:
    """The dotted name of the innermost function or class around each line."""
    places: dict[int, str] = {}

    def walk(node: ast.AST, around: str) -> None:
        for child in ast.iter_child_nodes(node):
            inside = around
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = f"{around}.{child.name}"
                first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
                places.update(dict.fromkeys(range(first, (child.end_lineno or first) + 1), inside))
            walk(child, inside)

    walk(ast.parse(source), "")
    return places


def _change(source: str, mutated: str) -> tuple[int, str, str]:
    """The first changed line's number, what stood on the changed lines, and what stands there now."""
    diff = list(unified_diff(source.splitlines(), mutated.splitlines(), n=0, lineterm=""))[2:]
    was = [line[1:].strip() for line in diff if line[0] == "-"]
    becomes = [line[1:].strip() for line in diff if line[0] == "+"]
    return int(diff[0].split()[1].lstrip("-").split(",")[0]), " ".join(was), " ".join(becomes)
