"""REST by PyGithub, for those who have no token, and signing in as a GitHub App.

The only file that imports PyGithub, and only when it is needed: that costs 0.4 s. Of PyGithub its
requester is used, over our own HTTP client, and never its objects: they fetch when an attribute
is read, which would cost a request for each issue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from repotriage.errors import UnreadableError, UsageError
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
    unreadable_gap,
)
from repotriage.fetchers.github.states import Trouble, TroubleError, as_gap, judge
from repotriage.fetchers.http import USER_AGENT, HttpClient, Reply
from repotriage.fetchers.port import AppCredentials
from repotriage.models.base import Message, msg
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
)
from repotriage.models.target import GitHubTarget

if TYPE_CHECKING:
    from github.Requester import Requester

BUDGET = 6  # requests for one repository
_PAGE = 100


class _Response:
    """An answer of ours in the shape that PyGithub expects."""

    def __init__(self, reply: Reply) -> None:
        self.status = reply.status
        self.headers = reply.headers
        self._text = reply.body.decode("utf-8", errors="replace")

    def getheaders(self) -> Any:
        return self.headers.items()

    def read(self) -> str:
        return self._text


def _requester(client: HttpClient) -> Requester:
    """PyGithub's requester over `client`; every answer that is none raises TroubleError."""
    from github.Requester import Requester

    origin = "{0.scheme}://{0.netloc}".format(urlsplit(client.endpoints.rest))

    class Connection:
        """Stands in for PyGithub's own connections."""

        def __init__(self, *_: object, **__: object) -> None:
            self._sent: Reply | None = None

        def request(self, verb: str, url: str, input: str | None, headers: dict[str, str], *_: object) -> None:  # noqa: A002 (PyGithub's name)
            authorization = headers.get("Authorization")
            if verb == "GET":
                reply = client.get(origin + url, authorization=authorization)
            else:
                reply = client.post(origin + url, json.loads(input) if input else {}, authorization=authorization)
            trouble = judge(reply.status, reply.headers, reply.body, now=client.clock())
            if trouble is not None:
                raise TroubleError(trouble)
            self._sent = reply

        def getresponse(self) -> _Response:
            if self._sent is None:
                raise RuntimeError("PyGithub read an answer before it asked")
            return _Response(self._sent)

        def close(self) -> None:
            """Our client keeps its connections."""

    class OwnRequester(Requester):
        """A class of its own, since PyGithub keeps the connections to use on the class."""

    OwnRequester.injectConnectionClasses(Connection, Connection)  # type: ignore[arg-type] # same shape, no kin
    return OwnRequester(
        auth=None,
        base_url=client.endpoints.rest,
        timeout=0,  # ours counts
        user_agent=USER_AGENT,
        per_page=_PAGE,
        verify=True,
        retry=None,
        pool_size=None,
    )


def sign_in_as_app(client: HttpClient, app: AppCredentials, target: GitHubTarget) -> None:
    """Sign `client` in as an installation of `app`; raises TroubleError when GitHub does not let it in."""
    from github.Auth import AppAuth

    try:
        header = {"Authorization": f"Bearer {AppAuth(app.app_id, app.private_key.get_secret_value()).token}"}
    except Exception as error:
        # whatever the library for keys raises may quote the key, so only its kind is told
        raise UsageError(
            f"the private key of the GitHub App cannot be used: {type(error).__name__}",
            hint="give the PEM file that GitHub made for the App",
        ) from None
    requester = _requester(client)
    installation = app.installation_id
    if installation is None:
        url = f"/repos/{quote(target.owner)}/{quote(target.name)}/installation"
        installation = requester.requestJsonAndCheck("GET", url, headers=dict(header))[1]["id"]
    url = f"/app/installations/{installation}/access_tokens"
    granted = requester.requestJsonAndCheck("POST", url, headers=dict(header))[1]
    client.sign_in(str(granted["token"]), identity=f"app {app.app_id} {installation}")


class RestMetadata:
    """Asks for one repository in two steps, so that the archive comes before what can be spared.

    `required` costs two requests, `spared` at most three; GitHub counts one more for the archive.
    """

    def __init__(self, client: HttpClient, target: GitHubTarget, *, taken_at: datetime) -> None:
        self._client = client
        self._target = target
        self._taken_at = taken_at
        self._requester = _requester(client)
        self._gaps: list[Gap] = []
        self._states: list[State] = []
        self._it: dict[str, Any] = {}
        self._base = ""
        self.commit: str | None = None
        self._history: History | None = None

    @property
    def full_name(self) -> str:
        """owner/name as it is now."""
        return str(self._it["full_name"])

    def required(self, *, with_history: bool = True) -> None:
        """The repository and, if wanted, its newest commits; raises TroubleError, or UnreadableError for the ref."""
        requested = f"{self._target.owner}/{self._target.name}"
        _, data = self._requester.requestJsonAndCheck("GET", f"/repos/{quote(requested)}")
        if not isinstance(data, dict) or not isinstance(data.get("full_name"), str):
            raise TroubleError(Trouble(kind="server_error", message=msg("GitHub's answer cannot be read")))
        self._it = data
        self._base = f"/repos/{quote(data['full_name'])}"
        if not with_history:
            return
        try:
            self._read_history()
        except TroubleError as error:
            trouble = error.trouble
            if trouble.kind == "empty":
                message = msg("it has no commit yet")
                self._gaps.append(Gap(what="history", reason="no_history", message=message))
                self._states.append(empty_state())
            elif trouble.kind in ("not_found", "invalid") and self._target.ref is not None:
                raise UnreadableError(
                    f"{requested}: no commit is called {self._target.ref}",
                    label="no_such_ref",
                    hint="name a branch, a tag or a commit after the @",
                ) from None
            else:
                raise

    def spared(self) -> Metadata:
        """Issues, their answers and releases as far as the budget goes; what is left out is a gap."""
        facts = read(self._facts)
        if facts is None:
            facts = {}
            self._gaps += [unreadable_gap(f"github.{name}") for name in FACT_FIELDS]
        self._add_issues(facts)
        self._add_releases(facts)
        for name in (
            "languages",
            "locked",
            "open_issues",
            "closed_issues",
            "open_pull_requests",
            "closed_pull_requests",
        ):
            if facts.get(name) is None:
                self._without_token(f"github.{name}")
        requested = f"{self._target.owner}/{self._target.name}"
        full_name = self.full_name
        whole = GitHubFacts(
            full_name=full_name,
            url=str(self._it.get("html_url") or ""),
            requested_name=requested if full_name.lower() != requested.lower() else None,
            **facts,
        )
        return Metadata(
            facts=whole,
            commit=self.commit,
            history=self._history,
            states=(*states_of(whole, requested), *self._states),
            gaps=tuple(self._gaps),
        )

    def _get(self, path: str, **parameters: object) -> tuple[Mapping[str, str], Any]:
        return self._requester.requestJsonAndCheck("GET", self._base + path, parameters=dict(parameters))

    def _without_token(self, what: str) -> None:
        self._gaps.append(Gap(what=what, reason="no_token", message=msg("needs a token: set GITHUB_TOKEN")))

    def _read_history(self) -> None:
        ref = {"sha": self._target.ref} if self._target.ref else {}
        headers, data = self._get("/commits", per_page=_PAGE, **ref)
        commits = read(lambda: tuple(_commit(node) for node in data))
        if not commits:
            raise TroubleError(Trouble(kind="server_error", message=msg("GitHub's answer cannot be read")))
        self.commit = commits[0].sha
        complete = not _has_next(headers)
        self._history = History(
            head=commits[0],
            first_commit_at=min(commit.date for commit in commits) if complete else None,
            total=len(commits) if complete else None,
            authors=len({commit.author for commit in commits}) if complete else None,
            recent=commits,
            **{f"last_{days}_days": self._within(commits, days, complete=complete) for days in (30, 90, 365)},
        )
        self._gaps += history_gaps(self._history)
        self._without_token("history.last_touched")
        for what in ("total", "last_30_days", "last_90_days", "last_365_days"):
            if getattr(self._history, what) is None:
                self._without_token(f"history.{what}")

    def _within(self, commits: tuple[Commit, ...], days: int, *, complete: bool) -> int | None:
        start = self._taken_at - timedelta(days=days)
        if complete or min(commit.date for commit in commits) < start:
            return sum(commit.date >= start for commit in commits)
        return None

    def _facts(self) -> dict[str, Any]:
        it = self._it
        parent = it.get("parent") if it.get("fork") else None
        facts = GitHubFacts(
            full_name="",
            url="",
            description=it["description"],
            homepage=it.get("homepage") or None,
            topics=tuple(it["topics"]) if it.get("topics") is not None else None,
            license_spdx=dig(it, "license", "spdx_id"),
            default_branch=it["default_branch"],
            stars=it["stargazers_count"],
            forks=it["forks_count"],
            watchers=it.get("subscribers_count"),
            created_at=maybe_moment(it.get("created_at")),
            pushed_at=maybe_moment(it.get("pushed_at")),
            archived=it.get("archived"),
            disabled=it.get("disabled"),
            fork=it["fork"],
            template=it.get("is_template"),
            parent=None
            if parent is None
            else Parent(full_name=parent["full_name"], stars=parent.get("stargazers_count"), url=parent["html_url"]),
            mirror_url=it.get("mirror_url"),
            issues_enabled=it.get("has_issues"),
        )
        known = {name: getattr(facts, name) for name in (*FACT_FIELDS, "default_branch")}
        if it.get("open_issues_count") == 0:  # it counts pull requests too
            known |= {"open_issues": 0, "open_pull_requests": 0}
        return known

    def _add_issues(self, facts: dict[str, Any]) -> None:
        if facts.get("issues_enabled") is False:
            self._gaps.append(no_issues_gap())
            return
        answer = self._spare("github.issues", "/issues", state="all", sort="created", direction="desc", per_page=_PAGE)
        if answer is None:
            return
        headers, data = answer
        issues = read(lambda: tuple(_issue(node) for node in data if "pull_request" not in node))
        if issues is None:
            self._gaps.append(unreadable_gap("github.issues"))
            return
        if not _has_next(headers):  # everything is on this page, so it can be counted
            pulls = [node["state"] for node in data if "pull_request" in node]
            facts |= {
                "open_issues": sum(issue.state == "open" for issue in issues),
                "closed_issues": sum(issue.state == "closed" for issue in issues),
                "open_pull_requests": pulls.count("open"),
                "closed_pull_requests": pulls.count("closed"),
            }
        if any(issue.comments for issue in issues):
            issues = self._with_answers(issues)
        facts["issues"] = issues[:ISSUES]
        gap = answers_gap(issues)
        self._gaps += [gap] if gap else []

    def _with_answers(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        """The issues with their first answers, where the newest comments of the repository show them."""
        answer = self._spare(
            "github.issues.first_answer", "/issues/comments", sort="created", direction="desc", per_page=_PAGE
        )
        comments: dict[int, list[Mapping[str, Any]]] = {}
        nodes = answer[1] if answer else []
        if not isinstance(nodes, list):
            self._gaps.append(unreadable_gap("github.issues.first_answer"))
            nodes = []
        for comment in reversed([node for node in nodes if isinstance(node, Mapping)]):  # oldest first
            number = str(comment.get("issue_url")).rpartition("/")[2]
            if number.isdecimal():
                comments.setdefault(int(number), []).append(comment)
        return tuple(_answered(issue, comments.get(issue.number, [])) for issue in issues)

    def _add_releases(self, facts: dict[str, Any]) -> None:
        answer = self._spare("github.releases", "/releases", per_page=_PAGE)
        if answer is None:
            self._gaps.append(self._gaps[-1].model_copy(update={"what": "github.release_count"}))
            return
        headers, data = answer
        releases = read(lambda: tuple(_release(node) for node in data if not node.get("draft")))
        if releases is None:
            self._gaps.append(unreadable_gap("github.releases"))
            return
        facts["releases"] = releases
        if _has_next(headers):
            self._without_token("github.release_count")
        else:
            facts["release_count"] = len(releases)

    def _spare(self, what: str, path: str, **parameters: object) -> tuple[Mapping[str, str], Any] | None:
        """An answer that we can do without: None, and a gap, when it would break the budget or does not come."""
        if self._client.requests >= BUDGET:
            message: Message = msg("left out, to stay within {n} requests; needs a token: set GITHUB_TOKEN", n=BUDGET)
            self._gaps.append(Gap(what=what, reason="not_requested", message=message))
            return None
        try:
            return self._get(path, **parameters)
        except TroubleError as error:
            trouble = error.trouble
            self._gaps.append(as_gap(what, trouble))
            known = {state.name for state in self._states}
            if trouble.kind in ("rate_limited", "secondary_limit", "computing") and trouble.kind not in known:
                self._states.append(State(name=trouble.kind, message=trouble.message))
            return None


def _has_next(headers: Mapping[str, str]) -> bool:
    return 'rel="next"' in headers.get("link", "")


def _commit(node: Mapping[str, Any]) -> Commit:
    return Commit(
        sha=node["sha"],
        date=moment(node["commit"]["committer"]["date"]),
        author=dig(node, "author", "login") or dig(node, "commit", "author", "name"),
        title=node["commit"]["message"].partition("\n")[0],
    )


def _issue(node: Mapping[str, Any]) -> Issue:
    return Issue(
        number=node["number"],
        title=node["title"],
        body=(node.get("body") or "")[:BODY],
        url=node["html_url"],
        state=node["state"],
        state_reason=node.get("state_reason"),
        author=dig(node, "user", "login"),
        association=node.get("author_association") or "NONE",
        labels=tuple(label if isinstance(label, str) else str(label.get("name")) for label in node["labels"]),
        created_at=moment(node["created_at"]),
        closed_at=maybe_moment(node.get("closed_at")),
        comments=node["comments"],
        answer_known=node["comments"] == 0,
    )


def _answered(issue: Issue, comments: list[Mapping[str, Any]]) -> Issue:
    """`issue` with its first answer, if `comments` (oldest first) are all that it has."""
    if issue.comments != len(comments):
        return issue
    answers = (
        Answer(
            at=moment(comment["created_at"]),
            author=dig(comment, "user", "login"),
            association=comment.get("author_association") or "NONE",
        )
        for comment in comments
        if dig(comment, "user", "type") != "Bot" and (dig(comment, "user", "login") or "") != (issue.author or "")
    )
    return issue.model_copy(update={"first_answer": read(lambda: next(answers, None)), "answer_known": True})


def _release(node: Mapping[str, Any]) -> Release:
    return Release(
        tag=node["tag_name"],
        name=node.get("name") or None,
        published_at=maybe_moment(node.get("published_at")),
        prerelease=node["prerelease"],
        url=node["html_url"],
        assets=tuple(
            Asset(
                name=asset["name"],
                url=asset["browser_download_url"],
                size=asset.get("size"),
                downloads=asset.get("download_count"),
            )
            for asset in node["assets"]
        ),
    )
