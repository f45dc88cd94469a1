"""conda-lock's unified lock file."""

from __future__ import annotations

import re

from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet
from repotriage.models.base import msg
from repotriage.models.requirement import Declared

_FIELD = re.compile(r"(?:- |  )(name|version|manager|platform|category): ['\"]?([^'\"\n]*)")


@manifest(format="conda-lock", matches=r"(?:.*/)?[\w.-]*conda-lock\.ya?ml|(?:.*/)?conda-[\w-]+\.lock")
def conda_lock(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """conda-lock's file, read line by line: it is written by a program in one form."""
    sheet = Sheet(path, "conda-lock")
    if "@EXPLICIT" in text[:2000]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith("http"):
                sheet.conda(line.strip(), number, locked=True)
        return sheet.declared()
    _, _, packages = text.partition("package:\n")
    first = text.count("\n", 0, len(text) - len(packages)) + 1
    entry: dict[str, str] = {}
    start = first
    for number, line in enumerate([*packages.split("\n"), "- "], first):
        if len(line) > 5000:
            sheet.cannot(number, line[:200], msg("a line is longer than {n} characters", n=5000))
            continue
        if line.startswith("- "):
            _write(sheet, entry, start)
            entry, start = {}, number
        if found := _FIELD.match(line):
            entry.setdefault(found[1], found[2].strip())
    return sheet.declared()


def _write(sheet: Sheet, entry: dict[str, str], line: int) -> None:
    if "name" not in entry or "version" not in entry:
        return
    text = f"{entry['name']}=={entry['version']}"
    write = sheet.pip if entry.get("manager") == "pip" else sheet.conda
    write(text, line, group=entry.get("platform"), locked=True)
