"""Loggers of experiments that the code uses, and where their output goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from repotriage.data import table
from repotriage.models.reading import Logger
from repotriage.parsing.python import Module

_CLASS = re.compile(r"(?:pytorch_lightning|lightning)(?:\.\w+)*\.loggers(?:\.\w+)*\.\w+Logger")


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    return tuple(table("loggers")["logger"])


@cache
def _logger_of(dotted: str) -> str | None:
    """The logger whose module `dotted` is, or lies in."""
    for row in _rows():
        if any(dotted == module or dotted.startswith(f"{module}.") for module in row["modules"]):
            return str(row["name"])
    return None


@cache
def _row_of_call(dotted: str) -> dict[str, Any] | None:
    root, last = dotted.partition(".")[0], dotted.rpartition(".")[2]
    known = root in table("loggers")["frameworks"]["modules"]  # a class of this name may be the project's own
    for row in sorted(_rows(), key=lambda row: row["name"] == "TensorBoard"):
        if dotted in row["calls"] or (known and last in row["calls"]):
            return row
    return None


def loggers(module: Module) -> Iterator[Logger]:
    """One fact for each logger of a file: at its import, with the output that its set-up names."""
    first: dict[str, ast.stmt | ast.expr] = {}
    outputs: dict[str, str] = {}
    for imported in module.of(ast.Import):
        for alias in imported.names:
            name = _logger_of(alias.name)
            if name is not None:
                first.setdefault(name, imported)
    for from_node in module.of(ast.ImportFrom):
        if from_node.level or not from_node.module:
            continue
        for alias in from_node.names:
            name = _logger_of(f"{from_node.module}.{alias.name}")
            if name is not None:
                first.setdefault(name, from_node)
    # `from ops import *` may bring `tf` without a word of it here.
    imported_all = any(alias.name == "*" for node in module.of(ast.ImportFrom) for alias in node.names)
    starred = imported_all and "tf" not in module.names
    summary = starred or any(name.startswith("tensorflow") for name in module.names.values())
    for call in module.of(ast.Call):
        dotted = module.dotted(call.func)
        if dotted is None:
            continue
        if starred and dotted.startswith("tf."):
            dotted = f"tensorflow{dotted[2:]}"
        row = _row_of_call(dotted)
        if row is not None:
            name = str(row["name"])
            first.setdefault(name, call)
            value = _output(call, row["output"])
            if value is not None:
                outputs.setdefault(name, value)
        elif summary and re.match(r"tensorflow\.(?:contrib\.|compat\.v[12]\.)?summary\.", dotted):
            first.setdefault("TensorBoard", call)
        elif dotted.endswith(("TrainingArguments", "TrainerArguments")):
            value = next((_text(keyword.value) for keyword in call.keywords if keyword.arg == "report_to"), None)
            reported = _logger_of(value) if value else None
            if reported is not None:
                first.setdefault(reported, call)
    for constant in module.of(ast.Constant):  # `{"target": "pytorch_lightning.loggers.WandbLogger"}`
        if isinstance(constant.value, str) and _CLASS.fullmatch(constant.value):
            row = _row_of_call(constant.value)
            if row is not None:
                first.setdefault(str(row["name"]), constant)
    for attribute in module.of(ast.Attribute):  # `{pl.loggers.WandbLogger: ...}`
        if attribute.attr.endswith("Logger") and (dotted := module.dotted(attribute)) and _CLASS.fullmatch(dotted):
            row = _row_of_call(dotted)
            if row is not None:
                first.setdefault(str(row["name"]), attribute)
    for name, node in first.items():
        yield Logger(name=name, at=module.at(node), output=outputs.get(name))


def _output(call: ast.Call, names: Sequence[str | int]) -> str | None:
    for name in names:
        if isinstance(name, int):
            if len(call.args) > name:
                return _text(call.args[name])
        else:
            for keyword in call.keywords:
                if keyword.arg == name:
                    return _text(keyword.value)
    return None


def _text(node: ast.expr) -> str | None:
    """A constant as it is, another expression as its source, shortened."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    try:
        return ast.unparse(node)[:120]
    except (RecursionError, ValueError):
        return None


def merged(found: Sequence[Logger], started: frozenset[str]) -> tuple[Logger, ...]:
    """One entry for each logger: the place where its output is set up, entry points (`started`) before other files."""
    best: dict[str, Logger] = {}
    aside = re.compile(r"(?:^|/)(?:tests?|examples?|third_party|docs?|setup\.py)", re.IGNORECASE)
    ranked = sorted(
        found,
        key=lambda one: (
            aside.search(one.at.path) is not None,
            one.at.path not in started,
            one.output is None,
            one.at.path.count("/"),
            one.at.path,
        ),
    )
    for one in ranked:
        kept = best.get(one.name)
        if kept is None:
            best[one.name] = one
        elif kept.output is None and one.output is not None:
            best[one.name] = kept.model_copy(update={"output": one.output})
    return tuple(
        sorted(best.values(), key=lambda one: (aside.search(one.at.path) is not None, one.at.path, one.at.line or 0))
    )
