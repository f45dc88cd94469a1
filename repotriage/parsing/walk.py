"""One pass over all Python of a snapshot: each file is parsed once, for every reader."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar, cast

from repotriage.models.base import Frozen
from repotriage.models.location import Location
from repotriage.models.snapshot import File, Snapshot
from repotriage.parsing.notebook import module_source
from repotriage.parsing.python import Module, read

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


_LARGE = 4_000_000  # characters of code from which a second process pays for itself


def walk(snapshot: Snapshot, visitors: Sequence[Visitor]) -> Facts:
    """Parse every `.py` file and notebook below the target once and show it to each visitor.

    A file that cannot be parsed becomes a `BrokenFile` fact. Of a large repository two
    processes read half of the code each, where the system can fork; the facts and their
    order are the same.
    """
    files = [file for file in snapshot.inside() if file.text is not None and file.path.endswith((".py", ".ipynb"))]
    found: dict[type[Frozen], list[Frozen]] = defaultdict(list)
    with _no_collection():
        middle = _middle(files) if _can_fork() else len(files)
        second = _Half(files[middle:], visitors) if middle < len(files) else None
        for fact in _facts(files[:middle], visitors):
            found[type(fact)].append(fact)
        if second is not None:
            for fact in second.facts():
                found[type(fact)].append(fact)
    return Facts(found)


def _facts(files: Iterable[File], visitors: Sequence[Visitor]) -> Iterator[Frozen]:
    for parsed in _modules(files):
        if isinstance(parsed, Module):
            for visit in visitors:
                yield from visit(parsed)
        else:
            yield parsed


def _middle(files: Sequence[File]) -> int:
    """The index from which the second half of the code stands; the number of files when one process is quicker."""
    sizes = list(accumulate(len(file.text or "") for file in files))
    return bisect(sizes, sizes[-1] // 2) if sizes and sizes[-1] >= _LARGE else len(files)


def _can_fork() -> bool:
    """Only Linux forks safely, a process of one thread only; and a second process needs a second core."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1 and len(os.sched_getaffinity(0)) > 1
    except OSError:
        return False


class _Half:
    """The facts of some files, read by a fork of this process at the same time."""

    def __init__(self, files: Sequence[File], visitors: Sequence[Visitor]) -> None:
        self._files, self._visitors = files, visitors
        context = multiprocessing.get_context("fork")
        self._answer, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=self._send, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _send(self, connection: Connection) -> None:
        connection.send(list(_facts(self._files, self._visitors)))

    def facts(self) -> Iterable[Frozen]:
        """What the fork found; if it was killed, its files are read here."""
        try:
            return cast("list[Frozen]", self._answer.recv())
        except (EOFError, OSError):
            return _facts(self._files, self._visitors)
        finally:
            self._answer.close()
            self._process.join()


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


def _modules(files: Iterable[File]) -> Iterator[Module | Frozen]:
    for file in files:
        if file.text is None:
            continue
        if file.path.endswith(".py"):
            yield from _read(file.path, file.text)
        elif file.path.endswith(".ipynb"):
            source = module_source(file.path, file.text)
            if isinstance(source, Frozen):
                yield source
            else:
                text, places = source
                yield from _read(file.path, text, places)


def _read(path: str, text: str, places: Sequence[Location] | None = None) -> Iterator[Module | Frozen]:
    yield from (one for one in read(path, text, places) if one is not None)
