"""What the code imports: the declaration that nobody can forget to write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Literal

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.location import Location
from repotriage.parsing.python import Module

Context = Literal["main", "guarded", "type_checking", "function", "auxiliary", "test", "example", "docs", "setup"]

_PATH_CONTEXTS: tuple[tuple[Context, re.Pattern[str]], ...] = (
    ("setup", re.compile(r"(^|/)(setup|noxfile|fabfile|tasks|conf)\.py$")),
    ("test", re.compile(r"(^|/)(tests?|unit_?tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")),
    ("docs", re.compile(r"(^|/)(docs?|documentation|sphinx)/")),
    ("example", re.compile(r"(^|/)(examples?|demos?|tutorials?|samples|benchmarks?|scratch|contrib)/")),
)


_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "OSError"})


class ImportFact(Frozen):
    """One absolute import: the dotted module, where it stands and what guards it."""

    module: CleanStr
    at: Location
    context: Context
    when_run: bool = False  # below `if __name__ == "__main__"`: only when this file itself is run


class RelativeImport(Frozen):
    """One relative import: the modules of the repository that it may name, as paths without `.py`."""

    importer: CleanStr
    targets: tuple[CleanStr, ...]
    context: Context


class Runnable(Frozen):
    """A file that does something when it is run by itself."""

    path: CleanStr


class SearchPath(Frozen):
    """A folder of the repository that the code adds to `sys.path`, as far as it can be read."""

    path: CleanStr


def visit(module: Module) -> Iterable[Frozen]:
    """Every absolute import of a file, and the folders that it adds to `sys.path`."""
    of_path = context_of_path(module.path)
    mains = [node for node in module.of(ast.If) if _is_main_guard(node.test)]
    below = {child for guard in mains for statement in guard.body for child in ast.walk(statement)}
    for node in module.of(ast.Import):
        context = _context(module, node, of_path)
        for alias in node.names:
            yield ImportFact(module=alias.name, at=module.at(node), context=context, when_run=node in below)
    for node_from in module.of(ast.ImportFrom):
        if node_from.level == 0 and node_from.module:
            context = _context(module, node_from, of_path)
            names = [alias.name for alias in node_from.names if alias.name != "*"] or [""]
            for name in names:
                dotted = f"{node_from.module}.{name}" if name else node_from.module
                yield ImportFact(module=dotted, at=module.at(node_from), context=context, when_run=node_from in below)
        elif node_from.level:
            yield RelativeImport(
                importer=module.path,
                targets=_relative_targets(module.path, node_from),
                context=_context(module, node_from, of_path),
            )
    if module.path.endswith(".ipynb") or mains or _reads_arguments(module):
        yield Runnable(path=module.path)
    yield from _search_paths(module)


def _relative_targets(path: str, node: ast.ImportFrom) -> tuple[str, ...]:
    folders = path.split("/")[:-1]
    if node.level - 1 > len(folders):
        return ()
    base = folders[: len(folders) - (node.level - 1)] + (node.module.split(".") if node.module else [])
    return ("/".join(base), *("/".join([*base, alias.name]) for alias in node.names if alias.name != "*"))


def context_of_path(path: str) -> Context:
    """What a file is for, by its place: only `main` code is what the main job needs."""
    return next((context for context, pattern in _PATH_CONTEXTS if pattern.search(path)), "main")


def _context(module: Module, node: ast.stmt, of_path: Context) -> Context:
    if of_path != "main":
        return of_path
    found: Context = "main"
    child: ast.AST = node
    parent = module.parent(node)
    while parent is not None:
        if isinstance(parent, ast.If) and child in parent.body and _is_type_checking(module, parent.test):
            return "type_checking"
        if isinstance(parent, ast.If) and child is not parent.test and not _is_main_guard(parent.test):
            found = "guarded"  # imported on some condition only
        if (
            isinstance(parent, ast.Try | ast.TryStar)
            and _catches_import_errors(parent)
            and child not in parent.finalbody
        ):
            found = "guarded"
        if isinstance(parent, ast.With) and _suppresses_import_errors(module, parent):
            found = "guarded"
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and found == "main":
            found = "function"
        child, parent = parent, module.parent(parent)
    return found


def _suppresses_import_errors(module: Module, node: ast.With) -> bool:
    """`with contextlib.suppress(ImportError)`."""
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and module.dotted(call.func) == "contextlib.suppress":
            return any(isinstance(kind, ast.Name) and kind.id in _IMPORT_ERRORS for kind in call.args)
    return False


def _is_type_checking(module: Module, test: ast.expr) -> bool:
    return module.dotted(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING"}


def _is_main_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _reads_arguments(module: Module) -> bool:
    """Whether a file reads the command line as soon as it runs, as scripts without a guard do."""
    return any(
        isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr in {"parse_args", "parse_known_args"}
        for statement in module.tree.body
    )


def _catches_import_errors(node: ast.Try | ast.TryStar) -> bool:
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for kind in kinds:
            if kind is None or (isinstance(kind, ast.Name) and kind.id in _IMPORT_ERRORS):
                return True
    return False


def _search_paths(module: Module) -> Iterator[SearchPath]:
    """`sys.path.append("lib")`, `sys.path.insert(0, os.path.join(here, "..", "src"))` and the like."""
    folder = module.path.rpartition("/")[0]
    for call, dotted in module.calls():
        if dotted in {"sys.path.append", "sys.path.insert"} and call.args:
            parts = _literal_parts(call.args[-1])
            if parts is None:
                continue
            here = parts[:1] == [""]
            found = _normal([*(folder.split("/") if here else []), *parts])
            if found is not None:
                yield SearchPath(path=found)
            if not here and folder:  # a relative path may also be meant from the script's own folder
                beside = _normal([*folder.split("/"), *parts])
                if beside is not None:
                    yield SearchPath(path=beside)


def _literal_parts(node: ast.expr) -> list[str] | None:
    """The parts of a path expression; "" first for the folder of the file itself; None: cannot be read."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return None if node.value.startswith("/") else node.value.split("/")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name in {"abspath", "realpath", "normpath", "str", "resolve", "absolute", "as_posix"}:
            inner = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
            return None if inner is None else _literal_parts(inner)
        if name == "dirname" and node.args:
            inner_parts = _literal_parts(node.args[0])
            if inner_parts is None:
                return None
            return [""] if inner_parts == ["", "__file__"] else [*inner_parts, ".."]
        if name in {"join", "Path", "joinpath"}:
            parts: list[str] = []
            for argument in node.args:
                more = _literal_parts(argument)
                if more is None:
                    return None
                parts.extend(more)
            return parts
        if name == "getcwd":
            return ["."]
        return None
    if isinstance(node, ast.Name) and node.id == "__file__":
        return ["", "__file__"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
        left, right = _literal_parts(node.left), _literal_parts(node.right)
        return None if left is None or right is None else [*left, *right]
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        inner_parts = _literal_parts(node.value)
        if inner_parts is None:
            return None
        return [""] if inner_parts == ["", "__file__"] else [*inner_parts, ".."]
    return None


def _normal(parts: list[str]) -> str | None:
    """A path inside the repository without `.` and `..`; None when it leads outside."""
    out: list[str] = []
    for part in parts:
        if part in {"", "."}:
            continue
        if part == "..":
            if not out:
                return None
            out.pop()
        else:
            out.append(part)
    return "/".join(out)
