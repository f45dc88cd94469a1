"""The smallest set of lines that cannot hold together, found by solving again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from repotriage.models.base import Message

T = TypeVar("T")


class Undecided(Exception):  # noqa: N818  # not an error: the search cannot go on
    """A probe gave no answer, so nothing can be said of the core."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def minimal_core(items: Sequence[T], holds: Callable[[Sequence[T]], bool]) -> list[T]:
    """The smallest conflicting subset of `items` by QuickXplain (Junker, AAAI 2004).

    `holds` tells whether a subset can hold together; it must be false of all `items` and
    true of none of them. Every proper subset of the answer holds.

    Raises:
        Undecided: passed on from `holds`.
    """
    if not holds(()):
        return []
    return _explain([], False, list(items), holds)


def _explain(background: list[T], changed: bool, items: list[T], holds: Callable[[Sequence[T]], bool]) -> list[T]:
    if changed and not holds(background):
        return []
    if len(items) == 1:
        return items
    half = len(items) // 2
    left, right = items[:half], items[half:]
    second = _explain([*background, *left], bool(left), right, holds)
    first = _explain([*background, *second], bool(second), left, holds)
    return [*first, *second]
