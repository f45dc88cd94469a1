from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import FileMode

from repotriage.errors import UnreadableError
from repotriage.fetchers.archive import read_archive
from repotriage.fetchers.checkout import CheckoutFetcher, read_checkout
from repotriage.fetchers.port import Caps, FetchSettings
from repotriage.models.snapshot import Snapshot
from repotriage.models.target import CheckoutTarget
from tests.fetchers.repositories import TAKEN_AT, check_out, commit, days_ago, init
from tests.fetchers.test_archive import make

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456789\n"
MODULES = b'[submodule "x"]\n\tpath = ext/x\n\turl = https://example.org/x.git\n'
RICH: dict[str, bytes | None] = {
    ".gitmodules": MODULES,
    "README.md": "# 你好\r\n".encode(),
    "ext/x": b"a" * 40,
    "link": b"../../outside",
    "model.pth": POINTER,
    "big.csv": b"1,2\n" * 30_000,
    "image.png": b"\x89PNG\0" * 1000,
    "requirements.txt": "# 安装\ntorch\n".encode("gbk"),
    "run.sh": b"echo\n",
    "src/a.py": b"x = 1\n",
    "src/no_suffix": b"\0\1\2" * 5000,
}
RICH_MODES = {
    "ext/x": FileMode.COMMIT,
    "link": FileMode.LINK,
    "run.sh": FileMode.BLOB_EXECUTABLE,
}


def read(folder: Path, *, ref: str | None = None, subdir: str = "", caps: Caps | None = None) -> Snapshot:
    target = CheckoutTarget(path=folder, ref=ref, subdir=subdir)
    return read_checkout(target, caps=caps or Caps(), taken_at=TAKEN_AT, offline=True)


def label(folder: Path, *, ref: str | None = None, subdir: str = "") -> str:
    with pytest.raises(UnreadableError) as caught:
        read(folder, ref=ref, subdir=subdir)
    return caught.value.label


def state_names(snapshot: Snapshot) -> list[str]:
    return [state.name for state in snapshot.states]


@pytest.fixture
def rich(tmp_path: Path) -> pygit2.Repository:
    repo = init(tmp_path / "rich")
    commit(repo, RICH, at=days_ago(1), modes=RICH_MODES)
    return repo


@pytest.mark.usefixtures("rich")
def test_checkout_and_archive_give_the_same_files(tmp_path: Path) -> None:
    snapshot = read(tmp_path / "rich")
    kinds_of_entry = {FileMode.LINK: "symlink", FileMode.BLOB_EXECUTABLE: "executable"}
    entries = [
        (f"{path}/", b"", "folder")
        if RICH_MODES.get(path) == FileMode.COMMIT
        else (path, content or b"", kinds_of_entry.get(RICH_MODES.get(path, FileMode.BLOB), "file"))
        for path, content in RICH.items()
    ]
    contents = read_archive([make(*entries)], caps=Caps())
    assert contents.files == snapshot.files
    assert contents.states == tuple(state for state in snapshot.states if state.name != "dirty_checkout")
    kinds = {file.path: (file.mode, file.kind) for file in snapshot.files}
    assert kinds == {
        ".gitmodules": ("file", "text"),
        "README.md": ("file", "text"),
        "big.csv": ("file", "unread"),
        "ext/x": ("submodule", "unread"),
        "image.png": ("file", "binary"),
        "link": ("symlink", "unread"),
        "model.pth": ("file", "lfs"),
        "requirements.txt": ("file", "text"),
        "run.sh": ("executable", "text"),
        "src/a.py": ("file", "text"),
        "src/no_suffix": ("file", "binary"),
    }
    assert snapshot.by_path["requirements.txt"].encoding == "gb18030"


def test_history_is_counted_back_from_the_snapshot(tmp_path: Path) -> None:
    repo = init(tmp_path / "r")
    commit(repo, {"README.md": b"a", "setup.py": b"a"}, at=days_ago(400))
    code = commit(repo, {"a.py": b"1"}, at=days_ago(200), author="Grace")
    readme = commit(repo, {"README.md": b"b"}, at=days_ago(80))
    head = commit(repo, {"data.bin": b"c"}, at=days_ago(10))
    history = read(tmp_path / "r").history
    assert history is not None
    assert history.head is not None
    assert (history.head.sha, history.head.title) == (head, "Change data.bin")
    assert (history.total, history.authors) == (4, 2)
    assert (history.last_30_days, history.last_90_days, history.last_365_days) == (1, 2, 3)
    assert history.first_commit_at == datetime.fromtimestamp(days_ago(400), UTC)
    assert [recent.sha for recent in history.recent][:2] == [head, readme]
    assert history.last_code_change is not None
    assert history.last_code_change.sha == code
    assert history.last_touched["README.md"].sha == readme
    assert history.last_touched["setup.py"].date == datetime.fromtimestamp(days_ago(400), UTC)


def test_a_change_on_a_merged_branch_is_that_branchs(tmp_path: Path) -> None:
    repo = init(tmp_path / "r")
    base = commit(repo, {"requirements.txt": b"a"}, at=days_ago(30))
    repo.references.create("refs/heads/side", base)
    main = commit(repo, {"a.py": b"1"}, at=days_ago(20))
    side = commit(repo, {"requirements.txt": b"b"}, at=days_ago(15), ref="refs/heads/side")
    commit(repo, {"requirements.txt": b"b"}, at=days_ago(10), parents=[main, side])
    history = read(tmp_path / "r").history
    assert history is not None
    assert history.last_touched["requirements.txt"].sha == side


def test_a_branch_a_tag_and_a_commit_can_be_named(tmp_path: Path) -> None:
    repo = init(tmp_path / "r")
    first = commit(repo, {"a.py": b"1"}, at=days_ago(3))
    repo.references.create("refs/heads/feature/x", first)
    repo.references.create("refs/tags/v1", first)
    repo.references.create("refs/remotes/origin/far", first)
    last = commit(repo, {"a.py": b"2"}, at=days_ago(2))
    assert (read(tmp_path / "r").commit, read(tmp_path / "r").ref) == (last, "main")
    for ref in ("feature/x", "v1", "far", first, first[:8]):
        snapshot = read(tmp_path / "r", ref=ref)
        assert (snapshot.commit, snapshot.ref, snapshot.text("a.py")) == (first, ref, "1")
    for ref in ("missing", "HEAD~1", ":/Change", "0" * 40):
        assert label(tmp_path / "r", ref=ref) == "no_such_ref"


def test_a_subdir_or_a_folder_below_the_root(rich: pygit2.Repository, tmp_path: Path) -> None:
    check_out(rich)
    by_subdir = read(tmp_path / "rich", subdir="src")
    assert [file.path for file in by_subdir.inside()] == ["src/a.py", "src/no_suffix"]
    assert read(tmp_path / "rich" / "src").subdir == "src"
    assert label(tmp_path / "rich", subdir="missing") == "no_such_subdir"


@pytest.mark.parametrize(
    ("url", "name", "gap"),
    [
        ("https://github.com/owner/repo.git", "owner/repo", "offline"),
        ("git@github.com:owner/repo.git", "owner/repo", "offline"),
        ("https://gitlab.com/owner/repo.git", "rich", "not_on_github"),
        (None, "rich", "not_on_github"),
    ],
)
def test_a_remote_names_it(rich: pygit2.Repository, tmp_path: Path, url: str | None, name: str, gap: str) -> None:
    if url is not None:
        rich.remotes.create("origin", url)
    snapshot = read(tmp_path / "rich")
    assert snapshot.name == name
    assert [found.reason for found in snapshot.gaps if found.what == "github"] == [gap]


def test_changes_in_the_working_tree_are_not_counted(rich: pygit2.Repository, tmp_path: Path) -> None:
    check_out(rich)
    clean = read(tmp_path / "rich")
    assert "dirty_checkout" not in state_names(clean)
    (tmp_path / "rich" / "src" / "a.py").write_text("x = 2\n", encoding="utf-8")
    (tmp_path / "rich" / "README.md").write_bytes("# 你好\n".encode())  # another line end is no change
    (tmp_path / "rich" / "run.sh").unlink()
    dirty = read(tmp_path / "rich")
    assert dirty.files == clean.files
    assert [str(state.message)[:15] for state in dirty.states if state.name == "dirty_checkout"] == ["2 changed files"]
    assert "dirty_checkout" not in state_names(read(tmp_path / "rich", ref="main"))


def test_untracked_files_are_not_counted_unless_ignored(tmp_path: Path) -> None:
    repo = init(tmp_path / "r")
    commit(repo, {".gitignore": b"data/\n*.log\n", "src/a.py": b"1"}, at=days_ago(3))
    check_out(repo)
    (tmp_path / "r" / "data").mkdir()
    (tmp_path / "r" / "data" / "x.bin").write_bytes(b"x")
    (tmp_path / "r" / "src" / "run.log").write_bytes(b"x")
    assert "dirty_checkout" not in state_names(read(tmp_path / "r"))
    (tmp_path / "r" / "src" / "b.py").write_bytes(b"x")
    (tmp_path / "r" / "LICENSE").write_bytes(b"x")
    snapshot = read(tmp_path / "r")
    assert [str(state.message) for state in snapshot.states] == [
        "untracked files, which are not counted: 2, such as LICENSE"
    ]
    assert "LICENSE" not in snapshot.by_path


def test_a_bare_repository_without_a_config_is_read(tmp_path: Path) -> None:
    repo = init(tmp_path / "mirror.git", bare=True)
    commit(repo, {"a.py": b"1"}, at=days_ago(3))
    (tmp_path / "mirror.git" / "config").unlink()
    snapshot = read(tmp_path / "mirror.git")
    assert snapshot.text("a.py") == "1"
    assert snapshot.name == "mirror"
    assert snapshot.states == ()


def test_a_linked_worktree_is_read_at_its_own_commit(rich: pygit2.Repository, tmp_path: Path) -> None:
    commit(rich, {"src/a.py": b"x = 3\n"}, at=days_ago(0.5), ref="refs/heads/main")
    branch = rich.branches.local.create("other", rich.head.peel(pygit2.Commit))
    rich.add_worktree("tree", str(tmp_path / "tree"), branch)
    snapshot = read(tmp_path / "tree")
    assert (snapshot.ref, snapshot.text("src/a.py")) == ("other", "x = 3\n")
    assert "dirty_checkout" not in state_names(snapshot)


def test_a_shallow_clone_knows_only_what_it_holds(tmp_path: Path) -> None:
    repo = init(tmp_path / "r")
    commit(repo, {"README.md": b"a"}, at=days_ago(300))
    boundary = commit(repo, {"a.py": b"1"}, at=days_ago(60))
    commit(repo, {"b.py": b"1"}, at=days_ago(5))
    (tmp_path / "r" / ".git" / "shallow").write_text(boundary + "\n", encoding="utf-8")
    snapshot = read(tmp_path / "r")
    history = snapshot.history
    assert history is not None
    assert "shallow_clone" in state_names(snapshot)
    assert (history.total, history.authors, history.first_commit_at) == (None, None, None)
    assert (history.last_30_days, history.last_90_days, history.last_365_days) == (1, None, None)
    assert history.last_touched == {}
    unknown = {gap.what for gap in snapshot.gaps}
    assert {"history.total", "history.last_365_days", "history.last_touched"} <= unknown
    assert "history.last_30_days" not in unknown


def test_an_object_that_is_not_in_the_clone_is_a_gap(tmp_path: Path) -> None:
    repo = init(tmp_path / "r")
    commit(repo, {"a.py": b"1", "b.py": b"gone"}, at=days_ago(3))
    sha = str(pygit2.hash(b"gone"))
    (tmp_path / "r" / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    snapshot = read(tmp_path / "r")
    assert snapshot.by_path["b.py"].kind == "unread"
    assert [gap.reason for gap in snapshot.gaps if gap.what == "files"] == ["not_in_clone"]


def test_nothing_of_the_repository_runs_or_is_written(rich: pygit2.Repository, tmp_path: Path) -> None:
    check_out(rich)
    folder = tmp_path / "rich"
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n", encoding="utf-8")
    trap.chmod(0o755)
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / ".git" / "config").write_text(
        f"[core]\n\tfsmonitor = {trap}\n\thooksPath = {tmp_path}\n\tworktree = {outside}\n\tsshCommand = {trap}\n"
        f'[filter "lfs"]\n\tsmudge = {trap}\n\tclean = {trap}\n\tprocess = {trap}\n\trequired = true\n'
        f'[diff "x"]\n\ttextconv = {trap}\n[alias]\n\tstatus = !{trap}\n',
        encoding="utf-8",
    )
    (outside / "private.txt").write_bytes(b"x")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("* filter=lfs diff=x\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in (folder / ".git").rglob("*") if path.is_file()}
    snapshot = read(folder)
    assert snapshot.text("src/a.py") == "x = 1\n"
    assert not (tmp_path / "sprung").exists()
    assert "private" not in repr(snapshot)
    assert {path: path.read_bytes() for path in (folder / ".git").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "pipe", ["config", "HEAD", "packed-refs", "shallow", "info/exclude", "objects/info/alternates", "included"]
)
def test_git_data_that_is_a_pipe_is_not_waited_for(rich: pygit2.Repository, tmp_path: Path, pipe: str) -> None:
    check_out(rich)
    path = tmp_path / "rich" / ".git" / pipe
    path.parent.mkdir(exist_ok=True, parents=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    if pipe == "included":
        with (tmp_path / "rich" / ".git" / "config").open("a", encoding="utf-8") as config:
            config.write(f'[include] path = "{pipe}"\n')
    snapshot = read(tmp_path / "rich")
    assert snapshot.commit is None
    assert snapshot.text("src/a.py") == "x = 1\n"
    assert "history" in {gap.what for gap in snapshot.gaps}


def test_a_gitignore_that_is_a_pipe_is_not_waited_for(rich: pygit2.Repository, tmp_path: Path) -> None:
    check_out(rich)
    os.mkfifo(tmp_path / "rich" / ".gitignore")
    assert read(tmp_path / "rich").commit is not None


def test_the_settings_of_libgit2_are_put_back(rich: pygit2.Repository, tmp_path: Path) -> None:
    level = pygit2.enums.ConfigLevel.GLOBAL
    before = (pygit2.settings.owner_validation, pygit2.settings.search_path[level])
    read(tmp_path / "rich")
    assert (pygit2.settings.owner_validation, pygit2.settings.search_path[level]) == before


def test_a_plain_folder_is_read_as_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.py").write_bytes(b"x = 1\n")
    (folder / "secret").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"\0")
    (folder / "env").mkdir()
    (folder / "env" / "pyvenv.cfg").write_bytes(b"home = /usr\n")
    os.mkfifo(folder / "pipe")
    snapshot = read(folder)
    assert {file.path: (file.mode, file.note) for file in snapshot.files} == {
        "elsewhere": ("symlink", str(tmp_path)),
        "secret": ("symlink", "/etc/passwd"),
        "src/a.py": ("file", None),
    }
    assert (snapshot.name, snapshot.commit, snapshot.history) == ("plain", None, None)
    assert {(gap.what, gap.reason) for gap in snapshot.gaps} == {
        ("history", "no_history"),
        ("github", "not_on_github"),
    }
    assert label(folder, ref="main") == "no_such_ref"


def test_git_data_that_libgit2_cannot_read_leaves_the_files(tmp_path: Path) -> None:
    init(tmp_path / "r")
    (tmp_path / "r" / ".git" / "config").write_text(
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha1024\n", encoding="utf-8"
    )
    (tmp_path / "r" / "a.py").write_bytes(b"x = 1\n")
    snapshot = read(tmp_path / "r")
    assert [file.path for file in snapshot.files] == ["a.py"]
    assert "sha1024" in str(next(gap.message for gap in snapshot.gaps if gap.what == "history"))


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "nothing").mkdir()
    init(tmp_path / "unborn")
    assert label(tmp_path / "file") == "not_a_repository"
    assert label(tmp_path / "missing") == "not_a_repository"
    assert label(tmp_path / "nothing") == "empty"
    assert label(tmp_path / "unborn") == "empty"


def test_a_tree_beyond_the_cap_is_cut_and_said(rich: pygit2.Repository, tmp_path: Path) -> None:
    snapshot = read(tmp_path / "rich", caps=Caps(entries=3))
    assert len(snapshot.files) == 3
    assert "truncated_tree" in state_names(snapshot)
    assert ("files", "truncated") in {(gap.what, gap.reason) for gap in snapshot.gaps}


def test_the_fetcher_reads_with_its_settings(rich: pygit2.Repository, tmp_path: Path) -> None:
    fetcher = CheckoutFetcher(FetchSettings(offline=True), taken_at=TAKEN_AT)
    assert fetcher.fetch(CheckoutTarget(path=tmp_path / "rich")) == read(tmp_path / "rich")
