"""What an index answered, kept on disk as bytes."""

from __future__ import annotations

from pathlib import Path

from repotriage.cache import LIMITS, Cache


class Store:
    """Bytes by key, in the cache's own form; with no folder it remembers nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._cache = None if folder is None else Cache(folder.parent, name=folder.name, size_limit=LIMITS[folder.name])

    def get(self, key: str) -> bytes | None:
        """What was put under `key`, or None."""
        return None if self._cache is None else self._cache.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep `value` under `key`; a disk that cannot be used only costs the memory of it."""
        if self._cache is not None:
            self._cache.set(key, value)

    def close(self) -> None:
        """Give the files back."""
        if self._cache is not None:
            self._cache.close()
