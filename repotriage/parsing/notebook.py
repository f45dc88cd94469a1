"""Jupyter notebooks: cells with their places, and the code of all cells as one module."""

from __future__ import annotations

import json
import re
from typing import Any

from repotriage.models.base import Frozen, msg
from repotriage.models.location import Location
from repotriage.models.reading import BrokenFile

_MAGIC = re.compile(r"^\s*[%!?]|^\s*[\w.]+\?{1,2}\s*$")
_ASSIGNED_MAGIC = re.compile(r"^(\s*[\w, ]+=\s*)[%!]")


class Cell(Frozen):
    """One cell; `line` is the line of the `.ipynb` file where its source begins, if found."""

    kind: str
    source: str
    index: int
    line: int | None = None
    has_outputs: bool = False


def cells(path: str, text: str) -> tuple[Cell, ...] | BrokenFile:
    """The cells of a notebook in nbformat 3 or 4, or why it cannot be read."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        return BrokenFile(at=Location(path=path), reason=msg("not a notebook: {error}", error=str(error)[:200]))
    raw = _raw_cells(data)
    if raw is None:
        return BrokenFile(at=Location(path=path), reason=msg("not a notebook: it has no cells"))
    found: list[Cell] = []
    position = 0
    for index, cell in enumerate(raw):
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", cell.get("input", ""))
        lines = [str(line) for line in source] if isinstance(source, list) else str(source).splitlines(keepends=True)
        line = None
        if lines:
            # The first source line stands in the file as the JSON string that encodes it.
            for needle in (json.dumps(lines[0], ensure_ascii=False)[:-1], json.dumps(lines[0])[:-1]):
                at = text.find(needle, position)
                if at >= 0:
                    line = text.count("\n", 0, at) + 1
                    position = at + 1
                    break
        found.append(
            Cell(
                kind=str(cell.get("cell_type", "")),
                source="".join(lines),
                index=index,
                line=line,
                has_outputs=bool(cell.get("outputs")),
            )
        )
    return tuple(found)


def _raw_cells(data: Any) -> list[Any] | None:
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("cells"), list):
        return list(data["cells"])
    sheets = data.get("worksheets")
    if isinstance(sheets, list):
        return [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or ()]
    return None


def module_source(path: str, text: str) -> tuple[str, list[Location]] | BrokenFile:
    """The code cells as one Python source, magics made harmless, and the place of each of its lines."""
    parsed = cells(path, text)
    if isinstance(parsed, BrokenFile):
        return parsed
    source: list[str] = []
    places: list[Location] = []
    for cell in parsed:
        if cell.kind != "code" or cell.source.lstrip().startswith("%%"):
            continue
        for offset, line in enumerate(cell.source.splitlines()):
            source.append(_without_magic(line))
            at = None if cell.line is None else cell.line + offset
            places.append(Location(path=path, line=at, cell=cell.index))
    places.append(places[-1] if places else Location(path=path))
    return "\n".join(source) + "\n", places


def _without_magic(line: str) -> str:
    if _MAGIC.match(line):
        indent = line[: len(line) - len(line.lstrip())]
        return f"{indent}pass  # {line.strip()}"
    return _ASSIGNED_MAGIC.sub(r"\1None  # ", line)
