"""What the families of registries see in one file, before names are followed to their definitions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from repotriage.models.base import Frozen
from repotriage.models.location import Location
from repotriage.parsing.python import Module


class Registration(Frozen):
    """One name, the registry it is put in and the dotted name of what it stands for, as its file writes it.

    `at` is where that is said. With `everything`, every public name of the module `dotted`
    can be asked for (`""`: of the same file). `owner` is the dotted name of the registry itself.
    `own_only`: counts only where `dotted` leads to a definition of this repository.
    """

    name: str
    registry: str
    dotted: str
    at: Location
    owner: str | None = None
    everything: bool = False
    own_only: bool = False


class RegistryPlace(Frozen):
    """Where a registry is made: `MODELS = Registry("models")`."""

    variable: str
    at: Location


def text_of(node: ast.expr | None) -> str | None:
    """A string constant."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts_of(node: ast.expr | None) -> list[str]:
    """A string constant, or those of a list or tuple."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [text for item in node.elts if (text := text_of(item)) is not None]
    text = text_of(node)
    return [] if text is None else [text]


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def maker(module: Module, node: ast.expr | None) -> str | None:
    """The dotted name of the class or function that an expression is, or makes something by.

    `Foo`, `partial(Foo, …)`, `lambda x: Foo(x)` and `lambda: Foo` all give `Foo`.
    """
    for _ in range(3):
        if isinstance(node, ast.Lambda):
            node = node.body
            if isinstance(node, ast.Call):
                node = node.func
        elif isinstance(node, ast.Call):
            called = module.dotted(node.func) or ""
            if called.rpartition(".")[2] != "partial" or not node.args:
                return None
            node = node.args[0]
        else:
            break
    return None if node is None else module.dotted(node)


def function_around(module: Module, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function that holds `node`."""
    current = module.parent(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        current = module.parent(current)
    return current


def is_class_name(dotted: str) -> bool:
    """Whether the last part is written like a class."""
    last = dotted.rpartition(".")[2].lstrip("_")
    return last[:1].isupper() and not last.isupper()


def targets_of(module: Module, node: ast.AST) -> Iterator[str]:
    """The names that an expression is assigned to."""
    parent = module.parent(node)
    if isinstance(parent, ast.Assign):
        for target in parent.targets:
            dotted = module.dotted(target)
            if dotted:
                yield dotted
    elif isinstance(parent, ast.AnnAssign):
        dotted = module.dotted(parent.target)
        if dotted:
            yield dotted
