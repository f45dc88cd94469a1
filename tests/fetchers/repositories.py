"""Small git repositories, made by libgit2 for one test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pygit2
from pygit2.enums import CheckoutStrategy, FileMode

TAKEN_AT = datetime(2024, 6, 30, tzinfo=UTC)
DAY = 86_400


def days_ago(days: float) -> int:
    return int(TAKEN_AT.timestamp() - days * DAY)


def init(folder: Path, *, bare: bool = False) -> pygit2.Repository:
    return pygit2.init_repository(str(folder), bare=bare, initial_head="main")


def commit(
    repo: pygit2.Repository,
    files: Mapping[str, bytes | None],
    *,
    at: int,
    author: str = "Ada",
    ref: str = "refs/heads/main",
    modes: Mapping[str, FileMode] | None = None,
    parents: Sequence[str] | None = None,
) -> str:
    """Commit `files` on top of the tip of `ref`; None deletes. A submodule's content is its commit in hex."""
    tip = repo.references.get(ref)
    index = pygit2.Index()
    if tip is not None:
        index.read_tree(tip.peel(pygit2.Tree))
    for path, content in files.items():
        mode = (modes or {}).get(path, FileMode.BLOB)
        if content is None:
            index.remove(path)
        elif mode == FileMode.COMMIT:
            index.add(pygit2.IndexEntry(path, pygit2.Oid(hex=content.decode()), mode))
        else:
            index.add(pygit2.IndexEntry(path, repo.create_blob(content), mode))
    who = pygit2.Signature(author, f"{author.lower()}@example.org", at, 0)
    above = [pygit2.Oid(hex=sha) for sha in parents] if parents is not None else [tip.target] if tip is not None else []
    return str(repo.create_commit(ref, who, who, f"Change {', '.join(files)}\n\nmore", index.write_tree(repo), above))


def check_out(repo: pygit2.Repository) -> None:
    repo.checkout_tree(repo.head.peel(pygit2.Tree), strategy=CheckoutStrategy.FORCE)  # type: ignore[no-untyped-call]
