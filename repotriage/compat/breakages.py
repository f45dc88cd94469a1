"""Removed symbols in the parsed code: a visitor of the one walk over all files.

The table `breakages.toml` names what was removed. Names are resolved through the imports
of the file, so `np.float` counts after `import numpy as np` and `np.float32` never does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from datetime import date as Date  # noqa: N812 -- a field of the rows is called `date`
from functools import cache
from typing import Literal

from pydantic import HttpUrl, TypeAdapter

from repotriage.compat.knowledge import VersionStr
from repotriage.data import table
from repotriage.models.base import Frozen
from repotriage.models.breakage import BreakageUse
from repotriage.models.location import Location
from repotriage.parsing.python import Module


class RemovedSymbol(Frozen):
    """One row: a symbol, when it was removed, and what to use instead."""

    package: str
    name: str
    kind: Literal["attribute", "module", "argument"]
    argument: str | None = None
    removed_in: VersionStr
    deprecated_in: VersionStr | None = None
    restored_in: VersionStr | None = None
    replacement: str
    source: HttpUrl
    date: Date


@cache
def removed_symbols() -> tuple[RemovedSymbol, ...]:
    """The rows of the table, validated."""
    return tuple(TypeAdapter(list[RemovedSymbol]).validate_python(table("breakages")["symbol"]))


@cache
def _by_name() -> Mapping[str, RemovedSymbol]:
    return {row.name: row for row in removed_symbols() if row.kind != "argument"}


@cache
def _by_argument() -> Mapping[str, Mapping[str, RemovedSymbol]]:
    found: dict[str, dict[str, RemovedSymbol]] = {}
    for row in removed_symbols():
        if row.argument is not None:
            found.setdefault(row.name, {})[row.argument] = row
    return found


@cache
def _tops() -> frozenset[str]:
    return frozenset(row.name.partition(".")[0] for row in removed_symbols())


def visit(module: Module) -> Iterable[BreakageUse]:
    """Every use of a removed symbol in one file, once for each line."""
    seen: set[tuple[str, Location]] = set()
    for row, node in _uses(module):
        use = _use(module, row, node)
        if (use.symbol, use.at) not in seen:
            seen.add((use.symbol, use.at))
            yield use


def _uses(module: Module) -> Iterator[tuple[RemovedSymbol, ast.stmt | ast.expr]]:
    tops = _tops()
    for node in module.of(ast.Import):
        for alias in node.names:
            row = _module_row(alias.name)
            if row is not None:
                yield row, node
    for node_from in module.of(ast.ImportFrom):
        if node_from.level or node_from.module is None or node_from.module.partition(".")[0] not in tops:
            continue
        for alias in node_from.names:
            row = _by_name().get(f"{node_from.module}.{alias.name}") or _module_row(node_from.module)
            if row is not None:
                yield row, node_from
    if not any(dotted.partition(".")[0] in tops for dotted in module.names.values()):
        return
    known = {name for name, dotted in module.names.items() if dotted.partition(".")[0] in tops}
    for attribute in module.of(ast.Attribute):
        root: ast.expr = attribute
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id in known and isinstance(attribute.ctx, ast.Load):
            row = _by_name().get(module.dotted(attribute) or "")
            # `import tensorflow as tf; tf.app` is a use; a name bound by `from x import y` was counted there.
            if row is not None:
                yield row, attribute
    if _by_argument().keys() & {*module.names.values()} or known:
        yield from _arguments(module)


def _arguments(module: Module) -> Iterator[tuple[RemovedSymbol, ast.expr]]:
    for call in module.of(ast.Call):
        if not call.keywords:
            continue
        rows = _by_argument().get(module.dotted(call.func) or "")
        if rows is None:
            continue
        for keyword in call.keywords:
            if keyword.arg is not None and keyword.arg in rows:
                yield rows[keyword.arg], keyword.value


def _module_row(dotted: str) -> RemovedSymbol | None:
    """The row of a removed module that is `dotted` or holds it."""
    parts = dotted.split(".")
    for length in range(1, len(parts) + 1):
        row = _by_name().get(".".join(parts[:length]))
        if row is not None and row.kind == "module":
            return row
    return None


def _use(module: Module, row: RemovedSymbol, node: ast.stmt | ast.expr) -> BreakageUse:
    return BreakageUse(
        package=row.package,
        symbol=row.name if row.argument is None else f"{row.name}({row.argument}=)",
        kind=row.kind,
        removed_in=row.removed_in,
        restored_in=row.restored_in,
        replacement=row.replacement,
        at=module.at(node),
        guarded=_is_guarded(module, node),
        source=str(row.source),
    )


def _is_guarded(module: Module, node: ast.AST) -> bool:
    """Whether the code is prepared for the symbol to be missing: a try, hasattr, or a look at a version."""
    child, parent = node, module.parent(node)
    while parent is not None:
        if isinstance(parent, ast.Try) and child not in parent.finalbody and _catches(parent):
            return True
        if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test and _asks(parent.test):
            return True
        child, parent = parent, module.parent(parent)
    return False


def _catches(node: ast.Try) -> bool:
    missing = {"ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "Exception", "BaseException"}
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(kind is None or (isinstance(kind, ast.Name) and kind.id in missing) for kind in kinds):
            return True
    return False


def _asks(test: ast.expr) -> bool:
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(test)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    return any(name == "hasattr" or "version" in name.lower() or name in {"PY2", "PY3"} for name in names)
