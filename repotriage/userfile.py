"""Files that the user names: tokens, keys, profiles."""

from __future__ import annotations

from pathlib import Path

from repotriage.errors import UsageError


def read_text(path: Path, *, what: str, limit: int = 1_000_000) -> str:
    """The text of a file that the user named, `limit` bytes at most; UsageError when it cannot be read."""
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
        if len(content) > limit:
            raise UsageError(f"{what} {path} is larger than {limit} bytes")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{what} {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{what} {path} is not UTF-8 text") from error
