"""Against the double: every state has its label, nothing goes over the budget, and no token leaks."""

from __future__ import annotations

import io
import logging
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from repotriage.errors import EXIT_INCOMPLETE, EXIT_UNREADABLE, IncompleteError, UnreadableError, UsageError
from repotriage.fetchers.github.fetcher import GitHubFetcher
from repotriage.fetchers.port import Caps, FetchSettings
from repotriage.models.base import Message, msg
from repotriage.models.snapshot import Gap, Snapshot
from repotriage.models.target import GitHubTarget
from tests.double import (
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
    graphql_errors,
    secondary_limit,
    server_error,
)

TOKEN = "a-good-token"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FILES: dict[str, str | bytes] = {
    "README.md": "# Demo\n",
    "train.py": "import torch\n",
    "requirements.txt": "torch==1.0\n",
    "weights.bin": bytes(2000),
}
Serve = Callable[..., GitHub]


@pytest.fixture
def git(tmp_path: Path) -> Path:
    path = tmp_path / "demo.git"
    commit_files(path, {"README.md": "# Demo\n"}, when=1_600_000_000)
    commit_files(path, FILES, when=1_766_000_000)
    return path


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[GitHub] = []

    def start(*repositories: Repository) -> GitHub:
        github = GitHub(World(repositories=list(repositories)), now=NOW)
        started.append(github.__enter__())
        return github

    yield start
    for github in started:
        github.__exit__()
        assert github.violations == []


def demo(git: Path | None, /, **more: object) -> Repository:
    helped = Comment(created_at=at("2025-01-03"), association="OWNER", author="octo")
    facts: dict[str, object] = {
        "full_name": "octo/demo",
        "git": git,
        "stars": 12,
        "issues": [Issue(number=1, created_at=at("2025-01-01"), comments=[helped])],
        "releases": [Release(tag="v1", published_at=at("2025-05-01"))],
    }
    return Repository.model_validate(facts | more)


def fetch(
    github: GitHub,
    target: str = "octo/demo",
    *,
    token: str | None = TOKEN,
    ref: str | None = None,
    subdir: str = "",
    said: list[str] | None = None,
    api_url: str | None = None,
    **settings: object,
) -> Snapshot:
    owner, _, name = target.partition("/")

    def progress(message: Message) -> None:
        if said is not None:
            said.append(str(message))

    whole = FetchSettings.model_validate(
        {
            "token": SecretStr(token) if token else None,
            "api_url": api_url or github.url,
            "max_wait": 0,
            "timeout": 5,
        }
        | settings
    )
    fetcher = GitHubFetcher(whole, progress, taken_at=NOW)
    return fetcher.fetch(GitHubTarget(owner=owner, name=name, ref=ref, subdir=subdir))


def states(snapshot: Snapshot) -> set[str]:
    return {state.name for state in snapshot.states}


@pytest.mark.parametrize(("token", "most"), [(TOKEN, 2), (None, 6)])
def test_a_repository_comes_whole_and_within_the_budget(serve: Serve, git: Path, token: str | None, most: int) -> None:
    github = serve(demo(git))
    snapshot = fetch(github, token=token)
    assert {file.path: file.text for file in snapshot.files if file.kind == "text"} == {
        path: text for path, text in FILES.items() if isinstance(text, str)
    }
    assert snapshot.commit == str(github.git(github.world.repositories[0]).commit(None).id)  # type: ignore[union-attr]
    assert snapshot.github is not None
    assert (snapshot.github.stars, snapshot.github.open_issues, snapshot.github.release_count) == (12, 1, 1)
    assert snapshot.github.issues is not None
    assert snapshot.github.issues[0].first_answer is not None
    assert snapshot.github.issues[0].first_answer.association == "OWNER"
    assert snapshot.history is not None
    assert (snapshot.history.total, snapshot.history.last_30_days) == (2, 1)
    assert len(github.api_requests) <= most
    assert github.counted == len(github.api_requests)
    assert snapshot.api_usage.requests == len(github.api_requests)
    assert snapshot.api_usage.remaining is not None


def test_both_ways_bring_the_same(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    one, other = fetch(github), fetch(github, token=None)
    assert one.files == other.files
    assert one.commit == other.commit
    assert one.github is not None
    assert other.github is not None
    assert one.github.issues == other.github.issues
    assert one.github.releases == other.github.releases


def test_an_enterprise_server(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    for token in (TOKEN, None):
        assert fetch(github, token=token, api_url=github.enterprise_url).files
    assert any(seen.path == "/api/graphql" or seen.path == "/graphql" for seen in github.api_requests)


@pytest.mark.parametrize("token", [TOKEN, None])
def test_a_ref_and_a_subdir(serve: Serve, tmp_path: Path, token: str | None) -> None:
    path = tmp_path / "mono.git"
    first = commit_files(path, {"a/README.md": "A", "b/x.py": "1"}, when=1_600_000_000)
    commit_files(path, {"b/x.py": "2"}, when=1_700_000_000)
    github = serve(demo(path))
    snapshot = fetch(github, ref=first[:12], subdir="a", token=token)
    assert snapshot.commit == first
    assert snapshot.text("a/README.md") == "A"
    with pytest.raises(UnreadableError) as caught:
        fetch(github, subdir="nowhere", token=token)
    assert caught.value.label == "no_such_subdir"
    with pytest.raises(UnreadableError) as caught:
        fetch(github, ref="nowhere", token=token)
    assert caught.value.label == "no_such_ref"


@pytest.mark.parametrize("token", [TOKEN, None])
@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"full_name": "octo/new", "previous_names": ("octo/demo",)}, "renamed"),
        ({"archived": True}, "archived"),
        ({"template": True}, "template"),
        ({"mirror_url": "https://git.example/demo"}, "mirror"),
        ({"issues_enabled": False}, "issues_disabled"),
        ({"fork_of": "up/demo"}, "fork"),
        ({"git": None}, "empty"),
    ],
)
def test_conditions_have_their_labels(
    serve: Serve, git: Path, token: str | None, changes: dict[str, object], label: str
) -> None:
    github = serve(demo(git, **changes), Repository(full_name="up/demo", git=git, stars=900, id=2))
    snapshot = fetch(github, token=token)
    assert states(snapshot) == {label}
    assert bool(snapshot.files) == (label != "empty")
    assert len(github.api_requests) <= (3 if token else 6)
    if label == "fork":
        assert snapshot.github is not None
        assert snapshot.github.parent is not None
        assert snapshot.github.parent.stars == 900
    if label == "renamed":
        assert snapshot.name == "octo/new"
        assert str(snapshot.states[0].message) == "octo/demo is now octo/new"
    if label == "issues_disabled":
        gap = snapshot.gap_of("github.issues")
        assert gap is not None
        assert gap.reason == "disabled"


def test_locked_shows_with_a_token_and_is_unknown_without(serve: Serve, git: Path) -> None:
    github = serve(demo(git, lock_reason="MIGRATING"))
    assert states(fetch(github)) == {"locked"}
    gap = fetch(github, token=None).gap_of("github.locked")
    assert gap is not None
    assert gap.reason == "no_token"


@pytest.mark.parametrize("token", [TOKEN, None])
@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"full_name": "octo/other"}, "not_found_or_private"),
        ({"private": True}, "not_found_or_private"),
        ({"block": Block(status=451)}, "blocked"),
        ({"block": Block(status=451, graphql="FORBIDDEN")}, "blocked"),
        ({"block": Block(status=403, reason="tos")}, "blocked"),
    ],
)
def test_what_cannot_be_read(
    serve: Serve, git: Path, token: str | None, changes: dict[str, object], label: str
) -> None:
    github = serve(demo(git, **changes))
    with pytest.raises(UnreadableError) as caught:
        fetch(github, token=token)
    assert caught.value.label == label
    assert github.counted <= 2
    assert (label == "blocked") == ("https://github.com/github/dmca/" in caught.value.what)  # the notice itself
    assert caught.value.exit_code == EXIT_UNREADABLE
    if label == "not_found_or_private":
        assert "not found, or private" in caught.value.what


@pytest.mark.parametrize("token", [TOKEN, None])
@pytest.mark.parametrize(
    ("fault", "label"),
    [
        (Fault("/repos|graphql", status=401, body={"message": "Bad credentials"}), "unauthorized"),
        (Fault("/repos|graphql", status=403, body={"message": "Resource not accessible"}), "forbidden"),
        (secondary_limit("/repos|graphql"), "secondary_limit"),
        (secondary_limit("/repos|graphql", status=429, retry_after=30), "secondary_limit"),
        (Fault("/repos|graphql", cut=True), "network"),
        (server_error("/repos|graphql"), "server_error"),
        (Fault("tarball", status=500, body={"message": "no"}), "server_error"),
        (Fault("tarball", status=403, body={"message": "Resource not accessible"}), "forbidden"),
        (Fault("^ARCHIVE", keep=0.5), "network"),
        (Fault("^ARCHIVE", cut=True), "network"),
        (Fault("^ARCHIVE", status=503), "server_error"),
    ],
)
def test_what_stands_before_the_files(serve: Serve, git: Path, token: str | None, fault: Fault, label: str) -> None:
    github = serve(demo(git))
    github.faults.append(fault)
    with pytest.raises(IncompleteError) as caught:
        fetch(github, token=token)
    assert caught.value.label == label
    assert caught.value.exit_code == EXIT_INCOMPLETE
    assert caught.value.hint
    assert (caught.value.retry_at is not None) == (label == "secondary_limit")


def test_a_timeout(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    github.faults.append(Fault("/repos", hang=True))
    with pytest.raises(IncompleteError) as caught:
        fetch(github, token=None, timeout=0.1)
    assert caught.value.label == "timeout"


@pytest.mark.parametrize("token", [TOKEN, None])
def test_a_spent_quota(serve: Serve, git: Path, token: str | None) -> None:
    github = serve(demo(git))
    github.leave(0, token=token, resource="graphql" if token else "core")
    with pytest.raises(IncompleteError) as caught:
        fetch(github, token=token)
    assert caught.value.label == "rate_limited"
    assert caught.value.retry_at is not None
    assert caught.value.retry_at > NOW
    assert ("GITHUB_TOKEN" in (caught.value.hint or "")) == (token is None)


def test_a_quota_that_ends_on_the_way_leaves_unknowns(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    github.leave(3)
    said: list[str] = []
    snapshot = fetch(github, token=None, said=said)
    assert snapshot.files
    assert snapshot.github is not None
    assert snapshot.github.issues is None
    gap = snapshot.gap_of("github.issues")
    assert gap is not None
    assert (gap.reason, gap.retry_at is not None) == ("rate_limited", True)
    assert "rate_limited" in states(snapshot)
    assert any("runs low: 2 of 60" in line for line in said)


def test_a_cut_archive_is_asked_for_again(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    github.faults.append(Fault("^ARCHIVE", keep=0.5, times=1))
    assert fetch(github).text("train.py") == "import torch\n"


def test_partial_graphql(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    github.faults.append(failing_fields("repository.issues", times=1))
    snapshot = fetch(github)
    assert snapshot.github is not None
    assert snapshot.github.issues
    assert states(snapshot) == {"partial_data"}
    assert len(github.api_requests) == 4  # the query, the rest of it, the issues, the archive

    github.faults.append(failing_fields("repository.issues"))
    snapshot = fetch(github)
    assert snapshot.github is not None
    assert snapshot.github.issues is None
    assert snapshot.github.stars == 12
    gap = snapshot.gap_of("github.issues")
    assert gap is not None
    assert gap.reason == "partial"


def test_graphql_errors_without_data(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    github.faults.append(graphql_errors({"message": "You have exceeded a secondary rate limit"}))
    with pytest.raises(IncompleteError) as caught:
        fetch(github)
    assert caught.value.label == "secondary_limit"


@pytest.mark.parametrize("token", [TOKEN, None])
def test_an_archive_above_the_cap_gives_way_to_the_tree(serve: Serve, git: Path, token: str | None) -> None:
    github = serve(demo(git))
    snapshot = fetch(github, token=token, caps=Caps(archive_bytes=2000))
    assert snapshot.text("requirements.txt") == "torch==1.0\n"
    assert snapshot.text("train.py") == "import torch\n"
    assert snapshot.by_path["weights.bin"].kind == "binary"
    gap = snapshot.gap_of("files")
    assert gap is not None
    assert gap.reason == "too_large"
    assert len(github.api_requests) <= (4 if token else 6 + 3)


def test_a_truncated_tree(serve: Serve, git: Path) -> None:
    github = serve(demo(git, tree_limit=2))
    snapshot = fetch(github, caps=Caps(archive_bytes=2000))
    assert "truncated_tree" in states(snapshot)
    assert {gap.reason for gap in snapshot.gaps if gap.what == "files"} == {"too_large", "truncated"}


def test_what_the_archive_leaves_out_is_named(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "demo.git"
    commit_files(path, {"a.py": "1", "tests/t.py": "2", ".gitattributes": "/tests export-ignore\n"})
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, data in (("a.py", b"1"), (".gitattributes", b"/tests export-ignore\n")):
            entry = tarfile.TarInfo(f"octo-demo-1234567/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    github = serve(demo(path, archive=packed.getvalue()))
    snapshot = fetch(github)
    assert states(snapshot) == {"export_ignore"}
    left_out = snapshot.by_path["tests/t.py"]
    assert (left_out.kind, left_out.size) == ("unread", 1)
    assert len(github.api_requests) == 3


def test_a_second_look_asks_for_less(serve: Serve, git: Path, tmp_path: Path) -> None:
    github = serve(demo(git))
    first = fetch(github, cache_dir=tmp_path / "cache")
    github.forget()
    second = fetch(github, cache_dir=tmp_path / "cache")
    assert second.files == first.files
    assert len(github.seen) == 1  # the query; the archive of a commit never changes
    assert second.api_usage.cached == 1


def test_a_damaged_archive_in_the_cache_is_fetched_again(serve: Serve, git: Path, tmp_path: Path) -> None:
    github = serve(demo(git))
    first = fetch(github, cache_dir=tmp_path / "cache")
    for kept in (tmp_path / "cache").rglob("*.val"):
        kept.write_bytes(kept.read_bytes()[:100])
    assert fetch(github, cache_dir=tmp_path / "cache").files == first.files


def test_the_token_leaves_no_trace(serve: Serve, git: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    github = serve(demo(git))
    said: list[str] = []
    snapshot = fetch(github, cache_dir=tmp_path / "cache", said=said)
    github.faults.append(Fault("graphql", status=401, body={"message": f"Bad credentials {TOKEN[:3]}"}))
    with pytest.raises(IncompleteError) as caught:
        fetch(github, cache_dir=tmp_path / "cache", said=said)
    everything = snapshot.model_dump_json() + caplog.text + repr(caught.value) + str(caught.value.hint) + repr(said)
    assert TOKEN not in everything
    stored = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert stored
    assert not any(TOKEN.encode() in data for data in stored)
    assert not any("authorization" in seen.headers for seen in github.seen if seen.host == "archive")


def test_the_same_fetch_gives_the_same_bytes(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    one, other = (fetch(github).model_copy(update={"api_usage": None}) for _ in range(2))
    assert one == other


def test_a_pasted_address_never_decides_where_the_token_goes(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    settings = FetchSettings(token=SecretStr(TOKEN), api_url=github.url)
    target = GitHubTarget(owner="octo", name="demo", host="evil.example")
    with pytest.raises(UsageError) as caught:
        GitHubFetcher(settings, lambda _: None, taken_at=NOW).fetch(target)
    assert "--api-url https://evil.example/api/v3" in (caught.value.hint or "")
    assert github.seen == []


def test_offline_asks_nobody(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    with pytest.raises(IncompleteError, match="--offline"):
        fetch(github, offline=True)
    assert github.seen == []


def checkout(github: GitHub, name: str = "octo/demo") -> Snapshot:
    gap = Gap(what="github", reason="not_requested", message=msg("GitHub was not asked"))
    host = github.url.removeprefix("http://")
    return Snapshot(source="checkout", name=name, host=host, commit="a" * 40, taken_at=NOW, gaps=(gap,))


def add_facts(github: GitHub, snapshot: Snapshot, token: str | None = TOKEN) -> Snapshot:
    settings = FetchSettings(token=SecretStr(token) if token else None, api_url=github.url, max_wait=0)
    return GitHubFetcher(settings, lambda _: None).add_facts(snapshot)


@pytest.mark.parametrize(("token", "most"), [(TOKEN, 1), (None, 4)])
def test_a_checkout_gets_its_facts(serve: Serve, git: Path, token: str | None, most: int) -> None:
    github = serve(demo(git, archived=True))
    snapshot = add_facts(github, checkout(github), token)
    assert snapshot.github is not None
    assert snapshot.github.stars == 12
    assert snapshot.github.issues
    assert snapshot.gap_of("github.stars") is None
    assert snapshot.commit == "a" * 40
    assert states(snapshot) == {"archived"}
    assert not any(gap.what.startswith("history") for gap in snapshot.gaps)
    assert len(github.api_requests) == snapshot.api_usage.requests == most


@pytest.mark.parametrize("token", [TOKEN, None])
@pytest.mark.parametrize(
    ("name", "fault", "reason"),
    [
        ("octo/gone", None, "forbidden"),
        ("octo/demo", server_error("/repos|graphql"), "server_error"),
        ("octo/demo", secondary_limit("/repos|graphql"), "secondary_limit"),
    ],
)
def test_a_checkout_can_do_without_facts(
    serve: Serve, git: Path, token: str | None, name: str, fault: Fault | None, reason: str
) -> None:
    github = serve(demo(git))
    github.faults += [fault] if fault else []
    snapshot = add_facts(github, checkout(github, name), token)
    assert snapshot.github is None
    assert [gap.reason for gap in snapshot.gaps] == [reason]


def test_a_checkout_of_another_host_is_not_asked_for(serve: Serve, git: Path) -> None:
    github = serve(demo(git))
    snapshot = add_facts(github, checkout(github).model_copy(update={"host": "ghe.example.com"}))
    assert [gap.reason for gap in snapshot.gaps] == ["not_on_github"]
    assert github.seen == []
