"""poetry.lock, uv.lock, pdm.lock and pylock.toml: one table per package."""

from __future__ import annotations

import re

from repotriage.manifests.poetry_spec import poetry_specifier
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Format, Kind

_PAIR = re.compile(r"([a-zA-Z-]+)\s*=\s*(.+)")
_MAX_LINE = 100_000


@manifest(format="poetry.lock", matches=r"(?:.*/)?poetry\.lock")
def poetry_lock(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """poetry's lock file."""
    return _read(path, text, "poetry.lock", "package")


@manifest(format="uv.lock", matches=r"(?:.*/)?uv\.lock")
def uv_lock(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """uv's lock file."""
    return _read(path, text, "uv.lock", "package")


@manifest(format="pdm.lock", matches=r"(?:.*/)?pdm\.lock")
def pdm_lock(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """pdm's lock file."""
    return _read(path, text, "pdm.lock", "package")


@manifest(format="pylock", matches=r"(?:.*/)?pylock(?:\.[\w-]+)?\.toml")
def pylock(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """The standard lock file of PEP 751."""
    return _read(path, text, "pylock", "packages")


def _read(path: str, text: str, format: Format, table: str) -> Declared:  # noqa: A002 - the model's own word
    """Read line by line: these files are written by programs, one key a line, and can be long."""
    sheet = Sheet(path, format)
    header = f"[[{table}]]"
    entry: dict[str, tuple[str, int]] | None = None
    top: dict[str, tuple[str, int]] = {}
    tables = 0
    inside = ""
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        if len(line) > _MAX_LINE:
            sheet.cannot(number, line[:200], msg("a line is longer than {n} characters", n=_MAX_LINE))
            continue
        line = line.rstrip()
        if line.startswith("["):
            if entry is not None:
                _write(sheet, entry)
            entry = {} if line == header else None
            tables += line == header
            inside = line
        elif (pair := _PAIR.match(line)) and (entry is not None or inside in ("", "[metadata]")):
            (top if entry is None else entry).setdefault(pair[1], (pair[2], number))
    if entry is not None:
        _write(sheet, entry)
    for key in ("requires-python", "python-versions", "requires_python"):
        if key in top:
            _python(sheet, *top[key])
    if not tables and not top:
        sheet.cannot(None, path, msg("no table {table} stands in it", table=header))
    return sheet.declared()


def _python(sheet: Sheet, text: str, line: int) -> None:
    specifier = poetry_specifier(text.strip().strip("\"'"))
    if isinstance(specifier, Message):
        sheet.cannot(line, text, specifier)
    elif specifier[0]:
        sheet.plain("python", specifier[0], "python", line, text, repairs=specifier[1], locked=True)


def _write(sheet: Sheet, entry: dict[str, tuple[str, int]]) -> None:
    if "name" not in entry:
        return
    name, line = entry["name"]
    name = name.strip("\"'")
    source = entry.get("source", ("", 0))[0]
    if re.search(r"\b(?:virtual|editable)\s*=", source) or "directory" in entry:
        return  # the project itself, or a member of its workspace
    kind: Kind = "runtime"
    if entry.get("category", ("", 0))[0].strip("\"'") == "dev":
        kind = "dev"
    elif entry.get("optional", ("", 0))[0] == "true":
        kind = "optional"
    marker = entry.get("marker", ("", 0))[0].strip().strip("'\"").replace('\\"', '"')
    version = entry["version"][0].strip("\"'") if "version" in entry else ""
    text = f"{name}=={version}" if version else name
    if marker:
        text += f" ; {marker}"
    sheet.pip(text, line, raw=f"{name} {version}".strip(), kind=kind, locked=True)
