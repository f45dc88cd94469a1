"""TOML with the line of every value: `tomllib` reads the values, a scan of the same text finds their lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repotriage.models.base import Message
from repotriage.parsing.toml import load_toml

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<multi>\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5})
    | (?P<string>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
    | (?P<sign>[\[\]{}=,.])
    | (?P<word>[^\s\[\]{}=,."'\#]+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Toml:
    """A parsed file and, for each key, table and array item, the line where it begins."""

    data: Mapping[str, Any]
    lines: Mapping[Path, int]

    def get(self, *path: str) -> Any:
        """The value at `path`, or None."""
        value: Any = self.data
        for key in path:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    def table(self, *path: str) -> dict[str, Any]:
        """The table at `path`, or an empty one."""
        value = self.get(*path)
        return value if isinstance(value, dict) else {}

    def line(self, *path: str | int) -> int | None:
        """The line of the value at `path`, or of the nearest thing around it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return None

    def raw(self, text_lines: Sequence[str], *path: str | int) -> str:
        """The line of text where the value begins."""
        number = self.line(*path)
        return text_lines[number - 1].strip() if number and number <= len(text_lines) else ""


def parse_toml(text: str) -> Toml | Message:
    """Read TOML, or say why it cannot be read."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    data = load_toml(text)
    if isinstance(data, Message):
        return data
    return Toml(data, _Scan(text).lines)


class _Scan:
    """Walks over text that is known to be valid TOML."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens = [
            (match.lastgroup or "", match[0], match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "blank"
        ]
        self._at = 0
        self._line = 1
        self._counts: dict[Path, int] = {}
        self._run()

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        kind, value, _ = self._tokens[self._at]
        self._at += 1
        if kind == "newline":
            self._line += 1
        elif kind == "multi":
            self._line += value.count("\n")
        return kind, value

    def _run(self) -> None:
        table: Path = ()
        while self._at < len(self._tokens):
            sign = self._peek()
            if sign == "\n":
                self._next()
            elif sign == "[":
                self._next()
                array = self._peek() == "["
                if array:
                    self._next()
                line = self._line
                table = self._resolve(self._key())
                if array:
                    index = self._counts.get(table, 0)
                    self._counts[table] = index + 1
                    self.lines.setdefault(table, line)
                    table = (*table, index)
                self.lines.setdefault(table, line)
                while self._at < len(self._tokens) and self._peek() != "\n":
                    self._next()
            else:
                self._pair(table)

    def _resolve(self, key: list[str]) -> Path:
        """A header's path with the index of the last item of each array of tables on the way."""
        path: Path = ()
        for number, part in enumerate(key):
            path = (*path, part)
            if number < len(key) - 1 and path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _key(self) -> list[str]:
        parts: list[str] = []
        while self._at < len(self._tokens):
            kind, value, _ = self._tokens[self._at]
            if kind in ("word", "string"):
                parts.append(_unquote(value) if kind == "string" else value)
                self._next()
            elif value == ".":
                self._next()
            else:
                break
        return parts

    def _pair(self, table: Path) -> None:
        line = self._line
        start = self._at
        path: Path = table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        if self._peek() == "=":
            self._next()
            self._value(path)
        elif self._at == start:
            self._next()

    def _value(self, path: Path) -> None:
        if self._at >= len(self._tokens):
            return
        sign = self._peek()
        if sign == "[":
            self._next()
            index = 0
            while self._at < len(self._tokens) and self._peek() != "]":
                if self._peek() in (",", "\n"):
                    self._next()
                    continue
                self.lines.setdefault((*path, index), self._line)
                before = self._at
                self._value((*path, index))
                if self._at == before:
                    self._next()
                index += 1
            if self._at < len(self._tokens):
                self._next()
        elif sign == "{":
            self._next()
            while self._at < len(self._tokens) and self._peek() != "}":
                if self._peek() in (",", "\n"):
                    self._next()
                else:
                    self._pair(path)
            if self._at < len(self._tokens):
                self._next()
        else:
            while self._at < len(self._tokens) and self._peek() not in ("\n", ",", "]", "}"):
                self._next()


def _unquote(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1]
    try:
        return str(tomllib.loads(f"k = {text}")["k"])
    except tomllib.TOMLDecodeError:
        return text[1:-1]
