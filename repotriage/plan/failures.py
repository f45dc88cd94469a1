"""What is known to go wrong: breaks of the solution, removed symbols in the code, open issues that tell of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.base import msg
from repotriage.models.breakage import BreakageUse
from repotriage.models.location import Evidence
from repotriage.models.plan import Remedy
from repotriage.models.study import Study

_SHOWN = 3
_MAX_TITLE = 120


def issues(study: Study, words: re.Pattern[str]) -> tuple[Remedy, ...]:
    """Open issues whose title tells of it, the most discussed first."""
    github = study.snapshot.github
    found = [
        one for one in (github.issues if github else None) or () if one.state == "open" and words.search(one.title)
    ]
    found.sort(key=lambda one: (-(one.comments or 0), -one.number))
    return tuple(
        Remedy(
            text=msg("open issue: {title}", title=one.title[:_MAX_TITLE]),
            evidence=(Evidence(issue=one.number, url=one.url),),
        )
        for one in found[:_SHOWN]
    )


def breaks(study: Study) -> Iterator[Remedy]:
    """Known breaks of the planned packages."""
    best = study.environment.best if study.environment else None
    for one in best.breaks if best else ():
        evidence = (Evidence(at=one.at),) if one.at else ()
        yield Remedy(text=one.message, evidence=evidence)


def removed_symbols(study: Study) -> Iterator[Remedy]:
    """Symbols that the code uses and that later releases removed, one remedy for each."""
    seen: dict[tuple[str, str], list[Evidence]] = {}
    kept: dict[tuple[str, str], BreakageUse] = {}
    for use in study.breakages:
        if use.guarded:
            continue
        key = (use.package, use.symbol)
        kept.setdefault(key, use)
        seen.setdefault(key, []).append(Evidence(at=use.at))
    for key, use in list(kept.items())[:_SHOWN]:
        yield Remedy(
            text=msg(
                "{symbol} is gone since {package} {version}: install an older one, or write {replacement}",
                symbol=use.symbol, package=use.package, version=use.removed_in, replacement=use.replacement,
            ),
            evidence=tuple(seen[key][:_SHOWN]),
        )  # fmt: skip
