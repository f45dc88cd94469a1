"""YAML with the line of every value, read without making any object of it, bounded in size, depth and aliases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from repotriage.models.base import Message, msg

MAX_YAML = 4_000_000  # characters
MAX_EVENTS = 400_000
MAX_DEPTH = 60

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, list or mapping with the line where it begins; an alias is the very node that it names."""

    line: int
    value: str | None = None
    block: bool = False  # a scalar whose text begins on the line after
    items: tuple[Node, ...] | None = None
    pairs: tuple[tuple[Node, Node], ...] | None = None

    def get(self, *keys: str) -> Node | None:
        """The value below these keys, or None."""
        node: Node | None = self
        for key in keys:
            if node is None or node.pairs is None:
                return None
            node = next((value for name, value in node.pairs if name.value == key), None)
        return node

    def __iter__(self) -> Iterator[Node]:
        """The items of a list; a scalar stands for a list of itself."""
        if self.items is not None:
            return iter(self.items)
        return iter(() if self.value is None else (self,))

    def entries(self) -> Iterator[tuple[str, Node, int]]:
        """(key, value, line of the key) of a mapping."""
        for key, value in self.pairs or ():
            if key.value is not None:
                yield key.value, value, key.line

    def strings(self) -> Iterator[tuple[int, str]]:
        """(line, text) of the scalar items."""
        for item in self:
            if item.value is not None:
                yield item.line, item.value


def parse_yaml(text: str) -> Node | Message:
    """The first document of `text`, or why it cannot be read.

    Aliases are shared rather than copied, so that a bomb of them costs nothing; a
    node that holds itself is refused.
    """
    if len(text) > MAX_YAML:
        return msg("longer than {n} characters", n=MAX_YAML)
    if "\0" in text:
        return msg("holds NUL bytes")
    if any(len(line) > 200_000 for line in text.split("\n")):
        return msg("a line is longer than {n} characters", n=200_000)
    try:
        return _build(text.lstrip("\ufeff").replace("\t", "    "))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)[:200]
        if mark is None:
            return msg("not YAML: {error}", error=problem)
        return msg("not YAML: {error}, line {line}", error=problem, line=mark.line + 1)
    except (ValueError, RecursionError, OverflowError) as error:
        return msg("not YAML: {error}", error=str(error)[:200])


class _Open:
    """A list or mapping that is not closed yet."""

    def __init__(self, line: int, mapping: bool, anchor: str | None) -> None:
        self.line = line
        self.mapping = mapping
        self.anchor = anchor
        self.children: list[Node] = []

    def close(self) -> Node:
        if self.mapping:
            evens = self.children[: len(self.children) // 2 * 2]
            return Node(self.line, pairs=tuple(zip(evens[::2], evens[1::2], strict=True)))
        return Node(self.line, items=tuple(self.children))


def _build(text: str) -> Node | Message:
    anchors: dict[str, Node] = {}
    stack: list[_Open] = []
    root: Node | None = None
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if count > MAX_EVENTS:
            return msg("more than {n} entries", n=MAX_EVENTS)
        node: Node | None = None
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.AliasEvent):
            node = anchors.get(event.anchor or "")
            if node is None:
                return msg("line {line} stands for what holds it, or for nothing", line=line)
        elif isinstance(event, yaml.ScalarEvent):
            node = Node(line, value=event.value, block=event.style in ("|", ">"))
            if event.anchor:
                anchors[event.anchor] = node
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            stack.append(_Open(line, isinstance(event, yaml.MappingStartEvent), event.anchor))
            if len(stack) > MAX_DEPTH:
                return msg("nested deeper than {n}", n=MAX_DEPTH)
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            done = stack.pop()
            node = done.close()
            if done.anchor:
                anchors[done.anchor] = node
        if node is not None:
            if stack:
                stack[-1].children.append(node)
            else:
                root = node
                break
    return root if root is not None else msg("it is empty")
