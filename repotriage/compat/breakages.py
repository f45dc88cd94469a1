"""Removed symbols in the parsed code: a visitor of the one walk over all files.

The table `breakages.toml` names what was removed. Names are resolved through the imports
of the file, so `np.float` counts after `import numpy as np` and `np.float32` never does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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

_COMPILED_SOURCES = (".cu", ".cuh", ".cpp", ".cc", ".cxx", ".c", ".h", ".hpp", ".py")
_OFFERS_ALL = re.compile(r"\bFire\(|\bglobals\(\)|\blocals\(\)|sys\.modules\[")
"""What runs the functions of a file by names that stand nowhere."""
_STARTED = ("hubconf.py", "conftest.py")  # files whose functions a program calls by their names
_SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class RemovedSymbol(Frozen):
    """One row: a symbol, when it was removed, and what to use instead."""

    package: str
    name: str
    kind: Literal["attribute", "module", "argument", "required", "default", "positional", "unpacked", "header"]
    argument: str | None = None  # the keyword of a call that is refused, required or has another default
    position: int | None = None  # where it may stand; how many arguments may; into how many names a result goes
    removed_in: VersionStr
    deprecated_in: VersionStr | None = None
    restored_in: VersionStr | None = None
    replacement: str
    checked: Literal["releases", "source"]  # by tools/verify_breakages.py, or only in `source`
    source: HttpUrl
    date: Date


@cache
def removed_symbols() -> tuple[RemovedSymbol, ...]:
    """The rows of the table, validated."""
    return tuple(TypeAdapter(list[RemovedSymbol]).validate_python(table("breakages")["symbol"]))


@cache
def _by_name() -> Mapping[str, RemovedSymbol]:
    return {row.name: row for row in removed_symbols() if row.kind in ("attribute", "module")}


@cache
def _by_argument() -> Mapping[str, Mapping[str, RemovedSymbol]]:
    found: dict[str, dict[str, RemovedSymbol]] = {}
    for row in removed_symbols():
        if row.kind == "argument" and row.argument is not None:
            found.setdefault(row.name, {})[row.argument] = row
    return found


@cache
def _calls() -> Mapping[str, RemovedSymbol]:
    return {row.name: row for row in removed_symbols() if row.kind in ("required", "default", "positional")}


@cache
def _unpacked() -> Mapping[str, RemovedSymbol]:
    """By the name of the method."""
    return {row.name.rpartition(".")[2]: row for row in removed_symbols() if row.kind == "unpacked"}


@cache
def _tops() -> frozenset[str]:
    return frozenset(row.name.partition(".")[0] for row in removed_symbols())


@dataclass(slots=True)
class _Context:
    """One file and what is found out of it at most once."""

    module: Module
    bound: dict[ast.AST, frozenset[str]] = field(default_factory=dict)
    flags: frozenset[str] | None = None
    all_offered: bool | None = None

    def names_of(self, scope: ast.AST) -> frozenset[str]:
        """What parameters and assignments bind in a scope."""
        if scope not in self.bound:
            self.bound[scope] = frozenset(_bound(scope))
        return self.bound[scope]

    def offers_all(self) -> bool:
        """Whether the functions of the file are run by names that stand nowhere."""
        if self.all_offered is None:
            self.all_offered = _OFFERS_ALL.search(self.module.text) is not None
        return self.all_offered

    def version_flags(self) -> frozenset[str]:
        """Names that are assigned the outcome of a look at a version."""
        if self.flags is None:
            self.flags = frozenset(
                target.id
                for node in self.module.of(ast.Assign)
                if any(_tells_version(name) for name in _names_in(node.value))
                for target in node.targets
                if isinstance(target, ast.Name)
            )
        return self.flags


def visit(module: Module) -> Iterable[BreakageUse]:
    """Every use of a removed symbol in one file, once for each line."""
    seen: set[tuple[str, Location]] = set()
    context = _Context(module)
    for row, node in _uses(context):
        use = _use(context, row, node)
        if (use.symbol, use.at) not in seen:
            seen.add((use.symbol, use.at))
            yield use


def _uses(context: _Context) -> Iterator[tuple[RemovedSymbol, ast.stmt | ast.expr]]:
    module, tops = context.module, _tops()
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
            if row is not None and not _is_rebound(context, root):
                yield row, attribute
    yield from _arguments(module)
    yield from _called(context)
    yield from _unpackings(module)


def _arguments(module: Module) -> Iterator[tuple[RemovedSymbol, ast.expr]]:
    for call, dotted in module.calls():
        rows = _by_argument().get(dotted) if dotted and call.keywords else None
        if rows is None:
            continue
        for keyword in call.keywords:
            if keyword.arg is not None and keyword.arg in rows:
                yield rows[keyword.arg], keyword.value


def _called(context: _Context) -> Iterator[tuple[RemovedSymbol, ast.expr]]:
    """Calls that lack an argument, or give by its place what must have a name."""
    for call, dotted in context.module.calls():
        row = _calls().get(dotted) if dotted else None
        if row is None or _is_shadowed_call(context, call):
            continue
        spread = any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg is None for k in call.keywords)
        if spread:
            continue
        if row.kind == "positional":
            broken = len(call.args) > (row.position or 0)
        else:
            given = any(keyword.arg == row.argument for keyword in call.keywords)
            broken = not given and (row.position is None or len(call.args) <= row.position)
        if broken and not (row.kind == "default" and _holds_tensors(context.module, call)):
            yield row, call


def _is_shadowed_call(context: _Context, call: ast.Call) -> bool:
    root: ast.expr = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and _is_rebound(context, root)


def _holds_tensors(module: Module, call: ast.Call) -> bool:
    """Whether what is loaded goes into `load_state_dict` as it is: tensors by their names and nothing else."""
    parent = module.parent(call)
    if _is_state_dict(parent, call):
        return True
    if not (isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name)):
        return False
    name, scope = parent.targets[0].id, module.parent(parent)
    while scope is not None and not isinstance(scope, _SCOPES):
        scope = module.parent(scope)
    reads = [
        node
        for node in ast.walk(scope or module.tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    return bool(reads) and all(_is_state_dict(module.parent(node), node) for node in reads)


def _is_state_dict(parent: ast.AST | None, argument: ast.expr) -> bool:
    return (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Attribute)
        and parent.func.attr == "load_state_dict"
        and parent.args[:1] == [argument]
    )


def _unpackings(module: Module) -> Iterator[tuple[RemovedSymbol, ast.stmt]]:
    """`a, b, c, d = env.step(...)` in a file that imports the package."""
    tops = {dotted.partition(".")[0] for dotted in module.names.values()}
    for node in module.of(ast.Assign):
        target, value = node.targets[0], node.value
        if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Call)):
            continue
        if not isinstance(value.func, ast.Attribute):
            continue
        row = _unpacked().get(value.func.attr)
        if row is not None and len(target.elts) == row.position and row.name.partition(".")[0] in tops:
            yield row, node


def headers(path: str, text: str) -> Iterator[BreakageUse]:
    """C++ headers that a release no longer brings, in sources and in texts that are compiled while a program runs."""
    if not path.endswith(_COMPILED_SOURCES) or "include" not in text:
        return
    for row in removed_symbols():
        if row.kind != "header" or row.name not in text:
            continue
        for match in re.finditer(rf"^[^/\n]*#\s*include\s*[<\"]{re.escape(row.name)}[>\"]", text, re.MULTILINE):
            yield BreakageUse(
                package=row.package,
                symbol=row.name,
                kind="header",
                removed_in=row.removed_in,
                replacement=row.replacement,
                at=Location(path=path, line=text.count("\n", 0, match.start()) + 1),
                guarded=False,
                source=str(row.source),
            )


def _module_row(dotted: str) -> RemovedSymbol | None:
    """The row of a removed module that is `dotted` or holds it."""
    parts = dotted.split(".")
    for length in range(1, len(parts) + 1):
        row = _by_name().get(".".join(parts[:length]))
        if row is not None and row.kind == "module":
            return row
    return None


def _use(context: _Context, row: RemovedSymbol, node: ast.stmt | ast.expr) -> BreakageUse:
    return BreakageUse(
        package=row.package,
        symbol=_written(row),
        kind=row.kind,
        removed_in=row.removed_in,
        restored_in=row.restored_in,
        replacement=row.replacement,
        at=context.module.at(node),
        guarded=_is_guarded(context, node),
        certain=row.kind != "default",
        inside=tuple(_inside(context, node)),
        source=str(row.source),
    )


def _written(row: RemovedSymbol) -> str:
    """The symbol as a person writes it."""
    if row.kind in ("required", "default"):
        return f"{row.name}() without {row.argument}="
    if row.kind == "positional":
        return f"{row.name}() with arguments that lack their names"
    if row.kind == "unpacked":
        return f"{row.name}() unpacked into {row.position} names"
    return row.name if row.argument is None else f"{row.name}({row.argument}=)"


def _is_rebound(context: _Context, name: ast.Name) -> bool:
    """Whether the name stands for something else than its import: `tf = tf.compat.v1`, a parameter `np`."""
    scope: ast.AST | None = name
    while scope is not None:
        scope = context.module.parent(scope)
        if isinstance(scope, _SCOPES) and name.id in context.names_of(scope):
            return True
    return False


def _bound(scope: ast.AST) -> Iterator[str]:
    """The names that parameters and assignments bind in a scope itself, not in those inside it."""
    stack = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        # `except ImportError: tf = None` stands in for an import that failed.
        if not isinstance(node, (*_SCOPES, ast.ExceptHandler)):
            stack.extend(ast.iter_child_nodes(node))


def _is_guarded(context: _Context, node: ast.AST) -> bool:
    """Whether the code is prepared for the symbol to be missing: a try, hasattr, or a look at a version."""
    child, parent = node, context.module.parent(node)
    while parent is not None:
        if isinstance(parent, ast.Try) and child not in parent.finalbody and _catches(parent):
            return True
        if isinstance(parent, ast.With) and any(_suppresses(item.context_expr) for item in parent.items):
            return True
        if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test and _asks(context, parent.test):
            return True
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef) and _leaves_first(context, parent, child):
            return True
        child, parent = parent, context.module.parent(parent)
    return False


def _inside(context: _Context, node: ast.AST) -> Iterator[str]:
    """The functions and classes around a use that run only when somebody names them.

    Not what a decorator may have handed on, what a base class may find, or what a program calls by its name.
    """
    module = context.module
    if module.path.rpartition("/")[2] in _STARTED or context.offers_all():
        return
    parent = module.parent(node)
    while parent is not None:
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not parent.decorator_list:
            holder = module.parent(parent)
            classes = [one for one in (parent, holder) if isinstance(one, ast.ClassDef)]
            found_by_base = any(one.bases or one.keywords for one in classes)
            if not (found_by_base or parent.name.startswith(("__", "test"))):
                yield parent.name
        parent = module.parent(parent)


def _leaves_first(context: _Context, function: ast.FunctionDef | ast.AsyncFunctionDef, use: ast.AST) -> bool:
    """`if version >= ...: return ...` before the use."""
    for statement in function.body:
        if statement is use:
            return False
        leaves = isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return | ast.Raise)
        if isinstance(statement, ast.If) and leaves and _asks(context, statement.test):
            return True
    return False


def _suppresses(node: ast.expr) -> bool:
    """`contextlib.suppress(...)`."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name | ast.Attribute) and "suppress" in (
        called.id if isinstance(called, ast.Name) else called.attr
    )


def _catches(node: ast.Try) -> bool:
    missing = {"ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "Exception", "BaseException"}
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(kind is None or (isinstance(kind, ast.Name) and kind.id in missing) for kind in kinds):
            return True
    return False


def _asks(context: _Context, test: ast.expr) -> bool:
    """Whether a condition looks at a version, itself or through a name that was assigned such a look."""
    names = _names_in(test)
    return any(_tells_version(name) for name in names) or not names.isdisjoint(context.version_flags())


def _names_in(node: ast.expr) -> set[str]:
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute)
    }


def _tells_version(name: str) -> bool:
    return name == "hasattr" or "version" in name.lower() or name in {"PY2", "PY3"}
