from __future__ import annotations

import base64
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pygit2
import pytest

from tests.double import (
    Asset,
    Block,
    Comment,
    Fault,
    GitHub,
    Issue,
    Release,
    Repository,
    Token,
    World,
    at,
    commit_files,
    commit_folder,
    secondary_limit,
    server_error,
)

Serve = Callable[[World], GitHub]
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "tests of the double",
}
TOKEN = {"Authorization": "Bearer a-good-token"}


@pytest.fixture
def git(tmp_path: Path) -> Path:
    path = tmp_path / "demo.git"
    commit_files(path, {"README.md": "# Demo\n"}, when=1_600_000_000, message="Begin")
    commit_files(path, {"README.md": "# Demo\n", "train.py": "import torch\n"}, when=1_650_000_000, message="Train")
    commit_files(
        path,
        {"README.md": "# Demo, more\n", "train.py": "import torch\n", "src/model.py": "class Net: ...\n"},
        when=1_700_000_000,
        message="Split",
    )
    return path


def demo(git: Path | None, /, **more: object) -> Repository:
    facts: dict[str, object] = {
        "full_name": "octo/demo",
        "git": git,
        "stars": 12,
        "forks": 3,
        "watchers": 2,
        "license": "MIT",
        "topics": ("deep-learning",),
        "issues": [
            Issue(
                number=1,
                created_at=at("2023-01-01"),
                comments=[Comment(created_at=at("2023-01-03"), association="OWNER", author="octo")],
            ),
            Issue(
                number=2, created_at=at("2023-02-01"), closed_at=at("2023-02-02"), labels=("bug", "good first issue")
            ),
            Issue(number=3, created_at=at("2023-03-01"), pull_request=True),
            Issue(number=4, created_at=at("2023-04-01"), author=None),
        ],
        "releases": [
            Release(tag="v1", published_at=at("2023-05-01"), assets=[Asset(name="weights.pt", size=9)]),
            Release(tag="v2-draft", published_at=None),
        ],
    }
    return Repository.model_validate(facts | more)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(headers=HEADERS) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/commits",
        "/commits/main",
        "/git/trees/main?recursive=1",
        "/contents/README.md",
        "/contents/src",
        "/contents",
        "/issues?state=all",
        "/issues/1",
        "/issues/1/comments",
        "/issues/comments?sort=created&direction=asc",
        "/releases",
        "/releases/latest",
        "/tags",
        "/languages",
        "/topics",
        "/stats/participation",
        "/stats/commit_activity",
    ],
)
def test_every_endpoint_keeps_the_contract(serve: Serve, client: httpx.Client, git: Path, path: str) -> None:
    fork = Repository(full_name="fork/demo", git=git, id=2, fork_of="octo/demo")
    github = serve(World(repositories=[demo(git), fork], organizations=("octo",)))
    for name in ("octo/demo", "fork/demo"):
        response = client.get(f"{github.url}/repos/{name}{path}")
        if (name, path) != ("fork/demo", "/releases/latest") and "/issues/1" not in path:
            assert response.status_code == 200
            assert response.headers["content-encoding"] == "gzip"
    assert github.violations == []  # the fixture looks again; here it names the endpoint


def test_search_user_and_rate_limit_keep_the_contract(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git, search_incomplete=True)]))
    found = client.get(f"{github.url}/search/issues", params={"q": "repo:octo/demo is:issue is:open"}).json()
    assert (found["total_count"], found["incomplete_results"]) == (1, True)
    assert client.get(f"{github.url}/search/issues", params={"q": "repo:octo/demo"}).status_code == 422
    assert client.get(f"{github.url}/user").status_code == 401
    assert client.get(f"{github.url}/user", headers=TOKEN).json()["login"] == "reader"
    limits = client.get(f"{github.url}/rate_limit").json()["resources"]
    assert (limits["search"]["remaining"], limits["core"]["remaining"]) == (8, 59)


def test_listings_page_by_repository_id(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    first = client.get(f"{github.url}/repos/octo/demo/commits", params={"per_page": 2})
    assert [commit["commit"]["message"] for commit in first.json()] == ["Split", "Train"]
    assert first.links["next"]["url"] == f"{github.url}/repositories/1296269/commits?per_page=2&page=2"
    assert first.links["last"]["url"].endswith("page=2")
    second = client.get(first.links["next"]["url"])
    assert [commit["commit"]["message"] for commit in second.json()] == ["Begin"]
    assert "next" not in second.links


def test_issues_mix_in_pull_requests_and_page_by_cursor(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    first = client.get(f"{github.url}/repos/octo/demo/issues", params={"state": "all", "per_page": 2})
    assert [issue["number"] for issue in first.json()] == [4, 3]
    assert "pull_request" in first.json()[1]
    assert "last" not in first.links
    assert [issue["number"] for issue in client.get(first.links["next"]["url"]).json()] == [2, 1]
    newer = client.get(f"{github.url}/repos/octo/demo/issues", params={"since": "2023-02-15T00:00:00Z"})
    assert [issue["number"] for issue in newer.json()] == [4, 3]


def test_commits_by_path_and_time(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    url = f"{github.url}/repos/octo/demo/commits"

    def titles(**query: str) -> list[str]:
        return [commit["commit"]["message"] for commit in client.get(url, params=query).json()]

    assert titles(path="README.md") == ["Split", "Begin"]
    assert titles(since="2022-01-01T00:00:00Z", until="2022-12-31T00:00:00Z") == ["Train"]


def test_an_unchanged_answer_is_a_304_that_is_free_with_a_token(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    url = f"{github.url}/repos/octo/demo"
    tag = client.get(url, headers=TOKEN).headers["etag"]
    again = client.get(url, headers=TOKEN | {"If-None-Match": tag})
    assert (again.status_code, again.content, github.counted) == (304, b"", 1)
    anonymous = client.get(url).headers["etag"]
    assert anonymous != tag
    assert client.get(url, headers={"If-None-Match": anonymous}).status_code == 304
    assert github.counted == 3


def test_limits_count_down_and_end_in_403(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.leave(1)
    left = client.get(f"{github.url}/repos/octo/demo")
    assert left.headers["x-ratelimit-remaining"] == "0"
    spent = client.get(f"{github.url}/repos/octo/demo")
    assert (spent.status_code, spent.headers["x-ratelimit-remaining"]) == (403, "0")
    assert "rate limit exceeded" in spent.json()["message"]
    assert client.get(f"{github.url}/repos/octo/demo", headers=TOKEN).status_code == 200


def test_the_archive_is_elsewhere(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    redirect = client.get(f"{github.url}/repos/octo/demo/tarball/main", headers=TOKEN)
    assert redirect.status_code == 302
    location = redirect.headers["location"]
    assert location.startswith(github.archive_url)
    with tarfile.open(fileobj=io.BytesIO(client.get(location).content)) as tar:
        names = [name.partition("/")[2] for name in tar.getnames()]
        assert tar.pax_headers["comment"] == str(pygit2.Repository(str(git)).head.target)
    assert names == ["", "README.md", "src", "src/model.py", "train.py"]
    assert [seen.host for seen in github.seen] == ["api", "archive"]
    assert client.get(f"{github.archive_url}/octo/demo/legacy.tar.gz/nowhere").status_code == 404


def test_a_token_sent_to_the_archive_host_is_a_violation(client: httpx.Client, git: Path) -> None:
    with GitHub(World(repositories=[demo(git)])) as github:
        client.get(f"{github.archive_url}/octo/demo/legacy.tar.gz/main", headers=TOKEN)
        assert github.violations == ["the archive host was sent the Authorization of the API"]


def test_export_ignore_is_left_out_of_the_archive(serve: Serve, client: httpx.Client, tmp_path: Path) -> None:
    git = tmp_path / "ignoring.git"
    commit_files(git, {".gitattributes": "docs export-ignore\n", "docs/a.md": "a", "docs2/b.md": "b"})
    github = serve(World(repositories=[demo(git)]))
    with tarfile.open(
        fileobj=io.BytesIO(client.get(f"{github.archive_url}/octo/demo/legacy.tar.gz/main").content)
    ) as tar:
        assert [name.partition("/")[2] for name in tar.getnames()] == ["", ".gitattributes", "docs2", "docs2/b.md"]


def test_a_plain_folder_is_served_too(serve: Serve, client: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "plain/pkg").mkdir(parents=True)
    (tmp_path / "plain/pkg/a.py").write_text("a = 1\n")
    github = serve(World(repositories=[demo(commit_folder(tmp_path / "plain", tmp_path / "plain.git"))]))
    content = client.get(f"{github.url}/repos/octo/demo/contents/pkg/a.py").json()
    assert base64.b64decode(content["content"]) == b"a = 1\n"


@pytest.mark.parametrize(
    ("facts", "path", "status"),
    [
        ({"previous_names": ("old/demo",), "full_name": "new/demo"}, "/repos/old/demo", 301),
        ({"private": True}, "/repos/octo/demo", 404),
        ({"block": Block()}, "/repos/octo/demo/commits", 451),
        ({"block": Block(status=403, reason="tos")}, "/repos/octo/demo", 403),
        ({"git": None}, "/repos/octo/demo/commits", 409),
        ({"issues_enabled": False}, "/repos/octo/demo/issues", 410),
        ({}, "/repos/octo/demo/commits/0123456789abcdef0123456789abcdef01234567", 422),
        ({}, "/repos/octo/demo/git/trees/nowhere", 404),
        ({"computing": 1}, "/repos/octo/demo/stats/commit_activity", 202),
    ],
)
def test_states(
    serve: Serve, client: httpx.Client, git: Path, facts: dict[str, object], path: str, status: int
) -> None:
    github = serve(World(repositories=[demo(git, **facts)]))
    assert client.get(github.url + path).status_code == status


def test_a_renamed_repository_redirects_to_its_id(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git, full_name="new/demo", previous_names=("old/demo",))]))
    moved = client.get(f"{github.url}/repos/old/demo")
    assert moved.json()["url"] == f"{github.url}/repositories/1296269"
    assert client.get(moved.headers["location"]).json()["full_name"] == "new/demo"


def test_a_tree_is_cut_at_its_limit(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git, tree_limit=2)]))
    tree = client.get(f"{github.url}/repos/octo/demo/git/trees/HEAD", params={"recursive": "1"}).json()
    assert (len(tree["tree"]), tree["truncated"]) == (2, True)


def test_tokens(serve: Serve, client: httpx.Client, git: Path) -> None:
    tokens = {
        "classic": Token(scopes=("repo",), sees_private=True),
        "old": Token(expires_at=at("2020-01-01")),
        "app": Token(installation=True, scopes=None),
    }
    github = serve(World(repositories=[demo(git, private=True)], tokens=tokens))

    def ask(token: str, path: str = "/repos/octo/demo") -> httpx.Response:
        return client.get(github.url + path, headers={"Authorization": f"token {token}"})

    assert (ask("classic").status_code, ask("classic").headers["x-oauth-scopes"]) == (200, "repo")
    assert (ask("old").status_code, ask("nonsense").status_code) == (401, 401)
    assert (ask("app", "/user").status_code, ask("app").status_code) == (403, 404)


def test_an_enterprise_server_has_its_own_paths(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)], rate_limiting=False))
    assert client.get(f"{github.enterprise_url}/repos/octo/demo").json()["url"].startswith(github.enterprise_url)
    assert client.get(f"{github.enterprise_url}/rate_limit").status_code == 404
    assert client.get(f"{github.url}/raw/octo/demo/main/src/model.py").text == "class Net: ...\n"


def test_faults(serve: Serve, client: httpx.Client, git: Path) -> None:
    github = serve(World(repositories=[demo(git)]))
    github.faults = [
        server_error("/issues", times=1),
        secondary_limit("/releases", retry_after=7),
        Fault("/languages", cut=True),
        Fault("/commits", keep=0.5),
        Fault("ARCHIVE", keep=0.5),
        Fault("/topics", hang=True),
        Fault("/tags", skip=1, times=1, status=500, raw=b""),
    ]
    url = f"{github.url}/repos/octo/demo"
    assert [client.get(f"{url}/issues").status_code for _ in range(2)] == [502, 200]
    slow = client.get(f"{url}/releases")
    assert (slow.status_code, slow.headers["retry-after"]) == (403, "7")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(f"{url}/languages")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(f"{url}/commits")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(f"{github.archive_url}/octo/demo/legacy.tar.gz/main")
    with pytest.raises(httpx.ReadTimeout):
        client.get(f"{url}/topics", timeout=0.05)
    assert [client.get(f"{url}/tags").status_code for _ in range(3)] == [200, 500, 200]


@pytest.mark.parametrize(
    ("path", "headers", "word"),
    [
        ("/repos/octo/demo/issues?per_page=200", {}, "per_page"),
        ("/repos/octo/demo/issues?page_size=2", {}, "page_size"),
        ("/repos/octo/demo/issues?since=yesterday", {}, "since"),
        ("/repos/octo/demo", {"User-Agent": ""}, "User-Agent"),
        ("/repos/octo/demo", {"Accept": "text/html"}, "Accept"),
        ("/repos/octo/demo", {"X-GitHub-Api-Version": "1999-01-01"}, "Version"),
        ("/repos/octo/demo", {"Authorization": "Basic a-good-token"}, "Authorization"),
        ("/repos/octo/demo/stargazing", {}, "no such endpoint"),
    ],
)
def test_a_wrong_request_is_a_violation(path: str, headers: dict[str, str], word: str) -> None:
    from tests.double import judge

    given = {name.lower(): value for name, value in (HEADERS | headers).items()}
    where, _, query = path.partition("?")
    assert word in " ".join(judge.faults_in_request(where, query, given))


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/repos/octo/demo/topics", 200, {"names": 3}),
        ("/repos/octo/demo/issues", 200, [{"number": 1}]),
        ("/repos/octo/demo", 200, {}),
        ("/rate_limit", 200, {"resources": {}}),
        ("/repos/octo/demo/issues/comments", 200, [{"body": "no id"}]),
    ],
)
def test_a_wrong_answer_is_a_violation(path: str, status: int, body: object) -> None:
    from tests.double import judge

    assert judge.faults_in_answer(path, status, body)
