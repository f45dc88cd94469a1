"""Notebooks: the cells that install."""

from __future__ import annotations

import re

from repotriage.manifests.commands import INSTALLS, Role, read_commands
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet
from repotriage.models.reading import BrokenFile
from repotriage.models.requirement import Declared
from repotriage.parsing.notebook import cells

_INSTALL_LINE = re.compile(
    r"(?:pip3?|conda|mamba|apt|apt-get|uv|mim)\W+(?:-\w+\W+)*(?:pip\W+)?(?:install|create|env)\b"
)
_MAGIC = re.compile(r"\s*(?:[\w, ]+=\s*)?[!%]")


@manifest(format="notebook", matches=r".*\.ipynb")
def notebook(path: str, text: str, context: Context) -> Declared:
    """Jupyter and Colab: `!pip install`, `%pip`, `%conda` and shell cells."""
    sheet = Sheet(path, "notebook", confidence=0.9)
    if not _INSTALL_LINE.search(text):
        return sheet.declared()
    found = cells(path, text)
    if isinstance(found, BrokenFile):
        sheet.cannot(None, path, found.reason)
        return sheet.declared()
    for cell in found:
        if cell.kind != "code" or not INSTALLS.search(cell.source):
            continue
        lines = cell.source.split("\n")
        shell = re.match(r"\s*%%(?:bash|sh|shell|script\b)", cell.source)
        if not shell:
            lines = _magic_lines(lines)
        read_commands(sheet, context, "\n".join(lines), cell.line or 1, Role("runtime", None, cell.index))
    return sheet.declared()


def _magic_lines(lines: list[str]) -> list[str]:
    """The lines that go to the shell, the others blank, so that the numbers stay."""
    kept: list[str] = []
    goes_on = False
    for line in lines:
        magic = goes_on or bool(_MAGIC.match(line)) or bool(re.match(r"\s*(?:pip|conda) install\s", line))
        stripped = re.sub(r"^\s*(?:[\w, ]+=\s*)?[!%]+\s*", "", line) if not goes_on else line
        kept.append(stripped if magic else "")
        goes_on = magic and line.rstrip().endswith("\\")
    return kept
