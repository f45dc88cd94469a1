from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from repotriage import doctor
from repotriage.doctor import Answered, Check, Checkup, Credential, Outcome, Quota
from repotriage.errors import EXIT_INCOMPLETE, EXIT_OK
from repotriage.models.base import msg

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DOWN = Answered(trouble=msg("GitHub cannot be reached"))
REFUSED = Answered(trouble=msg("GitHub does not accept the token"), refused=True)


def answered(
    remaining: int = 4000, scopes: tuple[str, ...] | None = (), expires_at: datetime | None = None
) -> Answered:
    quota = Quota(limit=5000, remaining=remaining, reset_at=NOW)
    return Answered(scopes=scopes, expires_at=expires_at, quotas={"core": quota, "graphql": quota})


def test_one_failure_decides_the_exit_code() -> None:
    good, bad = (Check(name="x", outcome=outcome, message=msg("x")) for outcome in ("warning", "fail"))
    assert Checkup(checks=(good,)).exit_code == EXIT_OK
    assert Checkup(checks=(good, bad)).exit_code == EXIT_INCOMPLETE


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (None, "none"),
        ("ghp_x", "classic"),
        ("github_pat_x", "fine_grained"),
        ("gho_x", "oauth"),
        ("ghu_x", "app_user"),
        ("ghs_x", "installation"),
        ("0123456789abcdef0123456789abcdef01234567", "unknown"),
    ],
)
def test_a_token_tells_its_kind(token: str | None, kind: Credential) -> None:
    assert doctor.credential(token) == kind


@pytest.mark.parametrize(("version", "outcome"), [((3, 11, 0), "ok"), ((3, 14, 1), "ok"), ((3, 10, 9), "fail")])
def test_python(version: tuple[int, int, int], outcome: Outcome) -> None:
    assert doctor.python(version).outcome == outcome


@pytest.mark.parametrize(("given", "outcome"), [(answered(), "ok"), (REFUSED, "ok"), (DOWN, "fail")])
def test_github(given: Answered, outcome: Outcome) -> None:
    assert doctor.github("https://api.github.com", given).outcome == outcome


@pytest.mark.parametrize(
    ("kind", "given", "outcome", "words"),
    [
        ("classic", answered(), "ok", "accepted"),
        ("fine_grained", answered(scopes=None), "ok", "accepted"),
        ("none", answered(), "warning", "no token"),
        ("classic", answered(scopes=("public_repo", "delete_repo")), "warning", "delete_repo"),
        ("classic", answered(expires_at=NOW + timedelta(days=2)), "warning", "2026-01-04"),
        ("classic", answered(expires_at=NOW + timedelta(days=90)), "ok", "accepted"),
        ("classic", REFUSED, "fail", "does not accept"),
        ("classic", DOWN, "unknown", "not tried"),
    ],
)
def test_token(kind: Credential, given: Answered, outcome: Outcome, words: str) -> None:
    check = doctor.token(kind, given, now=NOW)
    assert (check.outcome, words in str(check.message)) == (outcome, True)
    assert outcome in ("ok", "unknown") or check.advice is not None


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (answered(), "ok"),
        (answered(remaining=900), "warning"),
        (answered(remaining=0), "fail"),
        (Answered(), "ok"),  # a server without limits
        (Answered(quotas={}), "unknown"),
        (DOWN, "unknown"),
    ],
)
def test_quota(given: Answered, outcome: Outcome) -> None:
    assert doctor.quota(given, signed=True).outcome == outcome


def test_without_a_token_only_rest_counts() -> None:
    reset = Quota(limit=0, remaining=0, reset_at=NOW)
    given = Answered(quotas={"core": Quota(limit=60, remaining=60, reset_at=NOW), "graphql": reset})
    assert doctor.quota(given, signed=False).outcome == "ok"


def test_query_cost() -> None:
    assert doctor.query_cost(3, None, signed=True).outcome == "ok"
    assert doctor.query_cost(6, None, signed=True).outcome == "warning"
    assert doctor.query_cost(None, msg("not found"), signed=True).outcome == "fail"
    assert doctor.query_cost(None, None, signed=False).outcome == "unknown"


def test_pypi() -> None:
    assert doctor.pypi("https://pypi.org/simple", None).outcome == "ok"
    assert "refused" in str(doctor.pypi("https://pypi.org/simple", "refused").message)


@pytest.mark.parametrize(
    ("version", "outcome"), [("0.13.9", "ok"), ("0.9.0", "warning"), ("unreadable", "warning"), (None, "fail")]
)
def test_uv(version: str | None, outcome: Outcome) -> None:
    assert doctor.uv(version, None, ">=0.11,<0.14").outcome == outcome


def test_cache() -> None:
    assert doctor.cache(Path("c"), size=1, limit=2, writable=True).outcome == "ok"
    assert doctor.cache(Path("c"), size=1, limit=2, writable=False).advice is not None
    assert doctor.cache(None, size=0, limit=0, writable=False).outcome == "warning"
