"""Which Fetcher brings which target."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from repotriage.fetchers.port import Fetcher, FetchSettings, Progress
from repotriage.models.snapshot import Snapshot
from repotriage.models.target import CheckoutTarget, GitHubTarget, Target


def on_disk(path: Path) -> Literal["folder", "file"] | None:
    """What stands at `path`, for `parse_target`."""
    try:
        return "folder" if path.is_dir() else "file" if path.is_file() else None
    except OSError:  # a name too long, a folder that may not be entered
        return None


def open_fetcher(settings: FetchSettings, progress: Progress, *, taken_at: datetime | None = None) -> Fetcher:
    """A Fetcher for targets of every kind; `taken_at` stands in for the clock."""
    return _ByKind(settings, progress, taken_at)


class _ByKind:
    """Imports what a target needs and no more: pygit2, httpx and PyGithub are slow to load."""

    def __init__(self, settings: FetchSettings, progress: Progress, taken_at: datetime | None) -> None:
        self._settings = settings
        self._progress = progress
        self._taken_at = taken_at

    def fetch(self, target: Target) -> Snapshot:
        """Bring `target`; raises as the port says."""
        if isinstance(target, GitHubTarget):
            from repotriage.fetchers.github.fetcher import GitHubFetcher

            return GitHubFetcher(self._settings, self._progress, taken_at=self._taken_at).fetch(target)
        if isinstance(target, CheckoutTarget):
            return self._checkout(target)
        from repotriage.fetchers.snapshot_file import SnapshotFileFetcher

        return SnapshotFileFetcher().fetch(target)

    def _checkout(self, target: CheckoutTarget) -> Snapshot:
        """The checkout, and what GitHub says of it where its remote is there and asking is allowed."""
        from repotriage.fetchers.checkout import CheckoutFetcher

        snapshot = CheckoutFetcher(self._settings, taken_at=self._taken_at).fetch(target)
        gap = snapshot.gap_of("github")
        if gap is None or gap.reason != "not_requested" or self._settings.offline:
            return snapshot
        from repotriage.fetchers.github.fetcher import GitHubFetcher

        return GitHubFetcher(self._settings, self._progress, taken_at=self._taken_at).add_facts(snapshot)
