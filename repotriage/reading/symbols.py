"""Where names are defined: which file and line a dotted name of some other file leads to."""

from __future__ import annotations

import ast
import posixpath
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from repotriage.models.base import Frozen
from repotriage.models.location import Location
from repotriage.parsing.python import Module

_MAX_HOPS = 8  # imports that are followed from one name


class Symbols(Frozen):
    """What one file defines and imports at its top: names with lines, local name → dotted name, starred modules."""

    path: str
    defined: tuple[tuple[str, int], ...] = ()
    classes: tuple[str, ...] = ()
    imported: tuple[tuple[str, str], ...] = ()
    stars: tuple[str, ...] = ()


def symbols(module: Module) -> Iterator[Symbols]:
    """The fact of one file; notebooks are not imported and have none."""
    if module.places is not None:
        return
    defined: dict[str, int] = {}
    classes: list[str] = []
    nodes: list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef] = [
        *module.of(ast.ClassDef),
        *module.of(ast.FunctionDef),
        *module.of(ast.AsyncFunctionDef),
    ]
    for node in nodes:
        if _at_top(module, node):
            defined[node.name] = node.lineno
            if isinstance(node, ast.ClassDef):
                classes.append(node.name)
    stars = [
        "." * imported.level + (imported.module or "")
        for imported in module.of(ast.ImportFrom)
        if any(alias.name == "*" for alias in imported.names)
    ]
    yield Symbols(
        path=module.path,
        defined=tuple(defined.items()),
        classes=tuple(classes),
        imported=tuple(_imports(module)),
        stars=tuple(stars),
    )


def _imports(module: Module) -> Iterator[tuple[str, str]]:
    yield from module.names.items()
    for node in module.of(ast.Import):  # `import a.b` binds `a`, but brings `a.b` in
        for alias in node.names:
            if "." in alias.name and not alias.asname:
                yield alias.name, alias.name


def _at_top(module: Module, node: ast.stmt) -> bool:
    parent = module.parent(node)
    while isinstance(parent, ast.If | ast.Try | ast.ExceptHandler):
        parent = module.parent(parent)
    return parent is module.tree


class SymbolTable:
    """All files' names; answers where a dotted name that stands in one file is defined."""

    def __init__(self, files: Sequence[Symbols]) -> None:
        self._files = {file.path: file for file in files}
        self._defined = {file.path: dict(file.defined) for file in files}
        self._imported = {file.path: dict(file.imported) for file in files}
        self._modules: dict[tuple[str, str], str | None] = {}

    def definition(self, path: str, dotted: str) -> tuple[str, Location] | None:
        """(name, place) of what `dotted`, as `Module.dotted` gives it in the file `path`, stands for; None: not here.

        A method or nested class leads to the class that holds it.
        """
        return self._definition(path, dotted, 0)

    def is_class(self, at: Location, name: str) -> bool:
        """Whether the definition of `name` at `at` is a class."""
        file = self._files.get(at.path)
        return file is not None and name in file.classes

    def names_of(self, path: str) -> Iterator[tuple[str, Location]]:
        """Public classes and functions that can be reached as attributes of the module `path`."""
        for name, line in self._defined.get(path, {}).items():
            if not name.startswith("_"):
                yield name, Location(path=path, line=line)
        for name, dotted in self._imported.get(path, {}).items():
            if not name.startswith("_") and "." in dotted:
                found = self._definition(path, dotted, 1)
                if found is not None:
                    yield name, found[1]
        file = self._files.get(path)
        for star in file.stars if file else ():
            other = self.module(path, star)
            if other is not None and other != path:
                for name, line in self._defined[other].items():
                    if not name.startswith("_"):
                        yield name, Location(path=other, line=line)

    def module(self, path: str, dotted: str) -> str | None:
        """The file of the module that `dotted` names in the file `path`, None when it is not of this repository."""
        home = posixpath.dirname(path)
        key = (home, dotted)
        if key not in self._modules:
            self._modules[key] = self._find(home, dotted)
        return self._modules[key]

    def reached(self, starts: Iterable[str]) -> dict[str, int]:
        """Every file that the files `starts` import, with the number of imports that lead to it."""
        distance = {path: 0 for path in starts if path in self._files}
        queue = deque(distance)
        while queue:
            path = queue.popleft()
            for other in self._next(path):
                if other not in distance:
                    distance[other] = distance[path] + 1
                    queue.append(other)
        return distance

    def _next(self, path: str) -> Iterator[str]:
        file = self._files[path]
        for _, dotted in file.imported:
            module = self.module(path, dotted)
            if module is None:
                found = self._definition(path, dotted, 1)
                if found is not None:
                    yield found[1].path
                    continue
                module = self.module(path, _parent(dotted)) if _parent(dotted).strip(".") else None
            if module is not None:
                yield module
        for star in file.stars:
            module = self.module(path, star)
            if module is not None:
                yield module

    def _definition(self, path: str, dotted: str, hops: int) -> tuple[str, Location] | None:
        if hops > _MAX_HOPS:
            return None
        first = dotted.partition(".")[0]
        line = self._defined.get(path, {}).get(first)
        if line is not None:
            return first, Location(path=path, line=line)
        if "." not in dotted:
            known = self._imported.get(path, {}).get(dotted)
            if known is not None and known != dotted:
                return self._definition(path, known, hops + 1)
            file = self._files.get(path)  # None: a configuration that is no Python
            for star in file.stars if file else ():
                other = self.module(path, star)
                if other is not None and other != path:
                    found = self._definition(other, dotted, hops + 1)
                    if found is not None:
                        return found
            return None
        base = dotted
        while base.strip("."):
            rest = dotted[len(_parent(base)) :].lstrip(".")
            base = _parent(base)
            module = self.module(path, base) if base else None
            if module is not None and rest and (module != path or base):
                if module == path and rest == dotted:
                    return None
                return self._definition(module, rest, hops + 1)
        return None

    def _find(self, home: str, dotted: str) -> str | None:
        level = len(dotted) - len(dotted.lstrip("."))
        inner = dotted[level:].replace(".", "/")
        if level:
            base = home
            for _ in range(level - 1):
                base = posixpath.dirname(base)
            return self._file(posixpath.join(base, inner) if inner else base)
        if not inner:
            return None
        base = home
        while True:
            found = self._file(posixpath.join(base, inner)) or self._file(posixpath.join(base, "src", inner))
            if found is not None or not base:
                return found
            base = posixpath.dirname(base)

    def _file(self, stem: str) -> str | None:
        for candidate in (f"{stem}.py", f"{stem}/__init__.py".lstrip("/")):
            if candidate in self._files:
                return candidate
        return None


def _parent(dotted: str) -> str:
    """`..a.b` → `..a` → `..`."""
    head, dot, _ = dotted.rpartition(".")
    return dotted[: len(dotted) - len(dotted.lstrip("."))] if dot and not head.strip(".") else head
