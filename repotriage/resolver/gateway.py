"""The package index as uv may see it: a loopback server in front of the Index port.

uv asks it and nobody else, so that
- uv itself reaches no network, whatever stands in a requirement;
- every question is known: which projects do not exist, which releases were turned down and
  why, and what the cache lacked, none of which uv's exit code tells;
- a release that has only a source distribution is offered as a stand-in wheel whose metadata
  was read statically, at the moment when uv asks for just that release;
- metadata that uv refuses (`pytz (>=2011k)`) is repaired before uv sees it.

A page holds only what fits the target. Its addresses are relative.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote, unquote, urlsplit

from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage import data
from repotriage.index.facts import CoreMetadata, IndexFile, Missing, NoMetadata, Project
from repotriage.index.metadata import parsed
from repotriage.index.port import Index
from repotriage.index.release import UNTOLD, metadata_of
from repotriage.index.sdist import as_text
from repotriage.index.target import Target
from repotriage.resolver.decide import comes_compiled

Sources = Literal["pure", "any", "blind", "build"]
"""Which source-only releases are offered: those without native code; all with static metadata; those, too, whose
needs nothing tells, as if they needed nothing; or their real archives, which uv may then build (only where the
user allows it)."""

_MOST_READ = 6  # source distributions of one project that are looked into


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """A source-only release that could not be offered, and why."""

    project: str
    version: Version
    why: NoMetadata


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A file of a page: what uv sees and the real file behind it."""

    filename: str
    file: IndexFile
    stand_in: bool


@cache
def delisted() -> Mapping[str, str]:
    """Projects that were taken off the index, and their repositories."""
    return {row["name"]: row["repository"] for row in data.table("delisted")["project"]}


@cache
def _backports() -> Mapping[str, Version]:
    """Projects that bring what is part of Python, and since which."""
    rows = data.table("successors")["name"]
    return {canonicalize_name(row["name"]): Version(row["of_python"]) for row in rows if "of_python" in row}


class Gateway:
    """A loopback index for uv; use as a context manager.

    `bare` are projects that are installed without what they need themselves.
    `missing` and `refused` tell what uv asked for in vain, for each target; `lost` which releases
    ask for a project that was taken off the index.
    """

    def __init__(self, index: Index, *, bare: Collection[str] = ()) -> None:
        self._index = index
        self._bare = frozenset(bare)
        self._pages: dict[tuple[str, Sources, str], bytes] = {}
        self._offers: dict[tuple[str, Sources, str], Mapping[str, Offer]] = {}
        self._targets: dict[str, Target] = {}
        self._lock = threading.Lock()
        self.asked: dict[str, set[str]] = {}
        self.missing: dict[str, Missing] = {}
        self.refused: dict[str, dict[tuple[str, Version], Refused]] = {}
        self.lost: dict[str, set[tuple[str, str]]] = {}
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def url(self, target: Target, sources: Sources) -> str:
        """The address of the index for `target`."""
        if self._server is None:
            raise RuntimeError("the gateway is not open")
        self._targets[target.key] = target
        return f"http://127.0.0.1:{self._server.server_address[1]}/{target.key}/{sources}/simple/"

    def offer(self, target: Target, sources: Sources, project: str, filename: str) -> Offer | None:
        """What stands behind a file name that uv chose."""
        self._targets[target.key] = target
        self.page(target.key, sources, project)
        return self._offers.get((target.key, sources, project), {}).get(filename)

    def page(self, key: str, sources: Sources, name: str) -> bytes | Missing:
        """The page of one project for one target, as PEP 691 JSON."""
        with self._lock:
            self.asked.setdefault(key, set()).add(name)
            found = self._pages.get((key, sources, name))
            target = self._targets.get(key)
        if found is not None:
            return found
        if target is None:
            return Missing(name, "no_such_project", "no such target")
        project = self._index.project(name)
        if isinstance(project, Missing):
            self.missing[name] = project
            return project
        offers = {offer.filename: offer for offer in offers_of(project, target, real=sources == "build")}
        body = json.dumps(
            {
                "meta": {"api-version": "1.1"},
                "name": name,
                "files": [_entry(name, offer) for offer in offers.values()],
            }
        ).encode()
        with self._lock:
            self._pages[key, sources, name] = body
            self._offers[key, sources, name] = offers
        return body

    def archive(self, key: str, name: str, filename: str) -> str | None:
        """The real address of a file that uv may fetch to build it, or to build others with it."""
        self.page(key, "build", name)
        offer = self._offers.get((key, "build", name), {}).get(filename)
        return None if offer is None else offer.file.url

    def metadata(self, key: str, sources: Sources, name: str, filename: str) -> bytes | NoMetadata:
        """The METADATA of a file of a page; an unreadable answer makes uv pass over the release."""
        self.page(key, sources, name)
        offer = self._offers.get((key, sources, name), {}).get(filename)
        if offer is None:
            return NoMetadata("unreadable", "no such file")
        found = self._read(key, sources, name, offer)
        if isinstance(found, NoMetadata):
            with self._lock:
                refused = self.refused.setdefault(key, {})
                refused[name, offer.file.version] = Refused(name, offer.file.version, found)
            return found
        # PEP 658 metadata must be that of the file that was offered.
        requires = tuple(self._asked_for(name, offer.file.version, found.requires, self._targets[key].python))
        named = dataclasses.replace(found, name=name, version=str(offer.file.version), requires=requires)
        return as_text(named).encode()

    def _asked_for(self, name: str, version: Version, requires: Iterable[str], python: str) -> Iterator[str]:
        """The requirements without those that were taken off the index and without backports of what Python has.

        A setup.py that asks for a backport on Python 2 alone has written the list on the machine of its author.
        """
        for line in requires:
            needed = canonicalize_name(parsed(line).name)
            if needed in _backports() and Version(python) >= _backports()[needed]:
                continue
            if needed in delisted():
                self.lost.setdefault(needed, set()).add((name, str(version)))
            else:
                yield line

    def _read(self, key: str, sources: Sources, name: str, offer: Offer) -> CoreMetadata | NoMetadata:
        if offer.stand_in and sources == "pure":
            read = [item for item in self.refused.get(key, {}).values() if item.project == name]
            compiled = next((item for item in read if item.why.reason == "compiled"), None)
            if compiled is not None and len(read) >= _MOST_READ:
                return compiled.why
            project = self._index.project(name)
            if isinstance(project, Project) and comes_compiled(project, offer.file.version):
                return NoMetadata("compiled", "its neighbours come as wheels for one platform")
        found = self.needs(name, offer.file, native=sources in ("any", "blind"))
        if sources == "blind" and isinstance(found, NoMetadata) and found.reason in UNTOLD:
            return CoreMetadata(name, str(offer.file.version))
        return found

    def needs(self, name: str, file: IndexFile, *, native: bool = True) -> CoreMetadata | NoMetadata:
        """The metadata of a real file of the project `name`, by whatever of its release tells it."""
        project = self._index.project(name)
        if isinstance(project, Missing):
            return self._index.metadata(file, native=native)
        found = metadata_of(self._index, project, file, native=native)
        if name in self._bare and isinstance(found, CoreMetadata):
            return dataclasses.replace(found, requires=())
        return found


def offers_of(project: Project, target: Target, *, real: bool = False) -> list[Offer]:
    """What of `project` is shown for `target`: wheels that fit, and a stand-in where there is only source.

    `real` shows the archive itself instead of the stand-in.
    """
    offers: list[Offer] = []
    for version, files in project.by_version.items():
        wheels = [file for file in files if file.kind == "wheel" and target.fits(file)]
        stem = project.name.replace("-", "_")
        anywhere = f"{stem}-{version}-py2.py3-none-any.whl"
        if target.python.startswith("2"):
            # uv leaves wheels for Python 2 alone out of its locks; whether they fit was decided here
            offers.extend(Offer(anywhere, file, stand_in=False) for file in wheels[:1])
        else:
            offers.extend(Offer(file.filename, file, stand_in=False) for file in wheels)
        sdist = next((file for file in files if file.kind == "sdist"), None)
        if not wheels and sdist is not None and real:
            offers.append(Offer(sdist.filename, sdist, stand_in=False))
        elif not wheels and sdist is not None:
            offers.append(Offer(anywhere, sdist, stand_in=True))
    return offers


def _entry(name: str, offer: Offer) -> Mapping[str, object]:
    file = offer.file
    entry: dict[str, object] = {
        "filename": offer.filename,
        "url": f"../../files/{name}/{quote(offer.filename)}",
        # uv fetches what has no hash; this one only keeps it from that, what is written down is the file's own
        "hashes": {"sha256": file.sha256 or hashlib.sha256(offer.filename.encode()).hexdigest()},
        "core-metadata": offer.filename.endswith(".whl"),
        "yanked": (file.yanked or True) if file.yanked is not None else False,
    }
    if file.requires_python:
        entry["requires-python"] = file.requires_python
    if file.uploaded is not None:
        entry["upload-time"] = file.uploaded.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return entry


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: uv that was stopped leaves its connections."""


class _Handler(BaseHTTPRequestHandler):
    """Answers `/TARGET/SOURCES/simple/NAME/` and `/TARGET/SOURCES/files/NAME/FILE.metadata`."""

    owner: Gateway
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]
        known: dict[str, Sources] = {"any": "any", "blind": "blind", "build": "build"}
        sources = known.get(parts[1], "pure") if len(parts) > 1 else "pure"
        answer: bytes | Missing | NoMetadata = Missing("", "no_such_project")
        kind = "application/octet-stream"
        if len(parts) == 4 and parts[2] == "simple":
            answer = self.owner.page(parts[0], sources, parts[3])
            kind = "application/vnd.pypi.simple.v1+json"
        elif len(parts) == 5 and parts[2] == "files" and parts[4].endswith(".metadata"):
            answer = self.owner.metadata(parts[0], sources, parts[3], parts[4].removesuffix(".metadata"))
        elif len(parts) == 5 and parts[2] == "files" and sources == "build":
            real = self.owner.archive(parts[0], parts[3], parts[4])
            if real is not None:
                self._redirect(real)
                return
        if isinstance(answer, NoMetadata):
            self._send(200, kind, b"\n")
        elif isinstance(answer, Missing):
            self._send(404, "text/plain", answer.reason.encode())
        else:
            self._send(200, kind, answer)

    def _redirect(self, url: str) -> None:
        self.send_response_only(302)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is http.server's
        """Say nothing: what was asked is kept by the gateway."""
