"""GitHub's GraphQL API: queries are really executed, by graphql-core, against GitHub's own schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pygit2
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from tests.double.facts import Comment, Issue, Release, Repository, Token, World
from tests.double.gitdata import Entry, GitData
from tests.double.shapes import Shapes, committed, node_id, number_of, stamp

Json = dict[str, Any]
NODE_LIMIT = 500_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def schema() -> GraphQLSchema:
    """The part of GitHub's schema that is kept beside this file."""
    return build_schema(Path(__file__).with_name("schema.graphql").read_text("utf-8"), assume_valid=True)


@dataclass(frozen=True)
class Price:
    """What a query costs by GitHub's published formula.

    Source: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
    """

    requests: int  # that the connections need, each at its `first` or `last` limit
    nodes: int

    @property
    def points(self) -> int:
        """Requests divided by 100, rounded to the nearest whole number, at least 1."""
        return max(1, (self.requests + 50) // 100)


def price(document: DocumentNode, variables: Mapping[str, Any]) -> Price:
    """The price of the first operation in `document`."""
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    defaults = {
        node.variable.name.value: getattr(node.default_value, "value", None)
        for node in operation.variable_definitions or ()
    }
    given = {**defaults, **variables}
    requests = nodes = 0

    def fields(selections: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not _included(node, given):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                yield from fields(fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from fields(node.selection_set)

    def visit(selections: SelectionSetNode, times: int) -> None:
        nonlocal requests, nodes
        for node in fields(selections):
            if node.selection_set is None:
                continue
            inner = {child.name.value for child in fields(node.selection_set)}
            below = times
            if inner & {"nodes", "edges", "totalCount", "pageInfo"}:  # a connection
                requests += times
                size = _size(node, given)
                if size is not None:
                    nodes += times * size
                    below = times * size
            visit(node.selection_set, below)

    visit(operation.selection_set, 1)
    return Price(requests, nodes)


def _included(node: SelectionNode, variables: Mapping[str, Any]) -> bool:
    for directive in node.directives or ():
        value = directive.arguments[0].value if directive.arguments else None
        said = variables.get(value.name.value) if isinstance(value, VariableNode) else getattr(value, "value", None)
        if directive.name.value in ("include", "skip") and bool(said) != (directive.name.value == "include"):
            return False
    return True


def _is_dry_run(document: DocumentNode, variables: Mapping[str, Any]) -> bool:
    """Whether the query only asks what it would cost."""
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    for node in operation.selection_set.selections:
        if isinstance(node, FieldNode) and node.name.value == "rateLimit" and node.arguments:
            value = node.arguments[0].value
            said = variables.get(value.name.value) if isinstance(value, VariableNode) else getattr(value, "value", None)
            return bool(said)
    return False


def _size(node: FieldNode, variables: Mapping[str, Any]) -> int | None:
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last"):
            if isinstance(argument.value, VariableNode):
                value = variables.get(argument.value.name.value)
                return None if value is None else int(value)
            assert isinstance(argument.value, IntValueNode)
            return int(argument.value.value)
    return None


class GraphError(GraphQLError):
    """An error with the `type` that GitHub puts beside its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class UnmodelledError(Exception):
    """A query asks for a field that GitHub has and the double does not know: a gap of the double."""


@dataclass
class Failing:
    """Fields (dotted, by their name in the answer) that are to fail while the rest arrives."""

    paths: Sequence[str]
    kind: str = "RESOURCE_LIMITS_EXCEEDED"
    message: str = "Resource limits for this query exceeded."


@dataclass
class Answer:
    """The body of an answer and what its query cost; `problems` are for the test, not for the client."""

    body: Json
    points: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Graph:
    """Answers queries about `world`."""

    world: World
    shapes: Shapes
    token: Token
    git: Callable[[Repository], GitData | None]

    def answer(
        self, query: str, variables: Mapping[str, Any], limit: Mapping[str, int], failing: Sequence[Failing] = ()
    ) -> Answer:
        """Execute `query`; `limit` is the counter before it."""
        try:
            document = parse(query)
        except GraphQLError as error:
            return Answer({"errors": [_formatted(error)]}, 1, [f"GraphQL: {error.message}"])
        if errors := validate(schema(), document):
            return Answer(
                {"errors": [_formatted(error) for error in errors]}, 1, [f"GraphQL: {e.message}" for e in errors]
            )
        cost = price(document, variables)
        if cost.nodes > NODE_LIMIT:
            text = (
                f"This query requests up to {cost.nodes:,} possible nodes which exceeds the maximum limit of "
                f"{NODE_LIMIT:,}."
            )
            return Answer({"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": text}]}, 1, [text])
        dry = _is_dry_run(document, variables)
        root = {
            "__typename": "Query",
            "repository": (lambda **_: None) if dry else self._find,
            "viewer": lambda: self._actor(self.token.login),
            "rateLimit": lambda **_: {
                "cost": cost.points,
                "limit": limit["limit"],
                "remaining": max(0, limit["remaining"] - cost.points),
                "used": limit["used"] + cost.points,
                "resetAt": stamp(datetime.fromtimestamp(limit["reset"], UTC)),
                "nodeCount": cost.nodes,
            },
        }
        problems: list[str] = []

        def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            here = ".".join(str(step) for step in info.path.as_list())
            for failure in failing:
                if here in failure.paths:
                    raise GraphError(failure.kind, failure.message)
            if info.field_name not in source:
                problem = f"the double does not know {info.parent_type.name}.{info.field_name}"
                problems.append(problem)
                raise UnmodelledError(problem)
            value = source[info.field_name]
            return value(**arguments) if callable(value) else value

        result = execute_sync(schema(), document, root, variable_values=dict(variables), field_resolver=resolve)
        body: Json = {"data": result.data}
        if result.errors:
            body["errors"] = [_formatted(error) for error in result.errors]
            problems += [
                f"GraphQL: {error.message}"
                for error in result.errors
                if not isinstance(error.original_error or error, GraphError)
            ]
        return Answer(body, 0 if dry else cost.points, problems)

    def _find(self, **arguments: Any) -> Json:
        name = f"{arguments['owner']}/{arguments['name']}"
        fact, moved = self.world.find(name)
        hidden = fact is not None and fact.private and not self.token.sees_private
        blocked = fact.block.graphql if fact is not None and fact.block is not None else None
        if blocked == "FORBIDDEN" and not hidden:
            raise GraphError("FORBIDDEN", "Repository access blocked")
        if fact is None or blocked or hidden or (moved and not arguments.get("followRenames", True)):
            raise GraphError("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
        return self._repository(fact)

    def _actor(self, login: str | None) -> Json | None:
        if login is None:
            return None  # GitHub answers null for a deleted account
        kind = str(self.shapes.user(login)["type"])
        return {
            "__typename": kind,
            "id": node_id("U", number_of(login)),
            "login": login.removesuffix("[bot]"),
            "url": f"{self.shapes.web}/{login}",
            "name": None,
        }

    def _repository(self, fact: Repository) -> Json:
        git = self.git(fact)
        head = git.commit(None) if git else None
        languages = git.languages(str(head.id)) if git and head else {}
        url = f"{self.shapes.web}/{fact.full_name}"
        license_ = self.shapes.license(fact.license)
        parent, _ = self.world.find(fact.fork_of) if fact.fork_of else (None, False)
        releases = sorted(
            (release for release in fact.releases if release.published_at),
            key=lambda release: release.published_at or _EPOCH,
            reverse=True,
        )
        latest = next((release for release in releases if not release.prerelease), None)
        return {
            "__typename": "Repository",
            "id": node_id("R", fact.id),
            "databaseId": fact.id,
            "name": fact.name,
            "nameWithOwner": fact.full_name,
            "owner": self._actor(fact.owner),
            "url": url,
            "description": fact.description,
            "homepageUrl": fact.homepage,
            "stargazerCount": fact.stars,
            "forkCount": fact.forks,
            "watchers": lambda **_: {"totalCount": fact.watchers},
            "createdAt": stamp(fact.created_at),
            "pushedAt": stamp(fact.pushed_at or (committed(head) if head else None)),
            "updatedAt": stamp(fact.pushed_at or (committed(head) if head else fact.created_at)),
            "diskUsage": sum(languages.values()) // 1024,
            "isArchived": fact.archived,
            "archivedAt": stamp(fact.pushed_at) if fact.archived else None,
            "isDisabled": fact.disabled,
            "isEmpty": head is None,
            "isFork": fact.fork_of is not None,
            "isLocked": fact.lock_reason is not None,
            "lockReason": fact.lock_reason,
            "isMirror": fact.mirror_url is not None,
            "mirrorUrl": fact.mirror_url,
            "isPrivate": fact.private,
            "isTemplate": fact.template,
            "visibility": "PRIVATE" if fact.private else "PUBLIC",
            "hasIssuesEnabled": fact.issues_enabled,
            "parent": self._repository(parent) if parent else None,
            "licenseInfo": license_
            and {"key": license_["key"], "name": license_["name"], "spdxId": license_["spdx_id"]},
            "primaryLanguage": {"name": next(iter(languages))} if languages else None,
            "languages": lambda **a: {
                "totalCount": len(languages),
                "totalSize": sum(languages.values()),
                "edges": [
                    {"size": size, "node": {"name": name}}
                    for name, size in list(languages.items())[: a.get("first") or 100]
                ],
                "nodes": [{"name": name} for name in list(languages)[: a.get("first") or 100]],
            },
            "repositoryTopics": lambda **a: _connection(
                "repositoryTopics", [{"topic": {"name": name}} for name in fact.topics], a
            ),
            "defaultBranchRef": self._ref(fact, git.default_branch, head) if git and head else None,
            "object": lambda **a: self._object(fact, git, a),
            "issues": lambda **a: _connection(
                "issues", self._issues(fact, a), a, lambda issue: self._issue(fact, issue)
            ),
            "pullRequests": lambda **a: {"totalCount": len(self._pull_requests(fact, a))},
            "releases": lambda **a: _connection(
                "releases",
                releases if (a.get("orderBy") or {}).get("direction", "DESC") == "DESC" else releases[::-1],
                a,
                lambda release: self._release(fact, release),
            ),
            "latestRelease": self._release(fact, latest) if latest else None,
        }

    def _ref(self, fact: Repository, name: str, commit: pygit2.Commit) -> Json:
        return {"id": f"REF_{name}", "name": name, "prefix": "refs/heads/", "target": self._commit(fact, commit)}

    def _object(self, fact: Repository, git: GitData | None, arguments: Mapping[str, Any]) -> Json | None:
        wanted = arguments.get("oid") or arguments.get("expression") or "HEAD"
        if git is None:
            return None
        ref, colon, path = str(wanted).partition(":")
        if not colon:
            for name in (ref, f"refs/tags/{ref}"):  # an annotated tag is an object of its own
                # A name that can be no reference, such as a commit's, is an error to pygit2 before 1.21.
                found = git.repo.references.get(name) if name.startswith("refs/") else None
                tag = git.repo.get(found.target) if found is not None and isinstance(found.target, pygit2.Oid) else None
                if isinstance(tag, pygit2.Tag):
                    return self._tag(fact, git, tag)
        commit = git.commit(ref or "HEAD")
        if commit is None:
            return None
        return self._entry_object(git, commit, path.strip("/")) if colon else self._commit(fact, commit)

    def _tag(self, fact: Repository, git: GitData, tag: pygit2.Tag) -> Json:
        target = git.repo[tag.target]
        shown = self._tag(fact, git, target) if isinstance(target, pygit2.Tag) else None
        shown = shown or self._commit(fact, target.peel(pygit2.Commit))
        return {
            "__typename": "Tag",
            "id": f"TAG_{tag.id}",
            "oid": str(tag.id),
            "name": tag.name,
            "message": tag.message,
            "target": shown,
        }

    def _entry_object(self, git: GitData, commit: pygit2.Commit, path: str) -> Json | None:
        entries = git.entries(str(commit.id))
        found = next((entry for entry in entries if entry.path == path), None)
        if found is not None and found.kind == "blob":
            data = git.blob(found.sha) or b""
            binary = b"\0" in data[:8000]
            text = None if binary else data.decode("utf-8", "replace")
            return {
                "__typename": "Blob",
                "oid": found.sha,
                "byteSize": len(data),
                "isBinary": binary,
                "isTruncated": False,
                "text": text,
            }
        if path and (found is None or found.kind != "tree"):
            return None

        def shape(entry: Entry) -> Json:
            name = entry.path.rpartition("/")[2]
            more = {"name": name, "path": entry.path, "type": entry.kind, "mode": entry.mode, "size": entry.size or 0}
            return {**more, "oid": entry.sha, "extension": f".{name.rpartition('.')[2]}"}

        inside = [shape(entry) for entry in entries if entry.path.rpartition("/")[0] == path]
        return {"__typename": "Tree", "oid": found.sha if found else str(commit.tree_id), "entries": inside}

    def _commit(self, fact: Repository, commit: pygit2.Commit) -> Json:
        git = self.git(fact)
        assert git is not None
        headline, _, rest = commit.message.rstrip("\n").partition("\n")

        def history(**a: Any) -> Json:
            moments = {key: datetime.fromisoformat(a[key]) for key in ("since", "until") if a.get(key)}
            found = git.history(str(commit.id), path=a.get("path"), **moments)
            return _connection("history", found, a, lambda one: self._commit(fact, one))

        return {
            "__typename": "Commit",
            "id": f"C_{commit.id}",
            "oid": str(commit.id),
            "abbreviatedOid": str(commit.id)[:7],
            "committedDate": stamp(committed(commit)),
            "authoredDate": stamp(datetime.fromtimestamp(commit.author.time, UTC)),
            "message": commit.message.rstrip("\n"),
            "messageHeadline": headline,
            "messageBody": rest.strip("\n"),
            "url": f"{self.shapes.web}/{fact.full_name}/commit/{commit.id}",
            "author": self._git_actor(commit.author),
            "committer": self._git_actor(commit.committer),
            "tree": lambda: self._entry_object(git, commit, ""),
            "history": history,
        }

    def _git_actor(self, person: pygit2.Signature) -> Json:
        date = stamp(datetime.fromtimestamp(person.time, UTC))
        return {"name": person.name, "email": person.email, "date": date, "user": None}

    def _issues(self, fact: Repository, arguments: Mapping[str, Any]) -> list[Issue]:
        filters = arguments.get("filterBy") or {}
        states = arguments.get("states") or filters.get("states")
        since = filters.get("since")
        labels = set(arguments.get("labels") or filters.get("labels") or ())
        found = [
            issue
            for issue in fact.issues
            if fact.issues_enabled
            and not issue.pull_request
            and (not states or ("CLOSED" if issue.closed_at else "OPEN") in states)
            and (not since or issue.updated_at >= datetime.fromisoformat(since))
            and (not labels or labels & set(issue.labels))
        ]
        return _ordered(found, arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"})

    def _pull_requests(self, fact: Repository, arguments: Mapping[str, Any]) -> list[Issue]:
        states = arguments.get("states")

        def state(issue: Issue) -> str:
            return "OPEN" if issue.closed_at is None else "MERGED" if issue.merged else "CLOSED"

        return [issue for issue in fact.issues if issue.pull_request and (not states or state(issue) in states)]

    def _issue(self, fact: Repository, issue: Issue) -> Json:
        url = f"{self.shapes.web}/{fact.full_name}/issues/{issue.number}"
        reason = (issue.state_reason or "completed").upper() if issue.closed_at else None
        return {
            "__typename": "Issue",
            "id": node_id("I", fact.id * 10_000 + issue.number),
            "databaseId": fact.id * 10_000 + issue.number,
            "number": issue.number,
            "title": issue.title,
            "body": issue.body or "",
            "bodyText": issue.body or "",
            "url": url,
            "state": "CLOSED" if issue.closed_at else "OPEN",
            "stateReason": lambda **_: reason,
            "closed": issue.closed_at is not None,
            "closedAt": stamp(issue.closed_at),
            "createdAt": stamp(issue.created_at),
            "updatedAt": stamp(issue.updated_at),
            "locked": False,
            "author": self._actor(issue.author),
            "authorAssociation": issue.association,
            "labels": lambda **a: _connection("labels", [{"name": name} for name in issue.labels], a),
            "comments": lambda **a: _connection(
                "comments",
                sorted(issue.comments, key=lambda comment: comment.created_at),
                a,
                lambda comment: self._comment(comment, url),
            ),
        }

    def _comment(self, comment: Comment, url: str) -> Json:
        number = number_of(f"{url} {comment.created_at} {comment.author}")
        return {
            "__typename": "IssueComment",
            "id": node_id("IC", number),
            "databaseId": number,
            "author": self._actor(comment.author),
            "authorAssociation": comment.association,
            "body": comment.body,
            "bodyText": comment.body,
            "createdAt": stamp(comment.created_at),
            "updatedAt": stamp(comment.created_at),
            "url": f"{url}#issuecomment-{number}",
        }

    def _release(self, fact: Repository, release: Release) -> Json:
        date = stamp(release.published_at)
        return {
            "__typename": "Release",
            "id": node_id("RE", number_of(f"{fact.full_name}@{release.tag}")),
            "tagName": release.tag,
            "name": release.name,
            "description": release.body,
            "createdAt": date,
            "publishedAt": date,
            "updatedAt": date,
            "isDraft": False,
            "isPrerelease": release.prerelease,
            "url": f"{self.shapes.web}/{fact.full_name}/releases/tag/{release.tag}",
            "author": self._actor(fact.owner),
            "releaseAssets": lambda **a: _connection(
                "releaseAssets",
                [
                    {
                        "name": asset.name,
                        "size": asset.size,
                        "downloadCount": asset.downloads,
                        "downloadUrl": self.shapes.asset_url(fact, release, asset.name),
                        "contentType": "application/octet-stream",
                        "createdAt": date,
                        "updatedAt": date,
                    }
                    for asset in release.assets
                ],
                a,
            ),
        }


def _ordered(issues: list[Issue], order: Mapping[str, str]) -> list[Issue]:
    keys: dict[str, Callable[[Issue], Any]] = {
        "CREATED_AT": lambda issue: (issue.created_at, issue.number),
        "UPDATED_AT": lambda issue: (issue.updated_at, issue.number),
        "COMMENTS": lambda issue: (len(issue.comments), issue.number),
    }
    return sorted(issues, key=keys[order["field"]], reverse=order["direction"] == "DESC")


def _connection(
    name: str,
    items: Sequence[Any],
    arguments: Mapping[str, Any],
    shape: Callable[[Any], Any] = lambda item: item,
) -> Json:
    first, last = arguments.get("first"), arguments.get("last")
    size = first if first is not None else last
    if size is not None and not 1 <= size <= 100:
        text = f"Requesting {size} records on the `{name}` connection exceeds the `first` limit of 100 records."
        raise GraphError("EXCESSIVE_PAGINATION", text)

    def bounds() -> tuple[int, int]:
        if size is None:
            text = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            raise GraphError("MISSING_PAGINATION_BOUNDARIES", text)
        start = int(arguments["after"].rpartition(":")[2]) if arguments.get("after") else 0
        return (start, min(start + size, len(items))) if first is not None else (max(0, len(items) - size), len(items))

    def nodes() -> list[Any]:
        start, end = bounds()
        return [shape(item) for item in items[start:end]]

    def edges() -> list[Json]:
        start, end = bounds()
        return [{"cursor": f"cursor:{i + 1}", "node": shape(items[i])} for i in range(start, end)]

    def page() -> Json:
        start, end = bounds()
        return {
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": f"cursor:{start + 1}" if end > start else None,
            "endCursor": f"cursor:{end}" if end > start else None,
        }

    return {"totalCount": len(items), "nodes": nodes, "edges": edges, "pageInfo": page}


def _formatted(error: GraphQLError) -> Json:
    """An error with the keys and in the places that GitHub uses."""
    original = error.original_error or error
    body: Json = {"type": original.kind} if isinstance(original, GraphError) else {}
    if error.path:
        body["path"] = error.path
    if error.locations:
        body["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return body | {"message": error.message}
