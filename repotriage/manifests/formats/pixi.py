"""pixi.toml and pixi.lock."""

from __future__ import annotations

import re

from repotriage.manifests.poetry_spec import table_entry
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, kind_of_group
from repotriage.manifests.toml_lines import Toml, parse_toml
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Kind


@manifest(format="pixi", matches=r"(?:.*/)?pixi\.toml")
def pixi(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """pixi's project file."""
    sheet = Sheet(path, "pixi")
    toml = parse_toml(text)
    if isinstance(toml, Message):
        sheet.cannot(None, path, toml)
    else:
        read_pixi(sheet, toml, text.replace("\r\n", "\n").split("\n"), ())
    return sheet.declared()


def read_pixi(sheet: Sheet, toml: Toml, lines: list[str], base: tuple[str, ...]) -> None:
    """The tables of pixi below `base`: the file itself, or `[tool.pixi]` of pyproject.toml."""
    for project in ("project", "workspace"):
        for number, channel in enumerate(toml.get(*base, project, "channels") or ()):
            value = channel if isinstance(channel, str) else str(channel)
            sheet.index("channel", value, toml.line(*base, project, "channels", number))
    _tables(sheet, toml, lines, base, "runtime", None)
    for feature in toml.table(*base, "feature"):
        kind = kind_of_group(feature, "optional")
        _tables(sheet, toml, lines, (*base, "feature", feature), kind, feature)


def _tables(sheet: Sheet, toml: Toml, lines: list[str], base: tuple[str, ...], kind: Kind, group: str | None) -> None:
    bases = [base, *((*base, "target", target) for target in toml.table(*base, "target"))]
    for one in bases:
        for table, used in (("dependencies", kind), ("host-dependencies", "build"), ("build-dependencies", "build")):
            for name, value in toml.table(*one, table).items():
                path = (*one, table, name)
                version = value.get("version", "*") if isinstance(value, dict) else value
                used_kind: Kind = "build" if used == "build" else kind
                spec = f"{name} {version}" if re.match(r"[<>=!~]|\*", str(version)) else f"{name}={version}"
                sheet.conda(
                    spec if version != "*" else name,
                    toml.line(*path), raw=toml.raw(lines, *path), kind=used_kind, group=group,
                )  # fmt: skip
        for name, value in toml.table(*one, "pypi-dependencies").items():
            path = (*one, "pypi-dependencies", name)
            line, raw = toml.line(*path), toml.raw(lines, *path)
            if isinstance(value, dict) and value.get("path") and value.get("editable") is True:
                sheet.index("other", f"local project {value['path']}", line)
                continue
            spec_or_reason = table_entry(name, value if isinstance(value, dict) else {"version": str(value)})
            if isinstance(spec_or_reason, Message):
                sheet.cannot(line, raw, spec_or_reason)
            else:
                sheet.add(spec_or_reason, line, raw, kind=kind, group=group)
        cuda = toml.get(*one, "system-requirements", "cuda")
        if isinstance(cuda, str):
            path = (*one, "system-requirements", "cuda")
            sheet.plain("cuda", f">={cuda}", "cuda", toml.line(*path), toml.raw(lines, *path), group=group)


_CONDA_URL = re.compile(r"\s*- (?:conda|url): (\S+/([^/\s]+?)-([^-/\s]+)-([^-/\s]+)\.(?:conda|tar\.bz2))\s*$")
_NAME = re.compile(r"\s*(?:- )?name: (\S+)\s*$")
_VERSION = re.compile(r"\s*version: '?\"?([^'\"\s]+)")


@manifest(format="pixi", matches=r"(?:.*/)?pixi\.lock")
def pixi_lock(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """pixi's lock file, read line by line: it is written by a program in one form."""
    sheet = Sheet(path, "pixi")
    _, _, packages = text.partition("\npackages:")
    first = text.count("\n", 0, len(text) - len(packages)) + 1
    seen: set[str] = set()
    manager, start = "", 0
    for number, line in enumerate(packages.split("\n"), first):
        if len(line) > 2000:
            sheet.cannot(number, line[:200], msg("a line is longer than {n} characters", n=2000))
            continue
        if line.startswith("- "):
            manager = "pypi" if line.startswith(("- pypi:", "- kind: pypi")) else "conda"
            start = number
            url = _CONDA_URL.match(line)
            if url and f"{url[2]}={url[3]}" not in seen:
                seen.add(f"{url[2]}={url[3]}")
                sheet.conda(f"{url[2]}=={url[3]}", number, raw=line, locked=True)
            name = ""
            if url:
                manager = ""
        if manager and start:
            if found := _NAME.match(line):
                name = found[1]
            elif name and (version := _VERSION.match(line)):
                entry = f"{name}=={version[1]}"
                if entry not in seen:
                    seen.add(entry)
                    write = sheet.pip if manager == "pypi" else sheet.conda
                    write(entry, number, raw=line, locked=True)
                name = ""
    return sheet.declared()
