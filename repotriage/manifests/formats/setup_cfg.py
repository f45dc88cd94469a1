"""setup.cfg of setuptools (and of pbr, which names requirements files)."""

from __future__ import annotations

import configparser
import re

from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, kind_of_group
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Kind

_SECTION = re.compile(r"\[([^\]]*)\]\s*(?:[#;].*)?\Z")
_KEY = re.compile(r"([^\s=:#;\[][^=:]*?)\s*[=:]\s*(.*)\Z")


_SEVERAL = re.compile(r"[\w.\-\[\]<>=!~ ]+(;\s*[A-Za-z][\w.\-\[\]<>=!~]*)+;?")
_MARKER_WORD = re.compile(r"python_version|sys_platform|platform_|os_name|implementation|extra\b")


@manifest(format="setup.cfg", matches=r"(?:.*/)?setup\.cfg")
def setup_cfg(path: str, text: str, context: Context) -> Declared:
    """setuptools' declarative file."""
    sheet = Sheet(path, "setup.cfg")
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:  # AttributeError: before Python 3.13, what it makes of a line below a key without a value
        parser.read_string(text.lstrip("\ufeff"))
    except (configparser.Error, ValueError, RecursionError, AttributeError) as error:
        sheet.cannot(None, path, msg("not an INI file: {error}", error=str(error)[:200]))
        return sheet.declared()
    for section, key, lines in ini_entries(text):
        if section == "metadata" and key == "name":
            sheet.builds(lines[0][1] if lines else None)
        elif section == "options":
            if key == "install_requires":
                _list(sheet, context, lines, "runtime", None)
            elif key == "setup_requires":
                _list(sheet, context, lines, "build", "setup_requires")
            elif key == "tests_require":
                _list(sheet, context, lines, "test", "tests_require")
            elif key == "python_requires":
                for number, value in lines:
                    sheet.pip(f"python {value}", number, raw=f"{key} = {value}")
        elif section == "options.extras_require":
            _list(sheet, context, lines, kind_of_group(key, "optional"), key)
    return sheet.declared()


def _list(sheet: Sheet, context: Context, lines: list[tuple[int, str]], kind: Kind, group: str | None) -> None:
    for number, line in lines:
        if line.startswith("file:"):
            for file in line[5:].split(","):
                target = context.resolve(sheet.path, file)
                if isinstance(target, Message):
                    sheet.cannot(number, line, target)
                else:
                    sheet.include(target, number)
            continue
        several = _SEVERAL.fullmatch(line) and not _MARKER_WORD.search(line)
        for one in line.split(";") if several else [line]:
            if "%(" in one or one.strip().startswith("${"):
                sheet.index("other", one.strip(), number)
            elif one.strip():
                sheet.pip(one, number, kind=kind, group=group)


def ini_entries(text: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """(section, key, [(line, value)]) of an INI file, comments left out: `configparser` tells no lines."""
    found: list[tuple[str, str, list[tuple[int, str]]]] = []
    section = ""
    for number, line in enumerate(text.lstrip("\ufeff").replace("\r\n", "\n").split("\n"), 1):
        if len(line) > 10_000:
            continue
        stripped = re.sub(r"(?:^|\s)[#].*$", "", line).rstrip()
        if not stripped.strip() or stripped.lstrip().startswith(";"):
            continue
        head = _SECTION.match(stripped)
        if head and not line[0].isspace():
            section = head[1].strip()
            continue
        if line[0].isspace() and found and found[-1][0] == section:
            found[-1][2].append((number, stripped.strip()))
            continue
        if key := _KEY.match(stripped):
            value = key[2].strip()
            name = key[1].strip()
            if section == "options":
                name = name.lower().replace("-", "_")
            found.append((section, name, [(number, value)] if value else []))
    return found
