"""A snapshot as one file: gzip-compressed JSON that scores to the same bytes elsewhere, offline."""

from __future__ import annotations

import json
import os
import stat
import tempfile
import zlib
from pathlib import Path

from pydantic import ValidationError

from repotriage.errors import UnreadableError, UsageError
from repotriage.models.snapshot import SCHEMA_VERSION, Snapshot
from repotriage.models.target import SnapshotTarget, Target

MAX_UNPACKED = 400_000_000
"""In bytes: four times the default cap on text, since JSON escapes it."""
MAX_PACKED = 200_000_000
_PIECE = 1_048_576
# RFC 1952: deflate, no flags, no time, best compression, system unknown. Python's gzip
# module writes another system byte from version to version.
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


class SnapshotFileFetcher:
    """The Fetcher of saved snapshots."""

    def fetch(self, target: Target) -> Snapshot:
        """Load the file; see `load`."""
        if not isinstance(target, SnapshotTarget):
            raise TypeError(f"not a snapshot: {target.kind}")
        return load(target.path)


def dumps(snapshot: Snapshot) -> bytes:
    """The snapshot as a file's bytes: the same for equal snapshots (with the same zlib)."""
    text = json.dumps(snapshot.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "replace")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    trailer = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return _GZIP_HEADER + packer.compress(data) + packer.flush() + trailer


def loads(data: bytes, *, where: str = "the snapshot") -> Snapshot:
    """The snapshot that `dumps` wrote.

    Raises `UnreadableError` (`bad_snapshot`) when it is none, cut off, damaged, larger than
    `MAX_UNPACKED`, or of another schema version.
    """
    text = _unpack(data, where)
    try:
        snapshot = Snapshot.model_validate_json(text)
    except (ValidationError, ValueError, RecursionError) as error:
        version = _version(text)
        if version is not None and version != SCHEMA_VERSION:
            raise _other_version(where, version) from error
        raise _bad(where, "it does not hold a snapshot" + _place(error)) from error
    if snapshot.schema_version != SCHEMA_VERSION:
        raise _other_version(where, snapshot.schema_version)
    return snapshot


def save(snapshot: Snapshot, path: Path) -> None:
    """Write the snapshot to `path`, whole or not at all. Raises `UsageError` when it cannot be written."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(dumps(snapshot))
                os.fchmod(file.fileno(), 0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"cannot write the snapshot to {path}: {error.strerror or error}") from error


def load(path: Path) -> Snapshot:
    """Read a file that `save` wrote. Raises `UnreadableError` (`bad_snapshot`)."""
    try:
        # O_NONBLOCK: opening a pipe must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _bad(str(path), "it is no regular file")
            data = file.read(MAX_PACKED + 1)
    except OSError as error:
        raise _bad(str(path), error.strerror or str(error)) from error
    if len(data) > MAX_PACKED:
        raise _bad(str(path), f"it is longer than {MAX_PACKED} bytes")
    return loads(data, where=str(path))


def _unpack(data: bytes, where: str) -> bytes:
    gzip = zlib.decompressobj(wbits=31)
    unpacked = bytearray()
    try:
        while not gzip.eof:
            piece = gzip.decompress(data, _PIECE)
            data = gzip.unconsumed_tail
            if not piece and not data and not gzip.eof:
                raise _bad(where, "it is cut off")
            unpacked += piece
            if len(unpacked) > MAX_UNPACKED:
                raise _bad(where, f"it unpacks to more than {MAX_UNPACKED} bytes")
    except zlib.error as error:
        raise _bad(where, "it is not gzip, or damaged") from error
    return bytes(unpacked)


def _version(text: bytes) -> int | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    version = data.get("schema_version") if isinstance(data, dict) else None
    return version if isinstance(version, int) else None


def _place(error: Exception) -> str:
    """Where the first fault stands, in a few words."""
    if not isinstance(error, ValidationError):
        return ""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])[:100]
    return f" ({where}: {first['msg'][:100]})" if where else ""


def _other_version(where: str, version: int) -> UnreadableError:
    age = "a newer" if version > SCHEMA_VERSION else "an older"
    return UnreadableError(
        f"{where} was written by {age} repotriage: its schema version is {version}, this one reads {SCHEMA_VERSION}",
        label="bad_snapshot",
        hint="update repotriage" if version > SCHEMA_VERSION else "take the snapshot again",
    )


def _bad(where: str, why: str) -> UnreadableError:
    return UnreadableError(f"{where} cannot be read: {why}", label="bad_snapshot", hint="take the snapshot again")
