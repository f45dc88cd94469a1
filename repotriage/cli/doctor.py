"""`repotriage doctor`: what to run first, to see whether everything that a report needs is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repotriage.cli.common import (
    ApiUrlOption,
    AppIdOption,
    AppInstallationOption,
    AppKeyFileOption,
    CacheDirOption,
    NoCacheOption,
    TokenFileOption,
    fetch_settings,
    write_output,
)

if TYPE_CHECKING:
    from repotriage.doctor import Answered, Check, Checkup
    from repotriage.fetchers.http import HttpClient
    from repotriage.fetchers.port import FetchSettings

_TIMEOUT = 10.0  # seconds; a doctor that hangs helps nobody


class Format(StrEnum):
    """How the checks are printed."""

    TEXT = "text"
    JSON = "json"


def doctor(
    token_file: TokenFileOption = None,
    api_url: ApiUrlOption = None,
    app_id: AppIdOption = None,
    app_key_file: AppKeyFileOption = None,
    app_installation: AppInstallationOption = None,
    cache_dir: CacheDirOption = None,
    no_cache: NoCacheOption = False,
    index_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Look at this package index instead of https://pypi.org/simple.")
    ] = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print the checks.")] = Format.TEXT,  # noqa: A002 (the option's name)
) -> None:
    """Check token, quota, query cost, PyPI, uv and cache, and say what is missing. It ends with 4 if a check fails."""
    settings = fetch_settings(
        token_file=token_file,
        api_url=api_url,
        app_id=app_id,
        app_key_file=app_key_file,
        app_installation=app_installation,
        cache_dir=cache_dir,
        no_cache=no_cache,
        max_wait=0.0,
    )
    checkup = _examine(settings, index_url)
    write_output(_as_json(checkup) if format is Format.JSON else _as_text(checkup), None)
    raise typer.Exit(checkup.exit_code)


def _examine(settings: FetchSettings, index_url: str | None) -> Checkup:
    import sys

    from repotriage import doctor as judge

    return judge.Checkup(
        checks=(
            judge.python(sys.version_info[:3]),
            *_github_checks(settings),
            _pypi_check(index_url),
            _uv_check(),
            _cache_check(settings.cache_dir),
        )
    )


def _github_checks(settings: FetchSettings) -> tuple[Check, ...]:
    from repotriage import doctor as judge
    from repotriage.fetchers.github.endpoints import Endpoints
    from repotriage.fetchers.github.graphql import cost
    from repotriage.fetchers.github.states import TroubleError
    from repotriage.fetchers.http import HttpClient

    secret = settings.token.get_secret_value() if settings.token else None
    kind = judge.credential(secret)
    signed = settings.token is not None or settings.app is not None
    points = trouble = None
    endpoints = Endpoints.of(settings.api_url)
    with HttpClient(endpoints, token=secret, timeout=_TIMEOUT, max_wait=0.0) as client:
        try:
            if settings.app is not None:
                kind = "installation"
                _sign_in(client, settings)
            answered = _ask_limits(client)
        except TroubleError as error:
            refused = error.trouble.kind == "unauthorized"
            answered = judge.Answered(trouble=error.trouble.message, refused=refused)
        if signed and answered.trouble is None:
            try:
                points = cost(client)
            except TroubleError as error:
                trouble = error.trouble.message
        elif signed:
            trouble = answered.trouble
        now = client.clock()
    return (
        judge.github(settings.api_url, answered),
        judge.token(kind, answered, now=now),
        judge.quota(answered, signed=signed),
        judge.query_cost(points, trouble, signed=signed),
    )


def _sign_in(client: HttpClient, settings: FetchSettings) -> None:
    from repotriage.errors import UsageError
    from repotriage.fetchers.github.rest import sign_in_as_app
    from repotriage.models.target import GitHubTarget

    if settings.app is None or settings.app.installation_id is None:
        raise UsageError("the installation of the GitHub App is not named", hint="name it after --app-installation")
    # The target serves to look the installation up, which is named here.
    sign_in_as_app(client, settings.app, GitHubTarget(owner="octocat", name="Hello-World"))


def _ask_limits(client: HttpClient) -> Answered:
    """How GitHub takes our credentials: the one address that costs nothing tells it all."""
    from repotriage import doctor as judge
    from repotriage.fetchers.github import states

    reply = client.get(f"{client.endpoints.rest}/rate_limit")
    trouble = states.judge(reply.status, reply.headers, reply.body, now=client.clock())
    scopes = reply.headers.get("x-oauth-scopes")
    known: dict[str, Any] = {
        "scopes": None if scopes is None else tuple(part.strip() for part in scopes.split(",") if part.strip()),
        "expires_at": _expiry(reply.headers),
    }
    if trouble is not None and trouble.kind == "not_found":
        return judge.Answered(**known)  # an Enterprise server without limits says so
    if trouble is not None:
        raise states.TroubleError(trouble)
    return judge.Answered(**known, quotas=_quotas(reply.json()))


def _quotas(content: object) -> dict[str, Any]:
    from datetime import UTC

    from repotriage import doctor as judge

    resources = content.get("resources") if isinstance(content, Mapping) else None
    quotas = {}
    for name, limit in resources.items() if isinstance(resources, Mapping) else ():
        try:
            reset_at = datetime.fromtimestamp(limit["reset"], UTC)
            quotas[str(name)] = judge.Quota(limit=limit["limit"], remaining=limit["remaining"], reset_at=reset_at)
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            continue  # a counter of an unknown shape is no counter of ours
    return quotas


def _expiry(headers: Mapping[str, str]) -> datetime | None:
    from datetime import UTC

    text = headers.get("github-authentication-token-expiration", "").replace("UTC", "+0000")
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _pypi_check(index_url: str | None) -> Check:
    from repotriage import doctor as judge
    from repotriage.index.facts import Missing
    from repotriage.index.simple import PYPI, SimpleIndex

    index = SimpleIndex(url=index_url or PYPI, timeout=_TIMEOUT)
    try:
        found = index.project("packaging")
    finally:
        index.close()
    trouble = (found.detail or found.reason) if isinstance(found, Missing) else None
    return judge.pypi(index.url, trouble)


def _uv_check() -> Check:
    import subprocess

    from repotriage import doctor as judge
    from repotriage.resolver.uv import uv_version

    version = trouble = None
    try:
        version = uv_version()
    except (OSError, ImportError, subprocess.TimeoutExpired) as error:
        trouble = str(error)[:200]
    return judge.uv(version, trouble, _wanted("uv"))


def _wanted(name: str) -> str | None:
    """The versions of a dependency that repotriage was made for."""
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    try:
        needed = [Requirement(line) for line in requires("repotriage") or ()]
    except PackageNotFoundError:  # it runs from a folder
        return None
    return next((str(one.specifier) for one in needed if one.name == name), None)


def _cache_check(folder: Path | None) -> Check:
    from repotriage import doctor as judge
    from repotriage.cache import Cache

    if folder is None:
        return judge.cache(None, size=0, limit=0, writable=False)
    cache = Cache(folder)
    try:
        cache.set("doctor", b"was here")
        writable = cache.get("doctor") == b"was here"
        info = cache.info()
    finally:
        cache.close()
    return judge.cache(info.folder, size=info.size, limit=info.size_limit, writable=writable)


def _as_text(checkup: Checkup) -> str:
    lines = []
    for check in checkup.checks:
        lines.append(f"{check.outcome:<8} {check.name:<7} {check.message}")
        if check.advice is not None and check.outcome != "ok":
            lines.append(f"{'':<8} {'':<7} hint: {check.advice}")
    return "\n".join(lines) + "\n"


def _as_json(checkup: Checkup) -> str:
    import json

    checks = [
        {
            "name": check.name,
            "outcome": check.outcome,
            "message": str(check.message),
            "advice": None if check.advice is None else str(check.advice),
        }
        for check in checkup.checks
    ]
    return json.dumps({"schema_version": 1, "exit_code": checkup.exit_code, "checks": checks}, indent=2) + "\n"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)
