"""Syntax by which code tells the oldest Python that can run it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from repotriage.models.reading import SyntaxNeed
from repotriage.parsing.python import Module

_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|docs?|examples?|third[_-]?party|external|vendor|\.github)/|(?:^|/)setup\.py$", re.IGNORECASE
)
_BUILTIN_GENERICS = frozenset({"list", "dict", "tuple", "set", "frozenset", "type"})


def syntax_needs(module: Module) -> Iterator[SyntaxNeed]:
    """What one file needs, once for each kind; tests, docs, examples and vendored code do not count.

    Versions are those of "What's New in Python" (https://docs.python.org/3/whatsnew/):
    f-strings 3.6, `:=` and positional-only parameters 3.8, `match` 3.10, `except*` 3.11.
    Annotations count where they are evaluated when the file is imported: `list[int]`
    (PEP 585) 3.9, `X | Y` (PEP 604) 3.10.
    """
    if _ASIDE.search(module.path):
        return
    found: dict[tuple[str, str], ast.expr | ast.stmt] = {}
    simple: tuple[tuple[type[ast.expr | ast.stmt], str, str], ...] = (
        (ast.JoinedStr, "3.6", "f-string"),
        (ast.NamedExpr, "3.8", "assignment expression"),
        (ast.Match, "3.10", "match statement"),
        (ast.TryStar, "3.11", "except*"),
    )
    for kind, python, what in simple:
        for node in module.of(kind)[:1]:
            found[python, what] = node
    for function in _functions(module):
        if function.args.posonlyargs:
            found.setdefault(("3.8", "positional-only parameter"), function)
    if module.names.get("annotations") != "__future__.annotations":
        for annotation in _evaluated_annotations(module):
            need = _annotation_need(annotation)
            if need is not None:
                found.setdefault(need, annotation)
    for (python, what), place in found.items():
        yield SyntaxNeed(python=python, what=what, at=module.at(place))


def _functions(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [*module.of(ast.FunctionDef), *module.of(ast.AsyncFunctionDef)]


def _evaluated_annotations(module: Module) -> Iterator[ast.expr]:
    """Annotations of parameters, of results, and of names outside functions: Python evaluates these."""
    for function in _functions(module):
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.annotation is not None:
                yield argument.annotation
        if function.returns is not None:
            yield function.returns
    for assignment in module.of(ast.AnnAssign):
        if isinstance(module.parent(assignment), ast.Module | ast.ClassDef):
            yield assignment.annotation


def _annotation_need(annotation: ast.expr) -> tuple[str, str] | None:
    """The newest need of one annotation; strings in it are not evaluated."""
    need: tuple[str, str] | None = None
    stack: list[ast.AST] = [annotation]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            # `"A" | "B"` and `X | Y` of values that define `|` are rare; types are the rule in annotations.
            return "3.10", "X | Y as a type"
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in _BUILTIN_GENERICS:
            need = ("3.9", "list[int] as a type")
        stack.extend(ast.iter_child_nodes(node))
    return need


def first_of_each(needs: Iterable[SyntaxNeed]) -> tuple[SyntaxNeed, ...]:
    """The first place of each kind, newest Python first."""
    first: dict[str, SyntaxNeed] = {}
    for need in needs:
        first.setdefault(need.what, need)
    return tuple(sorted(first.values(), key=lambda need: [-int(part) for part in need.python.split(".")]))
