from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from repotriage.cache import Cache
from repotriage.errors import UsageError
from repotriage.fetchers.github.endpoints import Endpoints
from repotriage.fetchers.github.states import TroubleError
from repotriage.fetchers.http import API_VERSION, JSON, HttpClient
from repotriage.models.base import Message

API = "https://api.github.com"
TOKEN = "ghp_nevershowthis"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Handler = Callable[[httpx.Request], httpx.Response]


class Site:
    """Answers from a script, and keeps what it was asked and how long the client slept."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []
        self.said: list[str] = []
        self.time = NOW

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)

    def client(
        self, *, token: str | None = None, max_wait: float = 60.0, cache: Cache | None = None, api: str = API
    ) -> HttpClient:
        def progress(message: Message) -> None:
            self.said.append(str(message))

        return HttpClient(
            Endpoints.of(api),
            token=token,
            max_wait=max_wait,
            cache=cache,
            progress=progress,
            sleep=self.sleep,
            clock=lambda: self.time,
            transport=httpx.MockTransport(self.handle),
        )


def ok(body: object = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, json={"fine": True} if body is None else body, headers=named)


def test_it_says_who_asks_and_for_what() -> None:
    site = Site(ok())
    assert site.client(token=TOKEN).get(f"{API}/repos/o/r").json() == {"fine": True}
    headers = site.asked[0].headers
    assert headers["user-agent"].startswith("repotriage/")
    assert headers["accept"] == JSON
    assert headers["x-github-api-version"] == API_VERSION
    assert headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "schlüssel", ""])
def test_a_token_that_cannot_be_one_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        Site().client(token=token)
    assert not token or token not in f"{caught.value!r} {caught.value.hint}"


def test_without_a_token_nothing_is_signed() -> None:
    site = Site(ok())
    site.client().get(f"{API}/repos/o/r")
    assert "authorization" not in site.asked[0].headers


def test_a_redirect_keeps_the_query_and_drops_the_token_on_another_host() -> None:
    away = "https://codeload.github.com/o/r/legacy.tar.gz/abc?token=short"
    site = Site(
        httpx.Response(301, headers={"location": f"{API}/repositories/1/tarball?a=b"}),
        httpx.Response(302, headers={"location": away}),
        httpx.Response(200, stream=httpx.ByteStream(b"packed")),
    )
    client = site.client(token=TOKEN)
    with client.download(f"{API}/repos/o/r/tarball") as download:
        assert b"".join(download.chunks()) == b"packed"
    assert [str(request.url) for request in site.asked][1:] == [f"{API}/repositories/1/tarball?a=b", away]
    assert ["authorization" in request.headers for request in site.asked] == [True, True, False]
    assert client.usage().requests == 2


@pytest.mark.parametrize("location", ["https://evil.example/", "http://api.github.com/", "https://10.0.0.1/"])
def test_other_hosts_are_never_asked(location: str) -> None:
    site = Site(httpx.Response(302, headers={"location": location}))
    with pytest.raises(TroubleError, match="not followed"):
        site.client(token=TOKEN).get(f"{API}/repos/o/r")
    assert len(site.asked) == 1


def test_redirects_in_circles_end() -> None:
    site = Site(*(httpx.Response(302, headers={"location": f"{API}/a"}) for _ in range(20)))
    with pytest.raises(TroubleError, match="circles"):
        site.client().get(f"{API}/a")


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(502),
        httpx.Response(503),
        httpx.ReadTimeout("late"),
        httpx.ConnectError("no"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_what_passes_is_tried_again(fault: httpx.Response | Exception) -> None:
    site = Site(fault, fault, ok())
    client = site.client()
    assert client.get(f"{API}/a").status == 200
    assert site.slept == [1.0, 2.0]
    assert client.usage().requests == 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ReadTimeout("late"), "timeout"),
        (httpx.ConnectError("no"), "network"),
        (httpx.ReadError("cut"), "network"),
    ],
)
def test_it_gives_up_in_the_end(fault: Exception, kind: str) -> None:
    site = Site(*[fault] * 5)
    with pytest.raises(TroubleError) as caught:
        site.client().get(f"{API}/a")
    assert caught.value.trouble.kind == kind
    assert len(site.asked) == 3


def test_errors_of_the_server_are_returned_in_the_end() -> None:
    site = Site(*[httpx.Response(500) for _ in range(5)])
    assert site.client().get(f"{API}/a").status == 500
    assert len(site.asked) == 3


def limit(**headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(403, json={"message": "API rate limit exceeded"}, headers=named)


def test_a_short_limit_is_waited_for() -> None:
    reset = str(int((NOW + timedelta(seconds=20)).timestamp()))
    site = Site(limit(x_ratelimit_remaining="0", x_ratelimit_reset=reset), ok())
    assert site.client().get(f"{API}/a").status == 200
    assert site.slept == [21.0]
    assert site.said == ["waiting 21 s for GitHub"]


def test_a_long_limit_is_not() -> None:
    reset = str(int((NOW + timedelta(hours=1)).timestamp()))
    site = Site(limit(x_ratelimit_remaining="0", x_ratelimit_reset=reset))
    assert site.client().get(f"{API}/a").status == 403
    assert site.slept == []


def test_waits_add_up_to_the_users_patience() -> None:
    slow = httpx.Response(429, headers={"retry-after": "20"})
    site = Site(*[slow] * 10)
    client = site.client(max_wait=50)
    for _ in range(3):
        client.get(f"{API}/a")
    assert sum(site.slept) <= 50
    assert len(site.slept) == 2


def test_a_limit_without_a_number_waits_a_minute() -> None:
    site = Site(httpx.Response(403, json={"message": "You have exceeded a secondary rate limit"}), ok())
    assert site.client(max_wait=100).get(f"{API}/a").status == 200
    assert site.slept == [61.0]


def test_a_404_is_final() -> None:
    site = Site(httpx.Response(404))
    assert site.client().get(f"{API}/a").status == 404


def test_an_unchanged_answer_comes_from_the_cache_and_costs_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    site = Site(ok({"n": 1}, etag='"e"', link='<x>; rel="next"'), httpx.Response(304))
    client = site.client(token=TOKEN, cache=cache)
    client.get(f"{API}/a")
    again = client.get(f"{API}/a")
    assert again.json() == {"n": 1}
    assert again.headers["Link"] == '<x>; rel="next"'
    assert site.asked[1].headers["if-none-match"] == '"e"'
    assert (client.usage().requests, client.usage().cached) == (1, 1)


def test_a_changed_answer_replaces_it(tmp_path: Path) -> None:
    site = Site(ok({"n": 1}, etag='"e"'), ok({"n": 2}, etag='"f"'), httpx.Response(304))
    client = site.client(cache=Cache(tmp_path))
    assert [client.get(f"{API}/a").json()["n"] for _ in range(3)] == [1, 2, 2]
    assert site.asked[2].headers["if-none-match"] == '"f"'


def test_what_never_changes_is_not_asked_for_again(tmp_path: Path) -> None:
    site = Site(ok({"n": 1}, etag='"e"'))
    client = site.client(cache=Cache(tmp_path))
    assert [client.get(f"{API}/a", unchanging=True).json()["n"] for _ in range(2)] == [1, 1]
    assert len(site.asked) == 1


def test_users_do_not_see_each_others_answers(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    Site(ok({"secret": 1}, etag='"e"')).client(token=TOKEN, cache=cache).get(f"{API}/a")
    site = Site(httpx.Response(404))
    assert site.client(cache=cache).get(f"{API}/a").status == 404
    assert "if-none-match" not in site.asked[0].headers


def test_a_planted_answer_without_an_etag_is_ignored(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    site = Site(ok({"n": 1}))
    client = site.client(cache=cache)
    for junk in (b"", b"[]\n{}", b"{}\n{}", b'{"etag": 1}\n', b"\xff\n"):
        cache.set(client.key(f"{API}/a"), junk)
        site.answers = [ok({"n": 1})]
        assert client.get(f"{API}/a").json() == {"n": 1}


def test_the_scarcest_quota_is_told_before_it_hurts() -> None:
    reset = str(int(NOW.timestamp()))
    core = {"x_ratelimit_limit": "60", "x_ratelimit_remaining": "11", "x_ratelimit_reset": reset}
    rich = {"x_ratelimit_limit": "5000", "x_ratelimit_remaining": "4999", "x_ratelimit_resource": "graphql"}
    site = Site(ok(**rich), ok(**core), ok(**core))
    client = site.client()
    for _ in range(3):
        client.get(f"{API}/a")
    assert site.said == ["GitHub's quota runs low: 11 of 60 requests are left until 2026-01-01 00:00:00 UTC"]
    usage = client.usage()
    assert (usage.limit, usage.remaining, usage.reset_at) == (60, 11, NOW)


def test_a_broken_download_is_told() -> None:
    class Cut(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"half"
            raise httpx.RemoteProtocolError("peer closed connection")

    site = Site(httpx.Response(200, stream=Cut()))
    with site.client().download(f"{API}/a") as download, pytest.raises(TroubleError, match="broke off"):
        list(download.chunks())


def test_an_answer_that_trickles_is_given_up() -> None:
    site = Site()

    class Trickle(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                site.sleep(1)
                yield b"."

    site.answers = [httpx.Response(200, stream=Trickle()) for _ in range(2)]
    with site.client().download(f"{API}/a") as download, pytest.raises(TroubleError, match="in time"):
        list(download.chunks())
    with pytest.raises(TroubleError, match="in time"):
        site.client().get(f"{API}/a")


def test_an_endless_answer_is_cut() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"0" * 10_000_000

    site = Site(httpx.Response(200, stream=Endless()))
    with pytest.raises(TroubleError, match="cannot be read"):
        site.client().get(f"{API}/a")


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_told(body: bytes) -> None:
    reply = Site(httpx.Response(200, content=body)).client().get(f"{API}/a")
    with pytest.raises(TroubleError, match="cannot be read"):
        reply.json()


def test_the_token_shows_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cache = Cache(tmp_path)
    away = f"https://codeload.github.com/x?token={TOKEN}"
    site = Site(
        ok({"a": 1}, etag='"e"'),
        httpx.Response(302, headers={"location": away}),
        httpx.Response(200, content=b"x"),
        httpx.Response(401, json={"message": "Bad credentials"}),
        *[httpx.ConnectError("no")] * 3,
    )
    client = site.client(token=TOKEN, cache=cache)
    client.get(f"{API}/a")
    with client.download(f"{API}/b") as download:
        shown = repr(download)
    shown += repr(client) + repr(client.get(f"{API}/c")) + json.dumps(site.said)
    with pytest.raises(TroubleError) as caught:
        client.get(f"{API}/d")
    shown += repr(caught.value) + str(caught.value.trouble)
    cache.close()
    assert TOKEN not in shown
    assert TOKEN not in caplog.text
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert stored
    assert TOKEN.encode() not in stored
