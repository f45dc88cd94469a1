"""Files that name one Python: .python-version, runtime.txt, .tool-versions."""

from __future__ import annotations

import re

from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, python_version
from repotriage.models.base import msg
from repotriage.models.requirement import Declared


@manifest(format="python-version", matches=r"(?:.*/)?\.python-version")
def dot_python_version(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """The file of pyenv and uv; every line names one Python."""
    sheet = Sheet(path, "python-version")
    for number, line in enumerate(text[:10_000].split("\n"), 1):
        word = line.partition("#")[0].strip()
        if not word:
            continue
        specifier = python_version(re.sub(r"\A(?:cpython|pypy|python)[-@]?", "", word))
        if specifier:
            sheet.plain("python", specifier, "python", number, word)
        elif ends := re.fullmatch(r"(?:mini(?:conda|forge)|ana(?:conda)|mambaforge|pyston)[\w.-]*", word):
            sheet.index("other", ends[0], number)
        else:
            sheet.pip(f"python{word}" if re.match(r"[<>=!~]", word) else word, number, kind="python")
    return sheet.declared()


@manifest(format="runtime.txt", matches=r"(?:.*/)?runtime\.txt")
def runtime_txt(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """The file of Heroku and Binder."""
    sheet = Sheet(path, "runtime.txt")
    for number, line in enumerate(text[:10_000].split("\n"), 1):
        found = re.fullmatch(r"\s*python-?\s*(\d+(?:\.\d+)*)\s*", line)
        if found:
            sheet.plain("python", python_version(found[1]), "python", number, line)
        elif line.strip() and not re.match(r"\s*(?:#|r-)", line) and "requirements/" not in path:
            sheet.cannot(number, line[:200], msg("neither a Python nor an R version"))
    return sheet.declared()


@manifest(format="python-version", matches=r"(?:.*/)?\.tool-versions")
def tool_versions(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """The file of asdf and mise; only its Python is of interest."""
    sheet = Sheet(path, "python-version")
    for number, line in enumerate(text[:10_000].split("\n"), 1):
        words = line.partition("#")[0].split()
        if words[:1] == ["python"]:
            for word in words[1:]:
                if specifier := python_version(word):
                    sheet.plain("python", specifier, "python", number, line)
    return sheet.declared()
