"""One GraphQL query for everything but the files; in pieces when GitHub cannot answer it whole.

Source of the limits: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from repotriage.errors import UnreadableError
from repotriage.fetchers.github.metadata import (
    BODY,
    FACT_FIELDS,
    ISSUES,
    Metadata,
    answers_gap,
    dig,
    empty_state,
    history_gaps,
    maybe_moment,
    moment,
    no_issues_gap,
    read,
    states_of,
    text_or_none,
    unreadable_gap,
)
from repotriage.fetchers.github.states import Trouble, TroubleError, as_gap, judge, judge_errors
from repotriage.fetchers.http import HttpClient, Reply
from repotriage.models.base import msg
from repotriage.models.snapshot import (
    Answer,
    Asset,
    Commit,
    Gap,
    GitHubFacts,
    History,
    Issue,
    Parent,
    Release,
    State,
    Touch,
)
from repotriage.models.target import GitHubTarget

SECTIONS = ("facts", "history", "touched", "issues", "releases")
PATHS = ("README.md", "requirements.txt", "setup.py", "setup.cfg", "pyproject.toml", "environment.yml", "Pipfile")
_WHOLE = {"commitPage": 30, "issuePage": ISSUES, "commentPage": 10, "releasePage": 20}
_SMALLER = {"commitPage": 10, "issuePage": 30, "commentPage": 5, "releasePage": 5}
_GAPS = {
    "facts": tuple(f"github.{name}" for name in FACT_FIELDS),
    "history": ("history",),
    "touched": ("history.last_touched",),
    "issues": ("github.issues",),
    "releases": ("github.releases", "github.release_count"),
}
_FIELDS = {
    "homepageUrl": "homepage",
    "stargazerCount": "stars",
    "forkCount": "forks",
    "repositoryTopics": "topics",
    "licenseInfo": "license_spdx",
    "openIssues": "open_issues",
    "closedIssues": "closed_issues",
    "openPullRequests": "open_pull_requests",
    "closedPullRequests": "closed_pull_requests",
    "createdAt": "created_at",
    "pushedAt": "pushed_at",
    "isArchived": "archived",
    "isDisabled": "disabled",
    "isLocked": "locked",
    "isFork": "fork",
    "isTemplate": "template",
    "mirrorUrl": "mirror_url",
    "hasIssuesEnabled": "issues_enabled",
}


_NO_REASON = Trouble(kind="partial", message=msg("GitHub gave no reason"))


@cache
def document() -> str:
    """The query that is sent."""
    return files(__package__).joinpath("repository.graphql").read_text(encoding="utf-8")


def cost(client: HttpClient) -> int:
    """What the whole query costs here, in points, as GitHub itself counts it: nothing is fetched.

    Raises TroubleError when GitHub does not tell.
    """
    asker = _Asker(client, GitHubTarget(owner="octocat", name="Hello-World"), client.clock())
    content = asker.send(SECTIONS, _WHOLE, attempts=1, dry_run=True).json()
    points = dig(content, "data", "rateLimit", "cost")
    if not isinstance(points, int):
        troubles = judge_errors(_errors(content), {}, now=client.clock())
        raise TroubleError(troubles[0][1] if troubles else _NO_REASON)
    return points


@dataclass
class _Collected:
    """What has arrived so far, and what stands before the rest."""

    repository: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, Trouble] = field(default_factory=dict)  # by section
    errors: dict[str, Trouble] = field(default_factory=dict)  # by GraphQL field of the section `facts`
    blamed: set[str] = field(default_factory=set)  # sections that an error named
    pieces: int = 0


def fetch(
    client: HttpClient, target: GitHubTarget, *, taken_at: datetime, sections: tuple[str, ...] = SECTIONS
) -> Metadata:
    """All that GitHub knows of `target`, or some sections of it, in one request where it can be had so.

    Raises TroubleError when nothing useful came, UnreadableError when there is no such ref.
    """
    asker = _Asker(client, target, taken_at)
    collected = _Collected()
    asker.ask(collected, sections, _WHOLE, attempts=1)
    pieces = _pieces(collected)
    while pieces:
        sections = pieces.pop(0)
        for section in sections:
            del collected.missing[section]
        collected.pieces += 1
        alone = len(sections) == 1
        try:
            asker.ask(collected, sections, _SMALLER if alone else _WHOLE, attempts=2 if alone else 1)
        except TroubleError as error:
            if not collected.repository and not error.trouble.is_limit:
                raise
            collected.missing.update(dict.fromkeys(sections, error.trouble))
            if error.trouble.is_limit:
                break
        if not alone:
            pieces += _pieces(collected, among=sections)
    if not collected.repository:
        raise TroubleError(next(iter(collected.missing.values())))
    return _Reader(collected, target).metadata()


def _pieces(collected: _Collected, among: tuple[str, ...] = SECTIONS) -> list[tuple[str, ...]]:
    """How to ask again for what is missing: what GitHub blamed piece by piece, all else together."""
    missing = [name for name in among if name in collected.missing and _is_too_heavy(collected.missing[name])]
    innocent = tuple(name for name in missing if name not in collected.blamed)
    if not innocent or len(innocent) == len(missing):
        return [(name,) for name in missing]
    return [innocent, *((name,) for name in missing if name in collected.blamed)]


def _is_too_heavy(trouble: Trouble) -> bool:
    return trouble.kind in ("partial", "server_error", "timeout", "network")


class _Asker:
    def __init__(self, client: HttpClient, target: GitHubTarget, taken_at: datetime) -> None:
        self._client = client
        prefix = f"{target.subdir}/" if target.subdir else ""
        self._variables: dict[str, object] = {
            "owner": target.owner,
            "name": target.name,
            "expression": target.ref or "HEAD",
            **{f"since{days}": (taken_at - timedelta(days=days)).isoformat() for days in (30, 90, 365)},
            **{f"path{i}": f"{prefix}{path}" for i, path in enumerate(PATHS)},
        }

    def ask(self, into: _Collected, sections: Iterable[str], sizes: Mapping[str, int], *, attempts: int) -> None:
        """Ask for `sections`; what arrives and what is missing goes into `into`."""
        wanted = tuple(sections)
        try:
            reply = self.send(wanted, sizes, attempts)
        except TroubleError as error:
            if not _is_too_heavy(error.trouble):
                raise
            into.missing.update(dict.fromkeys(wanted, error.trouble))
            return
        content = reply.json()
        troubles = judge_errors(_errors(content), reply.headers, now=self._client.clock())
        limit = next((trouble for _, trouble in troubles if trouble.is_limit), None)
        if limit is not None and self._client.wait_until(limit.retry_at):
            content = self.send(wanted, sizes, attempts).json()
            troubles = judge_errors(_errors(content), reply.headers, now=self._client.clock())
        into.blamed.update(section for path, _ in troubles if (section := _section_of(path)) is not None)
        repository = dig(content, "data", "repository")
        if not isinstance(repository, dict):
            trouble = next((trouble for _, trouble in troubles), None)
            trouble = trouble or _NO_REASON
            if not _is_too_heavy(trouble):
                raise TroubleError(trouble)
            into.missing.update(dict.fromkeys(wanted, trouble))
            return
        note_cost(self._client, content)
        into.repository.update({name: value for name, value in repository.items() if value is not None})
        self._note(into, wanted, repository, troubles)

    def _note(
        self,
        into: _Collected,
        wanted: tuple[str, ...],
        repository: Mapping[str, Any],
        troubles: list[tuple[tuple[str, ...], Trouble]],
    ) -> None:
        for path, trouble in troubles:
            name = path[1] if len(path) > 1 else None
            section = _section_of(path)
            if section is None:  # it concerns the answer as a whole: what is not there is meant
                absent = [part for part in wanted if part != "facts" and repository.get(part) is None]
                absent += ["facts"] if "facts" in wanted and "stargazerCount" not in repository else []
                into.missing.update(dict.fromkeys(absent, trouble))
            elif section == "facts" and name is not None:
                into.errors[name] = trouble
                if _is_too_heavy(trouble):
                    into.missing[section] = trouble
            elif _is_too_heavy(trouble) or repository.get(section) is None:
                into.missing[section] = trouble

    def send(
        self, sections: tuple[str, ...], sizes: Mapping[str, int], attempts: int, *, dry_run: bool = False
    ) -> Reply:
        """GitHub's answer about `sections`; with `dry_run` it only counts the cost."""
        variables = {**self._variables, **sizes, **{name: name in sections for name in SECTIONS}, "dryRun": dry_run}
        reply = self._client.post(
            self._client.endpoints.graphql, {"query": document(), "variables": variables}, attempts=attempts
        )
        trouble = judge(reply.status, reply.headers, reply.body, now=self._client.clock())
        if trouble is not None:
            raise TroubleError(trouble)
        return reply


def note_cost(client: HttpClient, content: object) -> None:
    """Add the points that an answer tells that it cost."""
    cost = dig(content, "data", "rateLimit", "cost")
    if isinstance(cost, int):
        client.points = (client.points or 0) + cost


def _section_of(path: tuple[str, ...]) -> str | None:
    """The section that a field of the answer belongs to; None for the answer as a whole."""
    if len(path) < 2:
        return None
    return path[1] if path[1] in SECTIONS else "facts"


def _errors(content: object) -> list[Mapping[str, Any]]:
    errors = dig(content, "errors")
    return [error for error in errors if isinstance(error, Mapping)] if isinstance(errors, list) else []


class _Reader:
    """Reads models out of what has arrived; a part of an unknown shape becomes a gap."""

    def __init__(self, collected: _Collected, target: GitHubTarget) -> None:
        self._it = collected.repository
        self._collected = collected
        self._target = target
        self._gaps: list[Gap] = []

    def metadata(self) -> Metadata:
        requested = f"{self._target.owner}/{self._target.name}"
        commit = self._commit(requested)
        facts = self._facts(requested)
        history = self._history(commit)
        states = states_of(facts, requested, lock_reason=text_or_none(self._it.get("lockReason")))
        if commit is None:
            states.append(empty_state())
        for section, trouble in self._collected.missing.items():
            known = {gap.what for gap in self._gaps}
            lacking = [what for what in _GAPS[section] if what not in known and self._lacks(what, facts, history)]
            self._gaps += [as_gap(what, trouble) for what in lacking]
        if self._collected.pieces:
            states.append(
                State(
                    name="partial_data",
                    message=msg(
                        "GitHub answered in part and was asked again in pieces: {n}; still missing: {missing}",
                        n=self._collected.pieces,
                        missing=", ".join(sorted(self._collected.missing)) or "-",
                    ),
                )
            )
        elif self._collected.missing or self._collected.errors:
            names = sorted({*self._collected.missing, *self._collected.errors})
            states.append(
                State(
                    name="partial_data",
                    message=msg("GitHub answered in part; missing: {missing}", missing=", ".join(names)),
                )
            )
        return Metadata(facts=facts, commit=commit, history=history, states=tuple(states), gaps=tuple(self._gaps))

    @staticmethod
    def _lacks(what: str, facts: GitHubFacts, history: History | None) -> bool:
        if what.startswith("github."):
            return getattr(facts, what.removeprefix("github.")) is None
        return history is None if what == "history" else not (history and history.last_touched)

    def _commit(self, requested: str) -> str | None:
        found = self._it.get("target")
        while dig(found, "__typename") == "Tag":
            found = dig(found, "target")
        if dig(found, "__typename") == "Commit":
            return str(dig(found, "oid"))
        if self._it.get("isEmpty") or (self._target.ref is None and self._it.get("defaultBranchRef") is None):
            return None
        raise UnreadableError(
            f"{requested}: no commit is called {self._target.ref or 'HEAD'}",
            label="no_such_ref",
            hint="name a branch, a tag or a commit after the @",
        )

    def _facts(self, requested: str) -> GitHubFacts:
        it = self._it
        full_name = str(it.get("nameWithOwner") or requested)
        known: dict[str, Any] = {
            "full_name": full_name,
            "url": str(it.get("url") or ""),
            "requested_name": requested if full_name.lower() != requested.lower() else None,
            "default_branch": text_or_none(dig(it, "defaultBranchRef", "name")),
        }
        if "stargazerCount" in it:
            known |= read(self._main_facts) or {}
            if "stars" not in known:
                self._gaps += [unreadable_gap(what) for what in _GAPS["facts"]]
        for name, trouble in self._collected.errors.items():
            what = _FIELDS.get(name, name)
            if what in FACT_FIELDS and known.get(what) is None:
                self._gaps.append(as_gap(f"github.{what}", trouble))
        if it.get("hasIssuesEnabled") is False:
            self._gaps.append(no_issues_gap())
        elif "issues" in it:
            issues = read(self._issues)
            if issues is None:
                self._gaps.append(unreadable_gap("github.issues"))
            else:
                gap = answers_gap(issues)
                self._gaps += [gap] if gap else []
            known["issues"] = issues
        if "releases" in it:
            known["releases"] = read(self._releases)
            count = dig(it, "releases", "totalCount")
            known["release_count"] = count if isinstance(count, int) else None
            if known["releases"] is None:
                self._gaps.append(unreadable_gap("github.releases"))
        return GitHubFacts(**known)

    def _main_facts(self) -> dict[str, Any]:
        it = self._it
        parent = it.get("parent")
        topics = dig(it, "repositoryTopics", "nodes")
        languages = dig(it, "languages", "edges")
        facts = GitHubFacts(
            full_name="",
            url="",
            description=it.get("description"),
            homepage=it.get("homepageUrl"),
            topics=None if topics is None else tuple(node["topic"]["name"] for node in topics),
            license_spdx=dig(it, "licenseInfo", "spdxId"),
            languages=None if languages is None else {edge["node"]["name"]: edge["size"] for edge in languages},
            stars=it.get("stargazerCount"),
            forks=it.get("forkCount"),
            watchers=dig(it, "watchers", "totalCount"),
            open_issues=dig(it, "openIssues", "totalCount"),
            closed_issues=dig(it, "closedIssues", "totalCount"),
            open_pull_requests=dig(it, "openPullRequests", "totalCount"),
            closed_pull_requests=dig(it, "closedPullRequests", "totalCount"),
            created_at=maybe_moment(it.get("createdAt")),
            pushed_at=maybe_moment(it.get("pushedAt")),
            archived=it.get("isArchived"),
            disabled=it.get("isDisabled"),
            locked=it.get("isLocked"),
            fork=it.get("isFork"),
            template=it.get("isTemplate"),
            parent=None
            if parent is None
            else Parent(full_name=parent["nameWithOwner"], stars=parent.get("stargazerCount"), url=parent["url"]),
            mirror_url=it.get("mirrorUrl"),
            issues_enabled=it.get("hasIssuesEnabled"),
        )
        return {name: getattr(facts, name) for name in FACT_FIELDS}

    def _issues(self) -> tuple[Issue, ...]:
        return tuple(_issue(node) for node in self._it["issues"]["nodes"] if node is not None)

    def _releases(self) -> tuple[Release, ...]:
        nodes = self._it["releases"]["nodes"]
        return tuple(_release(node) for node in nodes if node is not None and not node.get("isDraft"))

    def _history(self, commit: str | None) -> History | None:
        if commit is None:
            self._gaps.append(Gap(what="history", reason="no_history", message=msg("it has no commit yet")))
            return None
        found = _commit_of(self._it.get("history"), "recent")
        touched = read(self._touched) or {}
        if found is None:
            return None
        history = read(lambda: _history(found, touched))
        if history is None:
            self._gaps.append(unreadable_gap("history"))
            return None
        self._gaps += history_gaps(history)
        return history

    def _touched(self) -> dict[str, Touch]:
        found = _commit_of(self._it.get("touched"), "path0")
        prefix = f"{self._target.subdir}/" if self._target.subdir else ""
        touched = {}
        for i, path in enumerate(PATHS):
            nodes = dig(found, f"path{i}", "nodes")
            if nodes:
                touched[f"{prefix}{path}"] = Touch(date=moment(nodes[0]["committedDate"]), sha=nodes[0]["oid"])
        return touched


def _commit_of(found: object, known_by: str) -> Mapping[str, Any] | None:
    """The commit that an object is or that a tag points to."""
    for candidate in (found, dig(found, "target")):
        if isinstance(candidate, Mapping) and candidate.get(known_by) is not None:
            return candidate
    return None


def _history(found: Mapping[str, Any], touched: Mapping[str, Touch]) -> History:
    recent = tuple(
        Commit(
            sha=node["oid"],
            date=moment(node["committedDate"]),
            author=dig(node, "author", "user", "login") or dig(node, "author", "name"),
            title=node["messageHeadline"],
        )
        for node in found["recent"]["nodes"]
    )
    total = found["recent"]["totalCount"]
    complete = total == len(recent)
    return History(
        head=recent[0] if recent else None,
        first_commit_at=min((commit.date for commit in recent), default=None) if complete else None,
        total=total,
        last_30_days=dig(found, "last30", "totalCount"),
        last_90_days=dig(found, "last90", "totalCount"),
        last_365_days=dig(found, "last365", "totalCount"),
        authors=len({commit.author for commit in recent}) if complete else None,
        recent=recent,
        last_touched=touched,
    )


def _issue(node: Mapping[str, Any]) -> Issue:
    asker = dig(node, "author", "login")
    comments = node["comments"]["nodes"]
    total = node["comments"]["totalCount"]
    answer = next((_answer(comment) for comment in comments if _is_answer(comment, asker)), None)
    return Issue(
        number=node["number"],
        title=node["title"],
        body=(node["body"] or "")[:BODY],
        url=node["url"],
        state="closed" if node["state"] == "CLOSED" else "open",
        state_reason=(node.get("stateReason") or "").lower() or None,
        author=asker,
        association=node["authorAssociation"],
        labels=tuple(label["name"] for label in dig(node, "labels", "nodes") or ()),
        created_at=moment(node["createdAt"]),
        closed_at=maybe_moment(node["closedAt"]),
        comments=total,
        first_answer=answer,
        answer_known=answer is not None or total <= len(comments),
    )


def _is_answer(comment: Mapping[str, Any], asker: str | None) -> bool:
    return dig(comment, "author", "__typename") != "Bot" and (dig(comment, "author", "login") or "") != (asker or "")


def _answer(comment: Mapping[str, Any]) -> Answer:
    return Answer(
        at=moment(comment["createdAt"]),
        author=dig(comment, "author", "login"),
        association=comment["authorAssociation"],
    )


def _release(node: Mapping[str, Any]) -> Release:
    return Release(
        tag=node["tagName"],
        name=node["name"] or None,
        published_at=maybe_moment(node["publishedAt"]),
        prerelease=node["isPrerelease"],
        url=node["url"],
        assets=tuple(
            Asset(name=asset["name"], url=asset["downloadUrl"], size=asset["size"], downloads=asset["downloadCount"])
            for asset in dig(node, "releaseAssets", "nodes") or ()
        ),
    )
