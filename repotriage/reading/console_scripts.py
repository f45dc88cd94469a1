"""Commands that the project installs: `[project.scripts]`, poetry's scripts, setup.cfg and setup.py."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterable, Iterator

from repotriage.models.base import Message
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module, parse
from repotriage.parsing.toml import load_toml

_TARGET = re.compile(r"\s*([\w.]+)\s*(?::\s*[\w.]+)?\s*(?:\[.*\])?\s*$")


def console_scripts(snapshot: Snapshot) -> dict[str, str]:
    """Name of each installed command → the file of the repository that it runs."""
    paths = {file.path for file in snapshot.files}
    found: dict[str, str] = {}
    prefixes = dict.fromkeys((f"{snapshot.subdir}/" if snapshot.subdir else "", ""))
    for prefix in prefixes:
        for name, target in _declared(snapshot, prefix):
            match = _TARGET.match(target)
            if not match:
                continue
            module = match[1].replace(".", "/")
            for folder in (prefix, f"{prefix}src/", f"{prefix}lib/", f"{prefix}python/"):
                path = next((p for p in (f"{folder}{module}.py", f"{folder}{module}/__init__.py") if p in paths), None)
                if path is not None:
                    found.setdefault(name, path)
                    break
    return found


def _declared(snapshot: Snapshot, prefix: str) -> Iterator[tuple[str, str]]:
    text = snapshot.text(f"{prefix}pyproject.toml")
    if text is not None:
        yield from _pyproject(text)
    text = snapshot.text(f"{prefix}setup.cfg")
    if text is not None:
        yield from _setup_cfg(text)
    text = snapshot.text(f"{prefix}setup.py")
    if text is not None:
        module = parse(f"{prefix}setup.py", text)
        if isinstance(module, Module):
            yield from _setup_py(module)


def _pyproject(text: str) -> Iterator[tuple[str, str]]:
    data = load_toml(text)
    if isinstance(data, Message):
        return
    tool = data.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    for table in (data.get("project"), poetry):
        scripts = table.get("scripts") if isinstance(table, dict) else None
        if isinstance(scripts, dict):
            for name, target in scripts.items():
                if isinstance(target, dict):
                    target = target.get("reference", target.get("callable"))
                if isinstance(target, str):
                    yield str(name), target


def _setup_cfg(text: str) -> Iterator[tuple[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError, AttributeError):
        return
    if parser.has_option("options.entry_points", "console_scripts"):
        yield from _pairs(parser.get("options.entry_points", "console_scripts").splitlines())


def _setup_py(module: Module) -> Iterator[tuple[str, str]]:
    for keyword in module.of(ast.keyword):
        if keyword.arg != "entry_points":
            continue
        if isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "console_scripts":
                    yield from _pairs(
                        line
                        for node in ast.walk(value)
                        if isinstance(node, ast.Constant) and isinstance(node.value, str)
                        for line in node.value.splitlines()
                    )
        elif isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            section = keyword.value.value.partition("[console_scripts]")[2].partition("[")[0]
            yield from _pairs(section.splitlines())


def _pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, equals, target = line.partition("=")
        if equals:
            yield name.strip(), target.strip()
