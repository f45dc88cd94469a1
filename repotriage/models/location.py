"""Where something stands: what every claim carries."""

from __future__ import annotations

from pydantic import Field

from repotriage.models.base import CleanStr, Frozen


class Location(Frozen):
    """A place in a file of the repository at the snapshot's commit.

    `path` is relative to the repository's root, with `/`. `line` counts from 1; in a
    notebook it is the line of the `.ipynb` file and `cell` the cell, counted from 0.
    """

    path: CleanStr
    line: int | None = Field(default=None, ge=1)
    cell: int | None = Field(default=None, ge=0)

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Evidence(Frozen):
    """What shows that a claim is true: a place, a commit, an issue or a URL, and what stands there."""

    at: Location | None = None
    commit: CleanStr | None = None
    issue: int | None = None
    url: CleanStr | None = None
    text: CleanStr | None = Field(default=None, max_length=400)
