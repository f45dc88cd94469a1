"""Python source, parsed once and indexed for every reader."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.reading import BrokenFile
from repotriage.parsing.mending import mended

N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file, or the code cells of one notebook, as a tree and an index of its nodes.

    `places` maps a line of `text` to its place in the repository when `text` was put
    together of notebook cells; in a plain file it is None and lines are their own place.
    `names` maps each name that an import binds to the dotted name it stands for
    (`{"np": "numpy", "F": "torch.nn.functional"}`).
    """

    path: str
    text: str
    tree: ast.Module
    names: Mapping[str, str]
    places: Sequence[Location] | None = None
    _nodes: Mapping[type[ast.AST], Sequence[ast.AST]] = field(default_factory=dict, repr=False)
    _parents: Mapping[ast.AST, ast.AST] = field(default_factory=dict, repr=False)
    _dotted: dict[ast.AST, str | None] = field(default_factory=dict, repr=False)
    _calls: list[tuple[ast.Call, str | None]] = field(default_factory=list, repr=False)

    def of(self, kind: type[N]) -> Sequence[N]:
        """Every node of exactly this type, in the order of a walk from the top."""
        return cast("Sequence[N]", self._nodes.get(kind, ()))

    def calls(self) -> Sequence[tuple[ast.Call, str | None]]:
        """Every call with the dotted name of what is called, in the order of the text; found once for all visitors."""
        if not self._calls:
            self._calls.extend((call, self.dotted(call.func)) for call in self.of(ast.Call))
        return self._calls

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds `node`."""
        return self._parents.get(node)

    def at(self, node: ast.expr | ast.stmt | ast.excepthandler | ast.keyword | ast.arg | ast.alias) -> Location:
        """Where `node` begins."""
        return self.line(node.lineno)

    def line(self, number: int) -> Location:
        """The place of a line of `text`, counted from 1."""
        if self.places is not None:
            return self.places[number - 1]
        return Location(path=self.path, line=number)

    def dotted(self, node: ast.AST) -> str | None:
        """The dotted name of an expression with import aliases resolved, or None.

        >>> module = parse("a.py", "import torch.nn as nn\\nnn.Linear")
        >>> module.dotted(module.tree.body[1].value)
        'torch.nn.Linear'
        """
        if type(node) is ast.Name:
            return self.names.get(node.id, node.id)
        if type(node) is not ast.Attribute:
            return None
        if node in self._dotted:  # every visitor asks for the names of the same calls
            return self._dotted[node]
        parts: list[str] = []
        part: ast.expr = node
        while type(part) is ast.Attribute:
            parts.append(part.attr)
            part = part.value
        found = None
        if type(part) is ast.Name:
            parts.append(self.names.get(part.id, part.id))
            found = ".".join(reversed(parts))
        self._dotted[node] = found
        return found


def parse(path: str, text: str, places: Sequence[Location] | None = None) -> Module | BrokenFile:
    """Parse Python source; what this Python cannot parse comes back as a `BrokenFile`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SyntaxWarning: invalid escapes are the repository's business
            tree = ast.parse(text, filename="<repository>", type_comments=False)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _broken(path, text, error, places)
    nodes, parents = _index(tree)
    return Module(path, text, tree, _names(nodes), places, nodes, parents)


def read(path: str, text: str, places: Sequence[Location] | None = None) -> tuple[Module | None, BrokenFile | None]:
    """The module, and why this Python refuses the file; both where it could be read in the syntax of today."""
    found = parse(path, text, places)
    if isinstance(found, Module):
        return found, None
    written = mended(text) if found.at.line is not None else None
    again = None if written is None else parse(path, written, places)
    if not isinstance(again, Module) or written is None:
        return None, found
    as_names = _KEYWORDS_SINCE_3_7.search(written) is not None and _KEYWORDS_SINCE_3_7.search(text) is None
    return again, found.model_copy(update={"mended": True, "python_below": "3.7" if as_names else None})


_KEYWORDS_SINCE_3_7 = re.compile(r"\b(?:async|await)_\b")
_LEAVES = (ast.Name, ast.Constant, ast.MatchSingleton)  # `case True:` holds the bare value
# Fields that hold no node, or an operator or context, which is shared between its users.
_BARE = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "module", "level", "kind", "conversion", "type_comment", "simple"}
    | {"is_async", "asname"}
)


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that can hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        self[kind] = tuple(name for name in kind._fields if name not in _BARE)
        return self[kind]


_FIELDS = _Fields()


def _index(tree: ast.Module) -> tuple[dict[type[ast.AST], list[ast.AST]], dict[ast.AST, ast.AST]]:
    """Every node by its type, in the order of the text, and the parent of each.

    Operators and contexts are left out. This is the innermost loop of a run, so it asks each
    kind of node only for the fields that can hold nodes.
    """
    nodes: dict[type[ast.AST], list[ast.AST]] = {}
    parents: dict[ast.AST, ast.AST] = {}
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind in nodes:
            nodes[kind].append(node)
        else:
            nodes[kind] = [node]
        if kind in _LEAVES:
            continue
        children: list[ast.AST] = []
        for name in _FIELDS[kind]:
            value = getattr(node, name)
            if value is None:
                continue
            if type(value) is list:
                # None stands for `**` in a dictionary, text for the names of `global`.
                children += [item for item in value if item is not None and type(item) is not str] if value else ()
            elif type(value) is not str:
                children.append(value)
        for child in children:
            parents[child] = node
        children.reverse()
        stack += children
    return nodes, parents


def _names(nodes: Mapping[type[ast.AST], Sequence[ast.AST]]) -> dict[str, str]:
    """What each imported name stands for; relative imports keep their dots."""
    names: dict[str, str] = {}
    for node in nodes.get(ast.Import, ()):
        for alias in cast("ast.Import", node).names:
            if alias.asname:
                names[alias.asname] = alias.name
            else:
                top = alias.name.partition(".")[0]
                names[top] = top
    for node in nodes.get(ast.ImportFrom, ()):
        from_node = cast("ast.ImportFrom", node)
        base = "." * from_node.level + (from_node.module or "")
        for alias in from_node.names:
            if alias.name != "*":
                separator = "" if base.endswith(".") or not base else "."
                names[alias.asname or alias.name] = f"{base}{separator}{alias.name}"
    return names


def _broken(path: str, text: str, error: Exception, places: Sequence[Location] | None) -> BrokenFile:
    lines = text.count("\n") + 1
    number = error.lineno if isinstance(error, SyntaxError) and error.lineno else None
    if number is not None and not 1 <= number <= lines:
        number = None
    if number is not None and places is not None:
        at = places[number - 1] if number <= len(places) else Location(path=path)
    else:
        at = Location(path=path, line=number)
    words = error.msg if isinstance(error, SyntaxError) else type(error).__name__
    python2 = isinstance(error, SyntaxError) and (
        "Missing parentheses in call to 'print'" in words
        or "Missing parentheses in call to 'exec'" in words
        or "multiple exception types must be parenthesized" in words
        or "leading zeros in decimal integer literals" in words
    )
    return BrokenFile(at=at, reason=msg("not Python 3: {error}", error=words), python2=python2)
