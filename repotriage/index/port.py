"""The Index port: what a package index knows, as facts."""

from __future__ import annotations

from typing import Protocol

from repotriage.index.facts import CoreMetadata, IndexFile, Missing, NoMetadata, Project


class Index(Protocol):
    """Answers what is on a package index; nothing that it brings is ever executed. Safe to use from several threads."""

    def project(self, name: str) -> Project | Missing:
        """Every file of the project `name`, or why that is not known."""

    def metadata(self, file: IndexFile, *, native: bool = False) -> CoreMetadata | NoMetadata:
        """The metadata of a wheel or, read statically, of a source distribution.

        A source distribution with native code answers `NoMetadata("compiled")` unless `native`.
        """
