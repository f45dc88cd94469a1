"""What `repotriage doctor` makes of what it found: one check a subject, in words. It looks at nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from repotriage.errors import EXIT_INCOMPLETE, EXIT_OK
from repotriage.models.base import Frozen, Message, msg

Outcome = Literal["ok", "warning", "fail", "unknown"]
Credential = Literal["none", "classic", "fine_grained", "oauth", "app_user", "installation", "unknown"]

# Source: https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
_PREFIXES: Mapping[str, Credential] = {
    "ghp_": "classic",
    "github_pat_": "fine_grained",
    "gho_": "oauth",
    "ghu_": "app_user",
    "ghs_": "installation",
}
_KINDS: Mapping[Credential, Message] = {
    "none": msg("none"),
    "classic": msg("a personal access token (classic)"),
    "fine_grained": msg("a fine-grained personal access token"),
    "oauth": msg("a token of an OAuth app"),
    "app_user": msg("a token of a GitHub App for a user"),
    "installation": msg("a token of a GitHub App's installation, or of Actions"),
    "unknown": msg("a token of a kind that its prefix does not tell"),
}
_NO_SCOPE_NEEDED = frozenset({"", "public_repo", "repo:status", "read:user", "read:org"})
_SOON = timedelta(days=7)
_LOW_SHARE = 0.2  # of the quota
_MOST_POINTS = 5
_LOWEST_PYTHON = (3, 11)


class Check(Frozen):
    """One subject. `advice` is what to do where it is not ok."""

    name: str
    outcome: Outcome
    message: Message
    advice: Message | None = None


class Checkup(Frozen):
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """4 when something would leave a report incomplete."""
        return EXIT_INCOMPLETE if any(check.outcome == "fail" for check in self.checks) else EXIT_OK


class Quota(Frozen):
    """What is left of one of GitHub's limits."""

    limit: int
    remaining: int
    reset_at: datetime


class Answered(Frozen):
    """How GitHub took the credentials. `quotas` is None where the server has no limits; `scopes` where it told none."""

    trouble: Message | None = None
    refused: bool = False  # the credentials, and not the request
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    quotas: Mapping[str, Quota] | None = None


def credential(token: str | None) -> Credential:
    """What kind of token it is, by its prefix."""
    if token is None:
        return "none"
    return next((kind for prefix, kind in _PREFIXES.items() if token.startswith(prefix)), "unknown")


def python(version: tuple[int, int, int]) -> Check:
    """Whether this Python is new enough."""
    text = "{}.{}.{}".format(*version)
    if version[:2] >= _LOWEST_PYTHON:
        return Check(name="python", outcome="ok", message=msg("Python {version}", version=text))
    advice = msg("install Python {lowest} or newer", lowest="{}.{}".format(*_LOWEST_PYTHON))
    return Check(name="python", outcome="fail", message=msg("Python {version} is too old", version=text), advice=advice)


def github(api_url: str, answered: Answered) -> Check:
    """Whether the API can be reached."""
    if answered.trouble is None or answered.refused:
        return Check(name="github", outcome="ok", message=msg("{url} answers", url=api_url))
    return Check(
        name="github",
        outcome="fail",
        message=msg("{url}: {reason}", url=api_url, reason=str(answered.trouble)),
        advice=msg("check the connection, a proxy (HTTPS_PROXY) and --api-url; checkouts and snapshots work without"),
    )


def token(kind: Credential, answered: Answered, *, now: datetime) -> Check:
    """Whether the token is taken, and what it may do."""
    what = str(_KINDS[kind])
    if kind == "none":
        return Check(
            name="token",
            outcome="warning",
            message=msg("no token: GitHub answers 60 requests an hour, a repository costs 6 and leaves facts unknown"),
            advice=msg(
                "make a fine-grained token, without permissions, at https://github.com/settings/personal-access-tokens "
                "and set GITHUB_TOKEN, or name a file after --token-file"
            ),
        )
    if answered.refused:
        return Check(
            name="token",
            outcome="fail",
            message=msg("{kind}: GitHub does not accept it", kind=what),
            advice=msg("it is mistyped, expired or revoked: make a new one, or unset GITHUB_TOKEN and GH_TOKEN"),
        )
    if answered.trouble is not None:
        return Check(
            name="token", outcome="unknown", message=msg("{kind}: not tried, since GitHub did not answer", kind=what)
        )
    if answered.expires_at is not None and answered.expires_at - now < _SOON:
        return Check(
            name="token",
            outcome="warning",
            message=msg("{kind}: accepted until {moment}", kind=what, moment=_clock(answered.expires_at)),
            advice=msg("make a new one before it expires"),
        )
    more = sorted(set(answered.scopes or ()) - _NO_SCOPE_NEEDED)
    if more:
        return Check(
            name="token",
            outcome="warning",
            message=msg("{kind}: accepted, and may do more than reading: {scopes}", kind=what, scopes=", ".join(more)),
            advice=msg(
                "public repositories need no scope at all; private ones the classic scope repo, or a fine-grained "
                "token that may read contents, issues and metadata"
            ),
        )
    scopes = ", ".join(answered.scopes) if answered.scopes else "-"
    return Check(
        name="token", outcome="ok", message=msg("{kind}: accepted; scopes: {scopes}", kind=what, scopes=scopes)
    )


def quota(answered: Answered, *, signed: bool) -> Check:
    """How many requests are left. With a token GraphQL's counter binds, without one REST's."""
    if answered.trouble is not None:
        return Check(name="quota", outcome="unknown", message=msg("not known, since GitHub did not answer"))
    if answered.quotas is None:
        return Check(name="quota", outcome="ok", message=msg("this server sets no limits"))
    names = ("graphql", "core") if signed else ("core",)
    known = {name: answered.quotas[name] for name in names if name in answered.quotas}
    if not known:
        return Check(name="quota", outcome="unknown", message=msg("GitHub's answer does not tell"))
    scarcest = min(known.values(), key=lambda one: one.remaining / max(one.limit, 1))
    told = msg(
        "{counters} left; full again at {reset}",
        counters=", ".join(f"{name} {one.remaining}/{one.limit}" for name, one in known.items()),
        reset=_clock(scarcest.reset_at),
    )
    if scarcest.remaining == 0:
        advice = msg("wait until then") if signed else msg("wait until then, or set GITHUB_TOKEN")
        return Check(name="quota", outcome="fail", message=told, advice=advice)
    if scarcest.remaining < scarcest.limit * _LOW_SHARE:
        return Check(
            name="quota", outcome="warning", message=told, advice=msg("it runs low: leave large batches for later")
        )
    return Check(name="quota", outcome="ok", message=told)


def query_cost(points: int | None, trouble: Message | None, *, signed: bool) -> Check:
    """What the one GraphQL query costs by GitHub's own counting."""
    if points is not None:
        told = msg("one repository costs {points} points of GraphQL's quota", points=points)
        if points <= _MOST_POINTS:
            return Check(name="query", outcome="ok", message=told)
        advice = msg("more than the {most} that it was made for: report this to repotriage", most=_MOST_POINTS)
        return Check(name="query", outcome="warning", message=told, advice=advice)
    if not signed:
        return Check(name="query", outcome="unknown", message=msg("GraphQL needs a token: REST is used without"))
    reason = str(trouble) if trouble is not None else "GitHub did not tell"
    advice = msg("see the checks above; with an Enterprise server, check --api-url: https://HOST/api/v3")
    return Check(name="query", outcome="fail", message=msg("GraphQL: {reason}", reason=reason), advice=advice)


def pypi(url: str, trouble: str | None) -> Check:
    """Whether the package index answers."""
    if trouble is None:
        return Check(name="pypi", outcome="ok", message=msg("{url} answers", url=url))
    return Check(
        name="pypi",
        outcome="fail",
        message=msg("{url} does not answer: {reason}", url=url, reason=trouble),
        advice=msg("check the connection and a proxy (HTTPS_PROXY); without an index, use --no-solve"),
    )


def uv(version: str | None, trouble: str | None, wanted: str | None) -> Check:
    """Whether uv is there, starts, and is of a version (`wanted`, a specifier) that we know."""
    advice = msg("install it again: python -m pip install 'uv{wanted}'", wanted=wanted or "")
    if version is None:
        reason = trouble or "it does not tell its version"
        return Check(name="uv", outcome="fail", message=msg("uv cannot be run: {reason}", reason=reason), advice=advice)
    try:
        known = wanted is None or SpecifierSet(wanted).contains(Version(version), prereleases=True)
    except InvalidVersion:
        known = False
    told = msg("uv {version}", version=version)
    if known:
        return Check(name="uv", outcome="ok", message=told)
    return Check(name="uv", outcome="warning", message=told, advice=advice)


def cache(folder: Path | None, *, size: int, limit: int, writable: bool) -> Check:
    """Whether the cache can be used; sizes in bytes."""
    if folder is None:
        return Check(name="cache", outcome="warning", message=msg("switched off: everything is fetched anew each time"))
    if not writable:
        return Check(
            name="cache",
            outcome="warning",
            message=msg("{folder} cannot be written: everything is fetched anew each time", folder=str(folder)),
            advice=msg("make it writable, or name another folder after --cache-dir"),
        )
    told = msg(
        "{folder}: {size} MB of at most {limit} MB",
        folder=str(folder),
        size=f"{size / 1e6:.1f}",
        limit=f"{limit / 1e6:.0f}",
    )
    return Check(name="cache", outcome="ok", message=told)


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
