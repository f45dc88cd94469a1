"""A repository from a folder on this machine: checkout, worktree, bare repository or plain folder.

Everything is read as data by libgit2 out of the object database: no git process, no
hook, no filter, and no program that a configuration names. Another user's folder can
therefore be read without git's question of ownership. An alternate object database
(`git clone --reference`) is followed as git does: an object is found only by the hash of
its content, so it can bring nothing that the commit does not already name.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pygit2
from pygit2.enums import ConfigLevel, FileMode, RepositoryOpenFlag

from repotriage.errors import UnreadableError
from repotriage.fetchers.history import read_history, watched_paths
from repotriage.fetchers.intake import Intake, clean_path
from repotriage.fetchers.port import Caps, FetchSettings, now
from repotriage.models.base import Message, msg
from repotriage.models.snapshot import Gap, Snapshot, State
from repotriage.models.target import CheckoutTarget, GitHubTarget, Target
from repotriage.parsing.target import github_remote

_MAX_DEPTH = 100
_MAX_UNTRACKED = 1000
# Folders beside the sources that tools make; a plain folder has no .gitignore that is obeyed.
_NOT_SOURCES = frozenset(
    {".git", ".hg", ".svn", "__pycache__", "node_modules", ".tox", ".nox", ".mypy_cache", ".ruff_cache"}
    | {".pytest_cache", ".ipynb_checkpoints", ".venv"}
)


class CheckoutFetcher:
    """The Fetcher of folders on this machine."""

    def __init__(self, settings: FetchSettings, *, taken_at: datetime | None = None) -> None:
        self._settings = settings
        self._taken_at = taken_at

    def fetch(self, target: Target) -> Snapshot:
        """Read the folder; see `read_checkout`."""
        if not isinstance(target, CheckoutTarget):
            raise TypeError(f"not a checkout: {target.kind}")
        return read_checkout(
            target, caps=self._settings.caps, taken_at=self._taken_at or now(), offline=self._settings.offline
        )


def read_checkout(target: CheckoutTarget, *, caps: Caps, taken_at: datetime, offline: bool) -> Snapshot:
    """Read the commit that `target.ref`, or else HEAD, names; or a plain folder as it stands.

    `github` is None with a gap: whoever wants GitHub's facts asks for them by the
    snapshot's `host` and `name`.

    Raises `UnreadableError`: `not_a_repository` (no such folder), `empty` (no commit, no
    file), `no_such_ref`, `no_such_subdir`.
    """
    folder = target.path.expanduser()
    if not folder.is_dir():
        raise UnreadableError(
            f"{folder} is {'not a folder' if folder.exists() else 'not there'}",
            label="not_a_repository",
            hint="give the folder of a checkout",
        )
    with _as_data_only():
        try:
            opened = _open(folder)
        except pygit2.GitError as error:
            return _read_folder(target, folder, caps, taken_at, git_error=str(error))
        if opened is None:
            return _read_folder(target, folder, caps, taken_at)
        repo, above = opened
        subdir = "/".join(part for part in (above, target.subdir) if part)
        return _read_commit(target, folder, repo, subdir, caps, taken_at, offline=offline)


@contextmanager
def _as_data_only() -> Iterator[None]:
    """Let libgit2 open other people's folders, and read no configuration of this machine or user."""
    settings = pygit2.settings
    levels = (ConfigLevel.SYSTEM, ConfigLevel.GLOBAL, ConfigLevel.XDG, ConfigLevel.PROGRAMDATA)
    paths = {level: settings.search_path[level] for level in levels}
    ownership = settings.owner_validation
    try:
        settings.owner_validation = False
        settings.set_extensions(["partialclone"])
        for level in levels:
            settings.search_path[level] = ""
        yield
    finally:
        settings.owner_validation = ownership
        for level, path in paths.items():
            settings.search_path[level] = path


def _open(folder: Path) -> tuple[pygit2.Repository, str] | None:
    """The repository that `folder` is, or is a folder of, and which; None when git knows nothing of it.

    Raises `pygit2.GitError` when there is one that libgit2 cannot read.
    """
    path = str(folder.resolve())
    gitdir = pygit2.discover_repository(path)
    if gitdir is None:
        return None
    _refuse_pipes(Path(gitdir))
    repo = pygit2.Repository(gitdir, RepositoryOpenFlag.NO_SEARCH)
    root = Path(repo.workdir).resolve() if repo.workdir else None
    if Path(gitdir).resolve() == Path(path) or (Path(path) / ".git").exists():
        return repo, ""
    if root is None or repo.head_is_unborn or not Path(path).is_relative_to(root):
        return None
    above = Path(path).relative_to(root).as_posix()
    tree = repo.head.peel(pygit2.Commit).tree
    try:
        inside = isinstance(tree[above], pygit2.Tree)
    except KeyError:
        inside = False
    return (repo, above) if inside else None


def _refuse_pipes(gitdir: Path) -> None:
    """Raise `pygit2.GitError` when git data is a pipe or device, on which libgit2 would wait for ever."""
    folders = [gitdir]
    common = _read_regular(gitdir / "commondir", 4096)
    if common:
        folders.append(gitdir / os.fsdecode(common).strip())
    names = ("HEAD", "config", "config.worktree", "commondir", "packed-refs", "shallow", "index")
    below = ("info/exclude", "info/attributes", "objects/info/alternates", "objects/info/commit-graph")
    for path in (folder / name for folder in folders for name in (*names, *below)):
        if _waits(path):
            raise pygit2.GitError(f"{path} is no regular file")
    for folder in folders:
        _refuse_included_pipes(folder / "config", depth=10)  # as deep as libgit2 follows


def _refuse_included_pipes(config: Path, *, depth: int) -> None:
    text = os.fsdecode(_read_regular(config, 1_000_000) or b"")
    if depth == 0 or "include" not in text.lower():
        return
    for line in text.split("\n"):
        key, _, value = line.partition("=")
        if key.strip().rpartition("]")[2].strip().lower() == "path":
            included = config.parent / Path(value.strip().strip('"')).expanduser()
            if _waits(included):
                raise pygit2.GitError(f"{config} includes {included}, which is no regular file")
            _refuse_included_pipes(included, depth=depth - 1)


def _waits(path: Path) -> bool:
    """Whether something other than a regular file or folder stands at `path`, links followed."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _read_commit(
    target: CheckoutTarget,
    folder: Path,
    repo: pygit2.Repository,
    subdir: str,
    caps: Caps,
    taken_at: datetime,
    *,
    offline: bool,
) -> Snapshot:
    commit, ref = _resolve(repo, target.ref, folder)
    checked_out, repo = repo, _common(repo)
    commit = repo[commit.id].peel(pygit2.Commit)
    sparse = (Path(repo.path) / "info" / "sparse-checkout").exists()
    # Never by core.worktree, which may point anywhere.
    work = folder if target.ref is None and (folder / ".git").exists() and not sparse else None
    intake = Intake(caps, subdir)
    dirty = _Dirty(work)
    gaps: list[Gap] = []
    states: list[State] = []
    odb = repo.odb
    for path, entry in _entries(commit.tree):
        if len(intake) >= caps.entries:
            message = msg("the tree has more than {n} entries; the rest was not read", n=caps.entries)
            gaps.append(Gap(what="files", reason="truncated", message=message))
            states.append(State(name="truncated_tree", message=message))
            break
        mode = entry.filemode
        if mode == FileMode.COMMIT:
            intake.add_submodule(path)
            continue
        try:
            _, size = odb.read_header(entry.id)
            wanted = size if mode == FileMode.LINK else intake.wanted(path, size)
            data = odb.read(entry.id)[1][:wanted] if wanted else b""
        except (KeyError, pygit2.GitError):
            intake.add_missing(path)
            continue
        if mode == FileMode.LINK:
            intake.add_symlink(path, data)
        else:
            intake.add(path, size=size, data=data, executable=mode == FileMode.BLOB_EXECUTABLE)
            dirty.compare(path, size, data)
    files = intake.files()
    dirty.look_for_untracked(checked_out, {file.path for file in files})
    past = read_history(repo, commit, taken_at=taken_at, paths=watched_paths(files))
    remote = _remote(repo)
    return Snapshot(
        source="checkout",
        name=_name(folder) if remote is None else f"{remote.owner}/{remote.name}",
        host="github.com" if remote is None else remote.host,
        commit=str(commit.id),
        ref=ref,
        subdir=subdir,
        taken_at=taken_at,
        files=files,
        history=past.history,
        states=(*intake.states(), *states, *past.states, *dirty.states()),
        gaps=(*intake.gaps(), *gaps, *past.gaps, _no_github(remote, offline=offline)),
    )


def _no_github(remote: GitHubTarget | None, *, offline: bool) -> Gap:
    if remote is None:
        message = msg("no remote of the folder names a repository on GitHub")
        return Gap(what="github", reason="not_on_github", message=message)
    if offline:
        return Gap(what="github", reason="offline", message=msg("GitHub was not asked: --offline"))
    return Gap(what="github", reason="not_requested", message=msg("GitHub was not asked"))


def _resolve(repo: pygit2.Repository, ref: str | None, folder: Path) -> tuple[pygit2.Commit, str | None]:
    """The commit to read and the name of its branch or tag, None when HEAD is detached."""
    try:
        if ref is None:
            if repo.head_is_unborn:
                raise UnreadableError(
                    f"{folder} has no commit on its branch",
                    label="empty",
                    hint="commit something, or name a ref: @branch",
                )
            name = None if repo.head_is_detached else repo.head.shorthand
            return repo.head.peel(pygit2.Commit), name
        # As on GitHub, and without git's expressions such as HEAD~3 or :/words.
        for prefix in ("refs/heads/", "refs/tags/", "refs/remotes/origin/", ""):
            if (prefix or ref.startswith("refs/") or ref == "HEAD") and (
                reference := repo.references.get(prefix + ref)
            ) is not None:
                return reference.peel(pygit2.Commit), ref
        if 4 <= len(ref) <= 40 and set(ref.lower()) <= set("0123456789abcdef"):
            found = repo.get(ref)
            if found is not None:
                return found.peel(pygit2.Commit), ref
    except (KeyError, ValueError, pygit2.GitError) as error:
        raise UnreadableError(f"{ref or 'HEAD'} of {folder} cannot be read: {error}", label="no_such_ref") from error
    raise UnreadableError(f"{folder} has no branch, tag or commit {ref!r}", label="no_such_ref")


def _common(repo: pygit2.Repository) -> pygit2.Repository:
    """The repository that a linked worktree belongs to, where libgit2 looks for the shallow boundary."""
    try:
        common = (Path(repo.path) / "commondir").read_text(encoding="utf-8").strip()
        return pygit2.Repository(str(Path(repo.path) / common), RepositoryOpenFlag.NO_SEARCH)
    except (OSError, ValueError, pygit2.GitError):
        return repo


def _entries(tree: pygit2.Tree) -> Iterator[tuple[str, pygit2.Object]]:
    """Every entry that is no folder, in the order of the tree, as `git archive` goes."""
    stack = [iter(tree)]
    prefixes = [b""]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            prefixes.pop()
            continue
        raw = prefixes[-1] + (entry.raw_name or b"")
        if isinstance(entry, pygit2.Tree):
            if len(stack) < _MAX_DEPTH:
                stack.append(iter(entry))
                prefixes.append(raw + b"/")
        elif (path := clean_path(raw)) is not None:
            yield path, entry


def _remote(repo: pygit2.Repository) -> GitHubTarget | None:
    """The GitHub repository that a remote names: origin, then upstream, then any other."""
    try:
        urls = {
            entry.name[len("remote.") : -len(".url")]: entry.value or ""
            for entry in repo.config
            if entry.name.startswith("remote.") and entry.name.endswith(".url")
        }
    except (KeyError, ValueError, pygit2.GitError):
        return None
    order = sorted(urls, key=lambda name: (name != "origin", name != "upstream", name))
    return next((found for name in order if (found := github_remote(urls[name])) is not None), None)


def _name(folder: Path) -> str:
    path = folder.resolve()
    return (path.parent.name if path.name == ".git" else path.name.removesuffix(".git")) or "folder"


class _Dirty:
    """Compares the files of the commit with those of the working tree.

    libgit2's own status would obey `core.worktree` and enter submodules. Files of which
    only the size is known (binaries, long ones) are compared by size.
    """

    def __init__(self, work: Path | None) -> None:
        self._work = work
        self._changed: list[str] = []
        self._untracked: list[str] = []

    def compare(self, path: str, size: int, data: bytes) -> None:
        if self._work is None or data.startswith(b"version https://git-lfs"):
            return
        if len(data) < size:
            there = _size(self._work / path)
            same = there == size
        else:
            disk = _read_regular(self._work / path, 2 * size + 1)
            same = disk is not None and (disk == data or disk.replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n"))
        if not same:
            self._changed.append(path)

    def look_for_untracked(self, repo: pygit2.Repository, tracked: set[str]) -> None:
        """Note what stands beside the tracked files and is not ignored; a folder counts as one."""
        if self._work is None or repo.workdir is None or Path(repo.workdir).resolve() != self._work.resolve():
            return
        excludes = next((entry.value for entry in repo.config if entry.name == "core.excludesfile"), None)
        if excludes and _waits(Path(excludes).expanduser()):
            return
        folders = {path[: slash.start()] for path in tracked for slash in re.finditer("/", path)}
        for folder in sorted({"", *folders}):
            prefix = f"{folder}/" if folder else ""
            if _waits(self._work / folder / ".gitignore"):
                return
            for name in _listed(self._work / folder):
                path = prefix + name
                if path in tracked or path in folders or path == ".git":
                    continue
                if not repo.path_is_ignored(path):
                    self._untracked.append(path)
                if len(self._untracked) >= _MAX_UNTRACKED:
                    return

    def states(self) -> tuple[State, ...]:
        messages: list[Message] = []
        if self._changed:
            messages.append(
                msg(
                    "{n} changed files are not counted: what was committed is read, not what now stands in {path}",
                    n=len(self._changed),
                    path=self._changed[0],
                )
            )
        if self._untracked:
            messages.append(
                msg(
                    "untracked files, which are not counted: {n}, such as {path}",
                    n=len(self._untracked),
                    path=self._untracked[0],
                )
            )
        return tuple(State(name="dirty_checkout", message=message) for message in messages)


def _listed(folder: Path) -> list[str]:
    """The names in a folder that is no link."""
    try:
        return [] if folder.is_symlink() else sorted(os.listdir(folder))  # noqa: PTH208 - names, not paths
    except (OSError, ValueError):
        return []


def _read_folder(
    target: CheckoutTarget, folder: Path, caps: Caps, taken_at: datetime, *, git_error: str | None = None
) -> Snapshot:
    """A folder that git knows nothing of, as it stands on disk."""
    if target.ref is not None:
        raise UnreadableError(f"{folder} is no git repository, so it has no {target.ref!r}", label="no_such_ref")
    intake = Intake(caps, target.subdir)
    gaps: list[Gap] = []
    states: list[State] = []
    for path, entry in _on_disk(folder):
        if len(intake) >= caps.entries:
            message = msg("the folder has more than {n} files; the rest was not read", n=caps.entries)
            gaps.append(Gap(what="files", reason="truncated", message=message))
            states.append(State(name="truncated_tree", message=message))
            break
        if entry.is_symlink():
            intake.add_symlink(path, os.fsencode(Path(entry.path).readlink()))
            continue
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            intake.add_missing(path)
            continue
        if not stat.S_ISREG(found.st_mode):
            continue  # a pipe or a device is no file of a repository
        wanted = intake.wanted(path, found.st_size)
        data = _read_regular(Path(entry.path), wanted) if wanted else b""
        if data is None or len(data) < wanted:
            intake.add_missing(path)
        else:
            intake.add(path, size=found.st_size, data=data, executable=bool(found.st_mode & stat.S_IXUSR))
    if not len(intake):
        raise UnreadableError(f"{folder} is empty", label="empty")
    history = (
        msg("the folder is no git repository")
        if git_error is None
        else msg("its git data cannot be read ({error}); the files are read as they stand", error=git_error)
    )
    gaps.append(Gap(what="history", reason="no_history", message=history))
    return Snapshot(
        source="checkout",
        name=_name(folder),
        subdir=target.subdir,
        taken_at=taken_at,
        files=intake.files(),
        states=(*intake.states(), *states),
        gaps=(*intake.gaps(), *gaps, _no_github(None, offline=True)),
    )


def _on_disk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry that is no folder, in the order of a git tree; links are not followed."""
    stack = [(folder, "", 0)]
    while stack:
        here, prefix, depth = stack.pop()
        try:
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        below: list[tuple[Path, str, int]] = []
        if depth and any(entry.name == "pyvenv.cfg" for entry in entries):
            continue  # a virtual environment
        for entry in entries:
            path = clean_path(os.fsencode(prefix + entry.name))
            if path is None:
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NOT_SOURCES and depth < _MAX_DEPTH:
                    below.append((Path(entry.path), f"{prefix}{entry.name}/", depth + 1))
            elif entry.name != ".git":
                yield path, entry
        stack.extend(reversed(below))


def _read_regular(path: Path, most: int) -> bytes | None:
    """At most `most` bytes of a regular file; None when it is not there, a link, a pipe or unreadable."""
    try:
        # O_NONBLOCK: opening a pipe must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read(most) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except (OSError, ValueError):
        return None


def _size(path: Path) -> int | None:
    try:
        found = path.lstat()
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None
