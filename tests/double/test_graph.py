from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import graphql
import httpx
import pytest

from repotriage.fetchers.github.graphql import document
from tests.double import (
    Block,
    Comment,
    GitHub,
    Issue,
    Release,
    Repository,
    World,
    at,
    commit_files,
    failing_fields,
    graphql_errors,
)
from tests.double.graph import price, schema
from tests.double.judge import shared_folder
from tests.double.trim_schema import trim

Serve = Callable[[World], GitHub]
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "tests of the double",
    "Authorization": "Bearer a-good-token",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    git = tmp_path / "demo.git"
    commit_files(git, {"a.py": "a = 1\n"}, when=1_600_000_000, message="Begin\n\nWith a body.")
    commit_files(git, {"a.py": "a = 1\n", "b.py": "b = 2\n"}, when=1_700_000_000, message="Go on")
    issues = [
        Issue(
            number=n, created_at=at(f"2023-01-{n:02}"), labels=("bug",), comments=[Comment(created_at=at("2023-02-01"))]
        )
        for n in range(1, 6)
    ]
    issues.append(
        Issue(number=6, created_at=at("2023-01-06"), pull_request=True, closed_at=at("2023-01-07"), merged=True)
    )
    demo = Repository(
        full_name="octo/demo",
        git=git,
        stars=7,
        license="MIT",
        issues=issues,
        releases=[Release(tag="v1", published_at=at("2023-05-01"))],
        previous_names=("octo/before",),
    )
    return World(repositories=[demo])


def ask(github: GitHub, query: str, **variables: object) -> dict[str, Any]:
    response = httpx.post(f"{github.url}/graphql", headers=HEADERS, json={"query": query, "variables": variables})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_a_query_is_executed(serve: Serve, world: World) -> None:
    github = serve(world)
    answer = ask(
        github,
        """query($n: Int!) {
          rateLimit { cost remaining nodeCount }
          repository(owner: "octo", name: "before") {
            nameWithOwner stargazerCount licenseInfo { spdxId }
            issues(first: $n, states: OPEN, orderBy: {field: CREATED_AT, direction: DESC}) {
              totalCount
              nodes { number author { __typename login } comments(first: 1) { nodes { createdAt } } }
              pageInfo { hasNextPage endCursor }
            }
            pullRequests(states: MERGED) { totalCount }
            object(expression: "HEAD") {
              ... on Commit { history(first: 1, path: "a.py") { nodes { messageHeadline } } }
            }
            releases(first: 1) { nodes { tagName isPrerelease } }
          }
        }""",
        n=2,
    )
    repository = answer["data"]["repository"]
    assert repository["nameWithOwner"] == "octo/demo"  # the new name
    assert repository["issues"]["totalCount"] == 5
    assert [issue["number"] for issue in repository["issues"]["nodes"]] == [5, 4]
    assert repository["issues"]["pageInfo"] == {"hasNextPage": True, "endCursor": "cursor:2"}
    assert repository["pullRequests"]["totalCount"] == 1
    assert repository["object"]["history"]["nodes"] == [{"messageHeadline": "Begin"}]
    assert answer["data"]["rateLimit"] == {"cost": 1, "remaining": 4999, "nodeCount": 6}
    assert "errors" not in answer


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{ repository(owner: "octo", name: "nothing") { name } }', "NOT_FOUND"),
        ('{ repository(owner: "octo", name: "before", followRenames: false) { name } }', "NOT_FOUND"),
        (
            '{ repository(owner: "octo", name: "demo") { issues { nodes { number } } } }',
            "MISSING_PAGINATION_BOUNDARIES",
        ),
        ('{ repository(owner: "octo", name: "demo") { issues(first: 101) { totalCount } } }', "EXCESSIVE_PAGINATION"),
    ],
)
def test_errors_have_types(serve: Serve, world: World, query: str, kind: str) -> None:
    answer = ask(serve(world), query)
    assert [error["type"] for error in answer["errors"]] == [kind]


@pytest.mark.parametrize("kind", ["FORBIDDEN", "NOT_FOUND"])
def test_a_blocked_repository_is_null(serve: Serve, world: World, kind: Literal["FORBIDDEN", "NOT_FOUND"]) -> None:
    world.repositories[0].block = Block(graphql=kind)
    answer = ask(serve(world), '{ repository(owner: "octo", name: "demo") { name } }')
    assert (answer["data"]["repository"], answer["errors"][0]["type"]) == (None, kind)


def test_too_many_nodes(serve: Serve, world: World) -> None:
    github = GitHub(world)
    with github:
        answer = ask(
            github,
            """{ repository(owner: "octo", name: "demo") { issues(first: 100) { nodes { comments(first: 100) {
               nodes { issue { comments(first: 100) { nodes { id } } } } } } } } }""",
        )
    assert answer["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_what_github_has_and_the_double_does_not_know_is_a_violation(world: World) -> None:
    with GitHub(world) as github:
        ask(github, '{ repository(owner: "octo", name: "demo") { sshUrl } }')
        assert "the double does not know Repository.sshUrl" in github.violations


def test_what_github_does_not_have_is_a_violation(world: World) -> None:
    with GitHub(world) as github:
        answer = ask(github, '{ repository(owner: "octo", name: "demo") { starCount } }')
        assert "data" not in answer
        assert "starCount" in github.violations[0]


def test_partial_data(serve: Serve, world: World) -> None:
    github = serve(world)
    github.faults = [failing_fields("repository.licenseInfo", "repository.issues.nodes.0.number")]
    answer = ask(
        github,
        """{ repository(owner: "octo", name: "demo") {
             licenseInfo { key } stargazerCount issues(first: 2) { nodes { number } } } }""",
    )
    assert answer["data"]["repository"] == {
        "licenseInfo": None,
        "stargazerCount": 7,
        "issues": {"nodes": [None, {"number": 2}]},
    }
    assert {error["type"] for error in answer["errors"]} == {"RESOURCE_LIMITS_EXCEEDED"}


def test_limits(serve: Serve, world: World) -> None:
    github = serve(world)
    github.leave(0, token="a-good-token", resource="graphql")
    assert ask(github, "{ viewer { login } }")["errors"][0]["type"] == "RATE_LIMITED"
    github.faults = [graphql_errors({"type": "SERVICE_UNAVAILABLE", "message": "Something went wrong"})]
    assert ask(github, "{ viewer { login } }") == {
        "errors": [{"type": "SERVICE_UNAVAILABLE", "message": "Something went wrong"}]
    }
    anonymous = httpx.post(
        f"{github.url}/graphql",
        headers={name: value for name, value in HEADERS.items() if name != "Authorization"},
        json={"query": "{ viewer { login } }"},
    )
    assert anonymous.status_code == 401


def test_the_published_example_costs_what_is_published() -> None:
    # https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
    query = graphql.parse(
        """query { viewer { login repositories(first: 100) { edges { node { id
           issues(first: 50) { edges { node { id labels(first: 60) { edges { node { id name } } } } } } } } } } }"""
    )
    assert (price(query, {}).requests, price(query, {}).points) == (5101, 51)


def test_skipped_sections_cost_nothing() -> None:
    query = graphql.parse(
        """query($on: Boolean!) { repository {
             issues(first: 100) @include(if: $on) { nodes { labels(first: 9) { nodes { id } } } } } }"""
    )
    assert (price(query, {"on": True}).requests, price(query, {"on": False}).requests) == (101, 0)


@pytest.mark.skipif(shared_folder() is None, reason="GitHub's whole schema is not at hand")
def test_our_schema_is_a_part_of_githubs() -> None:
    folder = shared_folder()
    assert folder is not None
    whole = (folder / "schema.graphql").read_text("utf-8")
    assert trim(whole) == Path(__file__).with_name("schema.graphql").read_text("utf-8")
    graphql.assert_valid_schema(schema())
    assert graphql.validate(graphql.build_schema(whole, assume_valid=True), graphql.parse(document())) == []
