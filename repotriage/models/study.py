"""All that the signals may look at: the snapshot and what was read from it."""

from __future__ import annotations

from repotriage.models.base import Frozen
from repotriage.models.breakage import BreakageUse
from repotriage.models.reading import Reading
from repotriage.models.requirement import Dependencies
from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Environment
from repotriage.models.version_check import VersionCheck


class Study(Frozen):
    """One repository, read."""

    snapshot: Snapshot
    reading: Reading = Reading()
    dependencies: Dependencies = Dependencies()
    breakages: tuple[BreakageUse, ...] = ()  # uses of symbols that later releases removed
    version_checks: tuple[VersionCheck, ...] = ()  # releases that the code itself demands
    environment: Environment | None = None  # None: not asked for
