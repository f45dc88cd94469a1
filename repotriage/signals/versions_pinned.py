"""Reproducibility: versions that do not move."""

from __future__ import annotations

from collections.abc import Sequence

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.requirement import Requirement
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, nothing_declared, runtime
from repotriage.signals.kind import is_library
from repotriage.signals.registry import bad, good, signal

_ENOUGH = 0.8


@signal(family="reproducibility", weight=2)
def versions_pinned(study: Study) -> Finding:
    """Are the versions pinned enough?

    Lists without versions install today's packages: nearly all of them resolve, and half of
    those break. What is pinned must also install: pins that cannot be met earn nothing.

    Good: at least 80 % of the packages have an upper bound or an exact version; for a library
    any bound will do, since its users need room.

    Bad: fewer; the grade is the share, divided by 80 %, where a lower bound alone counts half
    and a package that is imported and not declared counts as one without a version.
    Nothing is earned when the environment is known not to solve.

    Unknown: the files could not be read in full.

    Not applicable: the code imports nothing beyond the standard library.
    """
    name = "versions-pinned"
    needs = runtime(study)
    if not needs:
        return nothing_declared(study, name)
    if study.environment is not None and study.environment.verdict == "conflict":
        return bad(
            name,
            msg("what is declared cannot be installed together, so its pins are worth nothing"),
            remedy=msg("versions that solve; `repotriage env` shows which lines cannot hold together"),
        )
    library = is_library(study)
    worth = {name_: _worth(lines, library=library) for name_, lines in needs.items()}
    undeclared = sum(1 for module in study.dependencies.undeclared if module.needed)
    share = sum(worth.values()) / (len(worth) + undeclared)
    pinned = sum(1 for value in worth.values() if value == 1)
    summary = (
        msg(
            "packages with a pinned version: {n} of {all}; imported and not declared: {undeclared}",
            n=pinned,
            all=len(worth) + undeclared,
            undeclared=undeclared,
        )
        if undeclared
        else msg("packages with a pinned version: {n} of {all}", n=pinned, all=len(worth))
    )
    if share >= _ENOUGH:
        return good(name, summary, *(evidence_of(_tightest(lines)) for lines in needs.values()))
    loose = [lines for name_, lines in needs.items() if worth[name_] < 1]
    return bad(
        name,
        summary,
        *(evidence_of(lines[0]) for lines in loose),
        grade=share / _ENOUGH,
        remedy=msg("a version for each package; `repotriage env` finds those of the time of the code"),
    )


def _worth(lines: Sequence[Requirement], *, library: bool) -> float:
    """1 for a pinned package, 0.5 for a lower bound alone, 0 for none."""
    return max(_bound(line, library=library) for line in lines)


def _bound(line: Requirement, *, library: bool) -> float:
    if line.locked or line.url is not None or any(sign in line.specifier for sign in ("==", "~=", "<")):
        return 1.0
    if ">" in line.specifier:
        return 1.0 if library else 0.5
    return 0.0


def _tightest(lines: Sequence[Requirement]) -> Requirement:
    """The line with the most to say of the version."""
    return max(lines, key=lambda line: (_bound(line, library=False), line.confidence))
