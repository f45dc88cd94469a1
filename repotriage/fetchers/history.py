"""The history of a commit, read out of a git object database within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pygit2
from pygit2.enums import SortMode

from repotriage.fetchers.bot_pins import BotPins
from repotriage.models.base import Frozen, msg
from repotriage.models.snapshot import Commit, File, Gap, GapReason, History, State, Touch

# What the bounds cost, measured on 243 checkouts with benchmarks/checkout_speed.py: a commit
# counted 10 µs, a commit compared 15 µs for a few paths, a whole diff 60 µs.
MAX_COUNTED = 200_000
MAX_COMPARED = 20_000
MAX_DIFFS = 3_000
_MAX_PATHS = 200
_RECENT = 30
_WINDOWS = (30, 90, 365)  # days

_CODE = (".py", ".ipynb", ".cu", ".cuh", ".cpp", ".cc", ".c", ".h", ".hpp", ".pyx")
_WATCHED = re.compile(
    r"(?i)readme(\..*)?|.*require.*\.(txt|in|pip)|.*constraint.*\.txt|pyproject\.toml|setup\.(py|cfg)"
    r"|.*(environment|conda|env).*\.ya?ml|pipfile(\.lock)?|(poetry|uv|pdm|pixi)\.lock|pixi\.toml|pylock.*\.toml"
    r"|dockerfile.*|.*\.dockerfile|cog\.ya?ml|runtime\.txt|\.python-version|tox\.ini|noxfile\.py"
)
_WATCHED_FOLDER = re.compile(r"(?i)(.*/)?requirements/[^/]+\.(txt|in)")
_LAST_SECOND = 253_402_300_799  # of the year 9999


class Past(Frozen):
    """A history, and what is to be said of how complete it is."""

    history: History
    states: tuple[State, ...] = ()
    gaps: tuple[Gap, ...] = ()


def watched_paths(files: Iterable[File]) -> tuple[str, ...]:
    """The dependency files and READMEs whose last change is worth knowing, those nearest the root first."""
    found = [
        file.path
        for file in files
        if file.mode in ("file", "executable")
        and (_WATCHED.fullmatch(file.path.rpartition("/")[2][:200]) or _WATCHED_FOLDER.fullmatch(file.path[:1000]))
    ]
    return tuple(sorted(found, key=lambda path: (path.count("/"), path))[:_MAX_PATHS])


def read_history(repo: pygit2.Repository, head: pygit2.Commit, *, taken_at: datetime, paths: Iterable[str]) -> Past:
    """Walk the commits that lead to `head`, newest first.

    Dates are the committer's, in UTC; windows are counted back from `taken_at`; authors are
    told apart by e-mail address. `last_touched` and `last_code_change` go by commits with
    one parent, as `git log --no-merges` does. What a shallow clone, a missing object or a
    bound of ours cuts off is None, with a gap.
    """
    paths = tuple(paths)
    count = _Count(repo.is_shallow)
    changes = _Changes(paths)
    bots = BotPins(paths)
    why: str | None = None
    try:
        for commit in repo.walk(head.id, SortMode.TIME):
            if count.total >= MAX_COUNTED:
                why = "bound"
                break
            count.add(commit)
            changes.see(commit, boundary=repo.is_shallow and not commit.parent_ids)
            bots.see(commit)
    except (KeyError, ValueError, pygit2.GitError):
        why = "missing"
    if repo.is_shallow:
        why = "shallow"
    history = count.history(taken_at, complete=why is None).model_copy(
        update={
            "head": _commit(head),
            "last_code_change": changes.code,
            "last_touched": dict(sorted(changes.found.items())),
            "bot_pins": tuple(one for _, one in sorted(bots.found.items())),
        }
    )
    return Past(history=history, states=_states(why, count), gaps=(*_gaps(why, history, count), *changes.gaps(why)))


def _states(why: str | None, count: _Count) -> tuple[State, ...]:
    if why != "shallow":
        return ()
    message = msg("the clone is shallow: it holds only the last {n} commits of the history", n=count.total)
    return (State(name="shallow_clone", message=message),)


def _gaps(why: str | None, history: History, count: _Count) -> tuple[Gap, ...]:
    if why is None:
        return ()
    if why == "shallow":
        message = msg("the clone is shallow; git fetch --unshallow brings the rest of the history")
    elif why == "missing":
        message = msg("commits before the newest {n} are missing from this clone", n=count.total)
    else:
        message = msg("only the newest {n} commits were counted", n=count.total)
    reason: GapReason = "too_large" if why == "bound" else "no_history"
    names = ("total", "first_commit_at", "authors", *(f"last_{days}_days" for days in _WINDOWS))
    return tuple(
        Gap(what=f"history.{name}", reason=reason, message=message) for name in names if getattr(history, name) is None
    )


@dataclass
class _Count:
    """Tallies of the walk; `limit` is the newest date from which parents may be missing."""

    shallow: bool
    total: int = 0
    authors: set[bytes] = field(default_factory=set)
    dates: list[int] = field(default_factory=list)
    recent: list[Commit] = field(default_factory=list)
    limit: int = 0

    def add(self, commit: pygit2.Commit) -> None:
        self.total += 1
        self.dates.append(commit.commit_time)
        author = commit.author
        self.authors.add((author.raw_email or author.raw_name).lower())
        if len(self.recent) < _RECENT:
            self.recent.append(_commit(commit))
        if self.shallow and not commit.parent_ids:
            self.limit = max(self.limit, commit.commit_time)

    def history(self, taken_at: datetime, *, complete: bool) -> History:
        limit = self.limit or min(self.dates, default=0)
        windows: dict[str, int | None] = {}
        for days in _WINDOWS:
            start = (taken_at - timedelta(days=days)).timestamp()
            known = complete or start > limit
            windows[f"last_{days}_days"] = (
                sum(start <= date <= taken_at.timestamp() for date in self.dates) if known else None
            )
        dated = [date for date in self.dates if date > 0]  # broken clocks and imports write 1970
        return History(
            first_commit_at=_date(min(dated)) if complete and dated else None,
            total=self.total if complete else None,
            authors=len(self.authors) if complete else None,
            recent=tuple(self.recent),
            **windows,
        )


class _Changes:
    """The last commit that touched each watched path, and any code."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.found: dict[str, Touch] = {}
        self.code: Touch | None = None
        self._open: dict[str, Any] = {}  # nested by folder; a path still looked for is a leaf
        self._left = 0
        self._compared = 0
        self._diffed = 0
        for path in paths:
            *folders, name = path.split("/")
            level = self._open
            for folder in folders:
                level = level.setdefault(folder, {})
            level[name] = path
            self._left += 1

    def see(self, commit: pygit2.Commit, *, boundary: bool) -> None:
        if boundary or len(commit.parent_ids) > 1:
            return
        if self._left and self._compared < MAX_COMPARED:
            self._compared += 1
            old = commit.parents[0].tree if commit.parent_ids else None
            if old is None or old.id != commit.tree_id:
                for path in _touched(self._open, commit.tree, old):
                    self.found[path] = _touch(commit)
                    self._left -= 1
        if self.code is None and self._diffed < MAX_DIFFS:
            self._diffed += 1
            if _touches_code(commit):
                self.code = _touch(commit)

    def gaps(self, why: str | None) -> tuple[Gap, ...]:
        gaps: list[Gap] = []
        reason: GapReason = "no_history" if why in ("shallow", "missing") else "too_large"
        if self._left and (why or self._compared >= MAX_COMPARED):
            message = msg(
                "dependency files and READMEs whose last change lies further back than was looked: {n}", n=self._left
            )
            gaps.append(Gap(what="history.last_touched", reason=reason, message=message))
        if self.code is None and (why or self._diffed >= MAX_DIFFS):
            message = msg("the last change of code lies further back than was looked")
            gaps.append(Gap(what="history.last_code_change", reason=reason, message=message))
        return tuple(gaps)


def _touched(wanted: dict[str, Any], new: pygit2.Tree | None, old: pygit2.Tree | None) -> Iterator[str]:
    """The wanted paths whose entry differs between two trees; they are taken out of `wanted`."""
    for name, below in list(wanted.items()):
        new_entry, old_entry = _entry(new, name), _entry(old, name)
        if (new_entry and new_entry.id) == (old_entry and old_entry.id):
            continue
        if isinstance(below, str):
            del wanted[name]
            yield below
        else:
            yield from _touched(below, _tree(new_entry), _tree(old_entry))
            if not below:
                del wanted[name]


def _entry(tree: pygit2.Tree | None, name: str) -> pygit2.Object | None:
    if tree is None:
        return None
    try:
        return tree[name]
    except KeyError:
        return None


def _tree(entry: pygit2.Object | None) -> pygit2.Tree | None:
    return entry if isinstance(entry, pygit2.Tree) else None


def _touches_code(commit: pygit2.Commit) -> bool:
    tree = commit.tree
    diff = tree.diff_to_tree(commit.parents[0].tree) if commit.parent_ids else tree.diff_to_tree()
    return any(delta.new_file.raw_path.lower().endswith(_CODE_BYTES) for delta in diff.deltas)


_CODE_BYTES = tuple(suffix.encode() for suffix in _CODE)


def _touch(commit: pygit2.Commit) -> Touch:
    return Touch(date=_date(commit.commit_time), sha=str(commit.id))


def _commit(commit: pygit2.Commit) -> Commit:
    title = commit.raw_message.lstrip()[:1000].split(b"\n", 1)[0].decode("utf-8", "replace")
    author = commit.author.raw_name.decode("utf-8", "replace")
    return Commit(sha=str(commit.id), date=_date(commit.commit_time), author=author or None, title=title.strip()[:200])


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST_SECOND), UTC)
