from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from repotriage.errors import UnreadableError, UsageError
from repotriage.fetchers.github.endpoints import Endpoints
from repotriage.fetchers.github.metadata import Metadata
from repotriage.fetchers.github.rest import RestMetadata, sign_in_as_app
from repotriage.fetchers.github.states import TroubleError
from repotriage.fetchers.http import HttpClient
from repotriage.fetchers.port import AppCredentials
from repotriage.models.target import GitHubTarget

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TARGET = GitHubTarget(owner="o", name="r")
NEXT = {"link": '<https://api.github.com/repositories/1/x?page=2>; rel="next"'}


def repository(**changed: object) -> dict[str, Any]:
    return {
        "full_name": "o/r",
        "html_url": "https://github.com/o/r",
        "description": None,
        "homepage": "",
        "topics": ["ml"],
        "license": {"spdx_id": "MIT"},
        "default_branch": "main",
        "stargazers_count": 7,
        "forks_count": 2,
        "subscribers_count": 3,
        "open_issues_count": 2,
        "created_at": "2020-01-01T00:00:00Z",
        "pushed_at": "2025-12-30T00:00:00Z",
        "archived": False,
        "disabled": False,
        "fork": False,
        "is_template": False,
        "mirror_url": None,
        "has_issues": True,
    } | changed


def commit(day: str = "2025-12-30", sha: str = "a" * 40) -> dict[str, Any]:
    person = {"name": "A", "date": f"{day}T00:00:00Z"}
    return {"sha": sha, "author": None, "commit": {"author": person, "committer": person, "message": "Fix\n\nmore"}}


def issue(number: int, **changed: object) -> dict[str, Any]:
    return {
        "number": number,
        "title": "crash",
        "body": None,
        "html_url": f"https://github.com/o/r/issues/{number}",
        "state": "open",
        "state_reason": None,
        "user": {"login": "asker"},
        "author_association": "NONE",
        "labels": [{"name": "bug"}, "old"],
        "created_at": "2025-12-01T00:00:00Z",
        "closed_at": None,
        "comments": 0,
    } | changed


def comment(number: int, login: str, day: int, kind: str = "User") -> dict[str, Any]:
    return {
        "issue_url": f"https://api.github.com/repos/o/r/issues/{number}",
        "user": {"login": login, "type": kind},
        "author_association": "OWNER",
        "created_at": f"2025-12-{day:02}T00:00:00Z",
    }


def site(**answers: Any) -> tuple[HttpClient, list[httpx.Request]]:
    """A client of a site whose pages are named by the end of their address."""
    pages: dict[str, Any] = {
        "r": repository(),
        "commits": [commit()],
        "issues": [],
        "comments": [],
        "releases": [],
    } | answers
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        page = pages[request.url.path.rpartition("/")[2]]
        return page if isinstance(page, httpx.Response) else httpx.Response(200, json=page)

    client = HttpClient(
        Endpoints.of("https://api.github.com"),
        sleep=lambda _: None,
        clock=lambda: NOW,
        max_wait=10,
        transport=httpx.MockTransport(handle),
    )
    return client, asked


def fetch(target: GitHubTarget = TARGET, **answers: Any) -> tuple[Metadata, list[httpx.Request]]:
    client, asked = site(**answers)
    rest = RestMetadata(client, target, taken_at=NOW)
    rest.required()
    return rest.spared(), asked


def gaps(metadata: Metadata) -> dict[str, str]:
    return {gap.what: gap.reason for gap in metadata.gaps}


def test_four_requests_for_a_quiet_repository() -> None:
    metadata, asked = fetch()
    assert [request.url.path for request in asked] == [
        "/repos/o/r",
        "/repos/o/r/commits",
        "/repos/o/r/issues",
        "/repos/o/r/releases",
    ]
    facts = metadata.facts
    assert (facts.stars, facts.forks, facts.watchers, facts.license_spdx) == (7, 2, 3, "MIT")
    assert (facts.open_issues, facts.closed_issues, facts.release_count) == (0, 0, 0)
    assert metadata.commit == "a" * 40
    assert metadata.history is not None
    assert (metadata.history.total, metadata.history.last_30_days, metadata.history.authors) == (1, 1, 1)
    assert metadata.history.recent[0].title == "Fix"
    assert gaps(metadata) == {
        "history.last_code_change": "not_requested",
        "history.last_touched": "no_token",
        "github.languages": "no_token",
        "github.locked": "no_token",
    }


def test_pull_requests_are_no_issues() -> None:
    pull = issue(2, pull_request={"url": "x"}, state="closed")
    metadata, _ = fetch(issues=[issue(3), pull, issue(1, state="closed")])
    assert metadata.facts.issues is not None
    assert [found.number for found in metadata.facts.issues] == [3, 1]
    assert (metadata.facts.open_issues, metadata.facts.closed_issues) == (1, 1)
    assert (metadata.facts.open_pull_requests, metadata.facts.closed_pull_requests) == (0, 1)


def test_what_does_not_fit_on_a_page_is_unknown() -> None:
    commits = httpx.Response(200, json=[commit("2025-12-30"), commit("2025-11-01", "b" * 40)], headers=NEXT)
    metadata, _ = fetch(
        commits=commits,
        issues=httpx.Response(200, json=[issue(1)], headers=NEXT),
        releases=httpx.Response(200, json=[], headers=NEXT),
    )
    assert metadata.history is not None
    assert (metadata.history.total, metadata.history.last_30_days, metadata.history.last_90_days) == (None, 1, None)
    assert metadata.facts.open_issues is None
    assert metadata.facts.release_count is None
    found = gaps(metadata)
    for what in ("history.total", "history.last_90_days", "github.open_issues", "github.release_count"):
        assert found[what] == "no_token"
    assert "history.last_30_days" not in found


def test_first_answers_come_from_the_newest_comments() -> None:
    issues = [issue(1, comments=2), issue(2, comments=3), issue(3, comments=1), issue(4)]
    comments = [  # newest first
        comment(1, "helper", 9),
        comment(2, "helper", 8),
        comment(1, "asker", 7),
        comment(3, "stale", 6, kind="Bot"),
    ]
    metadata, asked = fetch(issues=issues, comments=comments)
    assert metadata.facts.issues is not None
    one, two, three, four = metadata.facts.issues
    assert one.first_answer is not None
    assert one.first_answer.author == "helper"
    assert not two.answer_known  # one of its three comments was seen
    assert (three.answer_known, three.first_answer) == (True, None)
    assert four.answer_known
    assert gaps(metadata)["github.issues.first_answer"] == "not_requested"
    assert dict(asked[3].url.params) == {"sort": "created", "direction": "desc", "per_page": "100"}


def test_issues_switched_off_are_not_asked_for() -> None:
    metadata, asked = fetch(r=repository(has_issues=False))
    assert not any(request.url.path.endswith("/issues") for request in asked)
    assert gaps(metadata)["github.issues"] == "disabled"
    assert [state.name for state in metadata.states] == ["issues_disabled"]


def test_410_is_a_gap_too() -> None:
    metadata, _ = fetch(issues=httpx.Response(410, json={"message": "Issues are disabled"}))
    assert metadata.facts.issues is None
    assert gaps(metadata)["github.issues"] == "disabled"


def test_an_empty_repository() -> None:
    metadata, _ = fetch(commits=httpx.Response(409, json={"message": "Git Repository is empty."}))
    assert metadata.commit is None
    assert metadata.history is None
    assert gaps(metadata)["history"] == "no_history"
    assert "empty" in [state.name for state in metadata.states]


def test_a_spent_quota_leaves_unknowns_with_a_time() -> None:
    spent = httpx.Response(
        403,
        json={"message": "API rate limit exceeded"},
        headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767229200", "x-ratelimit-limit": "60"},
    )
    metadata, _ = fetch(issues=spent, releases=spent)
    assert metadata.facts.issues is None
    assert metadata.facts.releases is None
    found = {gap.what: gap for gap in metadata.gaps}
    assert found["github.issues"].reason == "rate_limited"
    assert found["github.issues"].retry_at == datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert found["github.open_issues"].reason == "no_token"
    assert [state.name for state in metadata.states] == ["rate_limited"]


def test_a_redirect_costs_one_request_and_the_rest_stays_in_the_budget() -> None:
    moved = httpx.Response(301, headers={"location": "https://api.github.com/repositories/1"})
    pages = {"1": repository(full_name="new/r"), "r": moved, "issues": [issue(1, comments=1)]}
    metadata, asked = fetch(TARGET, **pages)
    assert metadata.facts.full_name == "new/r"
    assert [state.name for state in metadata.states] == ["renamed"]
    assert asked[2].url.path == "/repos/new/r/commits"
    assert len(asked) <= 6


def test_the_budget_holds() -> None:
    client, asked = site()
    client.requests = 3
    rest = RestMetadata(client, TARGET, taken_at=NOW)
    rest.required()
    metadata = rest.spared()
    assert client.requests == 6
    assert len(asked) == 3
    assert gaps(metadata)["github.releases"] == "not_requested"
    assert gaps(metadata)["github.release_count"] == "not_requested"


@pytest.mark.parametrize("status", [404, 422])
def test_no_such_ref(status: int) -> None:
    target = GitHubTarget(owner="o", name="r", ref="nope")
    with pytest.raises(UnreadableError) as caught:
        fetch(target, commits=httpx.Response(status, json={"message": "No commit found for SHA: nope"}))
    assert caught.value.label == "no_such_ref"


def test_a_ref_is_asked_for() -> None:
    _, asked = fetch(GitHubTarget(owner="o", name="r", ref="feature/x y"))
    assert asked[1].url.params["sha"] == "feature/x y"


def test_a_fork_shows_its_parent() -> None:
    parent = {"full_name": "up/r", "html_url": "https://github.com/up/r", "stargazers_count": 900}
    metadata, _ = fetch(r=repository(fork=True, parent=parent))
    assert metadata.facts.parent is not None
    assert metadata.facts.parent.stars == 900


@pytest.mark.parametrize(("status", "kind"), [(404, "not_found"), (451, "blocked"), (500, "server_error")])
def test_what_stands_before_everything(status: int, kind: str) -> None:
    with pytest.raises(TroubleError) as caught:
        fetch(r=httpx.Response(status, json={"message": "no"}))
    assert caught.value.trouble.kind == kind


@pytest.mark.parametrize("odd", [[{"number": 1}], [None], {"a": 1}, "text"])
def test_an_answer_of_another_shape_is_unknown(odd: object) -> None:
    metadata, _ = fetch(issues=odd, releases=odd)
    assert gaps(metadata)["github.issues"] == "server_error"
    assert gaps(metadata)["github.releases"] == "server_error"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("installation", [None, 99])
def test_a_github_app_signs_in(key: rsa.RSAPrivateKey, installation: int | None) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    client, asked = site(installation={"id": 99}, access_tokens={"token": "ghs_secret"})
    sign_in_as_app(client, AppCredentials(app_id=5, private_key=SecretStr(pem), installation_id=installation), TARGET)
    client.get("https://api.github.com/repos/o/r")
    assert asked[-2].url.path == "/app/installations/99/access_tokens"
    assert asked[-2].method == "POST"
    assert json.loads(asked[-2].content) == {}
    proof = asked[-2].headers["authorization"].removeprefix("Bearer ")
    assert jwt.decode(proof, key.public_key(), algorithms=["RS256"])["iss"] in (5, "5")
    assert asked[-1].headers["authorization"] == "Bearer ghs_secret"
    assert len(asked) == (3 if installation is None else 2)


def test_a_key_that_is_none_is_not_shown() -> None:
    client, _ = site()
    with pytest.raises(UsageError) as caught:
        sign_in_as_app(client, AppCredentials(app_id=5, private_key=SecretStr("hush-hush")), TARGET)
    assert "hush" not in f"{caught.value.what}{caught.value.hint}{caught.value!r}"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_answer_makes_it_fail(data: st.DataObject) -> None:
    pages: dict[str, Any] = {
        "r": repository(),
        "commits": [commit()],
        "issues": [issue(1, comments=1), issue(2, pull_request={})],
        "comments": [comment(1, "helper", 9)],
        "releases": [{"tag_name": "v1", "name": "", "prerelease": False, "html_url": "x", "assets": []}],
    }
    place: Any = None
    key: Any = None
    here: Any = pages
    while isinstance(here, dict | list) and here and (place is None or data.draw(st.booleans())):
        place, key = here, data.draw(st.sampled_from(list(here) if isinstance(here, dict) else list(range(len(here)))))
        here = place[key]
    assert place is not None
    place[key] = data.draw(st.sampled_from([None, "text", -1, [], [None], {}, True, "2025-13-99", 10**30]))
    try:
        metadata, _ = fetch(TARGET, **pages)
    except TroubleError:
        return
    assert metadata.facts.full_name
