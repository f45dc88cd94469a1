"""GitHub workflows and composite actions: the Pythons and CUDAs they test, and what their steps install."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.manifests.commands import Role, read_commands
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, python_version
from repotriage.manifests.yaml_lines import Node, parse_yaml
from repotriage.models.base import Message
from repotriage.models.requirement import Declared

_EXPRESSION = re.compile(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}")
_SETUP = re.compile(
    r"actions/setup-python|conda-incubator/setup-miniconda|mamba-org/setup-micromamba|astral-sh/setup-uv"
)
_MAX_VALUES = 20


@manifest(format="workflow", matches=r"(?:.*/)?\.github/(?:workflows|actions/[\w./-]+)/[\w. -]+\.ya?ml")
def workflow(path: str, text: str, context: Context) -> Declared:
    """A workflow of GitHub Actions."""
    sheet = Sheet(path, "workflow")
    root = parse_yaml(text)
    if isinstance(root, Message):
        sheet.cannot(None, path, root)
        return sheet.declared()
    for name, job, _ in (root.get("jobs") or Node(1)).entries():
        matrix = job.get("strategy", "matrix") or Node(1)
        values = _matrix(matrix)
        _facts(sheet, values, name)
        for step in job.get("steps") or Node(1):
            _step(sheet, context, step, values, name)
        container = job.get("container", "image") or job.get("container")
        if container is not None and container.value:
            for image in _fill(container.value, values):
                if "$" not in image:
                    sheet.image(image, container.line, f"container: {container.value}", group=name)
    for step in root.get("runs", "steps") or Node(1):
        _step(sheet, context, step, {}, "action")
    return sheet.declared()


def _matrix(matrix: Node) -> dict[str, list[tuple[int, str]]]:
    """The values of each key of a matrix with their lines, `include` entries too."""
    values: dict[str, list[tuple[int, str]]] = {}
    for key, node, _ in matrix.entries():
        if key in ("include", "exclude"):
            continue
        values[key] = list(node.strings())[:_MAX_VALUES]
        for item in node:
            for inner, value, _ in item.entries():
                if value.value is not None:
                    values.setdefault(f"{key}.{inner}", []).append((value.line, value.value))
    for entry in matrix.get("include") or Node(1):
        for key, node, _ in entry.entries():
            found = values.setdefault(key, [])
            if node.value is not None and len(found) < _MAX_VALUES:
                found.append((node.line, node.value))
    return values


def _facts(sheet: Sheet, values: dict[str, list[tuple[int, str]]], job: str) -> None:
    for key, entries in values.items():
        name = key.lower().replace("_", "-")
        for line, value in entries:
            if re.fullmatch(r"(?:python(?:-versions?)?|py(?:thon)?-?v(?:ersion|er)?|python3?-version)", name):
                specifier = python_version(value)
                if specifier and specifier != "==3.*":
                    sheet.plain("python", specifier, "python", line, value, group=job)
            elif re.fullmatch(r"cuda(?:-version)?", name) and re.fullmatch(r"\d+\.\d+(?:\.\d+)?", value):
                version = value if value.count(".") == 2 else f"{value}.*"
                sheet.plain("cuda", f"=={version}", "cuda", line, value, group=job)


def _step(sheet: Sheet, context: Context, step: Node, values: dict[str, list[tuple[int, str]]], job: str) -> None:
    uses = step.get("uses")
    if uses is not None and uses.value and _SETUP.match(uses.value):
        for key in ("python-version", "python-version-file", "environment-file"):
            node = step.get("with", key)
            if node is None:
                continue
            if key == "python-version":
                for line, value in _versions(node):
                    if (specifier := python_version(value)) and specifier != "==3.*":
                        sheet.plain("python", specifier, "python", line, f"{key}: {value}", group=job)
            elif node.value and isinstance(target := context.resolve("", node.value), str):
                sheet.include(target, node.line)
    run = step.get("run")
    if run is not None and run.value:
        if run.value.count("\n") > 2000:
            return
        for text in _fill(run.value, values):
            read_commands(sheet, context, text, run.line + run.block, Role("test", job))


def _versions(node: Node) -> Iterator[tuple[int, str]]:
    """One version, a list, or several lines of text."""
    for line, value in node.strings():
        for offset, one in enumerate(value.split("\n")):
            if one.strip() and "${{" not in one:
                yield line + node.block + offset, one


def _fill(text: str, values: dict[str, list[tuple[int, str]]]) -> Iterator[str]:
    """`text` once for each value of the matrix key that it names; with several keys, the first values together."""
    keys = list(dict.fromkeys(_EXPRESSION.findall(text)))
    usable = [key for key in keys if values.get(key)]
    rounds = max((len(values[key]) for key in usable), default=1)
    for number in range(rounds):
        filled = text
        for key in usable:
            value = values[key][min(number, len(values[key]) - 1)][1]
            filled = re.sub(rf"\$\{{\{{\s*matrix\.{re.escape(key)}\s*\}}\}}", value.replace("\\", "/"), filled)
        yield re.sub(r"\$\{\{([^{}]*)\}\}", lambda one: "${{" + re.sub(r"\s", "", one[1]) + "}}", filled)
