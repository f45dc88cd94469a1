from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner, Result

from repotriage.cli.app import build
from tests.double import App, Fault, GitHub, Token, World, at, server_error
from tests.index.house import House, serving

Serve = Callable[[World], GitHub]
SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with serving(House()) as house:
        house.wheel("packaging", "26.0")
        yield house


@pytest.fixture
def world() -> World:
    return World(tokens={SECRET: Token(scopes=("public_repo",))})


def run(url: str, house: House, tmp_path: Path, *more: str, token: str | None = SECRET) -> Result:
    arguments = ["doctor", "--api-url", url, "--index-url", house.url, "--cache-dir", str(tmp_path / "cache"), *more]
    environment = {} if token is None else {"GITHUB_TOKEN": token}
    result = CliRunner().invoke(build(), arguments, env=environment)
    assert token is None or token not in result.output
    return result


def checks(result: Result) -> dict[str, Any]:
    return {check["name"]: check for check in json.loads(result.output)["checks"]}


def test_all_is_well(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    github = serve(world)
    result = run(github.url, house, tmp_path, "--format", "json")
    assert result.exit_code == 0
    assert {name: check["outcome"] for name, check in checks(result).items()} == dict.fromkeys(
        ("python", "github", "token", "quota", "query", "pypi", "uv", "cache"), "ok"
    )
    assert "costs 3 points" in checks(result)["query"]["message"]
    assert "graphql 5000/5000, core 5000/5000 left" in checks(result)["quota"]["message"]
    assert [seen.path for seen in github.seen] == ["/rate_limit", "/graphql"]  # and nothing that counts
    assert github.limits(SECRET)["graphql"]["remaining"] == 5000


def test_text_names_each_check_and_what_to_do(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    result = run(serve(world).url, house, tmp_path, "--no-cache", token=None)
    assert result.exit_code == 0
    assert "warning  token   no token" in result.output
    assert "unknown  query   GraphQL needs a token" in result.output
    assert "hint: make a fine-grained token" in result.output
    assert "warning  cache   switched off" in result.output


def test_a_refused_token(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    result = run(serve(world).url, house, tmp_path, "--format", "json", token="ghp_mistyped")
    found = checks(result)
    assert result.exit_code == 4
    assert [found[name]["outcome"] for name in ("github", "token", "quota", "query")] == [
        "ok",
        "fail",
        "unknown",
        "fail",
    ]


def test_a_spent_quota(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    github = serve(world)
    github.leave(0, token=SECRET)
    result = run(github.url, house, tmp_path, "--format", "json")
    assert (result.exit_code, checks(result)["quota"]["outcome"]) == (4, "fail")
    assert f"{github.limits(SECRET)['core']['limit']}" in checks(result)["quota"]["message"]


def test_a_token_that_soon_expires(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    github = serve(world)
    world.tokens[SECRET].expires_at = github.now.replace(year=github.now.year + 1)
    assert checks(run(github.url, house, tmp_path, "--format", "json"))["token"]["outcome"] == "ok"
    world.tokens[SECRET].expires_at = github.now.replace(microsecond=1)
    assert "accepted until" in checks(run(github.url, house, tmp_path, "--format", "json"))["token"]["message"]
    world.tokens[SECRET].expires_at = at("2020-01-01")
    assert checks(run(github.url, house, tmp_path, "--format", "json"))["token"]["outcome"] == "fail"


def test_an_enterprise_server_without_limits(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    world.rate_limiting = False
    result = run(serve(world).enterprise_url, house, tmp_path, "--format", "json")
    assert (result.exit_code, checks(result)["quota"]["message"]) == (0, "this server sets no limits")


@pytest.mark.parametrize("fault", [server_error("/rate_limit"), Fault("/rate_limit", cut=True)])
def test_github_is_down(serve: Serve, world: World, house: House, tmp_path: Path, fault: Fault) -> None:
    github = serve(world)
    github.faults = [fault]
    found = checks(run(github.url, house, tmp_path, "--format", "json"))
    assert [found[name]["outcome"] for name in ("github", "token", "quota", "query", "pypi")] == [
        "fail",
        "unknown",
        "unknown",
        "fail",
        "ok",
    ]


def test_graphql_is_down(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    github = serve(world)
    github.faults = [server_error("/graphql", status=504)]
    found = checks(run(github.url, house, tmp_path, "--format", "json"))
    assert [found[name]["outcome"] for name in ("github", "token", "query")] == ["ok", "ok", "fail"]


def test_no_index_and_a_cache_that_cannot_be_written(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/github").write_text("in the way")
    github = serve(world)
    result = run(github.url, house, tmp_path, "--format", "json", "--index-url", "http://127.0.0.1:1/simple")
    found = checks(result)
    assert (result.exit_code, found["pypi"]["outcome"], found["cache"]["outcome"]) == (4, "fail", "warning")


def test_an_app_is_let_in_to_its_installation(serve: Serve, world: World, house: House, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    world.apps = [App(id=5, public_key=public.decode(), installation=7, token="ghs_installed")]
    world.tokens["ghs_installed"] = Token(scopes=None, installation=True)
    (tmp_path / "key.pem").write_bytes(private)
    url = serve(world).url

    def outcome(app: str, *more: str) -> dict[str, Any]:
        key_file = ["--app-key-file", str(tmp_path / "key.pem")]
        return checks(run(url, house, tmp_path, "--format", "json", "--app-id", app, *key_file, *more, token=None))

    installed = outcome("5", "--app-installation", "7")
    assert [installed[name]["outcome"] for name in ("github", "token", "quota", "query")] == ["ok"] * 4
    assert outcome("6", "--app-installation", "7")["token"]["outcome"] == "fail"  # not that App's key
    unnamed = run(url, house, tmp_path, "--app-id", "5", "--app-key-file", str(tmp_path / "key.pem"), token=None)
    assert (unnamed.exit_code, "--app-installation" in unnamed.output) == (2, True)
