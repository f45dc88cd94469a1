"""What every part of the solving works with: index, gateway, solver, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from packaging.utils import canonicalize_name

from repotriage import data
from repotriage.index.facts import Missing, Project
from repotriage.index.metadata import parsed
from repotriage.index.port import Index
from repotriage.index.target import Target
from repotriage.models.base import msg
from repotriage.models.solution import Wish
from repotriage.resolver.conflict import Undecided
from repotriage.resolver.decide import Judgement, first_uploaded, judge
from repotriage.resolver.gateway import Gateway, Sources
from repotriage.resolver.question import Question, Solved, Solver, Unsolved
from repotriage.resolver.wishes import pinned

OURS = ("cliff", "companion", "breakage", "clock", "wheel")
"""Origins of wishes that bound a version and ask for nothing."""
_AT_ONCE = 8
_YOUNG = timedelta(days=60)
_LEAST_TIME = 1.0  # seconds for a question that was begun in time
_MARGIN = timedelta(days=1)


class Bench:
    """One repository's solving. `deadline` is in seconds of the monotonic clock."""

    def __init__(
        self, index: Index, gateway: Gateway, solver: Solver, *, deadline: float, allow_builds: bool = False
    ) -> None:
        self.allow_builds = allow_builds
        self.index = index
        self.gateway = gateway
        self._solver = solver
        self._deadline = deadline
        self._judged: dict[tuple[str, str, datetime | None], Judgement] = {}
        self._answers: dict[Question, Solved | Unsolved] = {}
        self._exempt: dict[str, datetime | None] = {row["name"]: None for row in data.table("reuploads")["project"]}

    @property
    def time_is_up(self) -> bool:
        """Whether the time for this repository is spent."""
        return time.monotonic() > self._deadline

    @property
    def exempt(self) -> tuple[str, ...]:
        """Projects that have a cutoff of their own."""
        return tuple(self._exempt)

    def exempt_young(self, names: Iterable[str], cutoffs: Iterable[datetime]) -> None:
        """Give projects whose first file on the index is younger than every cutoff one of their own.

        Their older files were taken from the index since, or the line was added later.
        """
        latest = max(cutoffs, default=None)
        for name in names:
            project = self.project(name)
            if isinstance(project, Missing) or latest is None:
                continue
            first = first_uploaded(project.files)
            if first is not None and first > latest:
                self._exempt[canonicalize_name(name)] = first + _YOUNG

    def gather(self, names: Iterable[str]) -> None:
        """Ask the index for many projects at once, as far as the time allows."""

        def ask(name: str) -> None:
            if not self.time_is_up:
                self.index.project(name)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(ask, dict.fromkeys(names)))

    def project(self, name: str) -> Project | Missing:
        """What the index has of a project."""
        return self.index.project(name)

    def judge(self, line: str, target: Target, cutoff: datetime | None) -> Judgement:
        """How one line stands on the index."""
        requirement = parsed(line)
        key = (line, target.key, cutoff)
        found = self._judged.get(key)
        if found is None:
            if requirement.marker is not None and not target.applies(requirement.marker):
                found = Judgement(standing="available", reason=msg("it does not apply here"))
            else:
                own = self._exempt.get(canonicalize_name(requirement.name), cutoff)
                found = judge(line, self.project(requirement.name), target, own)
            self._judged[key] = found
        return found

    def ask(
        self, wishes: Sequence[Wish], target: Target, cutoff: datetime | None, sources: Sources = "pure"
    ) -> Solved | Unsolved:
        """Solve these wishes together; remembered."""
        question = Question(
            requirements=tuple(wish.line for wish in wishes if wish.adds or wish.origin not in OURS),
            constraints=tuple(wish.line for wish in wishes if wish.origin in OURS and not wish.adds),
            target=target,
            cutoff=cutoff,
            exempt=tuple(sorted({**self._exempt, **self._chosen(wishes)}.items())),
            sources=sources,
        )
        found = self._answers.get(question)
        if found is None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                return Unsolved(kind="timeout", text="the time for solving is spent")
            found = self._solver.ask(question, timeout=max(left, _LEAST_TIME))
            self._answers[question] = found
        return found

    def _chosen(self, wishes: Sequence[Wish]) -> dict[str, datetime | None]:
        """Releases that were chosen for their wheels may be younger than the cutoff."""
        found: dict[str, datetime | None] = {}
        for wish in wishes:
            project, version = self.project(wish.name) if wish.origin == "wheel" else None, pinned(wish.line)
            if isinstance(project, Project) and version is not None:
                dates = [file.uploaded for file in project.by_version.get(version, ()) if file.uploaded]
                found[canonicalize_name(wish.name)] = max(dates) + _MARGIN if dates else None
        return found

    def holds(self, wishes: Sequence[Wish], target: Target, cutoff: datetime | None, sources: Sources = "pure") -> bool:
        """Whether these wishes can hold together.

        Raises:
            Undecided: the solver gave no answer.
        """
        answer = self.ask(wishes, target, cutoff, sources)
        if isinstance(answer, Unsolved) and answer.kind != "no_solution":
            raise Undecided(msg("the solver gave no answer: {why}", why=answer.text[:300]))
        return isinstance(answer, Solved)
