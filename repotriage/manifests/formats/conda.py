"""conda environment files, with their pip section."""

from __future__ import annotations

import re

from repotriage.manifests.formats.requirements import local_or_named
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, kind_of_file
from repotriage.manifests.yaml_lines import Node, parse_yaml
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Kind

_OPTION = re.compile(
    r"(-r|--requirement|-c|--constraint|-e|--editable|-f|--find-links|-i|--index-url|--extra-index-url)(?:[=\s]\s*)(.*)\Z"
)


@manifest(
    format="conda",
    matches=r"(?:.*/)?(?:[^/]*(?:environment|conda|mamba|(?:^|[-_.])env(?:s|ironments)?(?=[-_.]))[^/]*|env[^/]*)(?<!lock)\.ya?ml"
    r"|(?:.*/)?(?:conda|envs?|environments?)/[^/]*\.ya?ml",
)
def conda(path: str, text: str, context: Context) -> Declared:
    """conda's environment file.

    Channels are facts. A file whose entries carry build strings is an export.
    """
    sheet = Sheet(path, "conda")
    if text.lstrip().startswith(("{%", "{{")) or "\n{%" in text:
        text = re.sub(r"(?m)^.*\{%.*%\}.*$", lambda found: "#" + found[0], text)
    root = parse_yaml(text)
    if isinstance(root, Message):
        if re.search(r"(?m)^\s*dependencies\s*:", text):
            sheet.cannot(None, path, root)
        return sheet.declared()
    dependencies = root.get("dependencies")
    if dependencies is None or dependencies.items is None:
        return sheet.declared()
    name = root.get("name")
    group = name.value if name is not None and name.value else None
    for line, channel in (root.get("channels") or Node(1)).strings():
        sheet.index("channel", channel, line)
    plain = [item.value for item in dependencies if item.value]
    export = len(plain) >= 10 and sum(text.count("=") >= 2 and "==" not in text for text in plain) > 0.8 * len(plain)
    kind = kind_of_file(path)
    for item in dependencies:
        if item.value is not None:
            _entry(sheet, item.value, item.line, kind, group, locked=export)
        for key, section, line in item.entries():
            if key == "pip":
                for number, entry in section.strings():
                    _pip(sheet, context, entry, number, kind, group, locked=export and "==" in entry)
            else:
                sheet.cannot(line, key, msg("a section {key} is not known", key=key))
    pip = root.get("pip")
    if pip is not None:
        for number, entry in pip.strings():
            _pip(sheet, context, entry, number, kind, group, locked=False)
    return sheet.declared()


def _entry(sheet: Sheet, text: str, line: int, kind: Kind, group: str | None, *, locked: bool) -> None:
    if text.strip().startswith(("-e ", "git+")):
        sheet.pip(text.strip().removeprefix("-e "), line, raw=text, kind=kind, group=group)
        return
    sheet.conda(re.sub(r"\s#.*", "", text), line, kind=kind, group=group, locked=locked)


def _pip(sheet: Sheet, context: Context, text: str, line: int, kind: Kind, group: str | None, *, locked: bool) -> None:
    """One entry of the pip section; entries may span several lines of text."""
    text = re.sub(r"\s#.*", "", text).strip()
    option = _OPTION.match(text)
    if option is None:
        if text.startswith("-"):
            sheet.index("other", text, line)
        elif re.match(r"\.{1,2}(?:/|\[|\Z)", text):
            local_or_named(sheet, context, text, line, raw=text, kind=kind)
        else:
            sheet.pip(text, line, kind=kind, group=group, locked=locked)
        return
    name, value = option[1], option[2].strip().strip("'\"")
    if name in ("-r", "--requirement", "-c", "--constraint"):
        target = context.resolve(sheet.path, value)
        if isinstance(target, Message):
            sheet.cannot(line, text, target)
        else:
            sheet.include(target, line, constraint=name in ("-c", "--constraint"))
    elif name in ("-e", "--editable"):
        local_or_named(sheet, context, value, line, raw=text, kind=kind)
    else:
        kinds = {"-f": "find-links", "-i": "index-url"}
        sheet.index(kinds.get(name, name.lstrip("-")), value, line)
