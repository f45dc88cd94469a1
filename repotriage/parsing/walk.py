"""One pass over all Python of a snapshot: each file is parsed once, for every reader."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from repotriage.models.base import Frozen
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.notebook import module_source
from repotriage.parsing.python import Module, parse

F = TypeVar("F", bound=Frozen)
Visitor = Callable[[Module], Iterable[Frozen]]
"""A reader of one parsed file: yields frozen facts of its own types and keeps nothing of the tree."""


class Facts:
    """What the visitors found, by the type of the fact, in the order of paths."""

    def __init__(self, by_type: Mapping[type[Frozen], Sequence[Frozen]]) -> None:
        self._by_type = by_type

    def of(self, kind: type[F]) -> tuple[F, ...]:
        """Every fact of exactly this type."""
        return cast("tuple[F, ...]", tuple(self._by_type.get(kind, ())))


def walk(snapshot: Snapshot, visitors: Sequence[Visitor]) -> Facts:
    """Parse every `.py` file and notebook below the target once and show it to each visitor.

    A file that cannot be parsed becomes a `BrokenFile` fact.
    """
    found: dict[type[Frozen], list[Frozen]] = defaultdict(list)
    with _no_collection():
        for parsed in _modules(snapshot):
            facts = [fact for visit in visitors for fact in visit(parsed)] if isinstance(parsed, Module) else [parsed]
            for fact in facts:
                found[type(fact)].append(fact)
    return Facts(found)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the cyclic garbage collector out: trees have no cycles, and it would walk each of them in vain."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _modules(snapshot: Snapshot) -> Iterator[Module | Frozen]:
    for file in snapshot.inside():
        if file.text is None:
            continue
        if file.path.endswith(".py"):
            yield parse(file.path, file.text)
        elif file.path.endswith(".ipynb"):
            source = module_source(file.path, file.text)
            if isinstance(source, Frozen):
                yield source
            else:
                text, places = source
                yield parse(file.path, text, places)
