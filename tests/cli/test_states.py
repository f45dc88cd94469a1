"""Every state that a repository on GitHub can be in: what `score` calls it, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from repotriage.cli.app import build
from tests.double import (
    Asset,
    Block,
    Comment,
    Fault,
    GitHub,
    Issue,
    Release,
    Repository,
    World,
    at,
    commit_files,
    failing_fields,
    forbidden,
    graphql_errors,
    secondary_limit,
    server_error,
)

Serve = Callable[[World], GitHub]
TOKEN = "a-good-token"
FILES: dict[str, str | bytes] = {
    "README.md": "# Demo\n\nTrain with\n\n```\npython train.py --lr 0.1\n```\n",
    "train.py": "import torch\n\nif __name__ == '__main__':\n    print(torch.ones(1))\n",
    "requirements.txt": "torch==2.1.0\n",
    "LICENSE": "MIT License\n",
}
WITH_AND_WITHOUT = pytest.mark.parametrize("token", [TOKEN, None], ids=["token", "no token"])


@pytest.fixture
def git(tmp_path: Path) -> Path:
    path = tmp_path / "demo.git"
    commit_files(path, {"README.md": "# Demo\n"}, when=1_600_000_000)
    commit_files(path, FILES, when=1_700_000_000)
    return path


def demo(git: Path | None, /, **more: object) -> Repository:
    answered = Comment(created_at=at("2025-01-03"), association="OWNER", author="octo")
    facts: dict[str, object] = {
        "full_name": "octo/demo",
        "git": git,
        "stars": 12,
        "issues": [
            Issue(number=1, created_at=at("2025-01-01"), comments=[answered]),
            Issue(number=2, created_at=at("2025-02-01"), pull_request=True),
        ],
        "releases": [Release(tag="v1", published_at=at("2025-05-01"), assets=[Asset(name="weights.pt")])],
    }
    return Repository.model_validate(facts | more)


def score(github: GitHub, token: str | None, *more: str, target: str = "octo/demo") -> Result:
    arguments = ["score", target, "--api-url", github.url, "--no-cache", "--max-wait", "0", *more]
    return CliRunner().invoke(build(), arguments, env={"GITHUB_TOKEN": token or "", "GH_TOKEN": ""})


def report(result: Result) -> dict[str, Any]:
    """The JSON report, whatever the exit code."""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def labels(result: Result) -> dict[str, str]:
    """The message of each state by its name."""
    return {state["name"]: state["message"] for state in report(result)["states"]}


@WITH_AND_WITHOUT
def test_a_repository_in_good_order(serve: Serve, git: Path, token: str | None) -> None:
    github = serve(World(repositories=[demo(git)]))
    result = score(github, token, "--format", "json")
    assert (result.exit_code, labels(result)) == (0, {})
    assert report(result)["github"]["stars"] == 12
    assert github.counted <= (3 if token else 6)
    assert report(result)["api_usage"]["requests"] == github.counted


@WITH_AND_WITHOUT
@pytest.mark.parametrize(
    ("changes", "label", "words"),
    [
        ({"full_name": "new/demo", "previous_names": ("octo/demo",)}, "renamed", "octo/demo is now new/demo"),
        ({"archived": True}, "archived", "archived"),
        ({"disabled": True}, "disabled", "disabled"),
        ({"issues_enabled": False}, "issues_disabled", "switched off"),
        ({"fork_of": "up/demo"}, "fork", "a fork of up/demo, to which the stars belong: 900 there, 12 here"),
        ({"mirror_url": "https://git.example.org/demo"}, "mirror", "https://git.example.org/demo"),
        ({"template": True}, "template", "template"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_conditions(
    serve: Serve, git: Path, token: str | None, changes: dict[str, object], label: str, words: str
) -> None:
    github = serve(World(repositories=[demo(git, **changes), demo(git, full_name="up/demo", id=2, stars=900)]))
    result = score(github, token, "--format", "json")
    assert (result.exit_code, list(labels(result))) == (0, [label])
    assert words in labels(result)[label]
    assert words in " ".join(score(github, token).stdout.split())
    assert github.counted <= 2 * (3 if token else 6)


def test_locked_is_told_by_graphql_alone(serve: Serve, git: Path) -> None:
    github = serve(World(repositories=[demo(git, lock_reason="BILLING")]))
    locked = score(github, TOKEN, "--format", "json")
    assert (locked.exit_code, labels(locked)) == (0, {"locked": "locked by GitHub: billing"})
    unknown = report(score(github, None, "--format", "json"))
    assert unknown["github"]["locked"] is None
    assert "github.locked" in {gap["what"] for gap in unknown["gaps"]}


@WITH_AND_WITHOUT
def test_disabled_issues_are_unknown_and_not_zero(serve: Serve, git: Path, token: str | None) -> None:
    found = report(score(serve(World(repositories=[demo(git, issues_enabled=False)])), token, "--format", "json"))
    assert {gap["reason"] for gap in found["gaps"] if gap["what"] == "github.issues"} == {"disabled"}


@WITH_AND_WITHOUT
def test_empty(serve: Serve, token: str | None) -> None:
    result = score(serve(World(repositories=[demo(None)])), token, "--format", "json")
    assert "empty" in labels(result)
    assert result.exit_code == 0


@WITH_AND_WITHOUT
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"full_name": "octo/elsewhere"}, "not found, or private"),
        ({"private": True}, "not found, or private"),
        ({"block": Block()}, "GitHub has blocked this repository: dmca https://github.com/github/dmca/"),
        ({"block": Block(status=403, reason="tos")}, "GitHub has blocked this repository: tos"),
    ],
    ids=["not found", "private", "451", "403 with a block"],
)
def test_what_cannot_be_read(
    serve: Serve, git: Path, token: str | None, changes: dict[str, object], words: str
) -> None:
    github = serve(World(repositories=[demo(git, **changes)]))
    result = score(github, token)
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"error: octo/demo: {words}" in result.stderr
    assert github.counted <= 2


@WITH_AND_WITHOUT
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (secondary_limit("octo/demo|graphql"), "GitHub asks to slow down until"),
        (secondary_limit("octo/demo|graphql", status=429, retry_after=30), "GitHub asks to slow down until"),
        (Fault("octo/demo|graphql", status=429, body={"message": "API rate limit exceeded"}), "quota is spent"),
        (forbidden("octo/demo|graphql"), "GitHub forbids this: Resource not accessible by personal access token"),
        (server_error("octo/demo|graphql", status=500), "GitHub answered with an error of its own: 500"),
        (server_error("octo/demo|graphql", status=503), "GitHub answered with an error of its own: 503"),
        (Fault("octo/demo|graphql", cut=True), "the connection to GitHub broke off"),
        (Fault("octo/demo|graphql", keep=0.5), "broke off"),
        (Fault("ARCHIVE", keep=0.5), "broke off"),
        (server_error("ARCHIVE"), "GitHub answered with an error of its own: 502"),
        (Fault("octo/demo$|graphql", status=202, body={}), "still computing"),
    ],
    ids=[
        "secondary limit",
        "secondary limit with Retry-After",
        "429",
        "permission",
        "500",
        "503",
        "cut connection",
        "truncated body",
        "truncated archive",
        "502 of the archive",
        "202",
    ],
)
def test_what_stands_before_everything(serve: Serve, git: Path, token: str | None, fault: Fault, words: str) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.faults = [fault]
    result = score(github, token)
    assert (result.exit_code, result.stdout) == (4, "")
    assert words in result.stderr
    assert "hint: " in result.stderr


@WITH_AND_WITHOUT
def test_a_spent_quota_tells_when_to_come_back(serve: Serve, git: Path, token: str | None) -> None:
    github = serve(World(repositories=[demo(git)]))
    resource = "graphql" if token else "core"
    github.leave(0, token=token, resource=resource)
    reset = datetime.fromtimestamp(github.limits(token)[resource]["reset"], UTC)
    result = score(github, token)
    assert result.exit_code == 4
    assert f"GitHub's request quota is spent until {reset:%Y-%m-%d %H:%M:%S} UTC" in result.stderr
    assert ("with a token" in result.stderr) == (token is None)


def test_a_refused_token(serve: Serve, git: Path) -> None:
    result = score(serve(World(repositories=[demo(git)])), "mistyped")
    assert result.exit_code == 4
    assert "GitHub does not accept the token" in result.stderr


def test_a_quota_that_ends_on_the_way_leaves_unknowns(serve: Serve, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.leave(3)
    result = score(github, None, "--format", "json")
    found = report(result)
    assert result.exit_code == 4  # what could be had is reported all the same
    assert "rate_limited" in labels(result)
    assert found["github"]["stars"] == 12
    assert {gap["what"]: gap["reason"] for gap in found["gaps"]}["github.issues"] == "rate_limited"


def test_a_secondary_limit_on_the_way_leaves_unknowns(serve: Serve, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.faults = [secondary_limit("/releases", retry_after=60)]
    result = score(github, None, "--format", "json")
    assert (result.exit_code, list(labels(result))) == (4, ["secondary_limit"])


def test_statistics_that_are_being_computed_leave_unknowns(serve: Serve, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.faults = [Fault("/releases", status=202, body={})]
    result = score(github, None, "--format", "json")
    assert (result.exit_code, list(labels(result))) == (4, ["computing"])


def test_partial_data_with_errors(serve: Serve, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.faults = [failing_fields("repository.issues")]
    result = score(github, TOKEN, "--format", "json")
    found = report(result)
    assert (result.exit_code, list(labels(result))) == (4, ["partial_data"])
    assert found["github"]["stars"] == 12
    assert "github.issues" in {gap["what"] for gap in found["gaps"]}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}, "quota is spent"),
        ({"type": "RATE_LIMIT", "message": "API rate limit already exceeded for user ID 1."}, "quota is spent"),
        ({"message": "You have exceeded a secondary rate limit."}, "asks to slow down"),
    ],
)
def test_limits_that_graphql_answers_with_200(serve: Serve, git: Path, error: dict[str, str], words: str) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.faults = [graphql_errors(error)]
    result = score(github, TOKEN)
    assert (result.exit_code, words in result.stderr) == (4, True)


@WITH_AND_WITHOUT
def test_what_the_archive_leaves_out(serve: Serve, tmp_path: Path, token: str | None) -> None:
    git = tmp_path / "ignoring.git"
    commit_files(git, {**FILES, "tests/test_a.py": "def test_a(): ...\n", ".gitattributes": "/tests export-ignore\n"})
    github = serve(World(repositories=[demo(git)]))
    result = score(github, token, "--format", "json")
    assert "export_ignore" in labels(result)
    assert github.counted <= (3 if token else 6)


@WITH_AND_WITHOUT
def test_files_kept_in_lfs(serve: Serve, tmp_path: Path, token: str | None) -> None:
    git = tmp_path / "lfs.git"
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 123456\n"
    commit_files(git, {**FILES, "weights.pt": pointer})
    result = score(serve(World(repositories=[demo(git)])), token, "--format", "json")
    assert (result.exit_code, list(labels(result))) == (0, ["lfs"])


@WITH_AND_WITHOUT
def test_what_a_repository_says_of_itself_reaches_the_terminal_as_text(
    serve: Serve, git: Path, token: str | None
) -> None:
    nasty = "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 [bold]markup[/bold] **md**"
    issue = Issue(number=7, title=nasty, body=nasty, created_at=at("2025-01-01"), labels=("bug",))
    github = serve(World(repositories=[demo(git, description=nasty, issues=[issue], fork_of="up/demo")]))
    for form in ("terminal", "markdown", "json"):
        result = score(github, token, "--format", form)
        assert result.exit_code == 0
        assert not set(result.stdout) & {"\x1b", "\x07", "\x9b"}
