"""What the double knows of each repository beside its git data: values that a test writes down, or a JSON file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Association = Literal["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "NONE"]


def at(text: str) -> datetime:
    """`2024-05-06` or `2024-05-06T07:08:09` as UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Fact(BaseModel):
    """A fact; tests may change it while the server runs."""

    model_config = ConfigDict(extra="forbid")


class Comment(Fact):
    """A comment under an issue or a pull request."""

    author: str | None = "helper"  # None: the account is gone ("ghost")
    association: Association = "NONE"
    body: str = "An answer."
    created_at: datetime


class Issue(Fact):
    """An issue, or a pull request: GitHub numbers and lists them together."""

    number: int
    title: str = "It does not run"
    body: str | None = None
    author: str | None = "asker"
    association: Association = "NONE"
    labels: tuple[str, ...] = ()
    created_at: datetime
    closed_at: datetime | None = None
    state_reason: Literal["completed", "not_planned", "duplicate"] | None = None
    comments: list[Comment] = []
    pull_request: bool = False
    merged: bool = False

    @property
    def updated_at(self) -> datetime:
        """When it, or its newest comment, last changed."""
        return max(
            [self.created_at, *([self.closed_at] if self.closed_at else []), *(c.created_at for c in self.comments)]
        )


class Asset(Fact):
    """A file of a release; `size` in bytes."""

    name: str
    size: int = 1
    downloads: int = 0


class Release(Fact):
    """A release; one without `published_at` is a draft, which only owners see."""

    tag: str
    name: str | None = None
    body: str = ""
    published_at: datetime | None
    prerelease: bool = False
    assets: list[Asset] = []


class Block(Fact):
    """Why GitHub does not show a repository: 451 for a legal notice, 403 for its terms of service.

    What GraphQL says then is documented nowhere: a client must cope with both answers.
    """

    status: Literal[403, 451] = 451
    graphql: Literal["FORBIDDEN", "NOT_FOUND"] = "NOT_FOUND"
    reason: str = "dmca"
    created_at: datetime = at("2022-02-03")
    html_url: str = "https://github.com/github/dmca/blob/master/2022/02/2022-02-03-example.md"


class Repository(Fact):
    """One repository. `git` is any folder with git data, bare or not; None is an empty repository."""

    full_name: str
    git: Path | None = None
    id: int = 1296269
    description: str | None = None
    homepage: str | None = None
    stars: int = 0
    forks: int = 0
    watchers: int = 0
    topics: tuple[str, ...] = ()
    license: str | None = None  # SPDX
    created_at: datetime = at("2019-01-02T03:04:05")
    pushed_at: datetime | None = None  # None: the date of the newest commit
    issues: list[Issue] = []
    releases: list[Release] = []
    private: bool = False
    archived: bool = False
    disabled: bool = False
    lock_reason: Literal["BILLING", "MIGRATING", "MOVING", "RENAME"] | None = None
    fork_of: str | None = None  # full_name of another repository of the world
    template: bool = False
    mirror_url: str | None = None
    issues_enabled: bool = True
    previous_names: tuple[str, ...] = ()
    block: Block | None = None
    tree_limit: int = 100_000
    computing: int = 0  # how many more times statistics answer 202
    search_incomplete: bool = False
    archive: bytes | None = None  # served in the place of a tarball made of `git`

    @property
    def owner(self) -> str:
        """The account."""
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        """The name without the account."""
        return self.full_name.partition("/")[2]


class Token(Fact):
    """Who a token belongs to. `scopes` is None for fine-grained and installation tokens."""

    login: str = "reader"
    scopes: tuple[str, ...] | None = ()
    limit: int = 5000
    installation: bool = False
    sees_private: bool = False
    expires_at: datetime | None = None


class App(Fact):
    """A GitHub App with one installation, which sees every repository and signs with `token` (one of the world's)."""

    id: int
    public_key: str  # PEM
    installation: int = 99
    token: str = "a-good-token"


class World(Fact):
    """All that the double serves."""

    apps: list[App] = []
    repositories: list[Repository] = []
    tokens: dict[str, Token] = Field(default_factory=lambda: {"a-good-token": Token()})
    organizations: tuple[str, ...] = ()
    rate_limiting: bool = True  # an Enterprise server may have switched it off

    def find(self, full_name: str) -> tuple[Repository | None, bool]:
        """The repository of that name, now or before, and whether it has moved; case does not matter."""
        wanted = full_name.lower()
        for repository in self.repositories:
            if repository.full_name.lower() == wanted:
                return repository, False
        for repository in self.repositories:
            if wanted in (name.lower() for name in repository.previous_names):
                return repository, True
        return None, False


def load(path: Path) -> World:
    """The world that a JSON file describes; paths in it are relative to that file."""
    world = World.model_validate_json(path.read_bytes())
    for repository in world.repositories:
        if repository.git is not None:
            repository.git = path.parent / repository.git
    return world
