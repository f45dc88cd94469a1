"""A remote file read by HTTP ranges."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


class RangeFile(io.RawIOBase):
    """A remote file read by HTTP ranges, so that a wheel's METADATA costs kilobytes."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        import httpx

        self._client, self._url, self._position = client, url, 0
        head = client.head(url)
        head.raise_for_status()
        try:
            self._size = int(head.headers["Content-Length"])
        except (KeyError, ValueError) as error:
            raise httpx.DecodingError("no length", request=head.request) from error

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        """The place."""
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub says Buffer
        """Ask for the bytes from here on."""
        end = min(self._position + len(buffer), self._size) - 1
        if end < self._position:
            return 0
        import httpx

        response = self._client.get(self._url, headers={"Range": f"bytes={self._position}-{end}"})
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            raise httpx.DecodingError(f"no ranges: HTTP {response.status_code}", request=response.request)
        data = response.content[: len(buffer)]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
