"""Where code writes to: the beginning of a path that is put together of options and texts, as far as it is certain."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable

from repotriage.parsing.python import Module

_JOINS = frozenset({"join", "joinpath"})
_SAME = frozenset({"str", "Path", "PosixPath", "GPath", "abspath", "realpath", "expanduser", "normpath", "fspath"})
_OPTIONS = re.compile(r"(?:self\.)?(?:args?|opts?|options|FLAGS|flags|cfg|conf|config|hparams|hps|hp|params)")
_SETS_UP = re.compile(r"writer|logger|board|init|config|tracker", re.IGNORECASE)
_DEEP = 12

Given = Callable[[str], str | None]


def call_of(module: Module, output: str) -> ast.Call | None:
    """The call that sets a logger up with `output`, an argument as its source is written."""
    for call in module.of(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if _SETS_UP.search(name) is None:
            continue
        for value in (*call.args, *(one.value for one in call.keywords)):
            if isinstance(value, ast.Name | ast.Attribute | ast.Call | ast.BinOp | ast.JoinedStr):
                try:
                    if ast.unparse(value)[:120] == output:
                        return call
                except (RecursionError, ValueError):
                    continue
    return None


def folder_of_output(module: Module, output: str, given: Given) -> str | None:
    """The folder that the expression `output` names, cut before what is not known; None where nothing is.

    `given` tells the value of an option of the command by its name.
    """
    try:
        node = ast.parse(output, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return None
    text, whole = _value(module, node, given, 0)
    if not whole:
        text = posixpath.dirname(text) if not text.endswith("/") else text.rstrip("/")
    return text if re.fullmatch(r"[\w./@~-]{1,120}", text) and text not in (".", "/") else None


def _value(module: Module, node: ast.expr, given: Given, depth: int) -> tuple[str, bool]:
    """What an expression of texts is known to begin with, and whether that is all of it."""
    unknown = ("", False)
    if depth > _DEEP:
        return unknown
    if isinstance(node, ast.Constant):
        return (node.value, True) if isinstance(node.value, str) else unknown
    if isinstance(node, ast.FormattedValue) and node.format_spec is None:
        return _value(module, node.value, given, depth + 1)
    if isinstance(node, ast.JoinedStr):
        return _added(module, node.values, given, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _added(module, [node.left, node.right], given, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _joined(module, [node.left, node.right], given, depth)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _JOINS and node.args and not node.keywords:
            return _joined(module, node.args, given, depth)
        return _value(module, node.args[0], given, depth + 1) if name in _SAME and len(node.args) == 1 else unknown
    if isinstance(node, ast.Attribute) and _OPTIONS.fullmatch(ast.unparse(node.value)):
        value = given(node.attr)
        return (value, True) if value is not None else _set(module, node, given, depth)
    if isinstance(node, ast.Name | ast.Attribute):
        return _set(module, node, given, depth)
    return unknown


def _set(module: Module, node: ast.Name | ast.Attribute, given: Given, depth: int) -> tuple[str, bool]:
    """The value of a variable that one statement alone sets; of several, what they are known to share at the start."""
    name = ast.unparse(node)
    values = [
        one.value
        for one in module.of(ast.Assign)
        if len(one.targets) == 1 and ast.unparse(one.targets[0]) == name and not _uses(one.value, name)
    ]
    if len(values) != 1:
        return ("", False)
    text, whole = _value(module, values[0], given, depth + 1)
    again = sum(ast.unparse(one.targets[0]) == name for one in module.of(ast.Assign))
    return (text, whole) if again == 1 or not whole else (f"{text}/", False)


def _uses(value: ast.expr, name: str) -> bool:
    """Whether a value is made of the variable itself (`folder = folder / 'run'`), so that it only adds to it."""
    return any(isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one) == name for one in ast.walk(value))


def _added(module: Module, parts: list[ast.expr], given: Given, depth: int) -> tuple[str, bool]:
    text = ""
    for part in parts:
        more, whole = _value(module, part, given, depth + 1)
        text += more
        if not whole:
            return text, False
    return text, True


def _joined(module: Module, parts: list[ast.expr], given: Given, depth: int) -> tuple[str, bool]:
    text = ""
    for part in parts:
        more, whole = _value(module, part, given, depth + 1)
        text = posixpath.join(text, more)
        if not whole:
            return text, False
    return text, True
