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
    r"<([^<>\s][^<>]{0,60})>|\$\{(\w{1,60})\}|\$(\w{1,60})|\{([A-Za-z_]\w{0,60})\}|^\[([A-Za-z_][\w ]{0,60})\]$"
)
_REMAINING = re.compile(r"\$\{[@*][^{}]{0,20}\}")  # `${@:3}`
_REST = frozenset({"$@", "$*", "...", "…", "[...]", "[options]", "[args]", "\\"})
_EXAMPLE_PATH = re.compile(
    r"(?:^|[=:])/?(?:\.{3}/|path/to|path_to|path to|your|my)|/path/to|/your[_/-]|YOUR_|PATH_TO", re.IGNORECASE
)
_EXAMPLE_NAME = re.compile(
    r"(?:^|[=/])(?:conf|config|cfg|model|dataset|data|exp|experiment|task|run|file|project|your|my)[-_]name$"
    r"|(?:^|[=/])name_of_\w+$"
    r"|^(?:[a-z0-9]+_){2,4}path$"
    r"|^(?:--[\w-]+=)?(?:config|cfg|conf|ckpt|checkpoint|model|data|dataset|weights?|pretrained)[-_](?:path|file|dir)$"
    r"|(?:^|[=/])[xX]{3,}(?:$|[/._-])|\{(?!\s*[\"'])[^{}]*,[^{}]*\}|(?:^|=)SOME_|TO_SOME|(?:^|[=/])\.\.\.$"
)
_CAPITALS = re.compile(r"(?:^|=)[A-Z]+(?:_[A-Z]+)+$")  # `NUM_GPUS`, as a document writes what is to be filled in
_SUBSTITUTION = re.compile(r"\$\(|`")  # quoted, a shell does not run it: the user puts its value in
_NAME = re.compile(r"[A-Za-z_]\w{0,60}")
_SCRIPT_FOLDER = re.compile(r"\$\(dirname \"?\$0\"?\)|`dirname \"?\$0\"?`")
# What a user's shell knows by itself; `pwd` in backticks or brackets is the same as $PWD.
_KNOWN_VARIABLE = re.compile(r"\$\{?(PWD|HOME|PYTHONPATH|USER|LD_LIBRARY_PATH|PATH)\b\}?|\$\((pwd)\)|`pwd`")
_OUTPUT = re.compile(r"(?<![0-9&<>=-])>\s*([\w./${}-]{1,200})\s*$")  # `> out.json` at the end of a line
_CHANGE = re.compile(r"\s*(?:\$ )?cd\s+([\w./-]{1,200}?)/?\s*(?:#.*)?")
_MOST_LINKS = 8
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
    words = [
        filled for word in _without_optional(argv or command.argv, command.raw) if (filled := _filled(word, fill_in))
    ]
    if not words:
        return None
    return _line(command, words, fill_in, _told_folder(command, script, snapshot) or _folder(command, script))


def in_folder(command: Command, folder: str) -> Written:
    """`command`, which starts no file of the repository, as one quoted line that is run in `folder`."""
    fill_in: dict[str, None] = {}
    words = [filled for word in _without_optional(command.argv, command.raw) if (filled := _filled(word, fill_in))]
    return _line(command, words, fill_in, folder)


def _line(command: Command, words: Sequence[str], fill_in: dict[str, None], folder: str) -> Written:
    home = posixpath.dirname(command.at.path)
    settings = [
        f"{name}={_shell(_filled(_of_script_folder(value, home), fill_in))}"
        for name, value in command.env
        if _NAME.fullmatch(name)
    ]
    line = " ".join([*settings, *map(_shell, words)])
    output = _OUTPUT.search(command.raw)
    if output is not None:
        line = f"{line} > {_shell(_filled(output[1], fill_in))}"
    if folder:
        line = f"(cd {quote(folder)} && {line})"  # what follows is for the top again
    return Written(text=line, fill_in=tuple(fill_in), argv=tuple(words))


def _of_script_folder(value: str, home: str) -> str:
    """`$(dirname $0)/..` of a script as the path that it means from the top of the repository."""
    parts = [
        posixpath.normpath(posixpath.join(home, _SCRIPT_FOLDER.sub(".", part))) if _SCRIPT_FOLDER.search(part) else part
        for part in value.split(":")
    ]
    return ":".join(parts)


def _shell(word: str) -> str:
    """A word quoted for a shell, but for `~/` and variables that every shell has, which keep their value."""
    if word.startswith("~/"):
        return f"~/{_shell(word[2:])}" if word[2:] else word
    known = list(_KNOWN_VARIABLE.finditer(word))
    if not known:
        return quote(word)
    parts: list[str] = []
    last = 0
    for match in known:
        if match.start() > last:
            parts.append(quote(word[last : match.start()]))
        parts.append(f'"${match[1] or "PWD"}"')
        last = match.end()
    if last < len(word):
        parts.append(quote(word[last:]))
    return "".join(parts)


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


def is_placeholder(value: str) -> bool:
    """Whether a value only stands for what a user fills in."""
    fill_in: dict[str, None] = {}
    return _filled(value, fill_in) == "" or bool(fill_in)


def change_of_folder(command: Command, snapshot: Snapshot) -> str:
    """The folder in which a command must be run, "" for the top of the repository."""
    if command.script is None:
        return ""
    told = _told_folder(command, command.script, snapshot)
    return told or _folder(command, command.script)


def options_of(command: Command) -> frozenset[str]:
    """The long options that a command gives, as they are written."""
    return frozenset(word.partition("=")[0] for word in command.argv if word.startswith("--"))


def names_given(argv: Sequence[str]) -> frozenset[str]:
    """The options that a command gives, named as a parser of arguments keeps them: `--save-dir` as `save_dir`."""
    return frozenset(word.partition("=")[0].lstrip("-").replace("-", "_") for word in argv if word.startswith("-"))


def is_cut_short(command: Command) -> bool:
    """Whether a document leaves out the rest of a command: `python train.py --mode 4 ...`."""
    return any(word in ("...", "\u2026") for word in command.argv)


def _told_folder(command: Command, script: str, snapshot: Snapshot) -> str:
    """The folder that a document changes to in the same block, where a link leads from it to the script."""
    word = next((one for one in command.argv if one.removeprefix("./").endswith(posixpath.basename(script))), "")
    if not word or word.startswith("/") or command.at.line is None:
        return ""
    lines = (snapshot.text(command.at.path) or "").split("\n")[: command.at.line - 1]
    for line in reversed(lines):
        if line.lstrip().startswith(("```", "~~~")):
            return ""
        told = _CHANGE.fullmatch(line[:300])
        if told is not None:
            folder = _followed(posixpath.normpath(told[1]), snapshot)
            plain = _followed(posixpath.join(folder, word), snapshot)
            return folder if plain == script != posixpath.normpath(posixpath.join(folder, word)) else ""
    return ""


def _followed(path: str, snapshot: Snapshot) -> str:
    """A path with the symbolic links of the repository in it followed."""
    for _ in range(_MOST_LINKS):
        parts = posixpath.normpath(path).split("/")
        for count in range(1, len(parts) + 1):
            file = snapshot.by_path.get("/".join(parts[:count]))
            if file is not None and file.mode == "symlink" and file.note:
                path = posixpath.join(posixpath.dirname(file.path), file.note, *parts[count:])
                break
        else:
            return posixpath.normpath(path)
    return posixpath.normpath(path)


def _names(command: Command, script: str) -> bool:
    """Whether the file that a command writes is really the script, and not one of its name elsewhere."""
    name = posixpath.basename(script)
    written_as = [word for word in command.argv if posixpath.basename(word) == name]
    plain = [posixpath.normpath(word) for word in written_as]
    if command.argv[0] in written_as and "/" not in command.argv[0]:
        return False  # a file's name alone is a word of a sentence: a shell would not find it
    return not plain or any(script == word or script.endswith(f"/{word}") for word in plain)


def _without_optional(words: Sequence[str], raw: str = "") -> list[str]:
    """The words without `[--shape SHAPE]`, which stands for what may be left out.

    What the document writes in quotes is a value as it stands (`'[q_proj,v_proj]'`).
    In brackets right after an option stands what its value is (`--seed [0/1]`, `--ckpt [file path]`).
    """
    kept: list[str] = []
    group: list[str] = []
    for word in words:
        quoted = word.startswith("[") and any(f"{mark}{word}{mark}" in raw for mark in "'\"")
        if not group and (quoted or not (word.startswith("[") and not _PLACEHOLDER.fullmatch(word))):
            kept.append(word)
            continue
        group.append(word)
        if not word.endswith("]"):
            continue
        if kept and kept[-1].startswith("-") and "=" not in kept[-1] and not group[0].startswith("[-"):
            text = " ".join(group).strip("[]")
            told = text if re.fullmatch(r"[A-Za-z][\w -]{2,60}", text) else kept[-1].lstrip("-")
            kept.append(f"<{told.replace(' ', '_')}>")
        group = []
    return kept


def _filled(word: str, fill_in: dict[str, None]) -> str:
    if word in _REST or _REMAINING.fullmatch(word):
        return ""

    def name(match: re.Match[str]) -> str:
        text = next(group for group in match.groups() if group is not None)
        plain = re.sub(r"\W+", "_", text).strip("_").upper() or "VALUE"
        plain = f"ARGUMENT_{plain}" if plain.isdecimal() else plain
        fill_in[plain] = None
        return plain

    known: list[str] = []

    def keep(match: re.Match[str]) -> str:
        known.append(match[0])
        return f"\0{len(known) - 1}\0"

    filled = _PLACEHOLDER.sub(name, _KNOWN_VARIABLE.sub(keep, word))
    filled = re.sub(r"\0(\d+)\0", lambda match: known[int(match[1])], filled)
    if filled == word and (
        _EXAMPLE_PATH.search(word)
        or _EXAMPLE_NAME.search(word)
        or _CAPITALS.search(word)
        or _SUBSTITUTION.search(_KNOWN_VARIABLE.sub("", word))
    ):
        fill_in[word] = None
    return filled


def _folder(command: Command, script: str) -> str:
    """The folder in which a command of `script` must be run: `tools` for `python train.py` of `tools/train.py`."""
    for before, word in zip(("", *command.argv), command.argv, strict=False):
        plain = word.removeprefix("./")
        if before in ("-m", "--module") and re.fullmatch(r"[\w.]+", word):
            dotted = word.replace(".", "/")
            plain = next((f"{dotted}{end}" for end in (".py", "/__main__.py") if script.endswith(f"{dotted}{end}")), "")
        if script == plain:
            return ""
        if plain and plain.endswith(posixpath.splitext(script)[1]) and script.endswith(f"/{plain}"):
            return script[: -len(plain) - 1]
    return ""
