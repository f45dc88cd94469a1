"""Pins that a bot raised, out of the changes that its commits made to dependency files."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime

import pygit2
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from repotriage import data
from repotriage.models.snapshot import BotPin

MAX_COMMITS = 500
_MAX_LINES = 2_000  # of one diff
_PIN = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]{0,99})\s{0,3}(?:\[[^\[\]]{0,100}\])?\s{0,3}={2,3}\s{0,3}([0-9][\w.!+-]{0,40})"
)


class BotPins:
    """Collects the pins that bots raised, from commits seen newest first.

    `found` has one entry a path and project: what people had written, and what the last bot made of it.
    """

    def __init__(self, paths: Collection[str]) -> None:
        self._paths = frozenset(paths)
        self._seen = 0
        self.found: dict[tuple[str, str], BotPin] = {}

    def see(self, commit: pygit2.Commit) -> None:
        """Take in one commit with one parent."""
        if self._seen >= MAX_COMMITS or len(commit.parent_ids) != 1:
            return
        name = _bot(commit)
        if name is None:
            return
        self._seen += 1
        for path, before, after in _raised(commit, self._paths):
            for project, version in after.items():
                key = (path, project)
                if project not in before or before[project] == version:
                    continue
                newer = self.found.get(key)
                if newer is None:
                    self.found[key] = BotPin(
                        path=path,
                        name=project,
                        before=before[project],
                        after=version,
                        by=name,
                        sha=str(commit.id),
                        date=datetime.fromtimestamp(max(commit.commit_time, 0), UTC),
                    )
                elif newer.before == version:
                    self.found[key] = newer.model_copy(update={"before": before[project]})


def _bot(commit: pygit2.Commit) -> str | None:
    author = commit.author
    who = (author.raw_name + b" " + (author.raw_email or b"")).decode("utf-8", "replace").lower()
    return next((str(row["name"]) for row in data.table("bots")["bot"] if row["pattern"] in who), None)


def _raised(commit: pygit2.Commit, paths: Collection[str]) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """(path, pins that the commit took out, pins that it put in) of the watched files."""
    found: list[tuple[str, dict[str, str], dict[str, str]]] = []
    diff = commit.parents[0].tree.diff_to_tree(commit.tree, context_lines=0)
    for patch in diff:
        if patch is None or patch.delta.new_file.path not in paths:
            continue
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        for line in [line for hunk in patch.hunks for line in hunk.lines][:_MAX_LINES]:
            side = {"-": before, "+": after}.get(line.origin)
            if side is not None:
                for name, version in _PIN.findall(line.content[:500]):
                    with suppress(InvalidVersion):
                        side[canonicalize_name(name)] = str(Version(version))
        found.append((patch.delta.new_file.path, before, after))
    return found
