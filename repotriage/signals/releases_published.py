"""Upkeep: versions that one can name."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import reason, unread_files
from repotriage.signals.kind import is_library, is_paper_code, releases
from repotriage.signals.registry import bad, good, not_applicable, signal, unknown


@signal(family="upkeep", weight=1)
def releases_published(study: Study) -> Finding:
    """Are there releases?

    A library that you build on needs versions that can be named, pinned and gone back to.

    Good: at least one release was published on GitHub.

    Bad: a library without any.

    Unknown: GitHub was not asked or did not tell.

    Not applicable: code that is run where it lies, such as that of a paper.
    """
    name = "releases-published"
    count = releases(study)
    github = study.snapshot.github
    if count and github is not None:
        last = next(iter(github.releases or ()), None)
        return good(
            name,
            msg("releases: {n}, the last is {tag}", n=count, tag=last.tag) if last else msg("releases: {n}", n=count),
            *([Evidence(url=last.url, text=last.tag)] if last else [Evidence(url=f"{github.url}/releases")]),
        )
    if not is_library(study) or is_paper_code(study):
        return unread_files(study, name) or not_applicable(
            name, msg("it is run where it lies, not installed by version")
        )
    if count is None:
        return unknown(name, reason(study, "github.releases"))
    return bad(
        name,
        msg("a library without a release on GitHub"),
        *([Evidence(url=f"{github.url}/releases")] if github is not None else []),
        remedy=msg("a release; until there is one, pin a commit"),
    )
