"""What names a release offers, read out of its files on the index without running anything.

Wheels are read by HTTP ranges, so that one module of a gigabyte costs kilobytes; source archives are streamed through
a bounded temporary file. Names are followed by `ast`: definitions, imports, star imports, lazy-import structures.
"""

from __future__ import annotations

import ast
import io
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Literal

import httpx

from repotriage.index.facts import IndexFile
from repotriage.index.range_file import RangeFile

Answer = Literal["there", "gone", "unknown"]

_MAX_SDIST = 150_000_000
_BLOCK = 1 << 18
_DEEPEST = 30
_COMPILED = (".so", ".pyd")
_HOMES = {"tensorflow": "tensorflow_core"}  # where releases 1.15 to 2.1 keep what they import as `tensorflow`


class UnreadableError(Exception):
    """No file of the release can be read."""


class Release:
    """The files of one wheel or source archive, by their path below the import root."""

    def __init__(self, file: IndexFile, client: httpx.Client) -> None:
        self.filename = file.filename
        self._zip: zipfile.ZipFile | None = None
        self._texts: dict[str, str] = {}
        if file.kind == "wheel":
            raw = io.BufferedReader(RangeFile(client, file.url), _BLOCK)
            self._zip = zipfile.ZipFile(raw)
            self._members = {name: name for name in self._zip.namelist()}
        else:
            self._members = {}
            self._read_archive(file, client)

    def __contains__(self, path: str) -> bool:
        return path in self._members

    def paths(self) -> Sequence[str]:
        """Every path."""
        return tuple(self._members)

    def text(self, path: str) -> str:
        """A file as text."""
        if path not in self._texts and self._zip is not None:
            self._texts[path] = self._zip.read(self._members[path]).decode("utf-8", "replace")
        return self._texts[path]

    def _read_archive(self, file: IndexFile, client: httpx.Client) -> None:
        with tempfile.TemporaryFile() as spool:
            size = 0
            with client.stream("GET", file.url) as response:
                response.raise_for_status()
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > _MAX_SDIST:
                        raise UnreadableError(f"{file.filename}: larger than {_MAX_SDIST} bytes")
                    spool.write(chunk)
            spool.seek(0)
            for path, data in _entries(file.filename, spool):
                inner = path.partition("/")[2]
                inner = inner.removeprefix("src/").removeprefix("lib/")
                self._members[inner] = inner
                self._texts[inner] = data


def _entries(filename: str, spool: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Paths of a source archive, with the text of Python files."""
    if filename.endswith(".zip"):
        with zipfile.ZipFile(spool) as archive:
            for name in archive.namelist():
                yield name, archive.read(name).decode("utf-8", "replace") if name.endswith((".py", ".pyi")) else ""
        return
    with tarfile.open(fileobj=spool) as archive:
        for member in archive:
            if member.isfile():
                handle = archive.extractfile(member) if member.name.endswith((".py", ".pyi")) else None
                yield member.name, handle.read().decode("utf-8", "replace") if handle else ""


@dataclass(slots=True)
class _Names:
    """What one module binds."""

    imported: dict[str, str] = field(default_factory=dict)  # name → the dotted name that it stands for
    defined: dict[str, ast.AST] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    literals: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    exported: tuple[str, ...] | None = None
    exports_more: bool = False  # `__all__` is put together of other things than texts
    exports_all: bool = False  # `__all__` is made of `dir()` and the like
    getattr: ast.FunctionDef | None = None  # PEP 562
    stub: _Names | None = None
    made: set[str] = field(default_factory=set)  # by `for name in names: globals()[name] = ...`
    texts: dict[str, set[str]] = field(default_factory=dict)  # every text that goes into a name of the module
    dynamic: bool = False  # the module makes names while it runs


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a name is there, where it was followed to, and why that is not known."""

    answer: Answer
    why: str = ""
    node: ast.AST | None = None
    module: str | None = None  # the name is a module, or stands in this one


class Names:
    """Follows dotted names through the files of a release."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._modules: dict[str, _Names | None] = {}
        self._folders = {path.rpartition("/")[0] for path in release.paths() if path.endswith(".py")}
        self._compiled = {
            f"{folder}{slash}{file.partition('.')[0]}": path
            for path in release.paths()
            if path.endswith(_COMPILED)
            for folder, slash, file in (path.rpartition("/"),)
        }

    def find(self, dotted: str) -> Found:
        """Whether `import` and attribute access reach `dotted`."""
        return self._find(dotted, frozenset())

    def argument(self, dotted: str, argument: str) -> Found:
        """Whether the function or class takes the keyword `argument`."""
        node = self._signature(dotted)
        if isinstance(node, Found):
            return node
        names = {arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
        if argument in names:
            return Found("there")
        return Found("unknown", "it takes **kwargs") if node.args.kwarg else Found("gone")

    def optional(self, dotted: str, argument: str) -> Found:
        """Whether the function may be called without `argument`."""
        node = self._signature(dotted)
        if isinstance(node, Found):
            return node
        placed = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
        required = placed[: len(placed) - len(node.args.defaults)]
        return Found("gone" if argument in required else "there")

    def _signature(self, dotted: str) -> ast.FunctionDef | ast.AsyncFunctionDef | Found:
        found = self.find(dotted)
        if found.answer != "there" or found.node is None:
            return found if found.answer == "gone" else Found("unknown", found.why or "no definition was found")
        node: ast.AST | None = found.node
        if isinstance(node, ast.ClassDef):
            node = next((f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"), None)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return Found("unknown", "no signature was found")
        return node

    def _find(self, dotted: str, seen: frozenset[str]) -> Found:
        if dotted in seen or len(seen) > _DEEPEST:
            return Found("unknown", f"{dotted}: imports go round")
        seen = seen | {dotted}
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            module = ".".join(parts[:length])
            if not self._is_module(module):
                continue
            if length == len(parts):
                return Found("there", module=module)
            found = self._attribute(module, parts[length], seen)
            rest = parts[length + 1 :]
            if not rest or found.answer != "there":
                return found
            return self._below(found, rest, seen)
        return Found("gone", f"{parts[0]} is no module of {self.release.filename}") if parts else Found("gone")

    def _below(self, found: Found, rest: Sequence[str], seen: frozenset[str]) -> Found:
        if found.module is not None and found.node is None:
            return self._find(".".join((found.module, *rest)), seen)
        if isinstance(found.node, ast.ClassDef) and len(rest) == 1:
            return self._member(found.node, rest[0], found.module or "", seen)
        return Found("unknown", f"what {rest[0]} is an attribute of is not a module or class here")

    def _member(self, node: ast.ClassDef, name: str, module: str, seen: frozenset[str]) -> Found:
        names = _bindings(node.body)
        if name in names.defined or name in names.imported:
            return Found("there", node=names.defined.get(name), module=module)
        unknown = False
        for base in node.bases:
            text = _dotted(base)
            if text == "object":
                continue
            target = None if text is None else self._find(f"{module}.{text}", seen)
            if target is not None and isinstance(target.node, ast.ClassDef):
                found = self._member(target.node, name, target.module or "", seen)
                if found.answer == "there":
                    return found
                unknown |= found.answer == "unknown"
            else:
                unknown = True
        return Found("unknown", "a base class was not found") if unknown else Found("gone")

    def _attribute(self, module: str, name: str, seen: frozenset[str]) -> Found:
        names = self._names(module)
        if names is None:
            return Found("unknown", f"{module} is compiled or not Python 3")
        if name not in names.deleted:
            if name in names.defined:
                node = names.defined[name]
                if _only_raises(node):
                    return Found("gone", f"{module}.{name} only raises")
                return Found("there", node=node, module=module)
            if name in names.imported:
                return self._imported(names.imported[name], seen)
            if name in (names.exported or ()):
                return Found("there", f"{module}.__all__ names it")
        reasons: list[str] = []
        for star in names.stars:
            found = self._starred(star, name, seen | {f"{module}:*:{star}"}, f"{module}:*:{star}" in seen)
            if found.answer == "there":
                return found
            if found.answer == "unknown":
                reasons.append(found.why)
        returned = _getattr_answer(names, name)
        if returned is not None:
            return Found("there" if returned else "gone", f"{module}.__getattr__")
        if name in names.made:
            return Found("there", f"{module} makes it in a loop")
        if names.stub is not None and (name in names.stub.defined or name in names.stub.imported):
            return Found("there", f"the stub of {module} has it", names.stub.defined.get(name), module)
        if name in names.literals and names.dynamic:
            return Found("unknown", f"{module} names it in a text and makes names while it runs")
        return Found("unknown", reasons[0]) if reasons else Found("gone")

    def _imported(self, target: str, seen: frozenset[str]) -> Found:
        if not self._is_ours(target):
            return Found("there", "from another package")
        found = self._find(target, seen)
        # A release that imports what it lacks could not be imported at all.
        raises = found.why.endswith("only raises")
        return found if found.answer == "there" or raises else Found("there", f"imported from {target}")

    def _starred(self, star: str, name: str, seen: frozenset[str], again: bool) -> Found:
        if again or not self._is_ours(star):
            return Found("gone")
        inner = self._names(star)
        if inner is None or inner.exported is None or inner.exports_all:
            return Found("gone") if name.startswith("_") else self._attribute(star, name, seen)
        if name in inner.exported:
            return self._attribute(star, name, seen)
        if not inner.exports_more:
            return Found("gone")
        # `__all__ += other.__all__`: what it lists beside its own texts comes by star as well.
        found = [self._starred(one, name, seen | {f"{star}:*:{one}"}, f"{star}:*:{one}" in seen) for one in inner.stars]
        return next((one for one in found if one.answer == "there"), next(iter(found), Found("gone")))

    def _is_ours(self, dotted: str) -> bool:
        top = dotted.partition(".")[0]
        return self._is_module(top)

    def _is_module(self, dotted: str) -> bool:
        return self._path(dotted) is not None or (
            dotted.replace(".", "/") in self._folders and not dotted.endswith(("-info", ".data"))
        )

    def _path(self, dotted: str) -> str | None:
        base = dotted.replace(".", "/")
        for path in (f"{base}/__init__.py", f"{base}.py", f"{base}/__init__.pyi", f"{base}.pyi"):
            if path in self.release:
                return path
        if base in self._compiled:
            return self._compiled[base]
        top, dot, rest = dotted.partition(".")
        return self._path(f"{_HOMES[top]}.{rest}") if top in _HOMES and dot else None

    def _names(self, module: str) -> _Names | None:
        if module not in self._modules:
            self._modules[module] = self._read(module)
        return self._modules[module]

    def _read(self, module: str) -> _Names | None:
        path = self._path(module)
        if path is None:
            return _Names()  # a folder without __init__.py
        if path.endswith(_COMPILED):
            return None
        if path.endswith("__init__.py") and not self.release.text(path).strip():
            return _Names()
        tree = _parse(self.release.text(path))
        if tree is None:
            return None
        package = module if path.endswith("__init__.py") else module.rpartition(".")[0]
        names = _bindings(tree.body, package)
        _note_dynamic(tree, names)
        self._modules[module] = names
        for bound, target in names.imported.items():  # containers that a `__getattr__` looks into
            if names.getattr is not None and self._is_ours(target):
                home, _, container = target.rpartition(".")
                there = self._names(home) if home and self._path(home) else None
                names.texts.setdefault(bound, set()).update(there.texts.get(container, ()) if there else ())
        stub = path + "i"
        if stub in self.release and (stubs := _parse(self.release.text(stub))) is not None:
            names.stub = _bindings(stubs.body, package, stub=True)
            names.dynamic &= "attach_stub" not in self.release.text(path)
        return names


def _only_raises(node: ast.AST) -> bool:
    """A function that stands for what was removed: a text and a `raise`."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = [line for line in node.body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
    return len(body) == 1 and isinstance(body[0], ast.Raise)


def _getattr_answer(names: _Names, name: str) -> bool | None:
    """Whether the module's `__getattr__` returns for `name`; None where its tests are not understood."""
    function = names.getattr
    if function is None or not function.args.args:
        return None
    asked = function.args.args[0].arg
    tests = [node for node in ast.walk(function) if isinstance(node, ast.Compare) and _dotted(node.left) == asked]
    if not any(name in _texts_of(test.comparators[0], names) for test in tests):
        return None
    return _runs(function.body, asked, name, names)


def _runs(body: Sequence[ast.stmt], asked: str, name: str, names: _Names) -> bool | None:
    for node in body:
        if isinstance(node, ast.Return):
            return True
        if isinstance(node, ast.Raise):
            return False
        if isinstance(node, ast.If):
            holds = _holds(node.test, asked, name, names)
            if holds is None:
                if _ends(node.body) or _ends(node.orelse):
                    return None
                continue
            found = _runs(node.body if holds else node.orelse, asked, name, names)
            if found is not None or _ends(node.body if holds else node.orelse):
                return found
        elif isinstance(node, ast.For | ast.While | ast.Try | ast.With) and _ends([node]):
            return None
    return None if not body else False


def _ends(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(part, ast.Return | ast.Raise) for node in body for part in ast.walk(node))


def _holds(test: ast.expr, asked: str, name: str, names: _Names) -> bool | None:
    """The value of `name == "text"`, `name in container`, `not`, `and`, `or`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _holds(test.operand, asked, name, names)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        parts = [_holds(part, asked, name, names) for part in test.values]
        decisive = isinstance(test.op, ast.Or)
        return decisive if decisive in parts else None if None in parts else not decisive
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and _dotted(test.left) == asked):
        return None
    operator, other = test.ops[0], test.comparators[0]
    texts = _texts_of(other, names)
    if isinstance(operator, ast.Eq | ast.In):
        return name in texts
    return name not in texts if isinstance(operator, ast.NotEq | ast.NotIn) else None


def _texts_of(node: ast.AST, names: _Names) -> set[str]:
    """The texts in an expression, names of the module followed."""
    texts = set(_strings(node))
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            texts |= names.texts.get(part.id, set())
    return texts


def _texts(tree: ast.Module) -> dict[str, set[str]]:
    """For each name of the module every text in what is assigned or given to it, other names followed."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        target: str | None = None
        value: ast.AST | None = None
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            first = node.targets[0] if isinstance(node, ast.Assign) else node.target
            target, value = _dotted(first), node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target, value = _dotted(node.func.value), node
        if target is None or value is None:
            continue
        texts = found.setdefault(target, set())
        texts.update(_strings(value))
        for part in ast.walk(value):
            if isinstance(part, ast.Name) and part.id != target:
                texts |= found.get(part.id, set())
    return found


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _note_dynamic(tree: ast.Module, names: _Names) -> None:
    """Whether names come into being while the module runs, and every text that may be such a name."""
    names.texts = _texts(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _dotted(node.func) in {"__all__.extend", "__all__.append"}:
            names.exported = (*(names.exported or ()), *_strings(node))
            names.exports_more = True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.literals.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
            names.literals.update(word for text in _strings(node.func.value) for word in text.split())
        elif isinstance(node, ast.For) and any(
            isinstance(part, ast.Call) and _dotted(part.func) in {"globals", "locals", "setattr"}
            for part in ast.walk(node)
        ):
            names.made |= _texts_of(node.iter, names)
        elif isinstance(node, ast.FunctionDef) and node.name == "__getattr__" and len(node.args.args) == 1:
            names.getattr = node
        elif (
            isinstance(node, ast.Call) and _dotted(node.func) in {"globals", "setattr", "vars", "locals", "exec"}
        ) or (isinstance(node, ast.Attribute) and _dotted(node) == "sys.modules"):
            names.dynamic = True


def _bindings(body: Sequence[ast.stmt], package: str = "", *, stub: bool = False) -> _Names:
    """What statements bind, blocks included; a later statement wins. In a stub only `as` exports an import."""
    names = _Names()
    stack: list[ast.stmt] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.defined[node.name] = node
            names.deleted.discard(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            _assigned(node, names)
        elif isinstance(node, ast.Import) and not stub:
            for alias in node.names:
                names.imported[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            for alias in node.names:
                if alias.name == "*":
                    names.stars.append(base)
                elif not stub or alias.asname:
                    names.imported[alias.asname or alias.name] = f"{base}.{alias.name}"
                    names.deleted.discard(alias.asname or alias.name)
        elif isinstance(node, ast.Delete):
            names.deleted.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.For):
            names.defined.update({n.id: node for n in ast.walk(node.target) if isinstance(n, ast.Name)})
        for inner in ("finalbody", "orelse", "handlers", "body"):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                break
            for child in reversed(getattr(node, inner, [])):
                stack.extend(reversed(child.body) if isinstance(child, ast.ExceptHandler) else [child])
    return names


def _assigned(node: ast.Assign | ast.AnnAssign | ast.AugAssign, names: _Names) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                names.deleted.discard(part.id)
                same = _dotted(node.value) if node.value is not None else None
                known = names.defined.get(same or "")
                if known is not None:
                    names.defined[part.id] = known
                else:
                    names.defined[part.id] = node
                if part.id == "__all__":
                    names.exported = (*(names.exported or ()), *_strings(node.value))
                    names.exports_more |= not isinstance(node.value, ast.List | ast.Tuple)
                    names.exports_all |= any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _strings(node: ast.AST | None) -> Iterator[str]:
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def _dotted(node: ast.AST) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])
