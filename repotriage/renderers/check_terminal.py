"""The check of a machine, for a person: what fails first, each line with what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from repotriage.models.host import CheckItem

_ORDER = ("fail", "warning", "unknown", "ok")
_WIDTH = 100


def render(title: str, items: Sequence[CheckItem]) -> str:
    """One line an item, its remedy and source below it; the states counted at the end."""
    return "\n".join(_lines(title, items)) + "\n"


def _lines(title: str, items: Sequence[CheckItem]) -> Iterator[str]:
    yield title
    for state in _ORDER:
        for item in items:
            if item.state == state:
                yield from _item(item)
    counts = [(state, sum(item.state == state for item in items)) for state in _ORDER]
    yield ", ".join(f"{state}: {n}" for state, n in counts)


def _item(item: CheckItem) -> Iterator[str]:
    head = f"  {item.state:<8} {item.name:<17} "
    rest = " " * len(head)
    yield from textwrap.wrap(str(item.summary), _WIDTH, initial_indent=head, subsequent_indent=rest)
    if item.state == "ok":
        return
    if item.remedy is not None:
        yield from textwrap.wrap(str(item.remedy), _WIDTH, initial_indent=f"{rest}→ ", subsequent_indent=f"{rest}  ")
    if item.source is not None:
        yield f"{rest}  {item.source}"
