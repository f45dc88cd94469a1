"""The Python API: `from repotriage import score`."""

from __future__ import annotations

from repotriage.models.report import Report


def score(target: str) -> Report:
    """Score a repository: `owner/repo`, a URL, a path or a saved snapshot."""
    raise NotImplementedError(target)
