"""cog.yaml of Replicate's Cog."""

from __future__ import annotations

from repotriage.manifests.commands import Role, read_commands
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, python_version
from repotriage.manifests.yaml_lines import Node, parse_yaml
from repotriage.models.base import Message
from repotriage.models.requirement import Declared


@manifest(format="cog", matches=r"(?:.*/)?cog\.ya?ml")
def cog(path: str, text: str, context: Context) -> Declared:
    """Cog's build file. Source: https://cog.run/docs/yaml"""
    sheet = Sheet(path, "cog")
    root = parse_yaml(text)
    if isinstance(root, Message):
        sheet.cannot(None, path, root)
        return sheet.declared()
    build = root.get("build") or Node(1)
    python = build.get("python_version")
    if python is not None and python.value and (specifier := python_version(python.value)):
        sheet.plain("python", specifier, "python", python.line, f"python_version: {python.value}")
    for key in ("cuda", "cudnn"):
        node = build.get(key)
        if node is not None and node.value:
            version = node.value if node.value.count(".") >= 2 else f"{node.value}.*"
            sheet.plain(key, f"=={version}", "cuda" if key == "cuda" else "cudnn", node.line, f"{key}: {node.value}")
    gpu = build.get("gpu")
    if gpu is not None and gpu.value == "true" and build.get("cuda") is None:
        sheet.plain("cuda", "", "cuda", gpu.line, "gpu: true")
    for line, value in (build.get("python_packages") or Node(1)).strings():
        if value.startswith("-"):
            sheet.index("other", value, line)
        else:
            sheet.pip(value, line)
    for line, value in (build.get("system_packages") or Node(1)).strings():
        sheet.apt(value, line, value)
    requirements = build.get("python_requirements")
    if requirements is not None and requirements.value:
        target = context.resolve(path, requirements.value)
        if isinstance(target, Message):
            sheet.cannot(requirements.line, requirements.value, target)
        else:
            sheet.include(target, requirements.line)
    for section in ("run", "pre_install"):
        for node in build.get(section) or Node(1):
            command = node if node.value is not None else node.get("command")
            if command is not None and command.value:
                read_commands(sheet, context, command.value, command.line + command.block, Role())
    return sheet.declared()
