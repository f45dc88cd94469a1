"""Popularity: stars, relative to the field."""

from __future__ import annotations

from bisect import bisect_right
from math import log1p

from repotriage import data
from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import reason
from repotriage.signals.kind import YEAR, first_seen
from repotriage.signals.registry import bad, good, signal, unknown

_MANY = 75  # the percentile from which on a repository is popular: the sample's upper quarter


@signal(family="popularity")
def popular_in_its_field(study: Study) -> Finding:
    """Has the repository more stars than most of its field?

    Stars tell how many people looked before you. What many stars are depends on the field
    and the age, so they are held against a sample: the repositories of 200 NeurIPS 2019
    papers, where half have 22 stars or fewer and one in ten more than 311.

    Good: at least as many stars as the upper quarter of the sample (91).

    Bad: fewer; the grade rises with the percentile. A fork is judged by the stars of what it
    was forked from, and both numbers are shown.

    Unknown: GitHub was not asked or did not tell.
    """
    name = "popular-in-its-field"
    github = study.snapshot.github
    own = None if github is None else github.stars
    forked = github is not None and bool(github.fork)
    parent = github.parent if github is not None else None
    stars = (parent.stars if parent is not None else None) if forked else own
    if github is None or stars is None:
        if forked and own is not None:
            return unknown(
                name,
                msg("it is a fork with {own} stars of its own; those of its parent are not known", own=own),
                Evidence(url=github.url if github else None),
            )
        return unknown(name, reason(study, "github.stars"))
    cohort = data.table("cohorts")["cohort"][0]
    place = percentile(stars, cohort["percentiles"])
    began = first_seen(study)
    young = began is not None and study.snapshot.taken_at - began < 2 * YEAR
    evidence = [Evidence(url=github.url)]
    values: dict[str, str | float | None] = {
        "stars": stars,
        "place": round(100 * place),
        "label": cohort["label"],
        "sample": cohort["sample"],
    }
    if forked and parent is not None:
        evidence.append(Evidence(url=parent.url))
        summary = msg(
            "{stars} stars of {parent}, from which it was forked ({own} of its own): "
            "more than about {place} % of {label} (n = {sample})",
            **values,
            parent=parent.full_name,
            own=own,
        )
    elif young and began is not None:
        summary = msg(
            "{stars} stars after {months} months: more than about {place} % of {label} (n = {sample}), "
            "which have had years to gather theirs",
            **values,
            months=max(0, round((study.snapshot.taken_at - began).days / 30.4)),
        )
    else:
        summary = msg("{stars} stars: more than about {place} % of {label} (n = {sample})", **values)
    if place >= _MANY / 100:
        return good(name, summary, *evidence)
    return bad(
        name,
        summary,
        *evidence,
        grade=place / (_MANY / 100),
        remedy=msg(
            "more users than it has; look for a more popular implementation of the same idea, or read with more care"
        ),
    )


def percentile(stars: float, table: list[list[float]]) -> float:
    """The share of the sample, from 0 to 0.99, that has at most so many stars.

    Interpolated between the table's points on the logarithm of stars + 1.
    """
    points = [[0.0, 0.0], *table]
    at = bisect_right([value for _, value in points], stars)
    if at == len(points):
        return points[-1][0] / 100
    (low, few), (high, many) = points[at - 1], points[at]
    part = (log1p(stars) - log1p(few)) / (log1p(many) - log1p(few))
    return (low + part * (high - low)) / 100
