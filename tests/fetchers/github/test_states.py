from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.errors import EXIT_INCOMPLETE, EXIT_UNREADABLE, IncompleteError, UnreadableError
from repotriage.fetchers.github.states import Trouble, as_error, as_gap, judge, judge_errors

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RESET = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int((NOW + timedelta(minutes=20)).timestamp()))}
BLOCK = {"message": "Repository access blocked", "block": {"reason": "dmca", "html_url": "https://github.com/d"}}


def said(message: str) -> bytes:
    return json.dumps({"message": message}).encode()


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (202, {}, b"", "computing"),
        (401, {}, said("Bad credentials"), "unauthorized"),
        (403, {}, json.dumps(BLOCK).encode(), "blocked"),
        (403, RESET, json.dumps(BLOCK).encode(), "blocked"),  # a block comes before a limit
        (403, RESET, said("API rate limit exceeded for 1.2.3.4."), "rate_limited"),
        (429, RESET, said("API rate limit exceeded"), "rate_limited"),
        (403, {}, said("API rate limit exceeded for 1.2.3.4."), "rate_limited"),
        (403, {"retry-after": "30"}, said("You have exceeded a secondary rate limit."), "secondary_limit"),
        (403, {}, said("You have exceeded a secondary rate limit."), "secondary_limit"),
        (403, {"retry-after": "30"}, b"<html>", "secondary_limit"),
        (429, {}, b"", "secondary_limit"),
        (403, {}, said("Resource not accessible by integration"), "forbidden"),
        (403, {"x-ratelimit-remaining": "12"}, b"", "forbidden"),
        (404, {}, said("Not Found"), "not_found"),
        (409, {}, said("Git Repository is empty."), "empty"),
        (410, {}, said("Issues are disabled for this repo"), "gone"),
        (422, {}, said("No commit found"), "invalid"),
        (451, {}, json.dumps(BLOCK).encode(), "blocked"),
        (500, {}, b"", "server_error"),
        (502, {}, b"<html>", "server_error"),
    ],
)
def test_each_answer_has_its_label(status: int, headers: dict[str, str], body: bytes, kind: str) -> None:
    trouble = judge(status, headers, body, now=NOW)
    assert trouble is not None
    assert trouble.kind == kind
    assert (trouble.retry_at is not None) == (trouble.is_limit and bool(headers or kind == "secondary_limit"))


def test_success_is_no_trouble() -> None:
    assert judge(200, {"x-ratelimit-remaining": "0"}, b"{}", now=NOW) is None


def test_a_primary_limit_ends_at_the_reset() -> None:
    trouble = judge(403, RESET, b"", now=NOW)
    assert trouble is not None
    assert trouble.retry_at == NOW + timedelta(minutes=20)
    assert "2026-01-01 00:20:00 UTC" in str(trouble.message)


@pytest.mark.parametrize(
    ("value", "seconds"), [("30", 30), ("0", 0), ("Thu, 01 Jan 2026 00:01:30 GMT", 90), ("soon", 60), ("", 60)]
)
def test_retry_after(value: str, seconds: int) -> None:
    trouble = judge(429, {"retry-after": value}, said("secondary rate limit"), now=NOW)
    assert trouble is not None
    assert trouble.retry_at == NOW + timedelta(seconds=seconds)


@given(
    st.integers(200, 599),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"]), st.text(max_size=20)
    ),
    st.one_of(st.binary(max_size=40), st.from_regex(rb'\{"message": ?("[a-z]*"|[0-9]+|null|\[\])\}', fullmatch=True)),
)
def test_judging_never_fails(status: int, headers: dict[str, str], body: bytes) -> None:
    judge(status, headers, body, now=NOW)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "NOT_FOUND", "message": "Could not resolve"}, "not_found"),
        ({"type": "FORBIDDEN", "message": "Resource protected by SAML"}, "forbidden"),
        ({"type": "FORBIDDEN", "message": "Repository access blocked"}, "blocked"),
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, "rate_limited"),
        ({"type": "RATE_LIMIT", "message": "limit"}, "rate_limited"),
        ({"message": "You have exceeded a secondary rate limit"}, "secondary_limit"),
        ({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}, "partial"),
        ({"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "too much"}, "partial"),
        ({"message": "Something went wrong"}, "partial"),
        ({"extensions": {"code": "undefinedField"}, "message": "no such field"}, "invalid"),
    ],
)
def test_graphql_errors(error: dict[str, object], kind: str) -> None:
    [(path, trouble)] = judge_errors([{**error, "path": ["repository", "issues", 0]}], {}, now=NOW)
    assert trouble.kind == kind
    assert path == ("repository", "issues", "0")


@pytest.mark.parametrize(
    ("kind", "label", "code"),
    [
        ("blocked", "blocked", EXIT_UNREADABLE),
        ("not_found", "not_found_or_private", EXIT_UNREADABLE),
        ("unauthorized", "unauthorized", EXIT_INCOMPLETE),
        ("forbidden", "forbidden", EXIT_INCOMPLETE),
        ("rate_limited", "rate_limited", EXIT_INCOMPLETE),
        ("secondary_limit", "secondary_limit", EXIT_INCOMPLETE),
        ("timeout", "timeout", EXIT_INCOMPLETE),
        ("network", "network", EXIT_INCOMPLETE),
        ("server_error", "server_error", EXIT_INCOMPLETE),
        ("partial", "server_error", EXIT_INCOMPLETE),
    ],
)
@pytest.mark.parametrize("with_token", [True, False])
def test_errors_for_the_user(kind: str, label: str, code: int, with_token: bool) -> None:
    trouble = Trouble.model_validate({"kind": kind, "message": {"template": "why"}, "retry_at": NOW})
    error = as_error(trouble, "o/r", with_token=with_token)
    assert isinstance(error, UnreadableError | IncompleteError)
    assert (error.label, error.exit_code) == (label, code)
    assert error.what.startswith("o/r: ")
    if isinstance(error, IncompleteError):
        assert error.hint
        assert (error.retry_at == NOW) == trouble.is_limit


def test_not_found_and_private_are_not_told_apart() -> None:
    trouble = judge(404, {}, b"", now=NOW)
    assert trouble is not None
    error = as_error(trouble, "o/r", with_token=False)
    assert "not found, or private" in error.what
    assert "GITHUB_TOKEN" in (error.hint or "")


def test_a_message_cannot_drive_the_terminal() -> None:
    trouble = judge(403, {}, said("\x1b[31mred\x07"), now=NOW)
    assert trouble is not None
    assert "\x1b" not in str(trouble.message)


@pytest.mark.parametrize("kind", ["rate_limited", "not_found", "gone", "partial", "timeout", "computing", "invalid"])
def test_gaps(kind: str) -> None:
    trouble = Trouble.model_validate({"kind": kind, "message": {"template": "why"}, "retry_at": NOW})
    gap = as_gap("github.issues", trouble)
    assert gap.what == "github.issues"
    assert gap.retry_at == NOW
