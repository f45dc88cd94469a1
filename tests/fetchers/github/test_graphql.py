from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from graphql import parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from repotriage.errors import UnreadableError
from repotriage.fetchers.github import graphql
from repotriage.fetchers.github.endpoints import Endpoints
from repotriage.fetchers.github.metadata import Metadata
from repotriage.fetchers.github.states import TroubleError
from repotriage.fetchers.http import HttpClient
from repotriage.models.target import GitHubTarget
from tests.double.graph import price, schema

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHA = "a" * 40
TARGET = GitHubTarget(owner="o", name="r")


def issue(number: int = 1, **changed: object) -> dict[str, Any]:
    return {
        "number": number,
        "title": "crash",
        "body": "it \x1b[31mcrashes\nhere",
        "url": f"https://github.com/o/r/issues/{number}",
        "state": "CLOSED",
        "stateReason": "COMPLETED",
        "createdAt": "2025-12-01T00:00:00Z",
        "closedAt": "2025-12-03T00:00:00Z",
        "authorAssociation": "NONE",
        "author": {"login": "asker"},
        "labels": {"nodes": [{"name": "bug"}]},
        "comments": {"totalCount": 0, "nodes": []},
    } | changed


def comment(login: str | None, kind: str = "User", day: int = 2) -> dict[str, Any]:
    author = None if login is None else {"__typename": kind, "login": login}
    return {"createdAt": f"2025-12-{day:02}T00:00:00Z", "authorAssociation": "OWNER", "author": author}


def repository(**changed: object) -> dict[str, Any]:
    commit = {"oid": SHA, "committedDate": "2025-12-30T10:00:00Z", "messageHeadline": "Fix", "author": {"name": "A"}}
    history = {
        "recent": {"totalCount": 1, "nodes": [commit]},
        "last30": {"totalCount": 1},
        "last90": {"totalCount": 1},
        "last365": {"totalCount": 1},
    }
    touched: dict[str, Any] = {f"path{i}": {"nodes": []} for i in range(7)}
    touched["path1"] = {"nodes": [{"oid": SHA, "committedDate": "2025-12-30T10:00:00Z"}]}
    return {
        "nameWithOwner": "o/r",
        "url": "https://github.com/o/r",
        "isEmpty": False,
        "defaultBranchRef": {"name": "main"},
        "target": {"__typename": "Commit", "oid": SHA},
        "description": "d",
        "homepageUrl": None,
        "stargazerCount": 7,
        "forkCount": 2,
        "watchers": {"totalCount": 3},
        "repositoryTopics": {"nodes": [{"topic": {"name": "ml"}}]},
        "licenseInfo": {"spdxId": "MIT"},
        "languages": {"edges": [{"size": 10, "node": {"name": "Python"}}]},
        "createdAt": "2020-01-01T00:00:00Z",
        "pushedAt": "2025-12-30T10:00:00Z",
        "isArchived": False,
        "isDisabled": False,
        "isLocked": False,
        "lockReason": None,
        "isFork": False,
        "isTemplate": False,
        "isMirror": False,
        "mirrorUrl": None,
        "hasIssuesEnabled": True,
        "parent": None,
        "openIssues": {"totalCount": 4},
        "closedIssues": {"totalCount": 5},
        "openPullRequests": {"totalCount": 0},
        "closedPullRequests": {"totalCount": 6},
        "history": history,
        "touched": touched,
        "issues": {"nodes": [issue()]},
        "releases": {"totalCount": 0, "nodes": []},
    } | changed


Answer = Callable[[dict[str, Any]], httpx.Response]


def answer(data: dict[str, Any] | None, *errors: dict[str, Any]) -> httpx.Response:
    rate = {"cost": 2, "limit": 5000, "remaining": 4000, "resetAt": "2026-01-01T01:00:00Z"}
    body: dict[str, Any] = {"data": {"rateLimit": rate, "repository": data}}
    return httpx.Response(200, json=body | ({"errors": list(errors)} if errors else {}))


def fetch(*answers: httpx.Response | Answer | Exception, target: GitHubTarget = TARGET) -> tuple[Metadata, list[Any]]:
    asked = []
    script = list(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        variables = json.loads(request.content)["variables"]
        asked.append(variables)
        reply = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx.Response) else reply(variables)

    client = HttpClient(
        Endpoints.of("https://api.github.com"),
        token="t",
        sleep=lambda _: None,
        clock=lambda: NOW,
        transport=httpx.MockTransport(handle),
    )
    return graphql.fetch(client, target, taken_at=NOW), asked


def in_pieces(variables: dict[str, Any]) -> httpx.Response:
    """Answers what is asked for, unless everything is asked for at once."""
    section_fields = {"history", "touched", "issues", "releases"}
    whole = repository()
    facts = set(whole) - section_fields - {"nameWithOwner", "url", "isEmpty", "defaultBranchRef", "target"}
    dropped = {name for name in section_fields if not variables[name]} | (set() if variables["facts"] else facts)
    return answer({name: value for name, value in whole.items() if name not in dropped})


def test_one_request_brings_everything() -> None:
    metadata, asked = fetch(answer(repository()))
    facts = metadata.facts
    assert len(asked) == 1
    assert metadata.commit == SHA
    assert (facts.stars, facts.watchers, facts.open_issues, facts.closed_pull_requests) == (7, 3, 4, 6)
    assert facts.topics == ("ml",)
    assert facts.languages == {"Python": 10}
    assert facts.issues is not None
    assert facts.issues[0].state == "closed"
    assert facts.issues[0].state_reason == "completed"
    assert facts.releases == ()
    assert metadata.states == ()
    assert metadata.history is not None
    assert metadata.history.total == 1
    assert metadata.history.first_commit_at == datetime(2025, 12, 30, 10, tzinfo=UTC)
    assert list(metadata.history.last_touched) == ["requirements.txt"]
    assert [gap.what for gap in metadata.gaps] == ["history.last_code_change"]


def test_windows_count_back_from_when_the_snapshot_was_taken() -> None:
    _, [asked] = fetch(answer(repository()))
    assert asked["since30"].startswith("2025-12-02T00:00:00")
    assert asked["expression"] == "HEAD"


def test_a_long_history_leaves_gaps() -> None:
    whole = repository()
    whole["history"]["recent"]["totalCount"] = 500
    metadata, _ = fetch(answer(whole))
    assert metadata.history is not None
    assert metadata.history.total == 500
    assert metadata.history.first_commit_at is None
    assert {gap.what for gap in metadata.gaps} >= {"history.first_commit_at", "history.authors"}


def test_the_paths_are_below_the_subdir() -> None:
    metadata, [asked] = fetch(answer(repository()), target=GitHubTarget(owner="o", name="r", subdir="a/b"))
    assert asked["path1"] == "a/b/requirements.txt"
    assert metadata.history is not None
    assert list(metadata.history.last_touched) == ["a/b/requirements.txt"]


@pytest.mark.parametrize(
    ("comments", "total", "who", "known"),
    [
        ([], 0, None, True),
        ([comment("asker"), comment("helper")], 2, "helper", True),
        ([comment("stale", kind="Bot"), comment("asker")], 2, None, True),
        ([comment("asker")] * 10, 14, None, False),
        ([comment(None)], 1, None, True),
    ],
)
def test_first_answers(comments: list[dict[str, Any]], total: int, who: str | None, known: bool) -> None:
    asker = None if comments == [comment(None)] else {"login": "asker"}
    one = issue(author=asker, comments={"totalCount": total, "nodes": comments})
    metadata, _ = fetch(answer(repository(issues={"nodes": [one]})))
    assert metadata.facts.issues is not None
    found = metadata.facts.issues[0]
    assert (found.first_answer.author if found.first_answer else None) == who
    assert found.answer_known == known
    assert any(gap.what == "github.issues.first_answer" for gap in metadata.gaps) == (not known)


def test_a_tag_leads_to_its_commit() -> None:
    tag = {"__typename": "Tag", "oid": "b" * 40, "target": {"__typename": "Commit", "oid": SHA}}
    whole = repository(target=tag)
    whole["history"] = {"target": whole["history"]}
    metadata, [asked] = fetch(answer(whole), target=GitHubTarget(owner="o", name="r", ref="v1"))
    assert asked["expression"] == "v1"
    assert metadata.commit == SHA
    assert metadata.history is not None


@pytest.mark.parametrize("found", [None, {"__typename": "Blob", "oid": "b" * 40}])
def test_no_such_ref(found: object) -> None:
    with pytest.raises(UnreadableError) as caught:
        fetch(answer(repository(target=found)), target=GitHubTarget(owner="o", name="r", ref="nope"))
    assert caught.value.label == "no_such_ref"


def test_states() -> None:
    parent = {"nameWithOwner": "up/r", "url": "https://github.com/up/r", "stargazerCount": 900}
    metadata, _ = fetch(
        answer(
            repository(
                nameWithOwner="o/new",
                isArchived=True,
                isDisabled=True,
                isLocked=True,
                lockReason="MIGRATING",
                isFork=True,
                parent=parent,
                isTemplate=True,
                mirrorUrl="https://git.example/r",
                hasIssuesEnabled=False,
            )
        )
    )
    names = {state.name for state in metadata.states}
    assert names == {
        "renamed",
        "archived",
        "disabled",
        "locked",
        "fork",
        "template",
        "mirror",
        "issues_disabled",
    }
    said = {state.name: str(state.message) for state in metadata.states}
    assert said["renamed"] == "o/r is now o/new"
    assert "900 there, 7 here" in said["fork"]
    assert metadata.facts.requested_name == "o/r"
    assert metadata.facts.issues is None
    assert [gap.reason for gap in metadata.gaps if gap.what == "github.issues"] == ["disabled"]


def test_an_empty_repository() -> None:
    whole = repository(isEmpty=True, defaultBranchRef=None, target=None, history=None, touched=None)
    metadata, _ = fetch(answer(whole))
    assert metadata.commit is None
    assert [state.name for state in metadata.states] == ["empty"]
    assert metadata.facts.stars == 7


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"}, "not_found"),
        ({"type": "FORBIDDEN", "path": ["repository"], "message": "SAML"}, "forbidden"),
        ({"type": "FORBIDDEN", "path": ["repository"], "message": "Repository access blocked"}, "blocked"),
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, "rate_limited"),
        ({"extensions": {"code": "undefinedField"}, "message": "no field"}, "invalid"),
    ],
)
def test_what_stands_before_everything(error: dict[str, Any], kind: str) -> None:
    with pytest.raises(TroubleError) as caught:
        fetch(answer(None, error))
    assert caught.value.trouble.kind == kind


@pytest.mark.parametrize("failure", [httpx.Response(502), httpx.Response(504), httpx.ReadTimeout("late")])
def test_a_query_that_is_too_heavy_is_sent_in_pieces(failure: httpx.Response | Exception) -> None:
    metadata, asked = fetch(failure, in_pieces)
    assert len(asked) == 1 + len(graphql.SECTIONS)
    assert asked[0]["issuePage"] > asked[-1]["issuePage"]
    assert (metadata.commit, metadata.facts.stars) == (SHA, 7)
    assert metadata.facts.issues is not None
    assert metadata.history is not None
    assert [state.name for state in metadata.states] == ["partial_data"]
    assert [gap.what for gap in metadata.gaps] == ["history.last_code_change"]


def test_what_is_left_out_is_asked_for_again() -> None:
    error = {"type": "RESOURCE_LIMITS_EXCEEDED", "path": ["repository", "issues"], "message": "too much"}
    metadata, asked = fetch(answer(repository(issues=None), error), in_pieces)
    assert [asked[1][section] for section in graphql.SECTIONS] == [False, False, False, True, False]
    assert metadata.facts.issues is not None
    assert metadata.facts.stars == 7
    assert [state.name for state in metadata.states] == ["partial_data"]


def test_what_stays_missing_is_unknown_and_never_zero() -> None:
    error = {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}
    metadata, asked = fetch(answer(repository(issues=None, history=None, touched=None), error))
    assert len(asked) == 4
    assert metadata.facts.issues is None
    assert metadata.history is None
    gaps = {gap.what: gap.reason for gap in metadata.gaps}
    assert gaps == {"github.issues": "partial", "history": "partial", "history.last_touched": "partial"}
    assert "still missing: history, issues, touched" in str(metadata.states[0].message)


def test_a_forbidden_part_is_a_gap() -> None:
    error = {"type": "FORBIDDEN", "path": ["repository", "closedPullRequests"], "message": "not for you"}
    metadata, asked = fetch(answer(repository(closedPullRequests=None), error))
    assert len(asked) == 1
    assert metadata.facts.closed_pull_requests is None
    assert [gap.reason for gap in metadata.gaps if gap.what == "github.closed_pull_requests"] == ["forbidden"]


def test_nothing_at_all() -> None:
    with pytest.raises(TroubleError) as caught:
        fetch(httpx.Response(502))
    assert caught.value.trouble.kind == "server_error"


@pytest.mark.parametrize(
    "odd",
    [
        {"issues": {"nodes": [{"number": "x"}]}},
        {"issues": []},
        {"releases": {"nodes": [{}]}},
        {"history": {"recent": {"nodes": [{}], "totalCount": 1}}},
        {"stargazerCount": "many"},
        {"languages": {"edges": [None]}},
    ],
)
def test_an_answer_of_another_shape_is_unknown(odd: dict[str, Any]) -> None:
    metadata, _ = fetch(answer(repository(**odd)))
    assert any(gap.reason == "server_error" for gap in metadata.gaps)


def test_the_query_is_valid_and_cheap() -> None:
    query = parse(graphql.document())
    assert validate(schema(), query) == []
    _, [asked] = fetch(answer(repository()))
    assert price(query, asked).points < 5
    assert price(query, asked).nodes < 10_000


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_answer_makes_it_fail(data: st.DataObject) -> None:
    whole: Any = repository()
    place: Any = None
    key: Any = None
    here = whole
    while isinstance(here, dict | list) and here and (place is None or data.draw(st.booleans())):
        place, key = here, data.draw(st.sampled_from(list(here) if isinstance(here, dict) else list(range(len(here)))))
        here = place[key]
    assert place is not None
    place[key] = data.draw(st.sampled_from([None, "text", -1, [], [None], {}, True, "2025-13-99", 10**30]))
    try:
        metadata, _ = fetch(answer(whole))
    except (TroubleError, UnreadableError):
        return
    assert metadata.facts.full_name
