"""Upkeep: how long an answer takes."""

from __future__ import annotations

from datetime import timedelta
from math import log
from statistics import median

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.answers import PROJECT, answered, waiting
from repotriage.signals.registry import bad, good, signal

_QUICK = timedelta(days=7)
_SLOW = timedelta(days=180)


@signal(family="upkeep", weight=1.5)
def answers_quickly(study: Study) -> Finding:
    """Do the project's people answer within a week?

    It tells whether asking is worth your while, or whether you should plan to find out alone.

    Good: the median time to the first answer by somebody of the project is at most 7 days.

    Bad: longer; the grade falls with the logarithm of the time and reaches 0 at 180 days, or
    when nobody of the project answered.

    Unknown: GitHub was not asked, or did not tell who answered.

    Not applicable: issues are switched off, or fewer than 3 have waited for 14 days.
    """
    name = "answers-quickly"
    asked = waiting(study, name)
    if isinstance(asked, Finding):
        return asked
    times = sorted(
        (max(timedelta(), issue.first_answer.at - issue.created_at), issue.number, issue.url)
        for issue in asked
        if answered(issue) and issue.first_answer is not None and issue.first_answer.association in PROJECT
    )
    if not times:
        return bad(
            name,
            msg("nobody of the project was the first to answer any of {n} recent issues", n=len(asked)),
            *(Evidence(issue=issue.number, url=issue.url, text=issue.title[:400]) for issue in asked),
            remedy=msg("answers by the authors; until then, look for forks and other implementations that are alive"),
        )
    middle = timedelta(seconds=median(took.total_seconds() for took, _, _ in times))
    summary = msg(
        "median time to the first answer of the project: {days:.1f} days (n = {n})",
        days=middle / timedelta(days=1),
        n=len(times),
    )
    nearest = sorted(times, key=lambda time: (abs(time[0] - middle), time[1]))
    evidence = [Evidence(issue=number, url=url) for _, number, url in nearest[:3]]
    if middle <= _QUICK:
        return good(name, summary, *evidence)
    return bad(
        name,
        summary,
        *evidence,
        grade=min(0.99, max(0.0, 1 - log(middle / _QUICK) / log(_SLOW / _QUICK))),
        remedy=msg("quicker answers; ask early and go on without waiting"),
    )
