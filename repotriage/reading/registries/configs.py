"""Configurations and the classes that they name.

`type=` of OpenMMLab, `META_ARCHITECTURE` and `LazyCall` of detectron2, `_target_` of hydra, `class_path` of lightning.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Container, Iterator, Mapping

from repotriage.models.location import Location
from repotriage.models.reading import ConfigFile
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import (
    Registration,
    is_class_name,
    keyword,
    targets_of,
    text_of,
    texts_of,
)

_MAX_NAMES = 120
_MAX_FILES = 2000
_MAX_TEXT = 80_000
_MAX_LINE = 300
_PLACE = re.compile(
    r"(?:^|/)(?:\w*configs?|confs?|config_files|hydra|hparams|options?|experiments?|exps?|projects|cfgs?|yamls?|recipes?"
    r"|settings)/",
    re.IGNORECASE,
)
_ENDINGS = (".yaml", ".yml", ".json")
_PAIR = re.compile(
    r"^\s*(?:-\s+)?[\"']?([A-Za-z_][\w.]{0,80})[\"']?\s*:\s*[\"']?([A-Za-z_][\w.\-/@]{0,120})[\"']?\s*,?\s*(?:#.*)?$"
)
_TARGET = frozenset({"_target_", "target", "class_path", "_partial_target_"})
_TARGET_OF_PYTHON = _TARGET | {"module", "class", "cls"}
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*\.[A-Z]\w*")
_BASE = frozenset({"_BASE_", "_base_", "_base", "BASE", "_BASE_CONFIG_", "base_config"})
_BASE_LINE = re.compile(r"\s*[\"']?(_BASE_|_base_|BASE|_BASE_CONFIG_)[\"']?\s*:\s*[\"']?([^\s\"'\[\]]{1,200})")
_DEFAULT = re.compile(r"^\s*-\s+(?:override\s+)?(?:([/\w.@-]{1,80})\s*:\s*)?([\w./-]{1,80})\s*(?:#.*)?$")
_TOP = re.compile(r"^([A-Za-z_][\w-]*)\s*:")
_MODEL = re.compile(r"model|network_g|network|net|arch|lightning_module", re.IGNORECASE)
_LAZY = re.compile(r"(?:^|\.)LazyCall$")


def visit(module: Module) -> Iterator[ConfigFile | Registration]:
    """The classes that a configuration names: `dict(type="Net")`, `dict(type=Net)`, `L(Net)(…)`, `"cls": "a.Net"`.

    What the model names stands first, then the rest in the order of the file.
    """
    if not _PLACE.search(module.path) or len(module.text) > _MAX_TEXT:
        return
    if module.of(ast.ClassDef) or module.path.endswith("__init__.py"):
        return  # code that handles configurations
    texts = {
        node.targets[0].id: text
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and (text := text_of(node.value))
    }
    lazy = any(_LAZY.search(name) for name in module.names.values())
    found: list[tuple[bool, int, str]] = []
    for call in module.of(ast.Call):
        name, line = None, call.lineno
        if isinstance(call.func, ast.Name) and call.func.id == "dict":
            given = keyword(call, "type")
            name = text_of(given) or _class_name(module, given, texts)
            line = given.lineno if given is not None else line
        elif lazy and call.args and _LAZY.search(module.dotted(call.func) or ""):
            name = _class_name(module, call.args[0], texts)
        if name:
            found.append((not _of_model(module, call), line, name))
    for node in module.of(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if text_of(key) == "type" and (name := text_of(value) or _class_name(module, value, texts)):
                found.append((not _of_model(module, node), value.lineno, name))
            elif text_of(key) in _TARGET_OF_PYTHON and _DOTTED.fullmatch(dotted := text_of(value) or ""):
                found.append((not _of_model(module, node), value.lineno, dotted))
                yield Registration(
                    name=dotted, registry=text_of(key) or "", dotted=dotted, at=module.at(value), own_only=True
                )
    names: dict[str, int] = {}
    for _, line, name in sorted(found):
        names.setdefault(name, line)
    yield ConfigFile(path=module.path, bases=tuple(_bases(module, lazy=lazy)), names=tuple(names.items())[:_MAX_NAMES])


def _class_name(module: Module, node: ast.expr | None, texts: Mapping[str, str]) -> str | None:
    """The name of a class, or the text that the file keeps under a name: `dataset_type = "CocoDataset"`."""
    if isinstance(node, ast.Name) and node.id in texts:
        return texts[node.id]
    dotted = module.dotted(node) if node is not None else None
    last = (dotted or "").rpartition(".")[2]
    return last if last and (is_class_name(last) or (node is not None and isinstance(node, ast.Name))) else None


def _of_model(module: Module, node: ast.AST) -> bool:
    """Whether a statement that sets the model holds `node`."""
    current: ast.AST | None = node
    while current is not None:
        above = module.parent(current)
        if above is module.tree:
            return any(_MODEL.fullmatch(name) for name in targets_of(module, getattr(current, "value", current)))
        current = above
    return False


def _bases(module: Module, *, lazy: bool) -> Iterator[str]:
    """`_base_ = [...]`; what `with read_base():` or a lazy configuration imports from files beside it."""
    for statement in module.tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(statement, ast.Assign) and isinstance(target, ast.Name) and target.id in _BASE:
            yield from (_joined(module.path, text) for text in texts_of(statement.value))
    for imported in module.of(ast.ImportFrom):
        if imported.level and (lazy or isinstance(module.parent(imported), ast.With) or not module.of(ast.FunctionDef)):
            folder = posixpath.join(posixpath.dirname(module.path), *[".."] * (imported.level - 1))
            stem = (imported.module or "").replace(".", "/")
            yield posixpath.normpath(posixpath.join(folder, f"{stem}.py"))


def _joined(path: str, base: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), base))


def yaml_configs(snapshot: Snapshot, named: Container[str] = ()) -> Iterator[ConfigFile]:
    """YAML and JSON configurations, `named` ones or below folders of configurations, by their lines: `key: Name`."""
    count = 0
    for file in snapshot.inside():
        if not file.path.endswith(_ENDINGS) or file.text is None or len(file.text) > _MAX_TEXT:
            continue
        if not (file.path in named or _PLACE.search(file.path)) or count >= _MAX_FILES:
            continue
        count += 1
        yield _of_lines(file.path, file.text)


def _of_lines(path: str, text: str) -> ConfigFile:
    found: list[tuple[bool, int, str]] = []
    bases: list[str] = []
    top = ""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _MAX_LINE:
            continue
        opened = _TOP.match(line)
        if opened:
            top = opened[1]
        default = _DEFAULT.match(line) if top == "defaults" else None
        if default:
            bases += _of_default(path, default[1], default[2])
            continue
        pair = _PAIR.match(line)
        base = _BASE_LINE.match(line)
        if base:
            bases.append(_joined(path, base[2]))
        elif pair and pair[1] in _BASE:
            bases.append(_joined(path, pair[2]))
        elif pair:
            found.append((not (_MODEL.fullmatch(top) or pair[1] in ("model_type", "_target_")), number, pair[2]))
    names: dict[str, int] = {}
    for _, number, name in sorted(found):
        names.setdefault(name, number)
    return ConfigFile(path=path, bases=tuple(bases), names=tuple(names.items())[:_MAX_NAMES])


def _of_default(path: str, group: str | None, name: str) -> Iterator[str]:
    """An entry of hydra's defaults list: `- model: resnet`, `- /data/cifar`, `- override /optim: adam`."""
    if name in ("_self_", "null"):
        return
    group = (group or "").partition("@")[0]
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    inner = posixpath.join(group, stem).lstrip("/") + ".yaml"
    # an absolute one is looked for from the root of the configurations, of which only the names below are known
    yield inner if (group or name).startswith("/") else _joined(path, inner)


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
