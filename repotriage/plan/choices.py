"""What may stand for the words of a command that are to be filled in: files, listed values, defaults."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from repotriage.models.base import Message, msg
from repotriage.models.study import Study
from repotriage.plan.commands import Written
from repotriage.plan.runs import Run, is_guest
from repotriage.plan.shorter import own_settings

_ENDING = re.compile(r"\.(?:ya?ml|json|toml|gin|py)$")
_CONFIG = re.compile(r"(?:^|[-_/])(?:config|cfg|conf|yaml|yml|gin)s?(?:[-_]?(?:file|path|name|files))?$", re.IGNORECASE)
_IN_FOLDER = re.compile(r"(?:^|/)(?:\w*configs?|confs?|cfgs?|config_files|experiments|exps?|options)/", re.IGNORECASE)
_BASE = re.compile(r"(?:^|/)_?(?:base|default)s?_?(?:/|[-\w]*\.\w+$)|(?:^|/)__init__\.py$", re.IGNORECASE)
_LISTED = re.compile(r"\[?([\w.-]{1,30}(?:[/|][\w.-]{1,30}){1,11})\]?")
_SHOWN = 6


def choices(study: Study, run: Run, line: Written) -> tuple[Message, ...]:
    """For each word to be filled in, what the repository has for it."""
    found: list[Message] = []
    for one in _choices(study, run, line):
        if one not in found:
            found.append(one)
    return tuple(found)


def _choices(study: Study, run: Run, line: Written) -> Iterator[Message]:
    listed = dict(_listed(run.command.argv if run.command is not None else ()))
    for before, word in pairwise(("", *line.argv)):
        name, equals, given = word.partition("=") if word.startswith("--") else ("", "", word)
        option = name if equals else before if before.startswith("-") else ""
        open_ = next((one for one in line.fill_in if one in (given, word) or (one.isupper() and one in given)), None)
        if open_ is None:
            continue
        values = listed.get(option)
        if values is not None:
            yield msg("{name} is one of {values}", name=open_, values=values)
            continue
        files = list(_files(study, option, given))
        if files:
            shown = ", ".join(files[:_SHOWN])
            yield (
                msg("for {name} the repository has {files} and more: {n}", name=open_, files=shown,
                    n=len(files) - _SHOWN)
                if len(files) > _SHOWN
                else msg("for {name} the repository has {files}", name=open_, files=shown)
            )  # fmt: skip
            continue
        default = _default(study, run, option) if not re.search("your|/path/to", given, re.IGNORECASE) else None
        if default is not None:
            yield msg("{name}: without {option} the code takes {value}", name=open_, option=option, value=default)


def _listed(argv: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Options whose values a document lists in brackets: `--seed [0/1/2]`."""
    for option, word in pairwise(argv):
        found = _LISTED.fullmatch(word)
        if option.startswith("--") and found is not None and word.startswith("["):
            yield option, ", ".join(re.split(r"[/|]", found[1]))


def _files(study: Study, option: str, given: str) -> Iterator[str]:
    """The configurations that may stand for a word: `CONFIG_FILE`, `configs/NAME.yaml`, what follows `--config`."""
    ending = _ENDING.search(given)
    folder = posixpath.dirname(given)
    if not (ending or _CONFIG.search(given) or _CONFIG.search(option.lstrip("-"))) or re.search(r"[\s{}$]", folder):
        return
    literal = folder if folder and not folder.isupper() and folder.strip("./") else ""
    known = {one.path for one in study.reading.configs}
    bases = {base for one in study.reading.configs for base in one.bases}
    for file in study.snapshot.inside():
        path = file.path
        if ending is not None and not path.endswith(ending[0]):
            continue
        if _ENDING.search(path) is None or _BASE.search(path) or path in bases or is_guest(study.snapshot, path):
            continue
        if path in known or _IN_FOLDER.search(path):
            if literal and not path.startswith(f"{posixpath.normpath(literal)}/"):
                continue
            yield path


def _default(study: Study, run: Run, option: str) -> str | None:
    name = option.lstrip("-").replace("-", "_")
    for one in own_settings(study, run) if name else ():
        if one.source != "command" and one.name.replace("-", "_") == name:
            value = one.value or ""
            return value if value not in ("None", "") and re.fullmatch(r"[\w./:@-]{1,80}", value) else None
    return None
