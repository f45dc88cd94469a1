"""Reads git data the way GitHub serves it: commits, trees, archives. Nothing of the repository runs."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path, PurePosixPath

import pygit2
from pygit2.enums import AttrCheck, FileMode, ObjectType, SortMode

_LANGUAGES = {
    ".py": "Python",
    ".ipynb": "Jupyter Notebook",
    ".sh": "Shell",
    ".cu": "Cuda",
    ".cpp": "C++",
    ".c": "C",
    ".lua": "Lua",
    ".m": "MATLAB",
}


@dataclass(frozen=True)
class Entry:
    """One entry of a tree; `size` in bytes, None for what is no blob or is absent from the clone."""

    path: str
    mode: int
    sha: str
    kind: str  # blob, tree or commit
    size: int | None = None


def _moment(commit: pygit2.Commit) -> datetime:
    return datetime.fromtimestamp(commit.commit_time, UTC)


class GitData:
    """One git repository."""

    def __init__(self, path: Path) -> None:
        self.repo = pygit2.Repository(str(path))
        self.log = cache(self._log)
        self.entries = cache(self._entries)

    @property
    def default_branch(self) -> str:
        """The branch that HEAD names; where it is detached, a branch at the same commit, else `main`."""
        target = self.repo.lookup_reference("HEAD").target
        if isinstance(target, str):
            return target.removeprefix("refs/heads/")
        local = self.repo.branches.local
        return next((name for name in local if local[name].target == target), "main")

    def branches(self) -> dict[str, str]:
        """Commit by branch."""
        names = {name: str(self.repo.branches.local[name].target) for name in self.repo.branches.local}
        if not self.repo.head_is_unborn:
            names.setdefault(self.default_branch, str(self.repo.head.target))
        return names

    def tags(self) -> dict[str, str]:
        """Commit by tag."""
        tags = {}
        for name in self.repo.references:
            if name.startswith("refs/tags/"):
                commit = self.repo.lookup_reference(name).peel(pygit2.Commit)
                tags[name.removeprefix("refs/tags/")] = str(commit.id)
        return tags

    def commit(self, ref: str | None) -> pygit2.Commit | None:
        """The commit that a branch, tag, `HEAD` or (shortened) commit names."""
        if self.repo.head_is_unborn and not list(self.repo.references):
            return None
        if ref is None or ref == "HEAD":
            return self.repo.head.peel(pygit2.Commit)
        short = ref.removeprefix("refs/").removeprefix("heads/").removeprefix("tags/")
        sha = self.branches().get(short) or self.tags().get(short)
        if sha is None and 7 <= len(short) <= 40 and not short.strip("0123456789abcdef"):
            sha = short
        try:
            found = self.repo[sha] if sha else None
        except (KeyError, ValueError):
            return None
        return found if isinstance(found, pygit2.Commit) else None

    def _log(self, sha: str) -> tuple[pygit2.Commit, ...]:
        return tuple(self.repo.walk(sha, SortMode.TIME))

    def history(
        self, sha: str, *, since: datetime | None = None, until: datetime | None = None, path: str | None = None
    ) -> list[pygit2.Commit]:
        """The commits that lead to `sha`, newest first."""
        return [
            commit
            for commit in self.log(sha)
            if (since is None or _moment(commit) >= since)
            and (until is None or _moment(commit) <= until)
            and (path is None or self._touches(commit, path))
        ]

    def _touches(self, commit: pygit2.Commit, path: str) -> bool:
        mine = _entry_id(commit.tree, path)
        parents = [_entry_id(parent.tree, path) for parent in commit.parents]
        return all(parent != mine for parent in parents) if parents else mine is not None

    def _entries(self, sha: str) -> tuple[Entry, ...]:
        commit = self.repo[sha]
        return tuple(self._walk(commit.peel(pygit2.Tree), ""))

    def _walk(self, tree: pygit2.Tree, prefix: str) -> Iterator[Entry]:
        for item in tree:
            path = f"{prefix}{item.name}"
            if item.filemode == FileMode.TREE:
                yield Entry(path, FileMode.TREE, str(item.id), "tree")
                yield from self._walk(self.repo[item.id].peel(pygit2.Tree), f"{path}/")
            elif item.filemode == FileMode.COMMIT:
                yield Entry(path, FileMode.COMMIT, str(item.id), "commit")
            else:
                try:
                    kind, size = self.repo.odb.read_header(item.id)
                except KeyError:
                    size = None  # a partial clone
                else:
                    assert kind == ObjectType.BLOB
                yield Entry(path, int(item.filemode), str(item.id), "blob", size)

    def blob(self, sha: str) -> bytes | None:
        """The content of a blob; None where the clone lacks it."""
        try:
            found = self.repo[sha]
        except (KeyError, ValueError):
            return None
        return found.data if isinstance(found, pygit2.Blob) else None

    def languages(self, sha: str) -> dict[str, int]:
        """Bytes by language, most first: enough of Linguist for tests."""
        sizes: dict[str, int] = {}
        for entry in self.entries(sha):
            language = _LANGUAGES.get(PurePosixPath(entry.path).suffix)
            if language and entry.size:
                sizes[language] = sizes.get(language, 0) + entry.size
        return dict(sorted(sizes.items(), key=lambda pair: -pair[1]))

    def tarball(self, sha: str, folder: str) -> bytes:
        """A gzipped tar as `git archive` writes it: commit in a pax comment, `export-ignore` obeyed."""
        commit = self.repo[sha].peel(pygit2.Commit)
        attributes = any(PurePosixPath(entry.path).name == ".gitattributes" for entry in self.entries(sha))
        out = io.BytesIO()
        with tarfile.open(
            fileobj=out, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT, pax_headers={"comment": sha}
        ) as tar:
            ignored: list[str] = []
            for entry in [Entry("", FileMode.TREE, "", "tree"), *self.entries(sha)]:
                if any(entry.path.startswith(prefix) for prefix in ignored):
                    continue
                if attributes and entry.path and self._ignored(entry, commit):
                    ignored.append(f"{entry.path}/")
                    continue
                info = tarfile.TarInfo(f"{folder}/{entry.path}".rstrip("/"))
                info.mtime = commit.commit_time
                info.uname = info.gname = "root"
                if entry.kind in ("tree", "commit"):
                    info.type, info.mode = tarfile.DIRTYPE, 0o775
                    tar.addfile(info)
                    continue
                data = self.blob(entry.sha) or b""  # what a partial clone lacks stands there empty
                if entry.mode == FileMode.LINK:
                    info.type, info.mode, info.linkname = (
                        tarfile.SYMTYPE,
                        0o777,
                        data.decode("utf-8", "surrogateescape"),
                    )
                    tar.addfile(info)
                    continue
                info.mode = 0o775 if entry.mode == FileMode.BLOB_EXECUTABLE else 0o664
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return out.getvalue()

    def _ignored(self, entry: Entry, commit: pygit2.Commit) -> bool:
        flags = AttrCheck.INCLUDE_COMMIT | AttrCheck.NO_SYSTEM | AttrCheck.INDEX_ONLY
        path = entry.path + ("/" if entry.kind == "tree" else "")
        return self.repo.get_attr(path, "export-ignore", flags, commit.id) is True


def _entry_id(tree: pygit2.Tree, path: str) -> str | None:
    try:
        return str(tree[path].id)
    except KeyError:
        return None


def commit_folder(folder: Path, git: Path, *, message: str = "Everything", when: int = 1_700_000_000) -> Path:
    """Make the bare repository `git` with one commit that holds what stands in the plain `folder`."""
    repo = pygit2.init_repository(str(git), bare=True, initial_head="main")
    tree = _store(repo, folder)
    person = pygit2.Signature("A Writer", "writer@example.org", when, 0)
    repo.create_commit("refs/heads/main", person, person, message, tree, [])
    return git


def commit_files(
    git: Path,
    files: dict[str, str | bytes],
    *,
    message: str = "A change",
    when: int = 1_700_000_000,
    author: str = "A Writer",
) -> str:
    """Commit `files` (nothing else stays) on `main` of the bare repository `git`, made when missing; its commit."""
    repo = (
        pygit2.Repository(str(git))
        if git.exists()
        else pygit2.init_repository(str(git), bare=True, initial_head="main")
    )
    index = pygit2.Index()
    for path, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        index.add(pygit2.IndexEntry(path, repo.create_blob(data), FileMode.BLOB))
    person = pygit2.Signature(author, "writer@example.org", when, 0)
    parents = [] if repo.head_is_unborn else [repo.head.target]
    return str(repo.create_commit("refs/heads/main", person, person, message, index.write_tree(repo), parents))


def _store(repo: pygit2.Repository, folder: Path) -> pygit2.Oid:
    builder = repo.TreeBuilder()
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            builder.insert(path.name, repo.create_blob(str(path.readlink()).encode()), FileMode.LINK)
        elif path.is_dir():
            if path.name != ".git" and any(path.iterdir()):
                builder.insert(path.name, _store(repo, path), FileMode.TREE)
        else:
            builder.insert(path.name, repo.create_blob(path.read_bytes()), FileMode.BLOB)
    return builder.write()
