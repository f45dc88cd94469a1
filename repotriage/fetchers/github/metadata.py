"""What both ways of asking, GraphQL and REST, bring of a repository; the files come apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from repotriage.models.base import Frozen, msg
from repotriage.models.snapshot import Gap, GitHubFacts, History, Issue, State

ISSUES = 100  # of each repository, the newest
BODY = 8000  # characters of an issue that are kept
_T = TypeVar("_T")

_NOT_FACTS = {"full_name", "url", "requested_name", "default_branch", "issues", "releases", "release_count"}
FACT_FIELDS = tuple(name for name in GitHubFacts.model_fields if name not in _NOT_FACTS)


class Metadata(Frozen):
    """Everything but the files. `commit` is a full sha, or None in an empty repository."""

    facts: GitHubFacts
    commit: str | None
    history: History | None = None
    states: tuple[State, ...] = ()
    gaps: tuple[Gap, ...] = ()


def states_of(facts: GitHubFacts, requested: str, *, lock_reason: str | None = None) -> list[State]:
    """The conditions that the facts themselves show; `requested` is the owner/name that was asked for."""
    states = []
    if facts.requested_name is not None:
        states.append(
            State(
                name="renamed",
                message=msg("{old} is now {new}", old=requested, new=facts.full_name),
                url=facts.url,
            )
        )
    if facts.archived:
        states.append(State(name="archived", message=msg("archived: its owner has made it read-only")))
    if facts.disabled:
        states.append(State(name="disabled", message=msg("disabled by GitHub")))
    if facts.locked:
        reason = (lock_reason or "no reason given").lower()
        states.append(State(name="locked", message=msg("locked by GitHub: {reason}", reason=reason)))
    if facts.fork:
        states.append(_fork(facts))
    if facts.mirror_url:
        states.append(
            State(name="mirror", message=msg("a mirror of {url}: the work happens there", url=facts.mirror_url))
        )
    if facts.template:
        states.append(State(name="template", message=msg("a template: made to be copied")))
    if facts.issues_enabled is False:
        states.append(State(name="issues_disabled", message=msg("its issue list is switched off")))
    return states


def _fork(facts: GitHubFacts) -> State:
    if facts.parent is None:
        return State(name="fork", message=msg("a fork of a repository that is not visible"))
    return State(
        name="fork",
        message=msg(
            "a fork of {parent}, to which the stars belong: {parent_stars} there, {stars} here",
            parent=facts.parent.full_name,
            parent_stars=facts.parent.stars if facts.parent.stars is not None else "?",
            stars=facts.stars if facts.stars is not None else "?",
        ),
        url=facts.parent.url,
    )


def empty_state() -> State:
    """The repository has no commit."""
    return State(name="empty", message=msg("empty: it has no commit yet"))


def no_issues_gap() -> Gap:
    """Why there is no issue list where it is switched off."""
    return Gap(what="github.issues", reason="disabled", message=msg("its issue list is switched off"))


def history_gaps(history: History) -> list[Gap]:
    """What neither way of asking tells of a long history."""
    gaps = []
    if history.first_commit_at is None:
        message = msg("when the first commit was made was not asked for")
        gaps.append(Gap(what="history.first_commit_at", reason="not_requested", message=message))
    if history.authors is None:
        message = msg("the authors of all commits were not asked for")
        gaps.append(Gap(what="history.authors", reason="not_requested", message=message))
    message = msg("GitHub does not tell when code was last changed; a checkout does")
    gaps.append(Gap(what="history.last_code_change", reason="not_requested", message=message))
    return gaps


def maybe_moment(text: object) -> datetime | None:
    """As `moment`, where GitHub may say null."""
    return None if text is None else moment(text)


def moment(text: object) -> datetime:
    """A GitHub date (ISO 8601) in UTC; raises ValueError when it is none."""
    parsed = datetime.fromisoformat(str(text))
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def dig(data: object, *path: str) -> Any:
    """What lies at `path` in nested objects, or None."""
    for step in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(step)
    return data


def text_or_none(found: object) -> str | None:
    """`found` if it is the text that it should be."""
    return found if isinstance(found, str) else None


def read(build: Callable[[], _T]) -> _T | None:
    """What `build` makes of an answer, or None when the answer has not the documented shape."""
    try:
        return build()
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError):
        return None


def unreadable_gap(what: str) -> Gap:
    """The gap of an answer that has not the documented shape."""
    return Gap(what=what, reason="server_error", message=msg("GitHub's answer cannot be read"))


def answers_gap(issues: tuple[Issue, ...]) -> Gap | None:
    """Says that some first answers are unknown, if they are."""
    unknown = sum(not issue.answer_known for issue in issues)
    if not unknown:
        return None
    return Gap(
        what="github.issues.first_answer",
        reason="not_requested",
        message=msg("issues whose first answer was not asked for: {n}", n=unknown),
    )
