"""Commands for people, put together of words that are validated and quoted one by one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from shlex import quote

from repotriage.models.base import Frozen
from repotriage.models.reading import Command, EntryPoint
from repotriage.models.snapshot import Snapshot

_PLACEHOLDER = re.compile(
    r"<([^<>\s][^<>]{0,60})>|\$\{(\w{1,60})\}|\$(\w{1,60})|\{([A-Za-z_]\w{0,60})\}|\[([A-Za-z_][\w ]{0,60})\]"
)
_REST = frozenset({"$@", "$*", "...", "…", "[...]", "[options]", "[args]", "\\"})
_EXAMPLE_PATH = re.compile(
    r"(?:^|=)/?(?:\.{3}/|path/to|path_to|path to|your|my)|/path/to|/your[_/-]|YOUR_|PATH_TO", re.IGNORECASE
)
_NAME = re.compile(r"[A-Za-z_]\w{0,60}")
_MAX_WORDS = 80


class Written(Frozen):
    """A command line and the words of it that the user has to fill in."""

    text: str
    fill_in: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()


def written(command: Command, snapshot: Snapshot, argv: Sequence[str] | None = None) -> Written | None:
    """`command` as one quoted line; None when its script is not in the repository.

    Placeholders become words in capitals. A command that is given for another folder starts with `cd`.
    """
    script = command.script
    if script is None or script not in snapshot.by_path or len(command.argv) > _MAX_WORDS:
        return None
    if not _names(command, script):
        return None
    fill_in: dict[str, None] = {}
    words = [filled for word in _without_optional(argv or command.argv) if (filled := _filled(word, fill_in))]
    settings = [f"{name}={quote(_filled(value, fill_in))}" for name, value in command.env if _NAME.fullmatch(name)]
    if not words:
        return None
    line = " ".join([*settings, *map(quote, words)])
    folder = _folder(command, script)
    if folder:
        line = f"cd {quote(folder)} && {line}"
    return Written(text=line, fill_in=tuple(fill_in), argv=tuple(words))


def started(entry: EntryPoint, snapshot: Snapshot) -> Written | None:
    """How an entry point is started: its documented command, else plainly by its interpreter; None if it is gone."""
    if entry.command is not None:
        shown = written(entry.command, snapshot)
        if shown is not None:
            return shown
    if entry.path not in snapshot.by_path:
        return None
    program = {".py": "python", ".sh": "bash", ".bash": "bash", ".ipynb": "jupyter notebook"}.get(
        posixpath.splitext(entry.path)[1]
    )
    return None if program is None else Written(text=f"{program} {quote(entry.path)}", argv=(program, entry.path))


def _names(command: Command, script: str) -> bool:
    """Whether the file that a command writes is really the script, and not one of its name elsewhere."""
    name = posixpath.basename(script)
    written_as = [word for word in command.argv if posixpath.basename(word) == name]
    plain = [posixpath.normpath(word) for word in written_as]
    if command.argv[0] in written_as and "/" not in command.argv[0]:
        return False  # a file's name alone is a word of a sentence: a shell would not find it
    return not plain or any(script == word or script.endswith(f"/{word}") for word in plain)


def _without_optional(words: Sequence[str]) -> list[str]:
    """The words without `[--shape SHAPE]`, which stands for what may be left out."""
    kept = []
    depth = 0
    for word in words:
        opens = depth == 0 and word.startswith("[") and not _PLACEHOLDER.fullmatch(word)
        if opens or depth:
            depth = 0 if word.endswith("]") else 1
        else:
            kept.append(word)
    return kept


def _filled(word: str, fill_in: dict[str, None]) -> str:
    if word in _REST:
        return ""

    def name(match: re.Match[str]) -> str:
        text = next(group for group in match.groups() if group is not None)
        plain = re.sub(r"\W+", "_", text).strip("_").upper() or "VALUE"
        fill_in[plain] = None
        return plain

    filled = _PLACEHOLDER.sub(name, word)
    if filled == word and _EXAMPLE_PATH.search(word):
        fill_in[word] = None
    return filled


def _folder(command: Command, script: str) -> str:
    """The folder in which a command of `script` must be run: `tools` for `python train.py` of `tools/train.py`."""
    for word in command.argv:
        plain = word.removeprefix("./")
        if script == plain:
            return ""
        if plain and plain.endswith(posixpath.splitext(script)[1]) and script.endswith(f"/{plain}"):
            return script[: -len(plain) - 1]
    return ""
