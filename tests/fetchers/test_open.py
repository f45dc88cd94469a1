from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest
from pydantic import SecretStr

from repotriage.fetchers.open import open_fetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.fetchers.snapshot_file import save
from repotriage.models.base import Message
from repotriage.models.target import CheckoutTarget, GitHubTarget, SnapshotTarget
from tests.double import GitHub, Repository, World, commit_files

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def silent(message: Message) -> None:
    """Nobody listens."""


@pytest.fixture
def git(tmp_path: Path) -> Path:
    path = tmp_path / "demo.git"
    commit_files(path, {"README.md": "# Demo\n"})
    return path


@pytest.fixture
def github(git: Path) -> Iterator[GitHub]:
    with GitHub(World(repositories=[Repository(full_name="octo/demo", git=git, stars=12)])) as github:
        yield github
    assert github.violations == []


def settings(github: GitHub, *, offline: bool = False) -> FetchSettings:
    return FetchSettings(token=SecretStr("a-good-token"), api_url=github.url, max_wait=0, offline=offline)


def test_github(github: GitHub) -> None:
    snapshot = open_fetcher(settings(github), silent, taken_at=NOW).fetch(GitHubTarget(owner="octo", name="demo"))
    assert (snapshot.source, snapshot.taken_at) == ("github", NOW)


def test_a_checkout_of_a_folder_asks_nobody(github: GitHub, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").write_text("1\n")
    target = CheckoutTarget(path=tmp_path / "plain")
    snapshot = open_fetcher(settings(github), silent, taken_at=NOW).fetch(target)
    assert (snapshot.source, snapshot.text("a.py")) == ("checkout", "1\n")
    gap = snapshot.gap_of("github.stars")
    assert gap is not None
    assert gap.reason == "not_on_github"
    assert github.seen == []


@pytest.mark.parametrize("offline", [False, True])
def test_a_checkout_is_asked_about_where_its_remote_is(github: GitHub, git: Path, offline: bool) -> None:
    pygit2.Repository(str(git)).remotes.create("origin", "https://github.com/octo/demo.git")
    fetcher = open_fetcher(settings(github, offline=offline), silent, taken_at=NOW)
    snapshot = fetcher.fetch(CheckoutTarget(path=git))
    gap = snapshot.gap_of("github.stars")
    assert gap is not None
    assert gap.reason == ("offline" if offline else "not_on_github")  # the API in use is not that of github.com
    assert github.seen == []


def test_a_saved_snapshot(github: GitHub, tmp_path: Path) -> None:
    fetcher = open_fetcher(settings(github), silent, taken_at=NOW)
    snapshot = fetcher.fetch(GitHubTarget(owner="octo", name="demo"))
    save(snapshot, tmp_path / "demo.snapshot")
    assert fetcher.fetch(SnapshotTarget(path=tmp_path / "demo.snapshot")) == snapshot


def test_opening_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from repotriage.fetchers.open import open_fetcher\n"
        "from repotriage.fetchers.port import FetchSettings\n"
        "open_fetcher(FetchSettings(), print)\n"
        "print([name for name in ('httpx', 'github', 'pygit2', 'diskcache') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 (our own code)
    assert found.stdout.strip() == "[]"
