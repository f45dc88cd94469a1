"""Pipfile and Pipfile.lock of Pipenv."""

from __future__ import annotations

import json
import re

from repotriage.manifests.json_lines import MAX_JSON
from repotriage.manifests.poetry_spec import table_entry
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, kind_of_group, python_version
from repotriage.manifests.toml_lines import Toml, parse_toml
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Kind


@manifest(format="pipfile", matches=r"(?:.*/)?Pipfile")
def pipfile(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """Pipenv's project file."""
    sheet = Sheet(path, "pipfile")
    toml = parse_toml(text)
    if isinstance(toml, Message):
        sheet.cannot(None, path, toml)
        return sheet.declared()
    lines = text.replace("\r\n", "\n").split("\n")
    for section, table in toml.data.items():
        if section in ("source", "requires", "scripts", "pipenv") or not isinstance(table, dict):
            continue
        if section == "packages":
            _packages(sheet, toml, lines, section, "runtime", None)
        elif section == "dev-packages":
            _packages(sheet, toml, lines, section, "dev", "dev")
        else:
            _packages(sheet, toml, lines, section, kind_of_group(section, "optional"), section)
    for number, source in enumerate(toml.get("source") or ()):
        if isinstance(source, dict) and "url" in source:
            kind = "index-url" if number == 0 else "extra-index-url"
            sheet.index(kind, str(source["url"]), toml.line("source", number, "url"))
    for key in ("python_full_version", "python_version"):
        value = toml.get("requires", key)
        if isinstance(value, str) and (specifier := python_version(value)):
            raw = toml.raw(lines, "requires", key)
            sheet.plain("python", specifier, "python", toml.line("requires", key), raw)
            break
    return sheet.declared()


def _packages(sheet: Sheet, toml: Toml, lines: list[str], section: str, kind: Kind, group: str | None) -> None:
    for name, value in toml.table(section).items():
        line, raw = toml.line(section, name), toml.raw(lines, section, name)
        if isinstance(value, dict) and value.get("path") in (".", "./"):
            sheet.index("other", f"local project {value['path']}", line)
            continue
        spec = table_entry(name, value if isinstance(value, dict) else {"version": str(value)})
        if isinstance(spec, Message):
            sheet.cannot(line, raw, spec)
        else:
            sheet.add(spec, line, raw, kind=kind, group=group)


@manifest(format="pipfile.lock", matches=r"(?:.*/)?Pipfile\.lock")
def pipfile_lock(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """Pipenv's lock file."""
    sheet = Sheet(path, "pipfile.lock")
    if len(text) > MAX_JSON:
        sheet.cannot(None, path, msg("longer than {n} characters", n=MAX_JSON))
        return sheet.declared()
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        sheet.cannot(None, path, msg("not JSON: {error}", error=str(error)[:200]))
        return sheet.declared()
    lines: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        if key := re.match(r'( {4}| {8}|\t{1,2})"([^"]+)": \{', line):
            if len(key[1].expandtabs(4)) == 4:
                section = key[2]
            else:
                lines[section, key[2]] = number
    for section, packages in data.items() if isinstance(data, dict) else ():
        if section == "_meta" or not isinstance(packages, dict):
            continue
        kind: Kind = "dev" if section == "develop" else "runtime"
        for name, entry in packages.items():
            if not isinstance(entry, dict):
                sheet.cannot(lines.get((section, name)), str(name), msg("not a table"))
                continue
            wanted = {key: value for key, value in entry.items() if key not in ("hashes", "index")}
            spec = table_entry(name, wanted)
            at = lines.get((section, name))
            if isinstance(spec, Message):
                sheet.cannot(at, name, spec)
            else:
                sheet.add(spec, at, f"{name} {entry.get('version', '')}".strip(), kind=kind, locked=True)
    return sheet.declared()
