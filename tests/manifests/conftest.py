"""Small inputs for the readers: one file, or a few that name each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from repotriage.manifests.assemble import merge
from repotriage.manifests.registry import Context, all_manifests
from repotriage.models.requirement import Declared, Dependencies
from repotriage.models.snapshot import File, Snapshot
from repotriage.parsing.markup import documents

Read = Callable[..., Declared]
Merge = Callable[[Mapping[str, str]], Dependencies]


@pytest.fixture
def read() -> Read:
    """Read one file by the readers that match its path; other files by keyword `others`."""

    def run(path: str, text: str, others: Mapping[str, str] | None = None) -> Declared:
        files = {path: text, **(others or {})}
        context = Context(files.get, frozenset(files), "demo")
        found = [one.read(path, text, context) for one in all_manifests() if one.matches.fullmatch(path)]
        assert found, f"no reader for {path}"
        return Declared(
            requirements=tuple(one for each in found for one in each.requirements),
            unreadable=tuple(one for each in found for one in each.unreadable),
            indexes=tuple(one for each in found for one in each.indexes),
            includes=tuple(one for each in found for one in each.includes),
        )

    return run


@pytest.fixture
def merged() -> Merge:
    """All declarations of a snapshot made of these files."""

    def run(files: Mapping[str, str]) -> Dependencies:
        snapshot = Snapshot(
            source="checkout",
            name="somebody/demo",
            taken_at=datetime(2026, 1, 1, tzinfo=UTC),
            files=tuple(File(path=path, size=len(text), text=text) for path, text in sorted(files.items())),
        )
        return merge(snapshot, documents(snapshot))

    return run


def brief(declared: Declared | Dependencies) -> list[tuple[str, str, str, int | None]]:
    """(name, specifier, kind, line) of each requirement."""
    return [(one.name, one.specifier, one.kind, one.at.line) for one in declared.requirements]
