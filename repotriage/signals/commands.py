"""The commands that documents show, and whether the scripts that they start are there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from repotriage.models.base import Frozen
from repotriage.models.location import Evidence
from repotriage.models.reading import Command
from repotriage.models.study import Study

_DOCUMENTS = (".md", ".markdown", ".mdx", ".rst", ".txt", ".html", ".org", ".adoc")
_SCRIPT = re.compile(r"[\w./-]+\.(?:py|sh|ipynb)")
_PLACEHOLDER = re.compile(r"path[_/-]?to|xxx|your|example\.py$|\bmy_|\bfoo|\.\.\.", re.IGNORECASE)
_OTHERS = frozenset({"setup.py", "get-pip.py"})  # mostly of a dependency that is built on the way


class Missing(Frozen):
    """A command whose script is not in the repository."""

    script: str
    command: Command

    @property
    def evidence(self) -> Evidence:
        """Where the command stands."""
        return Evidence(at=self.command.at, text=self.command.raw[:400])


def documented(study: Study) -> tuple[Command, ...]:
    """The commands of READMEs and other documents, those of the README first."""
    found = [
        command
        for command in study.reading.commands
        if command.at.path.lower().endswith(_DOCUMENTS) or _is_readme(command.at.path)
    ]
    return tuple(sorted(found, key=lambda command: (not _is_readme(command.at.path), command.at.path.count("/"))))


def missing_scripts(study: Study) -> tuple[Missing, ...]:
    """Documented commands that start a script which the repository does not have."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for file in study.snapshot.files:
        by_name[file.path.rpartition("/")[2]].append(file.path)
    submodules = {file.path for file in study.snapshot.files if file.mode == "submodule"}
    found = []
    for command in documented(study):
        if command.script is not None or command.role == "install":
            continue
        for word in _scripts(command):
            path = re.sub(r"^(?:\.{1,2}/)+", "", word)
            there = any(known == path or known.endswith(f"/{path}") for known in by_name[path.rpartition("/")[2]])
            if not there and not any(path.startswith(f"{folder}/") for folder in submodules):
                found.append(Missing(script=path, command=command))
    return tuple(found)


def _scripts(command: Command) -> Iterator[str]:
    """The script that a command starts, if a path of this repository can be meant: at most one."""
    interpreter = False
    for word in command.argv[:40]:
        program = word.rpartition("/")[2]
        if _SCRIPT.fullmatch(word):
            if (interpreter or word.startswith("./")) and not (
                word.startswith(("/", "~")) or program in _OTHERS or _PLACEHOLDER.search(word)
            ):
                yield word
            return
        if re.fullmatch(r"python[\d.]*|bash|sh|source|torchrun|accelerate|deepspeed|ipython|sbatch", program):
            interpreter = True


def _is_readme(path: str) -> bool:
    return path.rpartition("/")[2].lower().startswith("readme")
