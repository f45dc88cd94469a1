"""devcontainer.json: the image, its features and the commands that set it up."""

from __future__ import annotations

import re

from repotriage.manifests.commands import Role, read_commands
from repotriage.manifests.json_lines import line_of, parse_jsonc
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, python_version
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared

_COMMANDS = ("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand")


@manifest(format="devcontainer", matches=r"(?:.*/)?\.?devcontainer(?:/[\w.-]+)?(?:/\.?devcontainer)?\.json")
def devcontainer(path: str, text: str, context: Context) -> Declared:
    """The development container. Source: https://containers.dev/implementors/json_reference/"""
    sheet = Sheet(path, "devcontainer")
    data = parse_jsonc(text)
    if isinstance(data, Message):
        sheet.cannot(None, path, data)
        return sheet.declared()
    if not isinstance(data, dict):
        sheet.cannot(None, path, msg("not an object"))
        return sheet.declared()
    if isinstance(image := data.get("image"), str):
        sheet.image(image, line_of(text, image), f'"image": "{image}"')
    features = data.get("features")
    for name, options in features.items() if isinstance(features, dict) else ():
        version = options.get("version") if isinstance(options, dict) else options
        feature = re.search(r"/(python|nvidia-cuda|conda|anaconda|miniconda)(?::|\Z)", str(name))
        line = line_of(text, str(name))
        if feature is None:
            sheet.index("other", f"feature {name}", line)
        elif feature[1] == "python" and isinstance(version, str) and python_version(version):
            sheet.plain("python", python_version(version), "python", line, f"{name}: {version}")
        elif feature[1] == "nvidia-cuda":
            cuda = options.get("cudaVersion") if isinstance(options, dict) else None
            sheet.plain("cuda", f"=={cuda}.*" if isinstance(cuda, str) else "", "cuda", line, str(name))
    for key in _COMMANDS:
        value = data.get(key)
        commands = [value] if isinstance(value, str) else list(value.values()) if isinstance(value, dict) else [value]
        for command in commands:
            if isinstance(command, list):
                command = " ".join(str(one) for one in command)
            if isinstance(command, str):
                read_commands(sheet, context, command, line_of(text, f'"{key}"'[1:-1]) or 1, Role("dev"))
    return sheet.declared()
