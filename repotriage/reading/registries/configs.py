"""Configurations that name classes: `type=` of OpenMMLab, `META_ARCHITECTURE`, `_target_` of hydra, `class_path`."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from repotriage.models.location import Location
from repotriage.models.reading import ConfigFile
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import Registration, keyword, text_of, texts_of

_MAX_NAMES = 120
_MAX_FILES = 600
_MAX_TEXT = 80_000
_MAX_LINE = 300
_PLACE = re.compile(
    r"(?:^|/)(?:configs?|confs?|config_files|hydra|options?|experiments?|projects|cfgs?)/", re.IGNORECASE
)
_PAIR = re.compile(
    r"^\s*(?:-\s+)?[\"']?([A-Za-z_][\w.]{0,80})[\"']?\s*:\s*[\"']?([A-Za-z_][\w.\-/@]{0,120})[\"']?\s*,?\s*(?:#.*)?$"
)
_TARGET = frozenset({"_target_", "target", "class_path", "_partial_target_"})
_BASE = frozenset({"_BASE_", "_base_", "_base", "BASE", "base_config"})


def visit(module: Module) -> Iterator[ConfigFile]:
    """The classes that a Python configuration names by `type=`."""
    if not _PLACE.search(module.path) or len(module.text) > _MAX_TEXT:
        return
    names: dict[str, int] = {}
    for call in module.of(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "dict":
            name = text_of(keyword(call, "type"))
            if name:
                names.setdefault(name, call.lineno)
    for node in module.of(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if text_of(key) == "type" and (name := text_of(value)):
                names.setdefault(name, value.lineno)
    bases: list[str] = []
    for statement in module.tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(statement, ast.Assign) and isinstance(target, ast.Name) and target.id in _BASE:
            bases = [_joined(module.path, text) for text in texts_of(statement.value)]
    if names or bases:
        yield ConfigFile(path=module.path, bases=tuple(bases), names=tuple(names.items())[:_MAX_NAMES])


def _joined(path: str, base: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), base))


def yaml_configs(snapshot: Snapshot) -> Iterator[ConfigFile]:
    """YAML configurations below folders of configurations, by their lines: `key: Name`."""
    count = 0
    for file in snapshot.inside():
        if not file.path.endswith((".yaml", ".yml")) or file.text is None or len(file.text) > _MAX_TEXT:
            continue
        if not _PLACE.search(file.path) or count >= _MAX_FILES:
            continue
        names: dict[str, int] = {}
        bases: list[str] = []
        for number, line in enumerate(file.text.split("\n"), 1):
            if len(line) > _MAX_LINE:
                continue
            found = _PAIR.match(line)
            if found is None:
                base = re.match(r"[\"']?(_BASE_|_base_|BASE)[\"']?\s*:\s*[\"']?([^\s\"'\[\]]{1,200})", line)
                if base:
                    bases.append(_joined(file.path, base[2]))
                continue
            if found[1] in _BASE:
                bases.append(_joined(file.path, found[2]))
            else:
                names.setdefault(found[2], number)
        if names or bases:
            count += 1
            yield ConfigFile(path=file.path, bases=tuple(bases), names=tuple(names.items())[:_MAX_NAMES])


def targets(snapshot: Snapshot) -> Iterator[Registration]:
    """Dotted names that YAML gives by `_target_`, `target` or `class_path`."""
    for file in snapshot.inside():
        if not file.path.endswith((".yaml", ".yml")) or file.text is None or len(file.text) > _MAX_TEXT:
            continue
        if "target" not in file.text and "class_path" not in file.text:
            continue
        for number, line in enumerate(file.text.split("\n"), 1):
            found = _PAIR.match(line) if len(line) <= _MAX_LINE else None
            if found and found[1] in _TARGET and "." in found[2] and "/" not in found[2]:
                yield Registration(
                    name=found[2],
                    registry=found[1],
                    dotted=found[2],
                    at=Location(path=file.path, line=number),
                    own_only=True,
                )
