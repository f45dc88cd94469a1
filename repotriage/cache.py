"""What was fetched before, on disk: bytes under text keys, shared by processes, never a pickle."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW, UNKNOWN

from repotriage.models.base import Frozen

SIZE_LIMIT = 1_000_000_000  # bytes
LIMITS = {"github": SIZE_LIMIT, "index": 2_000_000_000, "environments": 2_000_000_000}
"""Every cache below the user's cache folder, and its limit in bytes; the oldest goes first."""
_VALUE_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")
_T = TypeVar("_T")


class RefusedEntryError(Exception):
    """An entry of the cache is of a kind that we never write."""


class BytesDisk(diskcache.Disk):  # type: ignore[misc] # diskcache carries no types
    """Stores `str` keys and `bytes` values, and refuses everything else when writing and reading.

    diskcache unpickles whatever a row says is a pickle, so that whoever can write to the
    folder could run code (CVE-2025-69872, no fixed release).
    """

    def put(self, key: object) -> tuple[str, bool]:
        """The key as it stands in the database."""
        if type(key) is not str:
            raise RefusedEntryError("a key of the cache is text")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """The key that stands in the database."""
        if not raw or type(key) is not str:
            raise RefusedEntryError("a key of the cache is text")
        return key

    def store(self, value: Any, read: bool, key: object = UNKNOWN) -> tuple[int, int, str | None, Any]:
        """Size, mode, file name and value as they stand in the database."""
        if not read and type(value) is not bytes:
            raise RefusedEntryError("a value of the cache is bytes")
        stored: tuple[int, int, str | None, Any] = super().store(value, read, key)
        return stored

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> bytes | BinaryIO:
        """The value that stands in the database or in a file of the cache's folder."""
        if mode == MODE_RAW and type(value) is bytes and not read:
            return value
        if mode == MODE_BINARY and _is_own(filename):
            found: bytes | BinaryIO = super().fetch(mode, filename, value, read)
            return found
        raise RefusedEntryError("an entry of the cache is of a kind that we never write")

    def remove(self, file_path: str) -> None:
        """Remove a file of the cache, and no file that a planted row names."""
        if _is_own(file_path):
            super().remove(file_path)


def _is_own(filename: object) -> bool:
    return isinstance(filename, str) and _VALUE_FILE.fullmatch(Path(filename).as_posix()) is not None


class CacheInfo(Frozen):
    """What the cache holds; sizes in bytes."""

    folder: Path
    entries: int
    size: int
    size_limit: int


class Cache:
    """A cache in `parent / name`, readable by this user alone.

    A damaged cache is made anew; one that cannot be used at all (read-only disk, locked for too long)
    answers as if it were empty. Neither is ever an error for the user.
    """

    def __init__(self, parent: Path, *, name: str = "github", size_limit: int = SIZE_LIMIT) -> None:
        self.folder = parent / name
        self.size_limit = size_limit
        self._store: diskcache.Cache | None = None

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`."""
        found = self._safely(lambda store: store.get(key), key)
        return found if isinstance(found, bytes) else None

    def set(self, key: str, value: bytes) -> None:
        """Keep `value` under `key` until room is needed."""
        self._safely(lambda store: store.set(key, value), key)

    def open(self, key: str) -> BinaryIO | None:
        """The bytes under `key`, as a file that the caller closes."""
        found = self._safely(lambda store: store.get(key, read=True), key)
        return found if hasattr(found, "read") else None

    def set_from(self, key: str, source: BinaryIO) -> None:
        """Keep what `source` holds, without taking it into memory."""
        self._safely(lambda store: store.set(key, source, read=True), key)

    def info(self) -> CacheInfo:
        """How much the cache holds."""
        entries = size = 0
        if self.folder.is_dir():
            entries = self._safely(len) or 0
            size = self._safely(lambda store: int(store.volume())) or 0
        return CacheInfo(folder=self.folder, entries=entries, size=size, size_limit=self.size_limit)

    def clear(self) -> int:
        """Forget everything; how many entries there were."""
        entries = self.info().entries
        self.close()
        self._remove()
        return entries

    def close(self) -> None:
        """Close the database."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _safely(self, action: Callable[[diskcache.Cache], _T], key: str | None = None) -> _T | None:
        for _ in range(2):
            try:
                return action(self._opened())
            except RefusedEntryError:
                self._forget(key)
                return None
            except (diskcache.Timeout, sqlite3.OperationalError, FileNotFoundError) as error:
                if isinstance(error, sqlite3.OperationalError) and _is_damage(error):
                    self._rebuild()
                    continue
                return None
            except (sqlite3.Error, UnicodeDecodeError, TypeError, ValueError):
                self._rebuild()  # not a database, or rows that no diskcache wrote
            except OSError:
                return None
        return None

    def _opened(self) -> diskcache.Cache:
        if self._store is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self._store = diskcache.Cache(
                str(self.folder),
                timeout=5,  # seconds that another process may hold the database
                disk=BytesDisk,
                size_limit=self.size_limit,
                eviction_policy="least-recently-stored",  # or else reading would write, one reader at a time
            )
        return self._store

    def _forget(self, key: str | None) -> None:
        if key is None or self._store is None:
            return
        try:
            self._store.delete(key)
        except (sqlite3.Error, diskcache.Timeout, OSError, RefusedEntryError):
            self._rebuild()

    def _rebuild(self) -> None:
        try:
            self.close()
        except sqlite3.Error:
            self._store = None
        self._remove()

    def _remove(self) -> None:
        if self.folder.is_symlink():
            self.folder.unlink()
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def _is_damage(error: sqlite3.OperationalError) -> bool:
    return "no such" in str(error) or "malformed" in str(error) or "disk I/O" in str(error)


def request_key(url: str, *, accept: str, api_version: str, identity: str) -> str:
    """The key of an answer: everything that it depends on. `identity` is a hash, never the token."""
    return json.dumps([url, accept, api_version, identity])


def identity_of(secret: str | None) -> str:
    """Whose answers these are, without telling the token; shared by all that have none."""
    return "anonymous" if secret is None else hashlib.sha256(secret.encode()).hexdigest()[:24]
