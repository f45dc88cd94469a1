"""Loggers of experiments that the code uses, and where their output goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from repotriage.data import table
from repotriage.models.location import Location
from repotriage.models.reading import Command, Logger
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module

_ENDINGS = (".yaml", ".yml", ".json")
_MAX_CONFIG = 80_000
_MAX_CONFIGS = 2000
_MAY_ASK = ("report_to", "VisBackend", "LoggerHook", "WandbHook", ".loggers.", "_logger")
_PAIR = re.compile(r"(?:-\s+)?[\"']?([\w.]{1,80})[\"']?\s*:\s*(.*)")
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


@cache
def _asked_for(text: str) -> str | None:
    """The logger whose class a text of a configuration names."""
    for row in _rows():
        if text in row.get("types", ()):
            return str(row["name"])
    called = _row_of_call(text) if _CLASS.fullmatch(text) else None
    return str(called["name"]) if called is not None else None


def loggers(module: Module) -> Iterator[Logger]:
    """One fact for each logger of a file: at its import, with the output that its set-up names."""
    first: dict[str, ast.stmt | ast.expr] = {}
    outputs: dict[str, str] = {}
    used = {name.id for name in module.of(ast.Name)}  # what is imported and never used logs nothing
    for imported in module.of(ast.Import):
        for alias in imported.names:
            name = _logger_of(alias.name)
            if name is not None and (alias.asname or alias.name.partition(".")[0]) in used:
                first.setdefault(name, imported)
    for from_node in module.of(ast.ImportFrom):
        if from_node.level or not from_node.module:
            continue
        for alias in from_node.names:
            name = _logger_of(f"{from_node.module}.{alias.name}")
            if name is not None and (alias.name == "*" or (alias.asname or alias.name) in used):
                first.setdefault(name, from_node)
    # `from ops import *` may bring `tf` without a word of it here.
    imported_all = any(alias.name == "*" for node in module.of(ast.ImportFrom) for alias in node.names)
    starred = imported_all and "tf" not in module.names
    summary = starred or any(name.startswith("tensorflow") for name in module.names.values())
    for call, dotted in module.calls():
        if dotted is None:
            continue
        if starred and dotted.startswith("tf."):
            dotted = f"tensorflow{dotted[2:]}"
        row = _row_of_call(dotted)
        if row is not None:
            name = str(row["name"])
            first.setdefault(name, call)
            value = _output(call, row["output"]) or _default(call, dotted, row)
            if value is not None:
                outputs.setdefault(name, value)
        elif summary and re.match(r"tensorflow\.(?:contrib\.|compat\.v[12]\.)?summary\.", dotted):
            first.setdefault("TensorBoard", call)
        elif dotted.endswith(("TrainingArguments", "TrainerArguments")):
            value = next((_text(keyword.value) for keyword in call.keywords if keyword.arg == "report_to"), None)
            reported = _logger_of(value) if value else None
            if reported is not None:
                first.setdefault(reported, call)
    asks = any(word in module.text for word in _MAY_ASK)
    for constant in module.of(ast.Constant) if asks else ():  # `{"target": "pytorch_lightning.loggers.WandbLogger"}`
        asked = _asked_for(constant.value) if isinstance(constant.value, str) else None
        if asked is not None:
            first.setdefault(asked, constant)
    for attribute in module.of(ast.Attribute) if "Logger" in module.text else ():  # `{pl.loggers.WandbLogger: ...}`
        if attribute.attr.endswith("Logger") and (dotted := module.dotted(attribute)) and _CLASS.fullmatch(dotted):
            row = _row_of_call(dotted)
            if row is not None:
                first.setdefault(str(row["name"]), attribute)
    for name, node in first.items():
        yield Logger(name=name, at=module.at(node), output=outputs.get(name))


def configured_loggers(snapshot: Snapshot, commands: Sequence[Command]) -> Iterator[Logger]:
    """Loggers that YAML and JSON configurations ask for, and options of commands: `report_to: wandb`."""
    count = 0
    for file in snapshot.inside():
        if not file.path.endswith(_ENDINGS) or file.text is None or len(file.text) > _MAX_CONFIG:
            continue
        if count >= _MAX_CONFIGS or not any(word in file.text for word in _MAY_ASK):
            continue
        count += 1
        yield from _of_lines(file.path, file.text.split("\n"))
    for command in commands:
        for index, word in enumerate(command.argv):
            option, equals, value = word.lstrip("-").partition("=")
            if option.replace("-", "_") == "report_to":
                rest = [value] if equals else command.argv[index + 1 : index + 4]
                for name in filter(None, map(_logger_of, rest)):
                    yield Logger(name=name, at=command.at)


def _of_lines(path: str, lines: Sequence[str]) -> Iterator[Logger]:
    reporting = False
    for number, line in enumerate(lines, 1):
        at = Location(path=path, line=number)
        bare = line.partition("#")[0].strip(" \t,[]")
        pair = _PAIR.fullmatch(bare[:200])
        if reporting and bare.startswith("-"):
            name = _logger_of(bare.lstrip("- ").strip("\"'"))
            if name is not None:
                yield Logger(name=name, at=at)
            continue
        reporting = pair is not None and pair[1] == "report_to"
        if pair is None:
            continue
        key, value = pair[1], pair[2].strip("\"'[] ")
        if reporting:
            for name in filter(None, map(_logger_of, re.findall(r"\w+", value))):
                yield Logger(name=name, at=at)
        asked = _asked_for(value)
        if asked is not None:
            yield Logger(name=asked, at=at)
        for row in _rows():
            if key in row.get("switches", ()) and value.lower() == "true":
                yield Logger(name=str(row["name"]), at=at)


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


def _default(call: ast.Call, dotted: str, row: Mapping[str, Any]) -> str | None:
    """Where the output goes when a call names no place at all."""
    named = call.args or any(one.arg is None or one.arg in row["output"] for one in call.keywords)
    return None if named else row.get("defaults", {}).get(dotted.rpartition(".")[2])


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
