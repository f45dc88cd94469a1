"""The Index port on the simple repository API (PEP 503, 658, 691, 700), over httpx and a cache."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from packaging.utils import canonicalize_name

from repotriage import __version__
from repotriage.index.facts import CoreMetadata, IndexFile, Missing, NoMetadata, Project, parse_html, parse_json
from repotriage.index.metadata import parse_metadata
from repotriage.index.range_file import RangeFile
from repotriage.index.sdist import read_sdist, read_wheel
from repotriage.index.store import Store

if TYPE_CHECKING:  # importing httpx takes longer than answering from the cache: it waits until it is needed
    import httpx

PYPI = "https://pypi.org/simple"
_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
_FRESH = timedelta(hours=12)  # a page is asked for again, by its ETag, after that
_MAX_PAGE = 100_000_000  # bytes
_MAX_SDIST = 500_000_000  # read as it comes, not kept
_CHUNK = 65_536
_READER = 8  # raised when metadata is read otherwise, so that what is kept is read anew

_Fact = TypeVar("_Fact", bound=Project | Missing | CoreMetadata | NoMetadata)


class SimpleIndex:
    """One package index. `offline` answers from the cache alone; `optional_native` names projects
    whose native sources may be left out when they are installed from source."""

    def __init__(
        self,
        *,
        url: str = PYPI,
        cache_dir: Path | None = None,
        offline: bool = False,
        timeout: float = 30.0,
        optional_native: Collection[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.url = url.rstrip("/")
        self._offline = offline
        self._optional_native = frozenset(optional_native)
        self._now = now
        self._store = Store(None if cache_dir is None else cache_dir / "index")
        self._timeout = timeout
        self._http: httpx.Client | None = None
        self._projects: dict[str, Project | Missing] = {}
        self._metadata: dict[str, CoreMetadata | NoMetadata] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close connections and cache."""
        if self._http is not None:
            self._http.close()
        self._store.close()

    @property
    def _client(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._http is None:
                self._http = httpx.Client(
                    timeout=self._timeout,
                    follow_redirects=True,
                    limits=httpx.Limits(max_connections=20),
                    headers={"User-Agent": f"repotriage/{__version__}"},
                )
            return self._http

    def project(self, name: str) -> Project | Missing:
        """Every file of the project `name`, or why that is not known."""
        name = canonicalize_name(name)
        with self._lock_of(f"project:{name}"):
            found = self._projects.get(name)
            if found is None:
                found = _once_more(lambda: self._fetch_project(name))
                self._projects[name] = found
        return found

    def metadata(self, file: IndexFile, *, native: bool = False) -> CoreMetadata | NoMetadata:
        """The metadata of a wheel or, read statically, of a source distribution."""
        with self._lock_of(file.url):
            found = self._metadata.get(file.url)
            if found is None:
                found = _once_more(lambda: self._fetch_metadata(file))
                self._metadata[file.url] = found
        if isinstance(found, CoreMetadata) and found.native is not None and not native:
            project = canonicalize_name(file.filename.rpartition("-")[0])
            if project not in self._optional_native:
                return NoMetadata("compiled", found.native)
        return found

    def _lock_of(self, what: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(what, threading.Lock())

    def _fetch_project(self, name: str) -> Project | Missing:
        url = f"{self.url}/{name}/"
        key = f"page:{url}"
        kept = _Page.loads(self._store.get(key))
        if kept is not None and (self._offline or self._now() - kept.at < _FRESH):
            return kept.parse(name)
        if self._offline:
            return Missing(name, "offline")
        import httpx

        headers = {"Accept": _ACCEPT}
        if kept is not None and kept.etag:
            headers["If-None-Match"] = kept.etag
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                status = response.status_code
                body = _bounded(response, _MAX_PAGE) if status == HTTPStatus.OK else b""
                at_url, etag = str(response.url), response.headers.get("ETag", "")
                kind = response.headers.get("Content-Type", "")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return kept.parse(name) if kept is not None else Missing(name, "network", str(error)[:200])
        if status == HTTPStatus.NOT_MODIFIED and kept is not None:
            page = dataclasses.replace(kept, at=self._now())
        elif status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            page = _Page(self._now(), at_url, etag, kind, status, body)
        elif kept is not None:
            return kept.parse(name)
        else:
            return Missing(name, "network", f"HTTP {status}")
        self._store.put(key, page.dumps())
        return page.parse(name)

    def _fetch_metadata(self, file: IndexFile) -> CoreMetadata | NoMetadata:
        key = f"metadata:{_READER}:{file.url}:{file.sha256}"
        kept = _loads_metadata(self._store.get(key))
        if kept is not None:
            return kept
        if self._offline:
            return NoMetadata("offline")
        import httpx

        try:
            if file.kind == "sdist":
                found = self._read_sdist(file)
            elif file.has_metadata:
                response = self._client.get(f"{file.url}.metadata")
                response.raise_for_status()
                found = parse_metadata(response.text)
            else:
                found = self._read_wheel(file)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return NoMetadata("network", str(error)[:200])
        self._store.put(key, _dumps_metadata(found))
        return found

    def _read_wheel(self, file: IndexFile) -> CoreMetadata | NoMetadata:
        return read_wheel(io.BufferedReader(RangeFile(self._client, file.url), _CHUNK))

    def _read_sdist(self, file: IndexFile) -> CoreMetadata | NoMetadata:
        if file.size is not None and file.size > _MAX_SDIST:
            return NoMetadata("too_large", f"{file.size} bytes")
        with self._client.stream("GET", file.url) as response:
            response.raise_for_status()
            incoming = _Incoming(response.iter_bytes(_CHUNK))
            if not file.filename.endswith(".zip"):
                found = read_sdist(file.filename, io.BufferedReader(incoming, _CHUNK))
            else:  # its list of files is at the end
                with tempfile.SpooledTemporaryFile(max_size=20_000_000) as spool:
                    shutil.copyfileobj(incoming, spool, _CHUNK)
                    spool.seek(0)
                    whole: IO[bytes] = spool
                    found = read_sdist(file.filename, whole)
        return NoMetadata("too_large", f"more than {_MAX_SDIST} bytes") if incoming.cut else found


def _once_more(fetch: Callable[[], _Fact]) -> _Fact:
    """A network fails now and then: what it did not bring is asked for again."""
    found = fetch()
    return fetch() if isinstance(found, Missing | NoMetadata) and found.reason == "network" else found


class _Incoming(io.RawIOBase):
    """What arrives, as a file that is read once; it ends at the largest size (`cut`)."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest, self._size = chunks, b"", 0
        self.cut = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub says Buffer
        while not self._rest:
            self._rest = next(self._chunks, b"") if not self.cut else b""
            self._size += len(self._rest)
            self.cut = self._size > _MAX_SDIST
            if not self._rest or self.cut:
                return 0
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


@dataclasses.dataclass(frozen=True, slots=True)
class _Page:
    """A page as it arrived."""

    at: datetime
    url: str
    etag: str
    kind: str
    status: int
    body: bytes

    def parse(self, name: str) -> Project | Missing:
        if self.status != HTTPStatus.OK:
            return Missing(name, "no_such_project")
        if "json" in self.kind:
            return parse_json(name, self.body, self.url)
        return parse_html(name, self.body, self.url)

    def dumps(self) -> bytes:
        head = [self.at.isoformat(), self.url, self.etag, self.kind, self.status]
        return json.dumps(head).encode() + b"\n" + self.body

    @classmethod
    def loads(cls, data: bytes | None) -> _Page | None:
        if data is None:
            return None
        head, _, body = data.partition(b"\n")
        try:
            at, url, etag, kind, status = json.loads(head)
            return cls(datetime.fromisoformat(at), str(url), str(etag), str(kind), int(status), body)
        except (ValueError, TypeError):
            return None


def _bounded(response: httpx.Response, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise ValueError(f"more than {limit} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _dumps_metadata(found: CoreMetadata | NoMetadata) -> bytes:
    return json.dumps([type(found).__name__, dataclasses.asdict(found)]).encode()


def _loads_metadata(data: bytes | None) -> CoreMetadata | NoMetadata | None:
    if data is None:
        return None
    with suppress(ValueError, TypeError, KeyError):
        kind, fields = json.loads(data)
        if kind == "NoMetadata":
            return NoMetadata(**fields)
        if kind == "CoreMetadata":
            for name in ("requires", "extras"):
                fields[name] = tuple(fields[name])
            fields["repaired"] = tuple((before, after) for before, after in fields["repaired"])
            return CoreMetadata(**fields)
    return None
