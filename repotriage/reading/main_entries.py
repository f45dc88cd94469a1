"""The best training and evaluation scripts as Python files: a shell script stands for what it starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from repotriage.models.reading import Command, EntryPoint


def main_entries(entries: Sequence[EntryPoint], commands: Sequence[Command]) -> tuple[EntryPoint, ...]:
    """The entry points of rank 1 that train or evaluate; instead of a shell script the scripts that it starts.

    Of projects side by side (`agedb-dir/train.py`, `nyud2-dir/train.py`) the evaluation is that of the training.
    """
    train = next((entry for entry in entries if entry.rank == 1 and entry.role == "train"), None)
    evaluate = next((entry for entry in entries if entry.rank == 1 and entry.role == "evaluate"), None)
    if train is not None and _has_namesakes(train, entries):
        inside = train.path.partition("/")[0] + "/"
        beside = (entry for entry in entries if entry.role == "evaluate" and entry.path.startswith(inside))
        evaluate = min(beside, key=lambda entry: entry.rank, default=evaluate)
    return tuple(one for entry in (train, evaluate) if entry is not None for one in _python(entry, commands))


def _has_namesakes(train: EntryPoint, entries: Sequence[EntryPoint]) -> bool:
    """Whether other folders train by a script of the same name."""
    top, _, rest = train.path.partition("/")
    return rest != "" and any(
        entry.role == "train" and entry.path.partition("/")[2] == rest and not entry.path.startswith(f"{top}/")
        for entry in entries
    )


def _python(entry: EntryPoint, commands: Sequence[Command]) -> Iterator[EntryPoint]:
    started = [one for one in commands if one.at.path == entry.path and (one.script or "").endswith(".py")]
    if not entry.path.endswith(".sh") or not started:
        yield entry
        return
    same = [one for one in started if one.role == entry.role] or started
    for script in dict.fromkeys(one.script for one in same):
        yield entry.model_copy(update={"path": script, "line": None})
