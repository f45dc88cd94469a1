"""The whole flow, from top to bottom, on injected ports.

Only `bring` does I/O, through the Fetcher that it is given; the rest is pure, so a saved
snapshot gives the same report wherever and whenever it is analysed.
"""

from __future__ import annotations

from collections.abc import Callable

from repotriage import __version__
from repotriage.compat import breakages
from repotriage.fetchers.port import Fetcher
from repotriage.manifests import assemble as manifests
from repotriage.models.breakage import BreakageUse
from repotriage.models.profile import Profile
from repotriage.models.report import Report
from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.models.target import Target
from repotriage.parsing.markup import documents
from repotriage.parsing.walk import walk
from repotriage.reading import assemble as reading
from repotriage.scorer import score
from repotriage.signals.registry import all_signals
from repotriage.signals.run import judge

Solve = Callable[[Study], Environment]
"""Finds the environment of a study, such as `repotriage.environment.environment_of` with its machine bound."""


_MAIN_ROLES = {"train", "evaluate", "inference", "demo"}


def bring(target: Target, fetcher: Fetcher) -> Snapshot:
    """Fetch the target.

    Raises:
        UnreadableError: there is nothing to read.
        IncompleteError: a limit or the network stands before it.
    """
    return fetcher.fetch(target)


def study(snapshot: Snapshot) -> Study:
    """Read everything that can be read without running anything; every file is parsed once."""
    pages = documents(snapshot)
    facts = walk(snapshot, (*reading.VISITORS, *manifests.VISITORS, breakages.visit))
    read = reading.assemble(snapshot, pages, facts)
    starts = {
        entry.path
        for entry in read.entry_points
        if entry.documented_at is not None or (entry.rank == 1 and entry.role in _MAIN_ROLES)
    }
    return Study(
        snapshot=snapshot,
        reading=read,
        dependencies=manifests.assemble(snapshot, pages, facts, starts),
        breakages=facts.of(BreakageUse),
    )


def analyse(snapshot: Snapshot, profile: Profile, solve: Solve | None = None) -> Report:
    """Study a snapshot, find its environment if `solve` is given, ask every signal, and score under `profile`."""
    studied = study(snapshot)
    if solve is not None:
        studied = studied.model_copy(update={"environment": solve(studied)})
    return Report(
        version=__version__,
        study=studied,
        score=score(judge(studied), profile, all_signals()),
    )
