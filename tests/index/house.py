"""A small package index on loopback, with tiny wheels and source distributions made here."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def wheel_bytes(name: str, version: str, requires: Sequence[str] = (), extra_headers: str = "") -> bytes:
    stem = f"{name.replace('-', '_')}-{version}"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        lines = "".join(f"Requires-Dist: {line}\n" for line in requires)
        archive.writestr(
            f"{stem}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extra_headers}{lines}",
        )
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return data.getvalue()


def sdist_bytes(name: str, version: str, files: Mapping[str, str]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return data.getvalue()


class House:
    """What is on the index; `log` holds the path of every request. `tells`: the metadata of wheels lies
    beside them (PEP 658), as on PyPI."""

    def __init__(self, *, tells: bool = False) -> None:
        self.tells = tells
        self.delay = 0.0  # seconds before each answer
        self.fails = 0  # so many answers are a failure of the server
        self.pages: dict[str, list[dict[str, object]]] = {}
        self.files: dict[str, bytes] = {}
        self.log: list[str] = []
        self.url = ""

    def wheel(
        self,
        name: str,
        version: str,
        *requires: str,
        tag: str = "py3-none-any",
        uploaded: str = "2020-01-01T00:00:00Z",
        requires_python: str | None = None,
        yanked: str | bool = False,
    ) -> None:
        filename = f"{name.replace('-', '_')}-{version}-{tag}.whl"
        header = f"Requires-Python: {requires_python}\n" if requires_python else ""
        self._add(name, filename, wheel_bytes(name, version, requires, header), uploaded, requires_python, yanked)

    def sdist(
        self,
        name: str,
        version: str,
        files: Mapping[str, str] | None = None,
        uploaded: str = "2020-01-01T00:00:00Z",
        *,
        yanked: str | bool = False,
    ) -> None:
        info = f"Metadata-Version: 1.1\nName: {name}\nVersion: {version}\n"
        inside = {"PKG-INFO": info, f"{name}.egg-info/PKG-INFO": info} if files is None else files
        self._add(name, f"{name}-{version}.tar.gz", sdist_bytes(name, version, inside), uploaded, None, yanked)

    def _add(
        self,
        name: str,
        filename: str,
        data: bytes,
        uploaded: str,
        requires_python: str | None,
        yanked: str | bool,
    ) -> None:
        project = re.sub(r"[-_.]+", "-", name).lower()
        self.files[f"/files/{filename}"] = data
        if self.tells and filename.endswith(".whl"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                inside = next(path for path in archive.namelist() if path.endswith("/METADATA"))
                self.files[f"/files/{filename}.metadata"] = archive.read(inside)
        self.pages.setdefault(project, []).append(
            {
                "filename": filename,
                "url": f"../../files/{filename}",
                "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
                "size": len(data),
                "upload-time": uploaded,
                "requires-python": requires_python,
                "yanked": yanked,
                "core-metadata": self.tells and filename.endswith(".whl"),
            }
        )


class _Handler(BaseHTTPRequestHandler):
    house: House
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.house.log.append(self.path)
        time.sleep(self.house.delay)
        status, kind, body = 404, "text/plain", b""
        match = re.fullmatch(r"/simple/([^/]+)/", self.path)
        if match and match.group(1) in self.house.pages:
            page = {"meta": {"api-version": "1.1"}, "name": match.group(1), "files": self.house.pages[match.group(1)]}
            status, kind, body = 200, "application/vnd.pypi.simple.v1+json", json.dumps(page).encode()
        elif self.path in self.house.files:
            status, kind, body = 200, "application/octet-stream", self.house.files[self.path]
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if self.house.fails:
            self.house.fails -= 1
            status, body = 503, b""
        if status == 200 and span:
            status, body = 206, body[int(span.group(1)) : int(span.group(2)) + 1]
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002  # http.server's own names
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a solver asks for many pages at once

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a solver that has its answer leaves its connections."""


@contextmanager
def serving(house: House) -> Iterator[House]:
    """Serve `house` on loopback; sets its `url`."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"house": house}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    house.url = f"http://127.0.0.1:{server.server_address[1]}/simple"
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()
