"""Everything that a Fetcher brought of one repository at one commit.

A fact that could not be had is `None` and stands in `gaps` with its reason: never a zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Literal
from urllib.parse import quote

from pydantic import Field

from repotriage.models.base import CleanStr, Frozen, Message

SCHEMA_VERSION = 1
_SHOWN_RENDERED = (".md", ".markdown", ".rst", ".ipynb", ".csv", ".tsv")  # their lines have no anchor unless `plain`

FileMode = Literal["file", "executable", "symlink", "submodule"]
FileKind = Literal["text", "binary", "lfs", "unread"]
GapReason = Literal[
    "offline",
    "not_on_github",
    "no_token",
    "forbidden",
    "rate_limited",
    "secondary_limit",
    "timeout",
    "network",
    "server_error",
    "computing",
    "partial",
    "not_in_clone",
    "too_large",
    "truncated",
    "disabled",
    "no_history",
    "not_requested",
]
_TRANSIENT: frozenset[GapReason] = frozenset(
    {"rate_limited", "secondary_limit", "timeout", "network", "server_error", "computing", "partial"}
)
StateName = Literal[
    "renamed",
    "archived",
    "disabled",
    "locked",
    "empty",
    "issues_disabled",
    "fork",
    "mirror",
    "template",
    "truncated_tree",
    "incomplete_results",
    "computing",
    "partial_data",
    "rate_limited",
    "secondary_limit",
    "export_ignore",
    "lfs",
    "submodules",
    "dirty_checkout",
    "shallow_clone",
]


class Gap(Frozen):
    """Why a fact is unknown.

    `what` is the dotted name of the field in `Snapshot` (`github.stars`, `github.issues`,
    `history`, `files`); a gap of `github` holds for all below it.
    """

    what: str
    reason: GapReason
    message: Message
    retry_at: datetime | None = None

    @property
    def transient(self) -> bool:
        """Whether a limit or the network kept the fact back: the same question may be answered later."""
        return self.reason in _TRANSIENT


class State(Frozen):
    """A condition of the repository that the user must know, in its own words."""

    name: StateName
    message: Message
    url: CleanStr | None = None


class File(Frozen):
    """One entry of the tree. `text` is there for text within the caps; `size` is in bytes."""

    path: str
    size: int = Field(ge=0)
    mode: FileMode = "file"
    kind: FileKind = "text"
    text: str | None = None
    encoding: str | None = None
    note: str | None = None  # link target, submodule URL, size of the LFS object in bytes, or why it was not read


class Commit(Frozen):
    """One commit; dates are of the committer, in UTC."""

    sha: CleanStr
    date: datetime
    author: CleanStr | None = None
    title: CleanStr = ""


class Touch(Frozen):
    """When a path was last changed, and by which commit."""

    date: datetime
    sha: CleanStr


class BotPin(Frozen):
    """A pin that a bot raised in the dependency file `path`; `before` is the version that people had written."""

    path: str
    name: CleanStr  # canonical
    before: CleanStr
    after: CleanStr
    by: CleanStr  # Dependabot
    sha: CleanStr
    date: datetime


class History(Frozen):
    """What is known of the commits that lead to the snapshot's commit."""

    head: Commit | None = None
    first_commit_at: datetime | None = None
    total: int | None = None
    last_30_days: int | None = None  # counted back from Snapshot.taken_at
    last_90_days: int | None = None
    last_365_days: int | None = None
    authors: int | None = None
    recent: tuple[Commit, ...] = ()
    last_code_change: Touch | None = None  # last commit that touched a .py, .ipynb, .cu or .cpp file
    last_touched: Mapping[str, Touch] = {}  # by path, for the dependency files and READMEs
    bot_pins: tuple[BotPin, ...] | None = None  # None: not known, since only a clone tells it


class Answer(Frozen):
    """The first comment of somebody other than the one who asked."""

    at: datetime
    author: CleanStr | None = None
    association: CleanStr = "NONE"  # OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR, NONE, ...


class Issue(Frozen):
    """One issue (never a pull request)."""

    number: int
    title: CleanStr
    body: str = Field(default="", max_length=8000)
    url: CleanStr
    state: Literal["open", "closed"]
    state_reason: CleanStr | None = None
    author: CleanStr | None = None
    association: CleanStr = "NONE"
    labels: tuple[CleanStr, ...] = ()
    created_at: datetime
    closed_at: datetime | None = None
    comments: int | None = None
    first_answer: Answer | None = None
    answer_known: bool = True  # False: `first_answer` was not asked for or did not arrive


class Asset(Frozen):
    """A file attached to a release; `size` in bytes."""

    name: CleanStr
    url: CleanStr
    size: int | None = None
    downloads: int | None = None


class Release(Frozen):
    """One release."""

    tag: CleanStr
    name: CleanStr | None = None
    published_at: datetime | None = None
    prerelease: bool = False
    url: CleanStr
    assets: tuple[Asset, ...] = ()


class Parent(Frozen):
    """What a fork was made from: the stars belong there."""

    full_name: CleanStr
    stars: int | None = None
    url: CleanStr


class GitHubFacts(Frozen):
    """What GitHub says of the repository. `None` is unknown; `Snapshot.gap_of` tells why."""

    full_name: CleanStr
    url: CleanStr
    requested_name: CleanStr | None = None  # differs from full_name after a rename
    description: CleanStr | None = None
    homepage: CleanStr | None = None
    topics: tuple[CleanStr, ...] | None = None
    license_spdx: CleanStr | None = None
    languages: Mapping[str, int] | None = None  # bytes by language
    default_branch: CleanStr | None = None
    stars: int | None = None
    forks: int | None = None
    watchers: int | None = None
    open_issues: int | None = None  # without pull requests
    closed_issues: int | None = None
    open_pull_requests: int | None = None
    closed_pull_requests: int | None = None
    created_at: datetime | None = None
    pushed_at: datetime | None = None
    archived: bool | None = None
    disabled: bool | None = None
    locked: bool | None = None
    fork: bool | None = None
    template: bool | None = None
    parent: Parent | None = None
    mirror_url: CleanStr | None = None
    issues_enabled: bool | None = None
    issues: tuple[Issue, ...] | None = None  # newest first, at most 100
    releases: tuple[Release, ...] | None = None  # newest first
    release_count: int | None = None


class ApiUsage(Frozen):
    """What the fetch cost: requests counted by GitHub, GraphQL points, and what is left."""

    requests: int = 0
    cached: int = 0
    points: int | None = None
    limit: int | None = None
    remaining: int | None = None
    reset_at: datetime | None = None


class Snapshot(Frozen):
    """A repository at one commit, complete as far as `gaps` does not say otherwise."""

    schema_version: int = SCHEMA_VERSION
    source: Literal["github", "checkout"]
    name: CleanStr  # owner/name, or the folder's name when no remote tells it
    host: CleanStr = "github.com"
    commit: CleanStr | None = None  # None in an empty repository or a plain folder
    ref: CleanStr | None = None
    subdir: CleanStr = ""
    taken_at: datetime
    files: tuple[File, ...] = ()  # sorted by path
    github: GitHubFacts | None = None
    history: History | None = None
    states: tuple[State, ...] = ()
    gaps: tuple[Gap, ...] = ()
    api_usage: ApiUsage = ApiUsage()

    @cached_property
    def by_path(self) -> Mapping[str, File]:
        """Every file by its path."""
        return {file.path: file for file in self.files}

    @cached_property
    def own_name(self) -> str:
        """The repository's own name in lower case, without what an unpacked archive or an owner adds to a folder's."""
        return re.sub(r"-(?:main|master)\Z", "", self.name.rpartition("/")[2].rpartition("+")[2].lower())

    def text(self, path: str) -> str | None:
        """The text of `path`, or None when it is not there or was not read."""
        file = self.by_path.get(path)
        return None if file is None else file.text

    def inside(self) -> Iterator[File]:
        """The files that the target asks about: all, or those below `subdir`."""
        prefix = f"{self.subdir}/" if self.subdir else ""
        return (file for file in self.files if file.path.startswith(prefix))

    def gap_of(self, what: str) -> Gap | None:
        """Why the fact `what` (dotted) is unknown, if it is; a gap of a parent counts."""
        names = {what}
        while "." in what:
            what = what.rpartition(".")[0]
            names.add(what)
        return next((gap for gap in self.gaps if gap.what in names), None)

    def web_url(self, path: str | None = None, line: int | None = None) -> str | None:
        """Where a person can look at `path`; None when the repository is on no known host."""
        if "/" not in self.name or self.commit is None:
            return None
        url = f"https://{self.host}/{self.name}"
        if path is None:
            return url
        anchor = "" if line is None else f"?plain=1#L{line}" if path.endswith(_SHOWN_RENDERED) else f"#L{line}"
        return f"{url}/blob/{self.commit}/{quote(path)}{anchor}"
