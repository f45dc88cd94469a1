"""What the families of registries see in one file, before names are followed to their definitions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from repotriage.models.base import Frozen
from repotriage.models.location import Location
from repotriage.parsing.python import Module


class Registration(Frozen):
    """One name, the registry it is put in and the dotted name of what it stands for, as its file writes it.

    `at` is where that is said. With `everything`, every public name of the module `dotted`
    can be asked for (`""`: of the same file). `owner` is the dotted name of the registry itself.
    `own_only`: counts only where `dotted` leads to a definition of this repository. `constant` is the
    dotted name of a constant that holds the name. `by_name`: `dotted` is the name of a class that may
    be defined in any file. `alias_of`: the name is another one for a name that is registered. `modules`:
    every module whose dotted name begins and ends so can be asked for by what stands between.
    """

    name: str
    registry: str
    dotted: str
    at: Location
    owner: str | None = None
    everything: bool = False
    own_only: bool = False
    constant: str | None = None
    by_name: bool = False
    alias_of: str | None = None
    modules: tuple[str, str] | None = None


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


_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
_SAYS_CLASS = re.compile(
    r"(?:^|_)(?:cls|class|type|fn|func|function|builder|factory|constructor|ctor|creator|target|module|impl|model"
    r"|network|backbone|callable)(?:$|_)",
    re.IGNORECASE,
)


def constant_of(module: Module, node: ast.expr) -> str | None:
    """The dotted name of a constant: `RESNET`, `Kind.RESNET`, `Kind.RESNET.value`; of `self`, by its class."""
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    dotted = module.dotted(node)
    if dotted is None or not _CONSTANT.fullmatch(dotted.rpartition(".")[2]):
        return None
    if dotted.startswith(("self.", "cls.")):
        current = module.parent(node)
        while current is not None and not isinstance(current, ast.ClassDef):
            current = module.parent(current)
        return None if current is None else current.name + dotted[dotted.index(".") :]
    return dotted


def says_class(key: str) -> bool:
    """Whether a key or an argument of this name holds what is made: `impl`, `opt_class`, `model`."""
    return _SAYS_CLASS.search(key) is not None


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def maker(module: Module, node: ast.expr | None) -> str | None:
    """The dotted name of the class or function that an expression is, or makes something by.

    `Foo`, `partial(Foo, …)`, `lambda x: Foo(x)`, `lambda: Foo` and `Foo if fast else Bar` all give `Foo`.
    """
    for _ in range(4):
        if isinstance(node, ast.Lambda):
            node = node.body
            if isinstance(node, ast.Call):
                node = node.func
        elif isinstance(node, ast.Call):
            called = module.dotted(node.func) or ""
            if called.rpartition(".")[2] != "partial" or not node.args:
                return None
            node = node.args[0]
        elif isinstance(node, ast.IfExp):
            none = isinstance(node.body, ast.Constant)
            node = node.orelse if none else node.body
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
