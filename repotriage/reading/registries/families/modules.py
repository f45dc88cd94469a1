"""Modules that are imported by a name: `importlib.import_module(f"models.{name}")`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import Registration, function_around, text_of

_IMPORTS = frozenset({"importlib.import_module", "__import__"})


def visit(module: Module) -> Iterator[Registration]:
    """Each import of a module whose dotted name is put together around one name."""
    for call, dotted in module.calls():
        if dotted not in _IMPORTS or not call.args:
            continue
        around = _around(_written(module, call))
        if around is not None and "." in around[0]:
            yield Registration(
                name="*",
                registry=f"modules {around[0]}*{around[1]}",
                dotted="",
                at=module.at(call),
                own_only=True,
                modules=around,
            )


def _written(module: Module, call: ast.Call) -> ast.expr:
    """The name as it is put together, here or in an assignment of the same function."""
    value = call.args[0]
    function = function_around(module, call)
    if isinstance(value, ast.Name) and function is not None:
        for node in function.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if isinstance(node, ast.Assign) and isinstance(target, ast.Name) and target.id == value.id:
                return node.value
    return value


def _around(node: ast.expr) -> tuple[str, str] | None:
    """What stands before and after the one name: `"models." + name + "_model"`, f-string, `%` and `format`."""
    parts: list[str | None] = []
    if isinstance(node, ast.JoinedStr):
        parts = [text_of(one) for one in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        terms: list[ast.expr] = [node]
        while isinstance(terms[0], ast.BinOp):
            terms[:1] = [terms[0].left, terms[0].right]
        parts = [text_of(one) for one in terms]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        parts = _split(text_of(node.left), "%s")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        parts = _split(text_of(node.func.value), "{}")
    if parts.count(None) != 1 or parts[0] is None:
        return None
    middle = parts.index(None)
    before, after = ("".join(one or "" for one in side) for side in (parts[:middle], parts[middle + 1 :]))
    return before, after


def _split(text: str | None, mark: str) -> list[str | None]:
    if text is None or text.count(mark) != 1:
        return []
    before, _, after = text.partition(mark)
    return [before, None, after]
