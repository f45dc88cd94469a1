"""Lists of Debian packages: apt.txt of Binder, packages.txt of Hugging Face and Streamlit, Aptfile of Heroku."""

from __future__ import annotations

import re

from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet
from repotriage.models.requirement import Declared


@manifest(format="apt", matches=r"(?:.*/)?(?:apt(?:[-_]?(?:packages|requirements))?\.txt|packages\.txt|Aptfile)")
def apt(path: str, text: str, context: Context) -> Declared:  # noqa: ARG001 - every reader gets the context
    """One Debian package a line."""
    sheet = Sheet(path, "apt")
    if "packages.txt" in path and re.search(r"[<>=]=|@ file", text):
        return sheet.declared()  # a pip list of that name, read as such
    for number, line in enumerate(text[:200_000].replace("\r\n", "\n").split("\n"), 1):
        for word in re.sub(r"(?:^|\s)#.*", "", line).split():
            if len(word) < 200:
                sheet.apt(word, number, line)
    return sheet.declared()
