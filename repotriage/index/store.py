"""What an index answered, kept on disk as bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diskcache

_LIMIT = 2_000_000_000  # bytes; the least recently used go first


class _BytesOnly(diskcache.Disk):  # type: ignore[misc]  # diskcache carries no types
    """Stores bytes under text keys and refuses pickle in both directions (CVE-2025-69872)."""

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
        if not isinstance(value, bytes):
            raise TypeError("only bytes are cached")
        return super().store(value, read, key=key)

    def fetch(self, mode: int, filename: Any, value: Any, read: bool) -> Any:
        if mode not in (diskcache.core.MODE_RAW, diskcache.core.MODE_BINARY):
            raise KeyError("not bytes")
        return super().fetch(mode, filename, value, read)

    def put(self, key: Any) -> Any:
        if not isinstance(key, str):
            raise TypeError("keys are text")
        return super().put(key)

    def get(self, key: Any, raw: bool) -> Any:
        if not raw:
            raise KeyError("not text")
        return super().get(key, raw)


class Store:
    """Bytes by key; with no folder it remembers nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._cache = None if folder is None else diskcache.Cache(str(folder), disk=_BytesOnly, size_limit=_LIMIT)

    def get(self, key: str) -> bytes | None:
        """What was put under `key`, or None."""
        if self._cache is None:
            return None
        try:
            found = self._cache.get(key)
        except (KeyError, diskcache.Timeout):
            return None
        return found if isinstance(found, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        """Keep `value` under `key`; a full or locked disk only costs the memory of it."""
        if self._cache is not None:
            try:
                self._cache.set(key, value)
            except (OSError, diskcache.Timeout):
                return

    def close(self) -> None:
        """Give the files back."""
        if self._cache is not None:
            self._cache.close()
