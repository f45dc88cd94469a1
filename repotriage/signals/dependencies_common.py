"""Reproducibility: packages that others use too."""

from __future__ import annotations

from functools import cache

from packaging.utils import canonicalize_name

from repotriage import data
from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, nothing_to_judge, runtime
from repotriage.signals.gaps import unread_files
from repotriage.signals.registry import bad, good, signal

_TOLERATED = 0.05


@cache
def _common() -> frozenset[str]:
    frameworks = data.table("frameworks")["framework"]  # tensorflow-gpu was common and is withdrawn
    return frozenset(data.table("common_packages")["names"].split()) | {
        canonicalize_name(name) for framework in frameworks for name in framework["distributions"]
    }


@signal(family="reproducibility", weight=0.75)
def dependencies_common(study: Study) -> Finding:
    """Are the dependencies common packages of the index?

    A package from a git repository, a URL or a folder of its author may be gone or changed;
    one that hardly anybody installs has breakages that nobody reported.

    Good: at least 95 % of the packages are among the 15,000 most downloaded of PyPI, and come
    from there.

    Bad: fewer; the grade is the share that is common. The others are shown.

    Unknown: the files could not be read in full.

    Not applicable: nothing is declared, which other signals tell.
    """
    name = "dependencies-common"
    needs = runtime(study)
    if not needs:
        return nothing_to_judge(study, name)
    if (unread := unread_files(study, name)) is not None:
        return unread
    direct = [lines[0] for lines in needs.values() if all(line.url is not None for line in lines)]
    rare = [lines[0] for name_, lines in needs.items() if name_ not in _common() and lines[0] not in direct]
    share = 1 - (len(direct) + len(rare)) / len(needs)
    if not direct and not rare:
        return good(name, msg("packages, all of them common: {n}", n=len(needs)))
    summary = msg(
        "of {n} packages: from a URL or repository {direct}, not among the 15,000 most downloaded {rare} ({names})",
        n=len(needs),
        direct=len(direct),
        rare=len(rare),
        names=", ".join(line.name for line in (*direct, *rare)[:6]),
    )
    evidence = [evidence_of(line) for line in (*direct, *rare)]
    if share >= 1 - _TOLERATED:
        return good(name, summary, *evidence)
    return bad(
        name,
        summary,
        *evidence,
        grade=share,
        remedy=msg("releases on the index in the place of links; install the rare ones first, they fail first"),
    )
