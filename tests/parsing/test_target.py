from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.errors import UsageError
from repotriage.models.target import CheckoutTarget, GitHubTarget, SnapshotTarget
from repotriage.parsing.target import github_remote, parse_target

FOLDERS = {".", "..", "./checkout", "/abs/checkout", "checkout", "owner/repo", "./owner/repo", "a/b/c", "./with@sign"}
FILES = {"saved.json.gz", "./saved.json.gz", "/abs/s.json.gz", "./README.md"}


def on_disk(path: Path) -> Literal["folder", "file"] | None:
    if path in map(Path, FOLDERS):
        return "folder"
    return "file" if path in map(Path, FILES) else None


def github(ref: str | None = None, subdir: str = "", host: str = "github.com") -> GitHubTarget:
    return GitHubTarget(owner="owner", name="repo", ref=ref, subdir=subdir, host=host)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("owner/repo", github()),
        (" owner/repo/ ", github()),
        ("owner/repo.git", github()),
        ("owner/repo@v1.0", github("v1.0")),
        ("owner/repo@feature/x", github("feature/x")),
        ("owner/repo:sub/dir/", github(subdir="sub/dir")),
        ("owner/repo@feature/x:sub/dir", github("feature/x", "sub/dir")),
        ("https://github.com/owner/repo", github()),
        ("http://www.github.com/owner/repo/", github()),
        ("HTTPS://GitHub.com/owner/repo.git", github()),
        ("github.com/owner/repo", github()),
        ("<https://github.com/owner/repo>", github()),
        ("https://github.com/owner/repo?tab=readme-ov-file#usage", github()),
        ("https://user:secret@github.com/owner/repo.git", github()),
        ("https://github.com/owner/repo/tree/main", github("main")),
        ("https://github.com/owner/repo/tree/main/sub/dir", github("main", "sub/dir")),
        ("https://github.com/owner/repo/tree/feature%2Fx/sub%20dir", github("feature/x", "sub dir")),
        ("https://github.com/owner/repo/blob/v1/sub/train.py#L3", github("v1")),
        ("https://github.com/owner/repo/commit/abc1234", github("abc1234")),
        ("https://github.com/owner/repo/releases/tag/v1.0", github("v1.0")),
        ("https://github.com/owner/repo/releases", github()),
        ("https://github.com/owner/repo/issues/3", github()),
        ("https://raw.githubusercontent.com/owner/repo/main/README.md", github("main")),
        ("https://raw.githubusercontent.com/owner/repo/refs/heads/main/README.md", github("main")),
        ("https://api.github.com/repos/owner/repo", github()),
        ("git@github.com:owner/repo.git", github()),
        ("ssh://git@github.com/owner/repo.git", github()),
        ("ssh://git@ssh.github.com:443/owner/repo.git", github()),
        ("git+https://github.com/owner/repo.git@feature/x#egg=repo", github("feature/x")),
        ("https://github.example.org/owner/repo", github(host="github.example.org")),
        ("git@git.example.org:owner/repo.git", github(host="git.example.org")),
        ("http://127.0.0.1:8080/owner/repo", github(host="127.0.0.1:8080")),
        (".", CheckoutTarget(path=Path())),
        ("./checkout", CheckoutTarget(path=Path("checkout"))),
        ("./checkout/", CheckoutTarget(path=Path("checkout"))),
        ("/abs/checkout", CheckoutTarget(path=Path("/abs/checkout"))),
        ("file:///abs/checkout", CheckoutTarget(path=Path("/abs/checkout"))),
        ("./owner/repo", CheckoutTarget(path=Path("owner/repo"))),
        ("checkout", CheckoutTarget(path=Path("checkout"))),
        ("a/b/c", CheckoutTarget(path=Path("a/b/c"))),
        ("./with@sign", CheckoutTarget(path=Path("with@sign"))),
        ("./checkout@feature/x:sub", CheckoutTarget(path=Path("checkout"), ref="feature/x", subdir="sub")),
        ("./checkout:sub", CheckoutTarget(path=Path("checkout"), subdir="sub")),
        ("./with@sign@v1", CheckoutTarget(path=Path("with@sign"), ref="v1")),
        ("saved.json.gz", SnapshotTarget(path=Path("saved.json.gz"))),
        ("./saved.json.gz", SnapshotTarget(path=Path("saved.json.gz"))),
    ],
)
def test_targets(text: str, target: object) -> None:
    assert parse_target(text, on_disk) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "word",
        "owner/",
        "/owner",
        "owner/repo/more",
        "owner/..",
        "owner/re po",
        "owner/repo@",
        "owner/repo@a..b",
        "owner/repo@-x",
        "owner/repo:../up",
        "owner/repo:sub@v1",
        "./missing",
        "./README.md",
        "missing.json.gz",
        "https://github.com/owner",
        "https://github.com/topics/pytorch",
        "https://github.com/",
        "https://gitlab.com/owner/repo",
        "https://gist.github.com/owner/123",
        "https://[broken/owner/repo",
        "https://host:port/owner/repo",
        "ftp://github.com/owner/repo",
        "https://",
    ],
)
def test_anything_else_is_one_line_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_target(text, on_disk)
    assert caught.value.exit_code == 2
    assert caught.value.hint
    assert "\n" not in caught.value.what


def test_an_error_does_not_repeat_a_token() -> None:
    with pytest.raises(UsageError) as caught:
        parse_target("ftp://me:s3cret@github.com/owner/repo", on_disk)
    assert "s3cret" not in caught.value.what


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://github.com/owner/repo.git", github()),
        ("git@github.com:owner/repo.git", github()),
        ("https://github.example.org/owner/repo", github(host="github.example.org")),
        ("https://acme.ghe.com/owner/repo", github(host="acme.ghe.com")),
        ("https://gitlab.com/owner/repo.git", None),
        ("https://example.org/owner/repo.git", None),
        ("../elsewhere", None),
        ("/srv/git/repo", None),
        ("owner/repo", None),
        ("", None),
    ],
)
def test_a_remote_names_a_repository_only_on_github(url: str, target: GitHubTarget | None) -> None:
    assert github_remote(url) == target


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,20}", fullmatch=True)
refs = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}(/[A-Za-z0-9_-]{1,8}){0,2}", fullmatch=True)


@given(names, names, st.none() | refs, st.just("") | refs)
def test_what_is_written_is_read(owner: str, name: str, ref: str | None, subdir: str) -> None:
    text = f"{owner}/{name}" + (f"@{ref}" if ref else "") + (f":{subdir}" if subdir else "")
    assert parse_target(text, lambda _: None) == GitHubTarget(owner=owner, name=name, ref=ref, subdir=subdir)


@given(st.text() | st.text("abc/:@.~#?[]%\\-hts", max_size=40))
def test_any_words_give_a_target_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert isinstance(parse_target(text, lambda _: None), GitHubTarget)
    github_remote(text)
