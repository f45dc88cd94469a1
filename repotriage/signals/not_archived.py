"""Upkeep: the door is open."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import reason
from repotriage.signals.registry import bad, good, signal, unknown


@signal(family="upkeep", weight=1)
def not_archived(study: Study) -> Finding:
    """Is the repository open for questions and changes?

    An archived repository takes no issue and no fix: what is broken stays broken.

    Good: it is neither archived nor disabled nor locked.

    Bad: it is.

    Unknown: GitHub was not asked or did not tell.
    """
    name = "not-archived"
    github = study.snapshot.github
    if github is None or github.archived is None:
        return unknown(name, reason(study, "github.archived"))
    at = Evidence(url=github.url)
    remedy = msg("a successor: look for one in its README and among its forks")
    if github.archived:
        return bad(name, msg("its owner archived it: it is read-only"), at, remedy=remedy)
    if github.disabled or github.locked:
        return bad(name, msg("it is disabled or locked on GitHub"), at, remedy=remedy)
    return good(name, msg("not archived"), at)
