"""Releases that the code itself demands when it is imported or started."""

from __future__ import annotations

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.location import Location


class VersionCheck(Frozen):
    """One place that stops where the version of a module is outside of `specifier` (`>=1.2.4,<=1.4.0`)."""

    module: CleanStr  # top-level name
    specifier: CleanStr
    at: Location
