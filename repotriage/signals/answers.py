"""Who answers the issues: the ones that waited, and what became of them."""

from __future__ import annotations

from datetime import timedelta

from repotriage.models.base import Message, msg
from repotriage.models.finding import Finding
from repotriage.models.snapshot import Issue
from repotriage.models.study import Study
from repotriage.signals.gaps import reason
from repotriage.signals.registry import not_applicable, unknown

PROJECT = frozenset({"OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR"})
"""GitHub's associations of people who belong to a project; it shows members who hide it as contributors."""
_OWN = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_GRACE = timedelta(days=14)
_FEWEST = 3
_MOST_UNKNOWN = 0.1


def waiting(study: Study, name: str) -> Finding | tuple[Issue, ...]:
    """The issues of users that have had 14 days to be answered, or why that cannot be judged."""
    github = study.snapshot.github
    if github is not None and github.issues_enabled is False:
        return not_applicable(name, msg("issues are switched off"))
    if github is None or github.issues is None:
        return unknown(name, reason(study, "github.issues"))
    asked = tuple(
        issue
        for issue in github.issues
        if issue.association not in _OWN and study.snapshot.taken_at - issue.created_at >= _GRACE
    )
    if len(asked) < _FEWEST:
        return not_applicable(name, _too_few(len(asked)))
    known = tuple(issue for issue in asked if issue.answer_known or issue.comments == 0)
    if len(known) < len(asked) * (1 - _MOST_UNKNOWN):
        gap = study.snapshot.gap_of("github.issues.first_answer")
        return unknown(
            name,
            gap.message
            if gap is not None
            else msg("who answered is known of {n} of {all} issues only", n=len(known), all=len(asked)),
        )
    return known


def _too_few(n: int) -> Message:
    return msg("too few issues of users to judge by: {n}", n=n)


def answered(issue: Issue) -> bool:
    """Somebody else, who is no bot, wrote a comment."""
    answer = issue.first_answer
    return answer is not None and not (answer.author or "").endswith("[bot]")
