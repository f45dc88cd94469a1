"""The REST endpoints that a repository reader needs, answered from facts and git data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlencode

from tests.double.facts import Issue, Repository, Token, World
from tests.double.gitdata import Entry, GitData
from tests.double.shapes import Shapes, committed, error, number_of, rate


@dataclass(frozen=True)
class Call:
    """One request, after its token was judged. `path` is below the API's root and still quoted."""

    world: World
    shapes: Shapes
    path: str
    query: Mapping[str, str]
    token: Token | None
    archives: str  # URL of the archive host
    limits: Mapping[str, Mapping[str, int]]
    now: datetime
    git: Callable[[Repository], GitData | None]


@dataclass
class Reply:
    """An answer; `body` is JSON, `raw` anything else."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(frozen=True)
class About:
    """A call for one repository."""

    call: Call
    fact: Repository
    git: GitData | None
    rest: tuple[str, ...] = ()

    def page(self, items: Sequence[Any], shape: Callable[[Any], Any], *, last: bool = True) -> Reply:
        """One page of `items` and its Link header, which names the repository by its id.

        `last=False`: as GitHub lists issues, with a cursor and without a link to the last page.
        """
        size = max(1, min(100, _integer(self.call.query.get("per_page"), 30)))
        page = max(1, _integer(self.call.query.get("page"), 1))
        pages = max(1, -(-len(items) // size))
        tail = (
            self.call.path.split("/", 4)[4] if self.call.path.startswith("/repos/") else self.call.path.split("/", 3)[3]
        )
        base = f"{self.call.shapes.api}/repositories/{self.fact.id}/{tail}"

        def link(number: int, relation: str) -> str:
            query = dict(self.call.query) | {"page": str(number)}
            if not last and relation == "next":
                query["after"] = f"Y3Vyc29yOg{number}"
            return f'<{base}?{urlencode(query)}>; rel="{relation}"'

        links = []
        if page > 1:
            links.append(link(min(page - 1, pages), "prev"))
        if page < pages:
            links.append(link(page + 1, "next"))
            if last:
                links.append(link(pages, "last"))
        if page > 1:
            links.append(link(1, "first"))
        body = [shape(item) for item in items[(page - 1) * size : page * size]]
        return Reply(body=body, headers={"Link": ", ".join(links)} if links else {})

    def moment(self, name: str) -> datetime | None:
        """A moment of the query."""
        text = self.call.query.get(name)
        return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def not_found() -> Reply:
    """A repository that is not there, or that this token may not see: GitHub does not tell."""
    return Reply(404, error(404, "Not Found", "https://docs.github.com/rest/repos/repos#get-a-repository"))


def _repository(about: About) -> Reply:
    return Reply(body=about.call.shapes.repository(about.fact, about.git))


def _commits(about: About) -> Reply:
    query = about.call.query
    if about.git is None or about.git.commit(None) is None:
        return Reply(409, error(409, "Git Repository is empty."))
    start = about.git.commit(query.get("sha"))
    if start is None:
        return Reply(404, error(404, "Not Found", "https://docs.github.com/rest/commits/commits#list-commits"))
    found = about.git.history(
        str(start.id), since=about.moment("since"), until=about.moment("until"), path=query.get("path")
    )
    return about.page(found, lambda commit: about.call.shapes.commit(about.fact, commit))


def _commit(about: About) -> Reply:
    if about.git is None or about.git.commit(None) is None:
        return Reply(409, error(409, "Git Repository is empty."))
    ref = unquote(about.rest[0])
    commit = about.git.commit(ref)
    if commit is None:
        return Reply(422, error(422, f"No commit found for SHA: {ref}"))
    body = about.call.shapes.commit(about.fact, commit)
    return Reply(body=body | {"stats": {"total": 0, "additions": 0, "deletions": 0}, "files": []})


def _tree(about: About) -> Reply:
    if about.git is None or about.git.commit(None) is None:
        return Reply(409, error(409, "Git Repository is empty."))
    ref = unquote(about.rest[0])
    commit = about.git.commit(ref)
    if commit is None:
        commit = next((c for c in about.git.log(str(about.git.repo.head.target)) if str(c.tree_id) == ref), None)
    if commit is None:
        return Reply(404, error(404, "Not Found", "https://docs.github.com/rest/git/trees#get-a-tree"))
    entries: Sequence[Entry] = about.git.entries(str(commit.id))
    if "recursive" not in about.call.query:
        entries = [entry for entry in entries if "/" not in entry.path]
    kept = entries[: about.fact.tree_limit]
    body = {
        "sha": str(commit.tree_id),
        "url": f"{about.call.shapes.api}/repos/{about.fact.full_name}/git/trees/{commit.tree_id}",
        "tree": [about.call.shapes.tree_entry(about.fact, entry) for entry in kept],
        "truncated": len(kept) < len(entries),
    }
    return Reply(body=body)


def _blob(about: About) -> Reply:
    sha = about.rest[0]
    data = about.git.blob(sha) if about.git else None
    if data is None:
        return Reply(404, error(404, "Not Found", "https://docs.github.com/rest/git/blobs#get-a-blob"))
    entry = Entry("", 0o100644, sha, "blob", len(data))
    content = about.call.shapes.content(about.fact, entry, "HEAD", data)
    url = f"{about.call.shapes.api}/repos/{about.fact.full_name}/git/blobs/{sha}"
    return Reply(
        body={key: content[key] for key in ("content", "encoding", "sha", "size")}
        | {"url": url, "node_id": f"B_{sha[:16]}"}
    )


def _contents(about: About) -> Reply:
    path = unquote(about.rest[0] or "").strip("/")
    ref = about.call.query.get("ref")
    commit = about.git.commit(ref) if about.git else None
    if about.git is None or commit is None:
        empty = about.git is None or about.git.commit(None) is None
        text = "This repository is empty." if empty else f"No commit found for the ref {ref}"
        return Reply(404, error(404, text, "https://docs.github.com/rest/repos/contents#get-repository-content"))
    shown = ref or about.git.default_branch
    entries = about.git.entries(str(commit.id))
    found = next((entry for entry in entries if entry.path == path), None)
    if found is not None and found.kind == "blob":
        return Reply(body=about.call.shapes.content(about.fact, found, shown, about.git.blob(found.sha) or b""))
    if found is None and path:
        return Reply(404, error(404, "Not Found", "https://docs.github.com/rest/repos/contents#get-repository-content"))
    inside = [entry for entry in entries if entry.path.rpartition("/")[0] == path]
    return Reply(body=[about.call.shapes.content(about.fact, entry, shown) for entry in inside])


def _listed(about: About) -> list[Issue]:
    query = about.call.query
    state = query.get("state", "open")
    since = about.moment("since")
    labels = set(filter(None, query.get("labels", "").split(",")))
    issues = [
        issue
        for issue in about.fact.issues
        if (state == "all" or (state == "open") == (issue.closed_at is None))
        and (since is None or issue.updated_at >= since)
        and labels <= set(issue.labels)
    ]
    keys: dict[str, Callable[[Issue], Any]] = {
        "created": lambda issue: (issue.created_at, issue.number),
        "updated": lambda issue: (issue.updated_at, issue.number),
        "comments": lambda issue: (len(issue.comments), issue.number),
    }
    return sorted(issues, key=keys[query.get("sort", "created")], reverse=query.get("direction", "desc") == "desc")


def _disabled_issues(about: About) -> Reply | None:
    if about.fact.issues_enabled:
        return None
    return Reply(410, error(410, "Issues has been disabled in this repository.", "https://docs.github.com/v3/issues/"))


def _issues(about: About) -> Reply:
    return _disabled_issues(about) or about.page(
        _listed(about), lambda issue: about.call.shapes.issue(about.fact, issue), last=False
    )


def _pulls(about: About) -> Reply:
    return about.page([], lambda nothing: nothing)


def _issue(about: About) -> Reply:
    if off := _disabled_issues(about):
        return off
    issue = next((issue for issue in about.fact.issues if issue.number == int(about.rest[0])), None)
    if issue is None:
        return Reply(404, error(404, "Not Found", "https://docs.github.com/rest/issues/issues#get-an-issue"))
    return Reply(body=about.call.shapes.issue(about.fact, issue))


def _issue_comments(about: About) -> Reply:
    if off := _disabled_issues(about):
        return off
    issue = next((issue for issue in about.fact.issues if issue.number == int(about.rest[0])), None)
    if issue is None:
        return Reply(404, error(404, "Not Found", "https://docs.github.com/rest/issues/comments#list-issue-comments"))
    comments = sorted(issue.comments, key=lambda comment: comment.created_at)
    return about.page(comments, lambda comment: about.call.shapes.comment(about.fact, issue, comment))


def _all_comments(about: About) -> Reply:
    if off := _disabled_issues(about):
        return off
    since = about.moment("since")
    pairs = [
        (issue, comment)
        for issue in about.fact.issues
        for comment in issue.comments
        if since is None or comment.created_at >= since
    ]
    newest = "sort" in about.call.query and about.call.query.get("direction", "desc") == "desc"
    pairs.sort(key=lambda pair: (pair[1].created_at, pair[0].number), reverse=newest)
    return about.page(pairs, lambda pair: about.call.shapes.comment(about.fact, *pair))


def _releases(about: About) -> Reply:
    public = [release for release in about.fact.releases if release.published_at]
    public.sort(key=lambda release: release.published_at or about.fact.created_at, reverse=True)
    return about.page(public, lambda release: about.call.shapes.release(about.fact, release))


def _latest_release(about: About) -> Reply:
    public = [release for release in about.fact.releases if release.published_at and not release.prerelease]
    if not public:
        return Reply(
            404, error(404, "Not Found", "https://docs.github.com/rest/releases/releases#get-the-latest-release")
        )
    newest = max(public, key=lambda release: release.published_at or about.fact.created_at)
    return Reply(body=about.call.shapes.release(about.fact, newest))


def _tags(about: About) -> Reply:
    url = f"{about.call.shapes.api}/repos/{about.fact.full_name}"

    def shape(pair: tuple[str, str]) -> dict[str, Any]:
        name, sha = pair
        return {
            "name": name,
            "zipball_url": f"{url}/zipball/refs/tags/{name}",
            "tarball_url": f"{url}/tarball/refs/tags/{name}",
            "commit": {"sha": sha, "url": f"{url}/commits/{sha}"},
            "node_id": f"REF_{number_of(name)}",
        }

    return about.page(sorted(about.git.tags().items(), reverse=True) if about.git else [], shape)


def _languages(about: About) -> Reply:
    head = about.git.commit(None) if about.git else None
    return Reply(body=about.git.languages(str(head.id)) if about.git and head else {})


def _topics(about: About) -> Reply:
    return Reply(body={"names": list(about.fact.topics)})


def _archive(about: About) -> Reply:
    git = about.git
    ref = unquote(about.rest[0] or "").strip("/")
    if git is not None and git.commit(None) is not None:
        ref = ref or git.default_branch
        if ref in git.branches():
            ref = f"refs/heads/{ref}"
        elif ref in git.tags():
            ref = f"refs/tags/{ref}"
    # GitHub redirects without looking whether the ref is there; the archive host answers 404.
    token = "?token=ABCDEFGH" if about.fact.private else ""
    location = f"{about.call.archives}/{about.fact.full_name}/legacy.tar.gz/{quote(ref)}{token}"
    return Reply(302, headers={"Location": location}, raw=b"")


def _weeks(about: About) -> list[int]:
    head = about.git.commit(None) if about.git else None
    weeks = [0] * 52
    if about.git and head:
        for commit in about.git.history(str(head.id), since=about.call.now - timedelta(weeks=52)):
            age = (about.call.now - committed(commit)).days // 7
            if 0 <= age < 52:
                weeks[51 - age] += 1
    return weeks


def _participation(about: About) -> Reply:
    return Reply(body={"all": _weeks(about), "owner": [0] * 52})


def _commit_activity(about: About) -> Reply:
    if about.fact.computing > 0:
        about.fact.computing -= 1
        return Reply(202, {})
    start = int((about.call.now - timedelta(weeks=52)).timestamp())
    return Reply(
        body=[
            {"week": start + week * 7 * 86400, "total": total, "days": [total, 0, 0, 0, 0, 0, 0]}
            for week, total in enumerate(_weeks(about))
        ]
    )


_NAME = r"([^/]+)"
_REPOSITORY_ROUTES: list[tuple[str, Callable[[About], Reply]]] = [
    ("", _repository),
    ("/commits", _commits),
    ("/commits/(.+)", _commit),
    ("/git/trees/(.+)", _tree),
    (f"/git/blobs/{_NAME}", _blob),
    (r"/contents(?:/(.*))?", _contents),
    ("/issues", _issues),
    ("/issues/comments", _all_comments),
    (r"/issues/(\d+)", _issue),
    (r"/issues/(\d+)/comments", _issue_comments),
    ("/releases", _releases),
    ("/releases/latest", _latest_release),
    ("/tags", _tags),
    ("/languages", _languages),
    ("/topics", _topics),
    (r"/tarball(?:/(.*))?", _archive),
    ("/stats/participation", _participation),
    ("/stats/commit_activity", _commit_activity),
]
_SEARCH_WORD = re.compile(r'(\w+):("[^"]*"|\S+)')


def _about_repository(call: Call) -> Reply | None:
    by_name = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", call.path)
    by_id = re.fullmatch(r"/repositories/(\d+)(/.*)?", call.path)
    if by_name:
        fact, moved = call.world.find(unquote(by_name[1]))
        rest = by_name[2] or ""
    elif by_id:
        fact = next((known for known in call.world.repositories if known.id == int(by_id[1])), None)
        moved, rest = False, by_id[2] or ""
    else:
        return None
    if fact is None or (fact.private and not (call.token and call.token.sees_private)):
        return not_found()
    if moved:
        query = f"?{urlencode(call.query)}" if call.query else ""
        location = f"{call.shapes.api}/repositories/{fact.id}{rest}{query}"
        about = "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects"
        return Reply(
            301,
            {"message": "Moved Permanently", "url": location, "documentation_url": about},
            headers={"Location": location},
        )
    if fact.block is not None:
        block = fact.block.model_dump(mode="json", include={"reason", "created_at", "html_url"})
        return Reply(fact.block.status, {"message": "Repository access blocked", "block": block})
    for pattern, answer in _REPOSITORY_ROUTES:
        if match := re.fullmatch(pattern, rest):
            return answer(About(call, fact, call.git(fact), match.groups()))
    return not_found()


def _search_issues(call: Call) -> Reply:
    words = [(key, value.strip('"')) for key, value in _SEARCH_WORD.findall(call.query.get("q", ""))]
    kinds = {value for key, value in words if key in ("is", "type")}
    if not kinds & {"issue", "pr", "pull-request"}:
        text = "Query must include 'is:issue' or 'is:pull-request'"
        return Reply(422, error(422, text, errors=[{"resource": "Search", "field": "q", "code": "invalid"}]))
    states = kinds & {"open", "closed"} | {value for key, value in words if key == "state"}
    found: list[tuple[Repository, Issue]] = []
    incomplete = False
    for name in [value for key, value in words if key == "repo"]:
        fact, _ = call.world.find(name)
        if fact is None or fact.private:
            text = "The listed repositories cannot be searched: they do not exist or you may not view them."
            body = error(
                422,
                "Validation Failed",
                errors=[{"message": text, "resource": "Search", "field": "q", "code": "invalid"}],
            )
            return Reply(422, body)
        incomplete |= fact.search_incomplete
        found += [
            (fact, issue)
            for issue in fact.issues
            if issue.pull_request == ("issue" not in kinds)
            and (not states or ("closed" if issue.closed_at else "open") in states)
        ]
    found.sort(key=lambda pair: pair[1].created_at, reverse=True)
    if incomplete:
        found = found[: len(found) // 2]  # the search ran out of time
    size = max(1, min(100, _integer(call.query.get("per_page"), 30)))
    start = (max(1, _integer(call.query.get("page"), 1)) - 1) * size
    return Reply(
        body={
            "total_count": len(found),
            "incomplete_results": incomplete,
            "search_type": "lexical",
            "items": [call.shapes.found_issue(*pair) for pair in found[start : start + size]],
        }
    )


def _rate_limit(call: Call) -> Reply:
    if not call.world.rate_limiting:
        return Reply(404, error(404, "Rate limiting is not enabled."))
    resources = {name: rate(limit) for name, limit in call.limits.items()}
    return Reply(body={"resources": resources, "rate": resources["core"]})


def _user(call: Call) -> Reply:
    if call.token is None:
        return Reply(401, error(401, "Requires authentication", "https://docs.github.com/rest/users/users"))
    if call.token.installation:
        return Reply(403, error(403, "Resource not accessible by integration"))
    user = call.shapes.user(call.token.login)
    nothing = ("name", "company", "blog", "location", "email", "hireable", "bio", "twitter_username")
    counts = ("public_repos", "public_gists", "followers", "following")
    times = dict.fromkeys(("created_at", "updated_at"), "2015-01-02T03:04:05Z")
    return Reply(body=user | dict.fromkeys(nothing) | dict.fromkeys(counts, 0) | times)


def answer(call: Call) -> Reply:
    """GitHub's answer to `call`."""
    fixed = {"/rate_limit": _rate_limit, "/user": _user, "/search/issues": _search_issues}
    if call.path in fixed:
        return fixed[call.path](call)
    return _about_repository(call) or Reply(404, error(404, "Not Found"))
