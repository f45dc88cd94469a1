"""Shell scripts that install something, and Binder's postBuild."""

from __future__ import annotations

import re

from repotriage.manifests.commands import Role, read_commands
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet
from repotriage.models.requirement import Declared

_INSTALL = re.compile(r"\b(?:install|create|env|setup\.py|add|sync|venv)\b")
_MAX_SCRIPT = 500_000


@manifest(format="shell", matches=r".*\.(?:sh|bash)|(?:.*/)?\.?binder/(?:postBuild|start)|(?:.*/)?postBuild")
def shell(path: str, text: str, context: Context) -> Declared:
    """The install commands of a shell script."""
    sheet = Sheet(path, "shell", confidence=0.9)
    if _INSTALL.search(text) and len(text) < _MAX_SCRIPT:
        read_commands(sheet, context, text, 1, Role())
    return sheet.declared()
