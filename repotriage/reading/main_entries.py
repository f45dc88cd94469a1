"""The best training and evaluation scripts as Python files: a shell script stands for what it starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from repotriage.models.reading import Command, EntryPoint


def main_entries(entries: Sequence[EntryPoint], commands: Sequence[Command]) -> tuple[EntryPoint, ...]:
    """The entry points of rank 1 that train or evaluate; instead of a shell script the scripts that it starts."""
    main = (entry for entry in entries if entry.rank == 1 and entry.role in ("train", "evaluate"))
    return tuple(one for entry in main for one in _python(entry, commands))


def _python(entry: EntryPoint, commands: Sequence[Command]) -> Iterator[EntryPoint]:
    started = [one for one in commands if one.at.path == entry.path and (one.script or "").endswith(".py")]
    if not entry.path.endswith(".sh") or not started:
        yield entry
        return
    same = [one for one in started if one.role == entry.role] or started
    for script in dict.fromkeys(one.script for one in same):
        yield entry.model_copy(update={"path": script, "line": None})
