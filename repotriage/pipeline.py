"""The whole flow, from top to bottom, on injected ports.

Only `bring` does I/O, through the Fetcher that it is given; the rest is pure, so a saved
snapshot gives the same report wherever and whenever it is analysed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from repotriage import __version__
from repotriage.compat import breakages, version_checks
from repotriage.fetchers.port import Fetcher
from repotriage.manifests import assemble as manifests
from repotriage.models.breakage import BreakageUse
from repotriage.models.document import Document
from repotriage.models.profile import Profile
from repotriage.models.reading import Reading
from repotriage.models.report import Report
from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.models.target import Target
from repotriage.models.version_check import VersionCheck
from repotriage.parsing.markup import documents
from repotriage.parsing.walk import walk
from repotriage.reading import assemble as reading
from repotriage.scorer import score
from repotriage.signals.registry import all_signals
from repotriage.signals.run import judge

Solve = Callable[[Study], Environment]
"""Finds the environment of a study, such as `repotriage.environment.environment_of` with its machine bound."""


_MAIN_DOCUMENT = re.compile(r"(?:(?:docs?|documentation|\.github)/(?:.*/)?)?[^/]+", re.IGNORECASE)
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
    facts = walk(snapshot, (*reading.VISITORS, *manifests.VISITORS, breakages.visit, version_checks.visit))
    read = reading.assemble(snapshot, pages, facts)
    return Study(
        snapshot=snapshot,
        reading=read,
        dependencies=manifests.assemble(snapshot, pages, facts, _starts(read, pages, snapshot.subdir)),
        breakages=(*facts.of(BreakageUse), *_headers(snapshot)),
        version_checks=facts.of(VersionCheck),
    )


def _headers(snapshot: Snapshot) -> Iterator[BreakageUse]:
    for file in snapshot.inside():
        if file.text is not None:
            yield from breakages.headers(file.path, file.text)


def _starts(reading: Reading, pages: Sequence[Document], subdir: str) -> set[str]:
    """The files that start the main job: those that its documents name; without any, the likeliest of each role.

    A document in a folder of its own, such as `evaluation/README.md`, speaks of a job beside the
    main one, unless the README sends its reader there or no other document names a file.
    """
    main_pages = _main_pages(pages, subdir)
    named = {entry.path: entry for entry in reading.entry_points if entry.documented_at is not None}
    main = {
        path
        for path, entry in named.items()
        if entry.documented_at is not None and entry.documented_at.path in main_pages
    }
    if any(entry.path in main and entry.role in _MAIN_ROLES for entry in reading.entry_points):
        return main
    return named.keys() | {
        entry.path for entry in reading.entry_points if entry.rank == 1 and entry.role in _MAIN_ROLES
    }


def _main_pages(pages: Sequence[Document], subdir: str) -> set[str]:
    """The documents of the root and of docs, and those that they link to."""
    prefix = f"{subdir}/" if subdir else ""
    by_path = {page.path: page for page in pages}
    found: set[str] = set()
    waiting = [path for path in by_path if _MAIN_DOCUMENT.fullmatch(path.removeprefix(prefix))]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for block in by_path[path].blocks:
            for link in block.links:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link.url.partition("#")[0]))
                waiting += [one for one in (target, f"{target}/README.md") if one in by_path]
    return found


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
