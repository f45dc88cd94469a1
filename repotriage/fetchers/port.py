"""The Fetcher port and what every Fetcher is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from pydantic import Field, SecretStr

from repotriage.models.base import Frozen, Message
from repotriage.models.snapshot import Snapshot
from repotriage.models.target import Target

Progress = Callable[[Message], None]
"""Told, in one sentence, what is being done; the core itself never prints."""


class AppCredentials(Frozen):
    """What a GitHub App signs in with."""

    app_id: int
    private_key: SecretStr
    installation_id: int | None = None


class Caps(Frozen):
    """How much of a repository is read; sizes in bytes. Beyond a cap a file keeps its name and size."""

    archive_bytes: int = 2_000_000_000
    entries: int = 200_000
    text_file_bytes: int = 2_000_000
    notebook_bytes: int = 10_000_000
    total_text_bytes: int = 100_000_000
    ratio: int = 200  # of unpacked to packed bytes


class FetchSettings(Frozen):
    """What the user allows and has; `max_wait` in seconds."""

    token: SecretStr | None = None
    app: AppCredentials | None = None
    api_url: str = "https://api.github.com"
    offline: bool = False
    max_wait: float = 60.0
    timeout: float = 30.0
    cache_dir: Path | None = None  # None: no cache
    caps: Caps = Field(default_factory=Caps)


class Fetcher(Protocol):
    """Brings a repository, complete at one commit.

    Raises `UnreadableError` when there is nothing to read, `IncompleteError` when a limit
    or the network stands before it. Everything less is a `Gap` or a `State` in the snapshot.
    """

    def fetch(self, target: Target) -> Snapshot:
        """Bring `target`."""


def now() -> datetime:
    """The one look at the clock: it becomes `Snapshot.taken_at` (UTC, whole seconds)."""
    return datetime.now(UTC).replace(microsecond=0)
