"""Upkeep: commits and releases, with the age in mind."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import reason
from repotriage.signals.kind import YEAR, first_seen, has_code, is_empty, is_paper_code
from repotriage.signals.registry import bad, good, not_applicable, signal, unknown

_FORGOTTEN = 3 * YEAR


@signal(family="upkeep", weight=2)
def recent_activity(study: Study) -> Finding:
    """Was there a commit or a release within the last year?

    Dependencies move on; a project that nobody touches stops working with them. The code of a
    paper is different: it is finished once the paper is out, and then answers to issues say
    more than commits.

    Good: the last commit or release is at most a year old.

    Bad: it is older; the grade falls to 0 at three years.

    Unknown: the history could not be read.

    Not applicable: the code of a paper that is more than a year old: it may be finished.
    """
    name = "recent-activity"
    history, github = study.snapshot.history, study.snapshot.github
    head = history.head if history is not None else None
    if head is None:
        if is_empty(study) and study.snapshot.commit is None and study.snapshot.gap_of("history") is None:
            return bad(
                name,
                msg("there is no commit"),
                remedy=msg("a first commit"),
            )
        return unknown(name, reason(study, "history"))
    now = study.snapshot.taken_at
    released = [
        release
        for release in (github and github.releases) or ()
        if release.published_at is not None and release.published_at > head.date
    ]
    last = max([head.date, *(release.published_at for release in released if release.published_at)])
    age = now - last
    evidence = [Evidence(commit=head.sha, text=f"{head.date:%Y-%m-%d} {head.title}"[:400])]
    evidence += [Evidence(url=release.url, text=release.tag) for release in released[:1]]
    commits = history.last_365_days if history is not None else None
    if commits is None:
        summary = msg("last commit or release: {date}", date=f"{last:%Y-%m-%d}")
    else:
        summary = msg(
            "last commit or release: {date}; commits in the last 365 days: {n}", date=f"{last:%Y-%m-%d}", n=commits
        )
    if age <= YEAR:
        return good(name, summary, *evidence)
    began = first_seen(study)
    if is_paper_code(study) and has_code(study) and (began is None or now - began > YEAR):
        return not_applicable(
            name,
            msg(
                "the code of a paper, last changed {date}: it may be finished, and is judged by its answers instead",
                date=f"{last:%Y-%m-%d}",
            ),
            *evidence,
        )
    return bad(
        name,
        summary,
        *evidence,
        grade=max(0.0, 0.99 * (_FORGOTTEN - age) / (_FORGOTTEN - YEAR)),
        remedy=msg("work on it; until then, use the package versions of that time or look for forks that went on"),
    )
