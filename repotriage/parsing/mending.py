"""Python 2, and Python 3 before 3.7, in the syntax of today: line by line the same, so that places stay true.

Only what hinders the parser is rewritten: print and exec statements, `except E, e`, `raise E, m`, `<>`, backticks,
octal and long numbers, `ur""`, `async` and `await` as names, tabs beside spaces. The result is read, never run.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

_MAX = 2_000_000  # characters
_NUMBERS = re.compile(r"(?<![\w.\"'])(?:0(?=\d)0*(?P<octal>[0-7]+)[lL]?|(?P<long>0[xX][0-9a-fA-F]+|\d+)[lL])(?![\w.])")
_UNICODE_RAW = re.compile(r"(?<![\w\"'])[uU](?=[rR][\"'])")
_BACKTICKS = re.compile(r"`([^`\n\"']{1,200})`")
_SKIPPED = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class _Edit:
    """At a place (line from 1, column from 0) `drop` characters become `put`."""

    line: int
    column: int
    drop: int
    put: str


def mended(text: str) -> str | None:
    """The same lines in the syntax of today as far as it could be found out, or None when nothing of it applies."""
    if len(text) > _MAX:
        return None
    lines = text.split("\n")
    plain = "\n".join(line.expandtabs(8) if line[:1].isspace() else line for line in lines)
    plain = _UNICODE_RAW.sub("", _NUMBERS.sub(_number, plain))
    plain = _BACKTICKS.sub(r"(\1)", plain)
    found = _applied(plain, list(_edits(plain)))
    return None if found == text else found


def _number(match: re.Match[str]) -> str:
    octal = match["octal"]
    return match["long"] if octal is None else f"0o{octal}"


def _edits(text: str) -> Iterator[_Edit]:
    """What is to be changed, by tokens; a text that has none is left as it is from there on."""
    statement: list[tokenize.TokenInfo] = []
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _SKIPPED:
                continue
            if token.type == tokenize.OP and token.string in _OPENING:
                depth += 1
            elif token.type == tokenize.OP and token.string in _CLOSING:
                depth = max(0, depth - 1)
            ends = token.type in (tokenize.NEWLINE, tokenize.ENDMARKER)
            if ends or (depth == 0 and token.type == tokenize.OP and token.string == ";"):
                yield from _of_statement(statement)
                statement = []
            else:
                statement.append(token)
                if depth == 0 and token.string == ":" and statement[0].string in _COMPOUND:
                    yield from _of_statement(statement)
                    statement = []
    except (tokenize.TokenError, SyntaxError, IndentationError):
        yield from _of_statement(statement)


_AFTER_A_NAME = ("=", ")", ",", ".", ":", "")
_COMPOUND = frozenset({"if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class"})


def _of_statement(tokens: list[tokenize.TokenInfo]) -> Iterator[_Edit]:
    if not tokens:
        return
    first, words = tokens[0], [token.string for token in tokens]
    if first.string in ("print", "exec") and len(tokens) > 1 and _is_argument(tokens[1]):
        yield _Edit(*first.end, 0, "(")
        yield _Edit(*tokens[-1].end, 0, ")")
        if words[1] == ">>":
            yield _Edit(*tokens[1].start, 2, " ")
    elif first.string in ("except", "raise"):
        comma = next(_at_depth_zero(tokens, ","), None)
        if comma is not None:
            yield _Edit(*comma.start, 1, " as" if first.string == "except" else " from")
            second = list(_at_depth_zero(tokens, ","))[1:2]
            if second and first.string == "raise":  # `raise E, m, traceback`
                yield _Edit(*second[0].start, 1, " or")
    for place, token in enumerate(tokens):
        after = words[place + 1] if place + 1 < len(words) else ""
        if (
            token.type == tokenize.NAME
            and token.string in ("async", "await")
            and after in ("=", ")", ",", ".", ":", "")
        ):
            yield _Edit(*token.end, 0, "_")
        elif token.string == "<>" or (token.string == "<" and after == ">" and token.end == tokens[place + 1].start):
            yield _Edit(*token.start, 2, "!=")


def _is_argument(token: tokenize.TokenInfo) -> bool:
    """Whether what follows `print` is printed by a statement: no call, assignment or attribute."""
    if token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.STRING):
        return token.string not in ("in", "is", "and", "or", "if", "for", "not in")
    return token.string in ("[", "{", ">>", "-", "~") or token.string.startswith(("f'", 'f"'))


def _at_depth_zero(tokens: list[tokenize.TokenInfo], sign: str) -> Iterator[tokenize.TokenInfo]:
    depth = 0
    for token in tokens:
        if token.type != tokenize.OP:
            continue
        if token.string in _OPENING:
            depth += 1
        elif token.string in _CLOSING:
            depth -= 1
        elif depth == 0 and token.string == sign:
            yield token


def _applied(text: str, edits: list[_Edit]) -> str:
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda one: (one.line, one.column), reverse=True):
        if 1 <= edit.line <= len(lines):
            line = lines[edit.line - 1]
            lines[edit.line - 1] = f"{line[: edit.column]}{edit.put}{line[edit.column + edit.drop :]}"
    return "\n".join(lines)
