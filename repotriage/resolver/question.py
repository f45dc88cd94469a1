"""What a solver is asked and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from repotriage.index.target import Target
from repotriage.models.base import CleanStr, Frozen
from repotriage.resolver.gateway import Sources


class Question(Frozen):
    """Requirements to solve together; every line is PEP 508, written by us.

    Nothing uploaded after `cutoff` counts; the projects in `exempt` have a cutoff of their own (None: none).
    """

    requirements: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    target: Target
    cutoff: datetime | None = None
    exempt: tuple[tuple[str, datetime | None], ...] = ()
    sources: Sources = "pure"


class Chosen(Frozen):
    """One package of an answer, with the file name that was offered."""

    name: str
    version: str
    filename: str


class Solved(Frozen):
    """The packages that hold together, sorted by name."""

    packages: tuple[Chosen, ...]


class Unsolved(Frozen):
    """No answer; `text` is what the solver wrote, for people, never parsed."""

    kind: Literal["no_solution", "timeout", "broken"]
    text: CleanStr = ""


class Solver(Protocol):
    """Answers questions; never builds or runs anything of a package."""

    def ask(self, question: Question, *, timeout: float | None = None) -> Solved | Unsolved:
        """Solve within `timeout` seconds, or say that there is no solution or that it could not be found out."""
