"""Where names are defined: which file and line a dotted name of some other file leads to."""

from __future__ import annotations

import ast
import posixpath
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from repotriage.models.base import Frozen
from repotriage.models.location import Location
from repotriage.models.reading import Definitions
from repotriage.parsing.python import Module

_MAX_HOPS = 8  # imports that are followed from one name
_MAX_TEXTS = 400  # constants of one file
_MAX_TEXT = 120
_MAX_MADE = 6


class Symbols(Frozen):
    """What one file defines and imports at its top: names with lines, local name → dotted name, starred modules.

    `aliases` are further names for things (`small = resnet18`), `texts` constants (`KEY = "name"`, those of
    classes as `Class.KEY`); `makes` tells what functions make, likeliest first.
    """

    path: str
    defined: tuple[tuple[str, int], ...] = ()
    classes: tuple[str, ...] = ()
    methods: tuple[tuple[str, int], ...] = ()  # `Class.method`
    imported: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    stars: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    makes: tuple[tuple[str, tuple[str, ...]], ...] = ()


def symbols(module: Module) -> Iterator[Symbols]:
    """The fact of one file; notebooks are not imported and have none."""
    if module.places is not None:
        return
    defined: dict[str, int] = {}
    classes: list[str] = []
    methods: list[tuple[str, int]] = []
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
        elif isinstance(parent := module.parent(node), ast.ClassDef) and not node.name.startswith("__"):
            methods.append((f"{parent.name}.{node.name}", node.lineno))
    stars = [
        "." * imported.level + (imported.module or "")
        for imported in module.of(ast.ImportFrom)
        if any(alias.name == "*" for alias in imported.names)
    ]
    yield Symbols(
        path=module.path,
        defined=tuple(defined.items()),
        classes=tuple(classes),
        methods=tuple(methods),
        imported=tuple(_imports(module)),
        aliases=tuple(_aliases(module)),
        stars=tuple(stars),
        texts=tuple(islice(_texts(module), _MAX_TEXTS)),
        makes=tuple(_makes(module)),
    )


def _aliases(module: Module) -> Iterator[tuple[str, str]]:
    """`small = resnet18`, `tiny = partial(Net, depth=2)` at the top of the file."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value
            if isinstance(value, ast.Call) and value.args and _last(module.dotted(value.func)) == "partial":
                value = value.args[0]
            dotted = module.dotted(value)
            if dotted is not None and dotted != node.targets[0].id:
                yield node.targets[0].id, dotted


def _texts(module: Module) -> Iterator[tuple[str, str]]:
    """Constants that are text or, written in capitals, numbers; at the top of the file and of its classes."""
    for prefix, body in (("", module.tree.body), *((f"{one.name}.", one.body) for one in module.of(ast.ClassDef))):
        for node in body:
            if not isinstance(node, ast.Assign):
                continue
            target, values = node.targets[0], [_text(node.value) or _number(node)]
            if isinstance(target, ast.Tuple):  # `RESNET, SHAKE = "resnet shake".split()`
                parts = getattr(node.value, "elts", ())
                values = [_text(one) for one in parts] or _split(node.value)
            for name, value in zip(getattr(target, "elts", [target]), values, strict=False):
                if isinstance(name, ast.Name) and value is not None and len(value) <= _MAX_TEXT:
                    yield prefix + name.id, value


def _makes(module: Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each function at the top makes: its annotated result, then what it returns."""
    made: dict[str, list[str]] = {}
    for function in module.of(ast.FunctionDef):
        if function.returns is not None and _at_top(module, function):
            written = function.returns
            dotted = text if (text := _text(written)) is not None else module.dotted(written)
            if dotted:
                made.setdefault(function.name, []).append(dotted)
    for node in module.of(ast.Return):
        holder = module.parent(node)
        while isinstance(holder, ast.If | ast.With | ast.Try | ast.For):
            holder = module.parent(holder)
        if isinstance(holder, ast.FunctionDef) and _at_top(module, holder):
            made.setdefault(holder.name, []).extend(_made(module, holder, node.value))
    for name, candidates in made.items():
        if candidates:
            yield name, tuple(dict.fromkeys(candidates[:_MAX_MADE]))


def _made(module: Module, function: ast.FunctionDef, value: ast.expr | None) -> Iterator[str]:
    """`Net(…)`, `build(Net, …)` and `net` where `net = Net(…)` stands before it."""
    if isinstance(value, ast.Name):
        wanted = value.id
        for node in reversed(function.body):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == wanted:
                value = node.value
                break
    if not isinstance(value, ast.Call):
        return
    callee = module.dotted(value.func)
    given = [dotted for one in value.args[:2] if (dotted := module.dotted(one)) and _last(dotted)[:1].isupper()]
    if callee is None:
        yield from given
    elif _last(callee)[:1].isupper():
        yield from (callee, *given)
    else:
        yield from (*given, callee)


def _split(node: ast.expr) -> list[str | None]:
    """The words of `"resnet shake".split()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        text = _text(node.func.value) if not node.args else None
        return list((text or "").split())
    return []


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _number(node: ast.Assign) -> str | None:
    """`BATCH_SIZE = 64`, as text."""
    target, value = node.targets[0], node.value
    sign = ""
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        sign, value = "-", value.operand
    if not (isinstance(target, ast.Name) and target.id.isupper() and isinstance(value, ast.Constant)):
        return None
    number = isinstance(value.value, int | float)
    return f"{sign}{value.value!r}" if number else None


def _last(dotted: str | None) -> str:
    return (dotted or "").rpartition(".")[2]


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
        self._imported = {file.path: {**dict(file.imported), **dict(file.aliases)} for file in files}
        self._texts = {file.path: dict(file.texts) for file in files}
        self._makes = {file.path: dict(file.makes) for file in files}
        self._modules: dict[tuple[str, str], str | None] = {}
        self._brought = {path: frozenset(names.values()) for path, names in self._imported.items()}
        self._classes: dict[str, list[Location]] = {}
        for file in files:
            for name in file.classes:
                self._classes.setdefault(name, []).append(Location(path=file.path, line=self._defined[file.path][name]))
        self._made: dict[tuple[str, str], tuple[str, Location] | None] = {}

    def definition(self, path: str, dotted: str) -> tuple[str, Location] | None:
        """(name, place) of what `dotted`, as `Module.dotted` gives it in the file `path`, stands for; None: not here.

        A method or nested class leads to the class that holds it.
        """
        return self._definition(path, dotted, 0)

    def is_class(self, at: Location, name: str) -> bool:
        """Whether the definition of `name` at `at` is a class."""
        file = self._files.get(at.path)
        return file is not None and name in file.classes

    def has_method(self, path: str, owner: str, name: str) -> bool:
        """Whether the class `owner` of a file itself defines the method `name`."""
        file = self._files.get(path)
        return file is not None and any(method == f"{owner}.{name}" for method, _ in file.methods)

    def imported(self, path: str) -> tuple[str, ...]:
        """The dotted names that the file `path` imports."""
        file = self._files.get(path)
        return tuple(dotted for _, dotted in file.imported) if file is not None else ()

    def own(self, path: str, name: str) -> tuple[str, Location] | None:
        """(name, place) of what the file `path` itself defines under `name`."""
        line = self._defined.get(path, {}).get(name)
        return None if line is None else (name, Location(path=path, line=line))

    def class_named(self, name: str) -> Location | None:
        """Where the one class of this name is defined, None if no file or several define it."""
        places = self._classes.get(name, ())
        return places[0] if len(places) == 1 else None

    def text(self, path: str, dotted: str) -> str | None:
        """The text of a constant that the file `path` calls `dotted`: `KEY`, `Kind.KEY`, `names.KEY`."""
        holder, _, last = dotted.rpartition(".")
        for home, name in ((path, dotted), (self.module(path, holder) if holder else None, last)):
            if home is not None and (found := self._texts.get(home, {}).get(name)) is not None:
                return found
        target = self.definition(path, holder) if holder else None
        if target is not None:
            return self._texts[target[1].path].get(f"{target[0]}.{last}")
        known = self._imported.get(path, {}).get(dotted)
        return self.text(path, known) if known is not None and "." in known and known != dotted else None

    def made_by(self, path: str, function: str) -> tuple[str, Location] | None:
        """The class of this repository that a function of the file `path` makes, as far as that can be read."""
        return self._made_by(path, function, 0)

    def _made_by(self, path: str, function: str, hops: int) -> tuple[str, Location] | None:
        key = (path, function)
        if key not in self._made:
            self._made[key] = None  # a function that leads back to itself makes nothing
            for dotted in self._makes.get(path, {}).get(function, ()):
                target = self.definition(path, dotted)
                if target is None:
                    continue
                if not self.is_class(target[1], target[0]) and hops < _MAX_HOPS:
                    target = self._made_by(target[1].path, target[0], hops + 1)
                if target is not None:
                    self._made[key] = target
                    break
        return self._made[key]

    def names_of(self, path: str) -> Iterator[tuple[str, str, Location]]:
        """(name, its definition's name, place) of all that can be reached as public attributes of the module `path`."""
        for name, line in self._defined.get(path, {}).items():
            if not name.startswith("_"):
                yield name, name, Location(path=path, line=line)
        for name, dotted in self._imported.get(path, {}).items():
            if not name.startswith("_") and ("." in dotted or dotted in self._defined.get(path, {})):
                found = self._definition(path, dotted, 1)
                if found is not None:
                    yield name, *found
        file = self._files.get(path)
        for star in file.stars if file else ():
            other = self.module(path, star)
            if other is not None and other != path:
                for name, line in self._defined[other].items():
                    if not name.startswith("_"):
                        yield name, name, Location(path=other, line=line)

    def modules_like(self, prefix: str, suffix: str, *, near: str) -> Iterator[tuple[str, str, Location]]:
        """(name, class, place) of each module whose dotted name is `prefix` + name + `suffix`, as `near` imports it.

        Its class is the one of that name, whatever its case and underscores, else `Model`, else its last one.
        """
        package, _, start = prefix.rpartition(".")
        home = self.module(near, package) if package else None
        if home is None and package:
            home = self._folder(near, package)
        if home is None:
            return
        folder = posixpath.dirname(home)
        for path, file in self._files.items():
            stem = path.rpartition("/")[2].removesuffix(".py")
            if posixpath.dirname(path) != folder or not stem.startswith(start) or not stem.endswith(suffix):
                continue
            name = stem[len(start) : len(stem) - len(suffix)]
            if name and stem != "__init__" and (found := self.main_class(file.path, stem, name)):
                yield name, *found

    def main_class(self, path: str, *names: str) -> tuple[str, Location] | None:
        """The class for which a module stands: named like one of `names`, else `Model`, else its last one."""
        if (line := self._defined[path].get("Model")) is not None:
            return "Model", Location(path=path, line=line)  # or a function of this name
        classes = self._files[path].classes
        folded = {one.casefold().replace("_", ""): one for one in classes}
        wanted = (*(name.casefold().replace("_", "") for name in names), "model", "net")
        chosen = next((folded[one] for one in wanted if one in folded), classes[-1] if classes else None)
        return None if chosen is None else (chosen, Location(path=path, line=self._defined[path][chosen]))

    def _folder(self, near: str, package: str) -> str | None:
        """A file of a package without `__init__.py`."""
        inner = package.strip(".").replace(".", "/")
        base = posixpath.dirname(near)
        while True:
            folder = posixpath.join(base, inner)
            found = next((path for path in self._files if posixpath.dirname(path) == folder), None)
            if found is not None or not base:
                return found
            base = posixpath.dirname(base)

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
        if self._is_brought(path, dotted):
            first = ""  # what an import brings; a function of the same name may be defined beside it
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

    def _is_brought(self, path: str, dotted: str) -> bool:
        brought = self._brought.get(path, frozenset())
        part = dotted
        while "." in part.strip("."):
            if part in brought:
                return True
            part = _parent(part)
        return False

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


_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|docs?|third[_-]?party|external|vendor|\.github)/|(?:^|/)test_\w+\.py$", re.IGNORECASE
)


def definitions(files: Sequence[Symbols], distance: Mapping[str, int]) -> tuple[Definitions, ...]:
    """What the files define: near the main entry points first (`distance` counts imports), then by path."""
    ordered = sorted(files, key=lambda one: (bool(_ASIDE.search(one.path)), distance.get(one.path, 99), one.path))
    return tuple(
        Definitions(
            path=one.path,
            classes=tuple(pair for pair in one.defined if pair[0] in one.classes),
            functions=tuple(pair for pair in one.defined if pair[0] not in one.classes),
            methods=one.methods,
        )
        for one in ordered
        if one.defined
    )


def _parent(dotted: str) -> str:
    """`..a.b` → `..a` → `..`."""
    head, dot, _ = dotted.rpartition(".")
    return dotted[: len(dotted) - len(dotted.lstrip("."))] if dot and not head.strip(".") else head
