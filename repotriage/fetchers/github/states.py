"""Judging GitHub's answers: what an HTTP status, its headers and its message stand for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from repotriage.errors import IncompleteError, RepotriageError, UnreadableError
from repotriage.models.base import Frozen, Message, clean, msg
from repotriage.models.snapshot import Gap, GapReason

TroubleKind = Literal[
    "blocked",
    "not_found",
    "unauthorized",
    "forbidden",
    "rate_limited",
    "secondary_limit",
    "empty",
    "gone",
    "computing",
    "partial",
    "invalid",
    "too_large",
    "timeout",
    "network",
    "server_error",
]
_SECONDARY = re.compile(r"secondary rate limit|abuse detection|wait a few minutes", re.IGNORECASE)
_PRIMARY = re.compile(r"rate limit (?:already )?exceeded|exceeded a rate limit", re.IGNORECASE)
_BLOCKED = re.compile(r"access blocked|unavailable for legal reasons|dmca", re.IGNORECASE)
_SECONDARY_PAUSE = 60.0  # seconds, where GitHub says no number: "wait for at least one minute"
_LONGEST_PAUSE = 7 * 86_400.0  # a header that asks for more is nonsense


class Trouble(Frozen):
    """Why an answer is not what was asked for."""

    kind: TroubleKind
    message: Message
    retry_at: datetime | None = None
    status: int | None = None

    @property
    def is_limit(self) -> bool:
        """Whether GitHub asks us to come back later."""
        return self.kind in ("rate_limited", "secondary_limit")

    @property
    def is_passing(self) -> bool:
        """Whether the same request may well succeed in a moment."""
        return self.kind in ("timeout", "network", "server_error", "computing")


class TroubleError(Exception):
    """Carries a `Trouble` to where it becomes a gap, a state or an error for the user."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble.message))
        self.trouble = trouble


def judge(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Trouble | None:
    """What is wrong with an answer, or None when nothing is.

    `headers` has names in lower case or ignores case. A 403 is judged in this order: legal block,
    rate limits (headers, then message), permissions.
    Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    if status < 300 and status != 202:
        return None
    content = _json_object(body) if status >= 400 else {}
    said = clean(str(content.get("message") or ""))[:200]
    kind: TroubleKind
    retry_at: datetime | None = None
    match status:
        case 202:
            kind, message = "computing", msg("GitHub is still computing this; ask again in a minute")
        case 401:
            kind, message = "unauthorized", msg("GitHub does not accept the token")
        case 451:
            return Trouble(kind="blocked", message=_blocked(content), status=status)
        case 403 | 429:
            if isinstance(content.get("block"), dict) or _BLOCKED.search(said):
                return Trouble(kind="blocked", message=_blocked(content), status=status)
            limit = judge_limit(said, headers, now=now, certain=status == 429)
            if limit is not None:
                return limit
            kind, message = "forbidden", msg("GitHub forbids this: {reason}", reason=said or "no reason given")
        case 404:
            kind, message = "not_found", msg("not found, or private and not visible to this token")
        case 409:
            kind, message = "empty", msg("the repository is empty")
        case 410:
            kind, message = "gone", msg("switched off in this repository")
        case _ if status >= 500:
            kind, message = "server_error", msg("GitHub answered with an error of its own: {status}", status=status)
        case _:
            kind, message = "invalid", msg("GitHub refused the request: {status} {reason}", status=status, reason=said)
    return Trouble(kind=kind, message=message, retry_at=retry_at, status=status)


def judge_limit(said: str, headers: Mapping[str, str], *, now: datetime, certain: bool = False) -> Trouble | None:
    """Which rate limit an answer speaks of, with when to come back; None when it is no limit.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    spent = headers.get("x-ratelimit-remaining") == "0"
    reset = when_reset(headers)
    pause = _retry_after(headers, now)
    if not _SECONDARY.search(said) and (spent or _PRIMARY.search(said)):
        return Trouble(
            kind="rate_limited",
            message=msg("GitHub's request quota is spent until {reset}", reset=clock_time(reset or pause)),
            retry_at=reset or pause,
        )
    if _SECONDARY.search(said) or pause is not None or certain:
        retry_at = pause or (reset if spent else None) or now + timedelta(seconds=_SECONDARY_PAUSE)
        return Trouble(
            kind="secondary_limit",
            message=msg("GitHub asks to slow down until {time}", time=clock_time(retry_at)),
            retry_at=retry_at,
        )
    return None


def judge_errors(
    errors: Iterable[Mapping[str, Any]], headers: Mapping[str, str], *, now: datetime
) -> list[tuple[tuple[str, ...], Trouble]]:
    """What the `errors` of a GraphQL answer (HTTP 200) stand for, each with the path that it concerns."""
    judged = []
    for error in errors:
        said = clean(str(error.get("message") or ""))[:200]
        extensions = error.get("extensions")
        code = extensions.get("code") if isinstance(extensions, dict) else None
        kind = str(error.get("type") or code or "").upper()
        path = error.get("path")
        where = tuple(str(step) for step in path) if isinstance(path, list) else ()
        judged.append((where, _graphql_trouble(kind, said, headers, now)))
    return judged


def _graphql_trouble(kind: str, said: str, headers: Mapping[str, str], now: datetime) -> Trouble:
    if _BLOCKED.search(said):
        return Trouble(kind="blocked", message=_blocked({}))
    if kind in ("RATE_LIMIT", "RATE_LIMITED"):
        limit = judge_limit(said, {**headers, "x-ratelimit-remaining": "0"}, now=now)
        if limit is not None:
            return limit
    if _SECONDARY.search(said):
        limit = judge_limit(said, headers, now=now, certain=True)
        if limit is not None:
            return limit
    if kind == "NOT_FOUND":
        return Trouble(kind="not_found", message=msg("not found, or private and not visible to this token"))
    if kind in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
        return Trouble(kind="forbidden", message=msg("GitHub forbids this: {reason}", reason=said))
    if kind in ("RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "SERVICE_UNAVAILABLE", "INTERNAL", ""):
        return Trouble(kind="partial", message=msg("GitHub left this out of its answer: {reason}", reason=said))
    return Trouble(kind="invalid", message=msg("GitHub refused the query: {reason}", reason=said))


def when_reset(headers: Mapping[str, str]) -> datetime | None:
    """When the quota is filled up again, as `x-ratelimit-reset` says."""
    try:
        return datetime.fromtimestamp(int(headers.get("x-ratelimit-reset", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def clock_time(moment: datetime | None) -> str:
    """`moment` as a person reads it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else "a time that GitHub does not tell"


def as_gap(what: str, trouble: Trouble) -> Gap:
    """The gap that `trouble` leaves where the fact `what` should be."""
    reasons: Mapping[TroubleKind, GapReason] = {
        "not_found": "forbidden",
        "unauthorized": "forbidden",
        "blocked": "forbidden",
        "invalid": "server_error",
        "empty": "no_history",
        "gone": "disabled",
    }
    reason: GapReason = reasons.get(trouble.kind) or trouble.kind  # type: ignore[assignment] # the rest has one name
    return Gap(what=what, reason=reason, message=trouble.message, retry_at=trouble.retry_at)


def as_error(trouble: Trouble, name: str, *, with_token: bool) -> RepotriageError:
    """The error to end with when `trouble` stands before everything useful; `name` is owner/name."""
    what = f"{name}: {trouble.message}"
    token_hint = "set GITHUB_TOKEN or --token-file" if not with_token else None
    match trouble.kind:
        case "blocked":
            return UnreadableError(what, label="blocked")
        case "not_found" | "gone":
            return UnreadableError(
                f"{name}: not found, or private: GitHub does not let these two be told apart",
                label="not_found_or_private",
                hint="check the spelling"
                + ("; does the token reach this repository?" if with_token else f"; if it is private, {token_hint}"),
            )
        case "empty":
            return UnreadableError(what, label="empty")
        case "unauthorized":
            return IncompleteError(
                what, label="unauthorized", hint="make a new token, or unset GITHUB_TOKEN and GH_TOKEN to go without"
            )
        case "rate_limited" | "secondary_limit":
            later = f"try again after {clock_time(trouble.retry_at)}, or raise --max-wait"
            more = "; with a token (GITHUB_TOKEN) the quota is far larger" if not with_token else ""
            return IncompleteError(what, label=trouble.kind, retry_at=trouble.retry_at, hint=later + more)
        case "forbidden":
            return IncompleteError(
                what, label="forbidden", hint=token_hint or "give the token read access to this repository's contents"
            )
        case "timeout" | "network":
            return IncompleteError(what, label=trouble.kind, hint="check the connection and try again")
        case _:
            return IncompleteError(
                what, label="server_error", hint="try again later; https://www.githubstatus.com tells of outages"
            )


def _blocked(content: Mapping[str, Any]) -> Message:
    block = content.get("block")
    block = block if isinstance(block, dict) else {}
    return msg(
        "GitHub has blocked this repository: {reason} {url}",
        reason=clean(str(block.get("reason") or "legal reasons"))[:100],
        url=clean(str(block.get("html_url") or ""))[:200],
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    value = headers.get("retry-after", "").strip()
    try:
        return now + timedelta(seconds=min(max(float(value), 0.0), _LONGEST_PAUSE))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment.astimezone(UTC)
