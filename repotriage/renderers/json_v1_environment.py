"""The environment in the JSON report, version 1."""

from __future__ import annotations

from datetime import date, datetime

from repotriage.models.base import CleanStr
from repotriage.models.solution import Environment
from repotriage.renderers.json_v1_base import V1, LocationV1, Sentence


class WishV1(V1):
    """One line of the problem."""

    name: CleanStr
    line: CleanStr
    """PEP 508, as the solver saw it."""
    origin: CleanStr
    """declared, import, user, or of ours: cliff, companion, breakage, clock."""
    at: LocationV1 | None
    reason: Sentence | None
    source: CleanStr | None


class ChangeV1(V1):
    """What was changed of a declared line, and why."""

    at: LocationV1 | None
    before: CleanStr
    after: CleanStr | None
    """Null: left out."""
    reason: Sentence


class BreakV1(V1):
    """A known break of a solution that resolves."""

    package: CleanStr
    version: CleanStr
    message: Sentence
    at: LocationV1 | None
    source: CleanStr | None


class ClockV1(V1):
    """The date for which packages were chosen."""

    name: CleanStr
    cutoff: datetime | None


class CandidateV1(V1):
    """A Python, a build of the framework and a date."""

    python: CleanStr
    python_declared: bool
    framework: CleanStr | None
    build: CleanStr | None
    index_url: CleanStr | None
    clock: ClockV1
    clock_place: int
    """0 is the likeliest date for this repository."""
    reason: Sentence


class PinV1(V1):
    """One package of a solution."""

    name: CleanStr
    version: CleanStr
    local: CleanStr | None
    index_url: CleanStr | None
    find_links: CleanStr | None
    """The page of its maker that has the wheel."""
    url: CleanStr | None
    sha256: CleanStr | None
    sdist_only: bool
    old_metadata: bool
    """It states a requirement that no PEP allows: uv and pip from 24.1 on refuse to install it."""
    compiles: bool
    untold: bool
    """What it needs itself is told only when it is built."""
    uploaded: date | None
    why: tuple[LocationV1, ...]
    required_by: tuple[CleanStr, ...]


class ConflictV1(V1):
    """The smallest set of lines that cannot hold together."""

    core: tuple[WishV1, ...]
    facts: tuple[Sentence, ...]
    sentence: Sentence
    relaxation: ChangeV1 | None
    minimal: bool


class AttemptV1(V1):
    """What became of one candidate."""

    candidate: CandidateV1
    verdict: CleanStr
    """solves, solves with changes, conflict, unknown."""
    pins: tuple[PinV1, ...]
    changes: tuple[ChangeV1, ...]
    breaks: tuple[BreakV1, ...]
    conflict: ConflictV1 | None
    later_conflicts: tuple[ConflictV1, ...]
    """What came up once the first one was relaxed."""
    added: tuple[WishV1, ...]
    reason: Sentence | None
    levels: tuple[CleanStr, ...]
    """Those that hold: resolves, installs (without a compiler), imports, no_known_break."""


class BuildStepV1(V1):
    """What is installed after the locked packages."""

    kind: CleanStr
    name: CleanStr
    requirement: CleanStr
    message: Sentence
    index_url: CleanStr | None
    find_links: CleanStr | None
    no_build_isolation: bool
    needs_cuda: bool
    variables: tuple[CleanStr, ...]
    """NAME=value, set while it is built."""
    system_packages: tuple[CleanStr, ...]
    at: LocationV1 | None
    source: CleanStr | None


class CudaNeedV1(V1):
    """The CUDA that the machine or the container must have itself."""

    cuda: CleanStr
    cudnn: CleanStr | None
    compiles: bool
    """nvcc is needed, not only the libraries."""
    assembles: bool
    """ptxas of the toolkit is called at run time."""
    image: CleanStr | None
    source: CleanStr | None


class NoticeV1(V1):
    """What is to be known of the plan on this machine, and what to do."""

    message: Sentence
    remedy: Sentence | None
    source: CleanStr | None


class EnvironmentV1(V1):
    """Whether an environment solves: the best attempt and the others."""

    verdict: CleanStr
    best: AttemptV1 | None
    others: tuple[AttemptV1, ...]
    wishes: tuple[WishV1, ...]
    why_best: Sentence | None
    host: CleanStr | None
    steps: tuple[BuildStepV1, ...]
    build_choice: Sentence | None
    notices: tuple[NoticeV1, ...]
    cuda: CudaNeedV1 | None
    exempt: tuple[CleanStr, ...]
    """Projects to which the date was not applied."""


def environment_v1(environment: Environment) -> EnvironmentV1:
    """The environment in the form of version 1."""
    return EnvironmentV1.model_validate(environment)
