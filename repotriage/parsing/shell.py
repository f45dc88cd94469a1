"""Shell lines from documents, scripts, Makefiles and notebooks, as words. Nothing is ever run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from repotriage.models.base import CleanStr, Frozen

Joint = Literal["", "&&", "||", "|", ";", "&"]

# `(env) user@host:~/dir$ `, `(env)[dir]$ `, `$ `, `>>> `, `> `; a prompt needs a space after it, a variable has none.
_PROMPT = re.compile(
    r"\s*(?:\([\w.\-]{1,40}\)\s*)?(?:\[[\w.\-/~]{1,40}\]\s*)?"
    r"(?:[\w.\-]{1,40}@[\w.\-]{1,40}[: ][^\s$#]{0,80})?(\$|>>>|>|❯|➜)\s+"
)
_ENVIRONMENT_PROMPT = re.compile(r"\s*\([\w.\-]{1,40}\)\s+(?=[\w./])")
_NOTEBOOK = re.compile(r"\s*[!%](?=[A-Za-z./])")
_CELL_MAGIC = re.compile(r"\s*%%\w+.*")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_NAME_AT_END = re.compile(r"\$([A-Za-z_]\w*)$")
_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n\f\v]+)
    | (?P<comment>(?<![^\s;&|()])\#[^\n]*)
    | (?P<placeholder><[^\s<>|&;=][^<>|&;]{0,80}>)
    | (?P<specifier>(?<=[\w\],])[<>]=?(?=\d))
    | (?P<redirect>(?<![^\s;&|()])\d?(?:>>|>&|<<<|<<-?|&>>?|<|>\||>)(?:&\d|&-)?|>>|>&\d?|>|<)
    | (?P<joint>&&|\|\||\|&|;;|;|\||&)
    | (?P<group>[()])
    | (?P<single>'[^']*')
    | (?P<double>"(?:[^"\\]|\\.)*")
    | (?P<substitution>\$\([^()]*\)|\$\{[^{}]*\}|`[^`]*`)
    | (?P<escape>\\.)
    | (?P<plain>[^\s;&|()<>'"`\\$\#]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_JOINTS: dict[str, Joint] = {"&&": "&&", "||": "||", "|": "|", "|&": "|", ";": ";", ";;": ";", "&": "&"}
_OPENERS = frozenset({"then", "do", "else", "{", "!"})
_STRUCTURE = frozenset({"for", "while", "until", "if", "elif", "case", "select", "function", "fi", "done", "esac", "}"})
_QUOTE_LINES = 30
_MAX_WORD = 4000
_MAX_LINE = 20_000  # characters of one line that are read
_COMMENTED = re.compile(r"(?<!\\)\\[ \t]+#.*$")  # `--lr 1 \  # why`: no shell goes on here, and its writer means it to
_DASH = re.compile("^[\u2013\u2014]-?(?=[A-Za-z]{2})")  # a text editor's dash in the place of the two of an option
_MAX_COMMANDS = 20_000  # of one text


class ShellCommand(Frozen):
    """One simple command.

    `argv` is split by the shell's rules, without environment assignments, redirections,
    prompts and notebook prefixes; a variable that the text itself sets to a plain value is
    filled in. `env` are the assignments in front of it. `line` counts from the parser's
    `first_line`. `raw` is the line as written, continuation lines joined. `joint` is what
    joins it to the command before it on the same line.
    """

    argv: tuple[CleanStr, ...]
    env: tuple[tuple[CleanStr, CleanStr], ...] = ()
    line: int
    raw: CleanStr
    joint: Joint = ""


def parse_shell(text: str, first_line: int = 1) -> tuple[ShellCommand, ...]:
    """The simple commands of `text`, in order; text that is no shell gives words all the same, never an error.

    When lines bear a `$` prompt, the lines without one are output and are left out.
    Comments, here-documents, control words and redirections are left out.
    """
    found: list[ShellCommand] = []
    variables: dict[str, str] = {}
    for line, raw in _logical_lines(text.split("\n")):
        if len(found) >= _MAX_COMMANDS:
            break
        for joint, words in _simple_commands(raw):
            env, argv = _split_assignments(words, variables)
            argv = [_DASH.sub("--", word) for word in argv]
            if argv:
                found.append(
                    ShellCommand(
                        argv=tuple(argv), env=tuple(env), line=first_line + line, raw=raw[:2000].strip(), joint=joint
                    )
                )
            else:
                variables.update({name: value for name, value in env if "$" not in value and "`" not in value})
            if argv and argv[0] == "export":
                exported, rest = _split_assignments([(word, False) for word in argv[1:]], variables)
                if not rest:
                    variables.update({name: value for name, value in exported if "$" not in value})
    return tuple(found)


def _logical_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """(index of its first line, text) of each command line: continued lines joined, prompts and here-documents gone."""
    prompted = any(re.match(r"\s*(?:\([\w.\-]{1,40}\)\s*)?\$\s+\S", line) for line in lines)
    index = 0
    while index < len(lines):
        start = index
        line = lines[index]
        index += 1
        bare = _without_prompt(line)
        if not bare.strip() or _CELL_MAGIC.fullmatch(line) or (prompted and bare == line):
            continue
        if bare.lstrip().startswith("#"):
            continue  # a comment ends with its line, whatever it ends with
        pieces = [_COMMENTED.sub("\\\\", bare)]
        while index < len(lines) and _continues(pieces[-1]):
            pieces[-1] = _without_backslash(pieces[-1])
            pieces.append(_COMMENTED.sub("\\\\", re.sub(r"^\s*>\s+", "", lines[index])))
            index += 1
        pieces[-1] = _without_backslash(pieces[-1])
        joined = " ".join(piece.strip() for piece in pieces) if len(pieces) > 1 else pieces[0]
        quote = _open_quote(joined)
        if quote:
            for ahead in range(index, min(index + _QUOTE_LINES, len(lines))):
                if quote in lines[ahead]:
                    joined = "\n".join([joined, *lines[index : ahead + 1]])
                    index = ahead + 1
                    break
        heredoc = _HEREDOC.search(joined)
        if heredoc:
            while index < len(lines) and lines[index].strip() != heredoc[2]:
                index += 1
            index += 1
        yield start, joined[:_MAX_LINE]


def _without_prompt(line: str) -> str:
    match = _PROMPT.match(line) or _ENVIRONMENT_PROMPT.match(line) or _NOTEBOOK.match(line)
    return line[match.end() :] if match else line


def _continues(piece: str) -> bool:
    end = piece.rstrip()
    return (end.endswith("\\") and not end.endswith("\\\\")) or end.endswith(("&&", "||"))


def _without_backslash(piece: str) -> str:
    end = piece.rstrip()
    return end[:-1].rstrip() if end.endswith("\\") and not end.endswith("\\\\") else piece


def _open_quote(text: str) -> str | None:
    """The quote that `text` opens and does not close, outside comments."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "plain" and match[0] in ("'", '"'):
            # An apostrophe inside a word (`don't`) opens nothing that anybody means.
            return match[0] if match.start() == 0 or text[match.start() - 1] in " \t=(" else None
    return None


def _simple_commands(raw: str) -> Iterator[tuple[Joint, list[tuple[str, bool]]]]:
    """(joint, words) of each simple command; a word says whether it was quoted."""
    words: list[tuple[str, bool]] = []
    word: list[str] = []
    quoted = False
    started = False
    skip_next = False  # the target of a redirection
    joint: Joint = ""

    def end_word() -> None:
        nonlocal word, quoted, started, skip_next
        if started:
            if not skip_next:
                words.append(("".join(word)[:_MAX_WORD], quoted))
            skip_next = False
        word, quoted, started = [], False, False

    for match in _TOKEN.finditer(raw):
        kind, value = match.lastgroup, match[0]
        if kind in ("space", "comment"):
            end_word()
        elif kind == "redirect":
            end_word()
            skip_next = not re.search(r"&[\d-]$", value)
        elif kind == "joint" or kind == "group":
            end_word()
            skip_next = False
            if words:
                yield joint, words
            words = []
            joint = _JOINTS.get(value, "")
        else:
            started = True
            before = "".join(word)
            if kind in ("single", "double") and "$" in before:
                word = [_NAME_AT_END.sub(r"${\1}", before)]  # in `$a'_'b` the name ends where the quote begins
            if kind == "single":
                word.append(value[1:-1])
                quoted = quoted or "$" not in before
            elif kind == "double":
                word.append(re.sub(r'\\([\\"$`\n])', r"\1", value[1:-1]))
            elif kind == "escape":
                word.append(value[1] if value[1] != "\n" else "")
            else:
                word.append(value)
    end_word()
    if words:
        yield joint, words


def _split_assignments(
    words: list[tuple[str, bool]], variables: dict[str, str]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Leading assignments and the words after them, control words left out, known variables filled in."""

    def fill(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[2], match[0])

    env: list[tuple[str, str]] = []
    argv: list[str] = []
    for word, literal in words:
        filled = word if literal else _VARIABLE.sub(fill, word)
        word = filled if len(filled) <= _MAX_WORD else word
        if not argv:
            if not env and word in _OPENERS:
                continue
            assignment = _ASSIGNMENT.fullmatch(word)
            if assignment:
                env.append((assignment[1], assignment[2]))
                continue
            if word in _STRUCTURE:
                return [], []
        argv.append(word)
    return env, argv
