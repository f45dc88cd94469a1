"""Upkeep: whether questions get answers."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.answers import PROJECT, answered, waiting
from repotriage.signals.registry import bad, good, signal

_ENOUGH = 0.8


@signal(family="upkeep", weight=3)
def issues_answered(study: Study) -> Finding:
    """Are the issues answered?

    You will have a question too. Answers to those who tried to reproduce the results say
    more about finished code than commits do.

    Good: at least 80 % of the recent issues of users were answered by somebody else.

    Bad: fewer; the grade is the share, divided by 80 %. The unanswered ones are shown.

    Unknown: GitHub was not asked, or did not tell who answered.

    Not applicable: issues are switched off, or fewer than 3 have waited for 14 days.
    """
    name = "issues-answered"
    asked = waiting(study, name)
    if isinstance(asked, Finding):
        return asked
    heard = [issue for issue in asked if answered(issue)]
    by_project = [issue for issue in heard if issue.first_answer and issue.first_answer.association in PROJECT]
    summary = msg(
        "answered: {n} of {all} recent issues of users; first by the project: {project}, by others: {others}",
        n=len(heard),
        all=len(asked),
        project=len(by_project),
        others=len(heard) - len(by_project),
    )
    share = len(heard) / len(asked)
    if share >= _ENOUGH:
        return good(
            name,
            summary,
            *(Evidence(issue=issue.number, url=issue.url, text=issue.title[:400]) for issue in heard),
        )
    silent = [issue for issue in asked if not answered(issue)]
    return bad(
        name,
        summary,
        *(Evidence(issue=issue.number, url=issue.url, text=issue.title[:400]) for issue in silent),
        grade=share / _ENOUGH,
        remedy=msg("answers to the open questions; search the closed issues and the forks before you ask"),
    )
