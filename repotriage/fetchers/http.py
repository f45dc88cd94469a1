"""The one HTTP client for a GitHub installation: waits, retries, redirects, cache and counting.

Answers are returned whatever their status; `states.judge` tells what they stand for.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import httpx

from repotriage import __version__
from repotriage.cache import Cache, identity_of, request_key
from repotriage.errors import UsageError
from repotriage.fetchers.github.endpoints import Endpoints
from repotriage.fetchers.github.states import Trouble, TroubleError, clock_time, judge, when_reset
from repotriage.fetchers.port import Progress
from repotriage.models.base import Message, msg
from repotriage.models.snapshot import ApiUsage

JSON = "application/vnd.github+json"
API_VERSION = "2022-11-28"
USER_AGENT = f"repotriage/{__version__} (+https://pypi.org/project/repotriage/)"
ATTEMPTS = 3
_TOKEN = re.compile(r"[\x21-\x7e]+")
_FIRST_PAUSE = 1.0  # seconds; doubles with each further attempt
_REDIRECTS = 5
_LONGEST_JSON = 64_000_000  # bytes
_SLOWEST = 1_000  # bytes a second, over all of an answer that takes longer than the timeout
_LOW_SHARE = 0.2  # of the quota: below it the user is told

# The address that an archive of a private repository redirects to holds a short-lived
# token, and these two log every address and header.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Reply:
    """A whole answer. `headers` ignores case; a 304 that the cache could answer looks like the first 200."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON; raises TroubleError when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise TroubleError(_GARBLED) from error


@dataclass(frozen=True)
class Download:
    """An answer whose body is still under way if it is a success, and read if it is not."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    response: httpx.Response = field(repr=False)
    paced: Callable[[Iterator[bytes]], Iterator[bytes]] = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes over the line, undecoded; raises TroubleError when it breaks off or trickles."""
        try:
            yield from self.paced(self.response.iter_raw())
        except httpx.RequestError as error:
            raise TroubleError(_transport_trouble(error)) from error


_LATE = Trouble(kind="timeout", message=msg("GitHub did not answer in time"))
_GARBLED = Trouble(kind="server_error", message=msg("GitHub's answer cannot be read"))


def _silent(message: Message) -> None:
    """Tell nobody."""


class HttpClient:
    """Asks one GitHub installation, for one user.

    It waits at most `max_wait` seconds in all, for limits and before retries; it sends the token to
    the API's own origin only, and asks no host outside the installation. Not safe across threads.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        token: str | None = None,
        timeout: float = 30.0,
        max_wait: float = 60.0,
        cache: Cache | None = None,
        progress: Progress = _silent,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.endpoints = endpoints
        self.cache = cache
        self.clock = clock
        self.requests = 0
        self.cached = 0
        self.points: int | None = None
        self._quotas: dict[str, tuple[int, int, datetime | None]] = {}
        self._warned: set[str] = set()
        self._timeout = timeout
        self._may_wait = max_wait
        self._progress = progress
        self._sleep = sleep
        self._token: str | None = None
        self.identity = identity_of(None)
        self.sign_in(token)
        self._client = httpx.Client(
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
            trust_env=True,
            headers={"User-Agent": USER_AGENT, "X-GitHub-Api-Version": API_VERSION},
        )

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    @property
    def has_token(self) -> bool:
        """Whether requests are signed."""
        return self._token is not None

    def sign_in(self, token: str | None, *, identity: str | None = None) -> None:
        """Sign every later request with `token`; `identity` names an owner of changing tokens.

        Raises UsageError when `token` can be none: a header that httpx refuses would be quoted in its error.
        """
        if token is not None and not _TOKEN.fullmatch(token):
            raise UsageError(
                "the GitHub token is not one word of plain characters",
                hint="check GITHUB_TOKEN, GH_TOKEN or --token-file",
            )
        self._token = token
        self.identity = identity_of(identity or token)

    def usage(self) -> ApiUsage:
        """What was asked so far, and what is left of the scarcest quota."""
        scarcest = min(self._quotas.values(), key=lambda quota: quota[1] / max(quota[0], 1), default=None)
        limit, remaining, reset_at = scarcest or (None, None, None)
        return ApiUsage(
            requests=self.requests,
            cached=self.cached,
            points=self.points,
            limit=limit,
            remaining=remaining,
            reset_at=reset_at,
        )

    def key(self, url: str, accept: str = JSON) -> str:
        """Where the cache keeps the answer of `url` for this user."""
        return request_key(url, accept=accept, api_version=API_VERSION, identity=self.identity)

    def get(self, url: str, *, accept: str = JSON, authorization: str | None = None, unchanging: bool = False) -> Reply:
        """The answer to a GET, asked for again only when it has changed since it was cached.

        `unchanging`: the address names a commit, so that an answer of earlier holds for ever.
        """
        own = authorization is None
        old = _unpack(self.cache.get(self.key(url, accept))) if self.cache and own else None
        headers = {"Accept": accept}
        if old is not None and unchanging:
            self.cached += 1
            return old
        if old is not None:
            headers["If-None-Match"] = old.headers["etag"]
        reply = self._whole("GET", url, headers, authorization=authorization)
        if reply.status == 304 and old is not None:
            return old
        if self.cache and own and reply.status == 200 and "etag" in reply.headers:
            self.cache.set(self.key(url, accept), _pack(reply))
        return reply

    def post(self, url: str, payload: object, *, attempts: int = ATTEMPTS, authorization: str | None = None) -> Reply:
        """The answer to a POST of JSON."""
        headers = {"Accept": JSON, "Content-Type": "application/json"}
        content = json.dumps(payload).encode()
        return self._whole("POST", url, headers, content=content, attempts=attempts, authorization=authorization)

    @contextmanager
    def download(self, url: str, *, accept: str = JSON) -> Iterator[Download]:
        """The answer to a GET, to be read piece by piece; raises TroubleError when there is none."""
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        download = self._answer("GET", url, headers, stream=True)
        try:
            yield download
        finally:
            download.response.close()

    def wait_until(self, moment: datetime | None) -> bool:
        """Sleep until `moment` if the user's patience lasts so long; whether it did."""
        if moment is None:
            return False
        return self._pause(max((moment - self.clock()).total_seconds(), 0.0) + 1.0)

    def _pause(self, seconds: float) -> bool:
        if seconds > self._may_wait:
            return False
        self._may_wait -= seconds
        if seconds >= 5:
            self._progress(msg("waiting {seconds} s for GitHub", seconds=round(seconds)))
        self._sleep(seconds)
        return True

    def _whole(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        *,
        content: bytes | None = None,
        attempts: int = ATTEMPTS,
        authorization: str | None = None,
    ) -> Reply:
        answer = self._answer(method, url, headers, content=content, attempts=attempts, authorization=authorization)
        return Reply(answer.status, answer.headers, answer.body)

    def _answer(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        *,
        content: bytes | None = None,
        stream: bool = False,
        attempts: int = ATTEMPTS,
        authorization: str | None = None,
    ) -> Download:
        """The first answer that asking again would not better; raises TroubleError when none comes."""
        pause = _FIRST_PAUSE
        left = attempts
        while True:
            left -= 1
            trouble: Trouble | None
            try:
                answer = self._follow(method, url, headers, content, stream, authorization)
            except httpx.RequestError as error:
                trouble = _transport_trouble(error)
                if left <= 0 or not self._pause(pause):
                    raise TroubleError(trouble) from error
                pause *= 2
                continue
            trouble = judge(answer.status, answer.headers, answer.body, now=self.clock())
            if trouble is None or left <= 0:
                return answer
            if trouble.is_limit:
                again = self.wait_until(trouble.retry_at)
            else:
                again = trouble.is_passing and self._pause(pause)
                pause *= 2
            if not again:
                return answer
            answer.response.close()

    def _follow(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: bytes | None,
        stream: bool,
        authorization: str | None,
    ) -> Download:
        for _ in range(_REDIRECTS + 1):
            answer = self._once(method, url, headers, content, stream, authorization)
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return answer
            answer.response.close()
            url = urljoin(url, answer.headers["location"])
        raise TroubleError(Trouble(kind="network", message=msg("GitHub redirects in circles")))

    def _once(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: bytes | None,
        stream: bool,
        authorization: str | None,
    ) -> Download:
        if not self.endpoints.allows(url):
            host = httpx.URL(url).host
            raise TroubleError(
                Trouble(
                    kind="network", message=msg("GitHub redirects to another host, {host}: not followed", host=host)
                )
            )
        is_api = self.endpoints.is_api(url)
        request = self._client.build_request(method, url, headers=headers, content=content)
        secret = authorization or (f"Bearer {self._token}" if self._token else None)
        if is_api and secret:
            request.headers["Authorization"] = secret
        try:
            response = self._client.send(request, stream=True)
            body = self._read(response) if not stream or response.status_code != 200 else b""
        except httpx.RequestError:
            self.requests += is_api
            raise
        if is_api:
            if response.status_code == 304 and secret:  # costs nothing
                self.cached += 1
            else:
                self.requests += 1
            self._note_quota(response.headers)
        return Download(response.status_code, response.headers, body, response, self._paced)

    def _paced(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass `chunks` on; a server that trickles, never quite silent, must not hold us for ever."""
        start, received = self.clock(), 0
        for chunk in chunks:
            received += len(chunk)
            elapsed = (self.clock() - start).total_seconds()
            if elapsed > self._timeout and received < elapsed * _SLOWEST:
                raise TroubleError(_LATE)
            yield chunk

    def _read(self, response: httpx.Response) -> bytes:
        """The decoded body, up to a length that no honest answer has."""
        body = bytearray()
        try:
            for chunk in self._paced(response.iter_bytes()):
                body += chunk
                if len(body) > _LONGEST_JSON:
                    raise TroubleError(_GARBLED)
        finally:
            response.close()
        return bytes(body)

    def _note_quota(self, headers: Mapping[str, str]) -> None:
        try:
            limit, remaining = int(headers["x-ratelimit-limit"]), int(headers["x-ratelimit-remaining"])
        except (KeyError, ValueError):
            return
        resource = headers.get("x-ratelimit-resource", "core")
        reset_at = when_reset(headers)
        self._quotas[resource] = (limit, remaining, reset_at)
        if remaining < limit * _LOW_SHARE and resource not in self._warned:
            self._warned.add(resource)
            self._progress(
                msg(
                    "GitHub's quota runs low: {remaining} of {limit} requests are left until {reset}",
                    remaining=remaining,
                    limit=limit,
                    reset=clock_time(reset_at),
                )
            )


def _transport_trouble(error: httpx.RequestError) -> Trouble:
    if isinstance(error, httpx.TimeoutException):
        return _LATE
    if isinstance(error, httpx.ConnectError):
        return Trouble(kind="network", message=msg("GitHub cannot be reached"))
    return Trouble(kind="network", message=msg("the connection to GitHub broke off"))


def _pack(reply: Reply) -> bytes:
    kept = {name: reply.headers[name] for name in ("etag", "link", "content-type") if name in reply.headers}
    return json.dumps(kept).encode() + b"\n" + reply.body


def _unpack(stored: bytes | None) -> Reply | None:
    if stored is None:
        return None
    head, newline, body = stored.partition(b"\n")
    try:
        headers = json.loads(head)
        if newline and isinstance(headers["etag"], str):
            return Reply(200, httpx.Headers(headers), body)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return None
