"""What the code demands of versions: a visitor of the one walk over all files.

Two forms, both at the top level of a file, so that nothing gets past them: a comparison with
`module.__version__` in an `assert` or before a `raise`, directly or by way of names, and a call of a
library's own check (`version_checks.toml`). A version that is compared as text is left alone: text
orders 1.10 before 1.9, and what was meant is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from repotriage.compat.knowledge import Row, rows
from repotriage.models.base import Frozen
from repotriage.models.version_check import VersionCheck
from repotriage.parsing.python import Module

_OPERATORS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_VERSION = "__version__"


class Checker(Row):
    """A function that stops where an installed version will not do."""

    name: str  # dotted
    module: str | None = None  # whose version the argument is the lowest of; None: the argument is a requirement


class _Side(Frozen):
    """One side of a comparison: the version of a module, or a constant one."""

    module: str | None = None
    version: str | None = None
    parsed: bool = False  # by a call, such as LooseVersion(...): compared by its numbers


@cache
def _checkers() -> Mapping[str, Checker]:
    return {row.name: row for row in rows("version_checks", "checker", Checker)}


def visit(module: Module) -> Iterable[VersionCheck]:
    """Every demand of one file."""
    if _VERSION not in module.text and not any(name in _checkers() for name in module.names.values()):
        return
    sides: dict[str, _Side] = {}
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    sides[target.id] = _side(module, statement.value, sides)
        elif isinstance(statement, ast.Assert):
            yield from _demanded(module, statement, statement.test, sides, holds=True)
        elif isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Raise) and not statement.orelse:
            yield from _demanded(module, statement, statement.test, sides, holds=False)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield from _called(module, statement.value)


def _demanded(
    module: Module, statement: ast.stmt, test: ast.expr, sides: Mapping[str, _Side], *, holds: bool
) -> Iterator[VersionCheck]:
    """What an `assert test` (`holds`), or an `if test: raise`, demands."""
    together = ast.And if holds else ast.Or
    if isinstance(test, ast.BoolOp):
        if isinstance(test.op, together):
            for part in test.values:
                yield from _demanded(module, statement, part, sides, holds=holds)
        return
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _demanded(module, statement, test.operand, sides, holds=not holds)
        return
    if not isinstance(test, ast.Compare) or (not holds and len(test.ops) > 1):
        return
    parts = [_side(module, one, sides) for one in (test.left, *test.comparators)]
    for left, kind, right in zip(parts, test.ops, parts[1:], strict=False):
        operator = _OPERATORS.get(type(kind))
        if operator is None or not (left.parsed or right.parsed):
            continue
        if left.version is not None:
            left, right, operator = right, left, _TURNED[operator]
        if left.module is None or right.version is None:
            continue
        specifier = f"{operator if holds else _NEGATED[operator]}{right.version}"
        yield VersionCheck(module=left.module, specifier=specifier, at=module.at(statement))


def _side(module: Module, node: ast.expr, sides: Mapping[str, _Side]) -> _Side:
    """What a side of a comparison, or the value of a name, stands for."""
    if isinstance(node, ast.Name):
        return sides.get(node.id, _Side())
    if isinstance(node, ast.Constant):
        return _Side(version=node.value) if isinstance(node.value, str) and _is_version(node.value) else _Side()
    if isinstance(node, ast.Attribute) and node.attr == _VERSION:
        dotted = module.dotted(node) or ""
        top = dotted.partition(".")[0]
        return _Side(module=top) if top and dotted == f"{top}.{_VERSION}" and top in module.names.values() else _Side()
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and not isinstance(node.func, ast.Call):
        inner = _side(module, node.args[0], sides)
        known = inner.module is not None or inner.version is not None
        return inner.model_copy(update={"parsed": True}) if known else _Side()
    return _Side()


def _called(module: Module, call: ast.Call) -> Iterator[VersionCheck]:
    """A call of a library's own check."""
    row = _checkers().get(module.dotted(call.func) or "")
    argument = call.args[0] if call.args else None
    if row is None or not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        return
    if row.module is not None:
        if _is_version(argument.value):  # 4.12.0.dev0 is what 4.12.0 came from
            lowest = Version(argument.value).base_version
            yield VersionCheck(module=row.module, specifier=f">={lowest}", at=module.at(call))
        return
    try:
        asked = Requirement(argument.value)
    except InvalidRequirement:
        return
    if asked.specifier and asked.url is None:
        yield VersionCheck(module=asked.name, specifier=str(asked.specifier), at=module.at(call))


def _is_version(text: str) -> bool:
    try:
        Version(text)
        SpecifierSet(f">={text}")
    except (InvalidVersion, InvalidSpecifier):
        return False
    return "+" not in text
