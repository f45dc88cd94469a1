"""The double itself: two loopback servers, GitHub's API and the host of its archives, over one `World`."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jwt

from tests.double import judge, rest
from tests.double.facts import App, Repository, Token, World
from tests.double.faults import Fault, failures
from tests.double.gitdata import GitData
from tests.double.graph import Graph
from tests.double.rest import Call, Reply
from tests.double.shapes import Shapes, error, installation, stamp

_LIMITS = {"core": (60, 5000, 3600), "search": (10, 30, 60), "graphql": (0, 5000, 3600)}  # without, with token; seconds
_RATE_ABOUT = "https://docs.github.com/rest/overview/resources-in-the-rest-api#rate-limiting"
_UNCOUNTED = {"/rate_limit"}


@dataclass(frozen=True)
class Seen:
    """One request that arrived, and what became of it. `counted`: GitHub takes it off the quota."""

    host: str  # api or archive
    method: str
    path: str  # below the API's root, quoted
    query: str
    headers: Mapping[str, str] = field(repr=False)
    status: int | None = None  # None: the connection was cut
    counted: bool = False
    points: int = 0
    body: bytes = field(default=b"", repr=False)


class GitHub:
    """A GitHub of our own on loopback; use it as a context manager.

    `url` is what `--api-url` wants; `enterprise_url` the same with the paths of an Enterprise server. Everything that
    arrived stands in `seen`; whatever broke GitHub's contract, on either side, in `violations`: a test must look.
    """

    def __init__(self, world: World, *, now: datetime | None = None, judged: bool = True) -> None:
        self.world = world
        self.now = now or datetime.now(UTC).replace(microsecond=0)
        self.judged = judged
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.violations: list[str] = []
        self._used: dict[tuple[str | None, str], int] = {}
        self._git: dict[str, GitData] = {}
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._api = _Server(self, "api")
        self._archives = _Server(self, "archive")
        self.url = f"http://127.0.0.1:{self._api.server_port}"
        self.enterprise_url = f"{self.url}/api/v3"
        self.archive_url = f"http://127.0.0.1:{self._archives.server_port}"

    def __enter__(self) -> GitHub:
        for server in (self._api, self._archives):
            server.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for server in (self._api, self._archives):
            server.shutdown()
            server.server_close()
            server.thread.join()

    @property
    def api_requests(self) -> list[Seen]:
        """What the API was asked, whatever the answer; the archive host's own requests are no API requests."""
        return [seen for seen in self.seen if seen.host == "api"]

    @property
    def counted(self) -> int:
        """How many requests GitHub took off the quotas."""
        return sum(seen.counted for seen in self.seen)

    def forget(self) -> None:
        """Forget what was seen, so that the next requests are counted from zero; quotas stay."""
        self.seen.clear()

    def limits(self, token: str | None) -> dict[str, dict[str, int]]:
        """The counters of one client."""
        counters = {}
        for resource, (without, with_token, span) in _LIMITS.items():
            limit = with_token if token else without
            if token and resource == "core":
                limit = self.world.tokens[token].limit
            used = min(self._used.get((token, resource), 0), limit)
            reset = int(self.now.timestamp()) + span
            counters[resource] = {"limit": limit, "used": used, "remaining": limit - used, "reset": reset}
        return counters

    def leave(self, remaining: int, *, token: str | None = None, resource: str = "core") -> None:
        """Spend the quota of one client down to `remaining`."""
        self._used[token, resource] = self.limits(token)[resource]["limit"] - remaining

    def git(self, fact: Repository) -> GitData | None:
        """The git data of a repository."""
        if fact.git is None:
            return None
        key = str(fact.git)
        if key not in self._git:
            self._git[key] = GitData(fact.git)
        return self._git[key]

    def handle(self, handler: _Handler) -> None:
        """Answer one request, honestly or as a fault says."""
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(int(headers.get("content-length") or 0))
        host = handler.server.name
        root = "/api/v3" if parts.path.startswith("/api/v3") else ""
        path = parts.path.removeprefix(root)
        line = f"{'ARCHIVE' if host == 'archive' else handler.command} {handler.path}"
        counted, points = False, 0
        with self._lock:
            fault = failures(self.faults, line)
            if host == "archive":
                reply = self._archive(path, headers, fault)
            elif path in ("/graphql", "/api/graphql"):
                reply, points = self._graphql(handler.command, headers, body, fault)
                counted = True
            elif path.startswith("/raw/"):
                reply = self._raw(path)
            elif path.startswith("/app/") or path.endswith("/installation"):
                reply = self._app(handler.command, path, headers)
            else:
                if handler.command != "GET":
                    self.violations.append(f"{handler.command} {path}: our client only reads")
                reply, counted = self._rest(path, parts.query, root, headers, fault)
            answered = fault is None or not (fault.cut or fault.hang)
            status = reply.status if answered else None
            self.seen.append(Seen(host, handler.command, path, parts.query, headers, status, counted, points, body))
        if fault is not None and fault.hang:
            self._closing.wait()
        if answered:
            _send(handler, reply, headers, host, keep=fault.keep if fault else None)
        else:
            handler.close_connection = True

    def _token(self, headers: Mapping[str, str]) -> tuple[str | None, Token | None, bool]:
        """The token's text, whose it is, and whether the request may go on."""
        _, _, text = headers.get("authorization", "").partition(" ")
        if not text:
            return None, None, True
        token = self.world.tokens.get(text)
        valid = token is not None and (token.expires_at is None or token.expires_at > self.now)
        return (text, token, True) if valid else (None, None, False)

    def _rest(
        self, path: str, query: str, root: str, headers: Mapping[str, str], fault: Fault | None
    ) -> tuple[Reply, bool]:
        if self.judged:
            self.violations += judge.faults_in_request(path, query, headers)
        text, token, known = self._token(headers)
        resource = "search" if path.startswith("/search/") else "core"
        counts = path not in _UNCOUNTED and self.world.rate_limiting
        limit = self.limits(text)[resource]
        if fault is not None and fault.status is not None:
            reply = Reply(fault.status, fault.body, dict(fault.headers), fault.raw)
        elif not headers.get("user-agent"):
            reply = Reply(403, raw=b"Request forbidden by administrative rules: no User-Agent header")
        elif not known:
            reply = Reply(401, error(401, "Bad credentials"))
        elif counts and limit["remaining"] == 0:
            who = "user ID 1" if text else "127.0.0.1"
            more = "" if text else " (But here's the good news: Authenticated requests get a higher rate limit.)"
            reply = Reply(403, error(403, f"API rate limit exceeded for {who}.{more}", _RATE_ABOUT))
        else:
            shapes = Shapes(self.world, self.url + root)
            pairs = dict(parse_qsl(query, keep_blank_values=True))
            call = Call(self.world, shapes, path, pairs, token, self.archive_url, self.limits(text), self.now, self.git)
            reply = rest.answer(call)
            if self.judged and not (fault and fault.headers):
                self.violations += judge.faults_in_answer(path, reply.status, reply.body)
            if fault is not None:
                reply.headers |= fault.headers
            if reply.status == 200:
                self._revalidate(reply, headers, text)
        free = reply.status == 304 and text is not None
        if counts and not free and limit["remaining"] > 0:
            self._used[text, resource] = limit["used"] + 1
        if self.world.rate_limiting:
            after = self.limits(text)[resource]
            reply.headers = _rate_headers(after, resource) | reply.headers
        if token is not None and token.scopes is not None:
            reply.headers |= {"X-OAuth-Scopes": ", ".join(token.scopes), "X-Accepted-OAuth-Scopes": ""}
        if token is not None and token.expires_at is not None:
            expiry = token.expires_at.strftime("%Y-%m-%d %H:%M:%S UTC")
            reply.headers |= {"GitHub-Authentication-Token-Expiration": expiry}
        return reply, counts and not free

    def _app(self, method: str, path: str, headers: Mapping[str, str]) -> Reply:
        """What a GitHub App asks, signed by its own key, to be let in."""
        self.violations += judge.faults_in_request(path, "", headers) if self.judged else ()
        proof = headers.get("authorization", "").partition(" ")[2]
        app = next((app for app in self.world.apps if _is_signed_by(proof, app)), None)
        if app is None:
            return Reply(401, error(401, "A JSON web token could not be decoded"))
        if match := re.fullmatch(r"/repos/([^/]+)/([^/]+)/installation", path):
            fact, _ = self.world.find(f"{match[1]}/{match[2]}")
            if method != "GET" or fact is None:
                return Reply(404, error(404, "Not Found"))
            reply = Reply(200, installation(Shapes(self.world, self.url), app, fact.owner))
        elif method == "POST" and path == f"/app/installations/{app.installation}/access_tokens":
            expiry = stamp(self.now + timedelta(hours=1))
            reply = Reply(201, {"token": app.token, "expires_at": expiry, "permissions": {"contents": "read"}})
        else:
            return Reply(404, error(404, "Not Found"))
        self.violations += judge.faults_in_answer(path, reply.status, reply.body) if self.judged else ()
        return reply

    def _revalidate(self, reply: Reply, headers: Mapping[str, str], text: str | None) -> None:
        content = json.dumps([reply.body, reply.headers.get("Link"), text], sort_keys=True).encode()
        tag = f'W/"{hashlib.sha256(content).hexdigest()}"'
        reply.headers |= {"ETag": tag, "Vary": "Accept, Authorization, Cookie, Accept-Encoding"}
        reply.headers |= {"Cache-Control": f"{'private' if text else 'public'}, max-age=60, s-maxage=60"}
        wanted = {part.strip().removeprefix("W/") for part in headers.get("if-none-match", "").split(",")}
        if tag.removeprefix("W/") in wanted:
            reply.status, reply.body, reply.raw = 304, None, b""

    def _graphql(self, method: str, headers: Mapping[str, str], body: bytes, fault: Fault | None) -> tuple[Reply, int]:
        self.violations += judge.faults_in_headers(headers) if self.judged else ()
        text, token, known = self._token(headers)
        if not known:
            return Reply(401, error(401, "Bad credentials")), 0
        if token is None or text is None:
            about = "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql"
            return Reply(401, error(401, "This endpoint requires you to be authenticated.", about)), 0
        if method != "POST" or "json" not in headers.get("content-type", ""):
            self.violations.append(f"GraphQL wants a POST of JSON, not a {method} of {headers.get('content-type')}")
        before = self.limits(text)["graphql"]
        if fault is not None and fault.status is not None:
            return Reply(fault.status, fault.body, _rate_headers(before, "graphql") | dict(fault.headers), fault.raw), 1
        if before["remaining"] == 0:
            said = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
            return Reply(200, {"errors": [said]}, _rate_headers(before, "graphql")), 0
        asked = json.loads(body)
        graph = Graph(self.world, Shapes(self.world, self.url), token, self.git)
        failing = [fault.failing] if fault and fault.failing else []
        answer = graph.answer(asked["query"], asked.get("variables") or {}, before, failing)
        self.violations += answer.problems
        self._used[text, "graphql"] = before["used"] + answer.points
        return Reply(200, answer.body, _rate_headers(self.limits(text)["graphql"], "graphql")), answer.points

    def _archive(self, path: str, headers: Mapping[str, str], fault: Fault | None) -> Reply:
        if "authorization" in headers:
            self.violations.append("the archive host was sent the Authorization of the API")
        if fault is not None and fault.status is not None:
            return Reply(fault.status, fault.body, dict(fault.headers), fault.raw)
        missing = Reply(404, raw=b"404: Not Found", headers={"Content-Type": "text/plain; charset=utf-8"})
        match = re.fullmatch(r"/([^/]+/[^/]+)/legacy\.tar\.gz/(.*)", path)
        fact, _ = self.world.find(match[1]) if match else (None, False)
        git = self.git(fact) if fact else None
        commit = git.commit(unquote(match[2])) if git and match and match[2] else None
        if fact is None or git is None or commit is None:
            return missing
        sha = str(commit.id)
        folder = f"{fact.owner}-{fact.name}-{sha[:7]}"
        data = fact.archive if fact.archive is not None else git.tarball(sha, folder)
        name = f"attachment; filename={folder}.tar.gz"
        kind = {"Content-Type": "application/x-gzip", "Content-Disposition": name, "ETag": f'W/"{sha}"'}
        return Reply(200, raw=data, headers=kind | dict(fault.headers if fault else {}))

    def _raw(self, path: str) -> Reply:
        """A file as an Enterprise server gives it out beside its API; such requests are not counted."""
        match = re.fullmatch(r"/raw/([^/]+/[^/]+)/([^/]+)/(.+)", path)
        fact, _ = self.world.find(match[1]) if match else (None, False)
        git = self.git(fact) if fact and not fact.private else None
        commit = git.commit(match[2]) if git and match else None
        wanted = unquote(match[3]) if match else ""
        entries = git.entries(str(commit.id)) if git and commit else ()
        found = next((entry for entry in entries if entry.path == wanted and entry.kind == "blob"), None)
        data = git.blob(found.sha) if git and found else None
        kind = {"Content-Type": "text/plain; charset=utf-8"}
        return Reply(404, raw=b"404: Not Found", headers=kind) if data is None else Reply(200, raw=data, headers=kind)


def _is_signed_by(proof: str, app: App) -> bool:
    """Whether `proof` is a token of the App for the ten minutes that GitHub allows."""
    try:
        claims = jwt.decode(
            proof, app.public_key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
        )
    except jwt.InvalidTokenError:
        return False
    return str(claims["iss"]) == str(app.id) and 0 < claims["exp"] - claims["iat"] <= 600 + 60


def _rate_headers(limit: Mapping[str, int], resource: str) -> dict[str, str]:
    counters = {f"X-RateLimit-{name.title()}": str(limit[name]) for name in ("limit", "remaining", "reset", "used")}
    return counters | {"X-RateLimit-Resource": resource}


def _send(handler: _Handler, reply: Reply, asked: Mapping[str, str], host: str, *, keep: float | None) -> None:
    data = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "X-GitHub-Request-Id": "C0DE:1"} | reply.headers
    if host == "api":
        headers["X-GitHub-Media-Type"] = "github.v3; format=json"
        if reply.raw is None and "gzip" in asked.get("accept-encoding", ""):
            data = gzip.compress(data, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
    chunked = host == "archive" and reply.status == 200  # that host does not know the length beforehand
    handler.send_response(reply.status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    elif reply.status != 304:
        handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    if keep is not None:
        data = data[: int(len(data) * keep)]
        handler.close_connection = True
    if chunked:
        for start in range(0, len(data), 65536):
            piece = data[start : start + 65536]
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if keep is None:
            handler.wfile.write(b"0\r\n\r\n")
    elif handler.command != "HEAD":
        handler.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, github: GitHub, name: str) -> None:
        self.github = github
        self.name = name
        super().__init__(("127.0.0.1", 0), _Handler)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)  # without the look-up of our own name, which can take seconds
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (socketserver's own signature)
        """A client may hang up at any time; everything else is a fault of the double."""
        fault = sys.exception()
        if not isinstance(fault, ConnectionError | TimeoutError):
            self.github.violations.append(f"the double failed: {type(fault).__name__}: {fault}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "github.com", ""
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        self.server.github.handle(self)

    do_GET = do_POST = do_HEAD = _answer  # noqa: N815 (http.server's own names)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's own name)
        """Stay silent."""
