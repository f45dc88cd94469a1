"""An environment that solves, or why none does."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from repotriage.models.base import CleanStr, Frozen, Message
from repotriage.models.host import Gpu
from repotriage.models.location import Location

EnvironmentVerdict = Literal["solves", "solves with changes", "conflict", "unknown"]
Level = Literal["resolves", "installs", "imports", "no_known_break"]


class Wish(Frozen):
    """One line of the problem: a requirement as uv will see it, and where it came from.

    `origin` tells a declared line from an import that nobody declared and from a constraint
    of ours (a cliff, a companion, a breakage, a release that has a wheel); `at` is the declaring or importing place.
    """

    name: str
    line: str  # PEP 508, written by us
    origin: Literal["declared", "import", "cliff", "companion", "breakage", "clock", "wheel", "user"]
    at: Location | None = None
    reason: Message | None = None
    source: CleanStr | None = None  # URL of the table row
    said: bool = False  # a sentence names it, no file and no command: it may be no package at all
    optional: bool = False  # of another file than the one that a user follows first: it yields first
    adds: bool = False  # a wish of ours that asks for the package, rather than bounding it if it comes


class Change(Frozen):
    """What was changed of a declared line so that it solves, and why."""

    at: Location | None = None
    before: CleanStr
    after: CleanStr | None  # None: left out
    reason: Message
    imported: bool = False  # it is left out although the main job imports it


class Break(Frozen):
    """A known break of a solution: it resolves, and will fail when it runs."""

    package: str
    version: str
    message: Message
    at: Location | None = None
    source: CleanStr | None = None


class Clock(Frozen):
    """A date for which packages are chosen: nothing uploaded after `cutoff` (UTC) counts."""

    name: Literal["pins", "dependency_files", "code", "head", "now", "as_of"]
    cutoff: datetime | None


class Candidate(Frozen):
    """One thing to try: a Python, a build of the framework, a clock."""

    python: str  # 3.8
    python_declared: bool = True  # False: the repository declares other Pythons
    framework: str | None = None  # torch, tensorflow, jax
    build: str | None = None  # cu118, cpu; None: what the plain index gives
    index_url: CleanStr | None = None
    clock: Clock
    clock_place: int = 0  # 0 is the likeliest date for this repository
    reason: Message


class Pin(Frozen):
    """One package of a solution."""

    name: str
    version: str
    local: str | None = None  # cu118
    index_url: CleanStr | None = None  # the index of its maker
    find_links: CleanStr | None = None  # the page of its maker
    url: CleanStr | None = None
    sha256: str | None = None
    sdist_only: bool = False
    old_metadata: bool = False  # it states what no PEP allows: uv and pip from 24.1 on refuse to install it
    compiles: bool = False  # only as source with native code: installing it takes a compiler
    cuda: bool = False  # what is compiled is for CUDA alone: it takes nvcc
    untold: bool = False  # what it needs itself is told only when it is built
    uploaded: date | None = None
    why: tuple[Location, ...] = ()  # the lines that ask for it; empty: another package does
    required_by: tuple[str, ...] = ()


class Conflict(Frozen):
    """The smallest set of lines that cannot hold together, and the smallest change that lets them."""

    core: tuple[Wish, ...]
    facts: tuple[Message, ...] = ()
    sentence: Message
    relaxation: Change | None = None
    minimal: bool = True  # every proper subset was shown to solve


class Attempt(Frozen):
    """What became of one candidate."""

    candidate: Candidate
    verdict: EnvironmentVerdict
    pins: tuple[Pin, ...] = ()
    changes: tuple[Change, ...] = ()
    breaks: tuple[Break, ...] = ()
    conflict: Conflict | None = None
    later_conflicts: tuple[Conflict, ...] = ()  # what came up once the first one was relaxed
    added: tuple[Wish, ...] = ()  # constraints of ours that the solution was bound by
    reason: Message | None = None  # why unknown
    levels: tuple[Level, ...] = ()  # those that hold as far as can be told without installing


class BuildStep(Frozen):
    """Something that is installed after the locked packages, in this order.

    `requirement` is what pip is given: a PEP 508 requirement or, for a `reference`, the address
    that the repository names, which is shown to people and never run unasked.
    """

    kind: Literal["compiled", "reference", "extension"]
    name: CleanStr
    requirement: CleanStr
    message: Message
    index_url: CleanStr | None = None
    find_links: CleanStr | None = None
    no_build_isolation: bool = False
    needs_cuda: bool = False
    variables: tuple[CleanStr, ...] = ()  # NAME=value, set while it is built
    system_packages: tuple[CleanStr, ...] = ()  # of Debian, for building it
    at: Location | None = None
    source: CleanStr | None = None


class CudaNeed(Frozen):
    """The CUDA that the machine or the container must have itself, since no package brings it."""

    cuda: str  # 11.2
    cudnn: str | None = None  # 8.1
    compiles: bool = False  # nvcc is needed, not only the libraries
    assembles: bool = False  # ptxas of the toolkit is called at run time
    image: str | None = None  # a container image of the framework that has them
    source: CleanStr | None = None


class Notice(Frozen):
    """What the user has to know of the plan on this machine, and what to do."""

    message: Message
    remedy: Message | None = None
    source: CleanStr | None = None


class Environment(Frozen):
    """The answer: the best attempt and the others, and what was asked of the solver."""

    verdict: EnvironmentVerdict
    best: Attempt | None
    others: tuple[Attempt, ...] = ()
    wishes: tuple[Wish, ...] = ()
    why_best: Message | None = None
    host: CleanStr | None = None  # name of the machine that it was planned for
    os: Literal["linux", "macos", "windows"] | None = None  # its system
    gpus: tuple[Gpu, ...] | None = None  # its GPUs; () is none, None is unknown
    steps: tuple[BuildStep, ...] = ()  # what comes after the locked packages, in order
    build_choice: Message | None = None  # why this build of the framework
    notices: tuple[Notice, ...] = ()  # above all: whether the GPU is used
    cuda: CudaNeed | None = None
    exempt: tuple[str, ...] = ()  # projects to which the cutoff was not applied
    built_with: tuple[CleanStr, ...] = ()  # bounds of setuptools and wheel, as of the youngest source's day
