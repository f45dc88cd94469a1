"""The metadata of one file of a release, told by another file of it where its own does not say."""

from __future__ import annotations

from repotriage.index.facts import CoreMetadata, IndexFile, NoMetadata, Project
from repotriage.index.port import Index

UNTOLD = ("unstated", "unreadable", "too_large")
"""Reasons for which the needs of a release are known to nobody who does not build it."""


def metadata_of(index: Index, project: Project, file: IndexFile, *, native: bool = False) -> CoreMetadata | NoMetadata:
    """The metadata of `file`; for a source distribution that does not tell it, that of a wheel of the same release.

    Solvers take the wheels of one release to be alike, so a wheel for another Python or platform
    tells as much. `native` as for `Index.metadata`.
    """
    found = index.metadata(file, native=native)
    if isinstance(found, CoreMetadata) or found.reason not in UNTOLD:
        return found
    wheels = [one for one in project.by_version.get(file.version, ()) if one.kind == "wheel"]
    wheel = max(wheels, key=lambda one: ("linux" in one.tags[2], one.filename), default=None)
    if wheel is None:
        return found
    if not native and all(one.tags[2] != "any" for one in wheels):
        return NoMetadata("compiled", "its wheels are for particular platforms")
    told = index.metadata(wheel)
    if isinstance(told, NoMetadata) and told.reason in UNTOLD:
        return found
    return told
