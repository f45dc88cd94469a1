"""The one normal form of everything that a repository declares, mentions or imports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from repotriage.models.base import CleanStr, Frozen, Message
from repotriage.models.location import Location

Kind = Literal[
    "runtime", "build", "dev", "test", "docs", "optional", "system", "python", "cuda", "cudnn", "compiler", "os"
]
IndexKind = Literal["index-url", "extra-index-url", "find-links", "channel", "no-index", "other"]
Format = Literal[
    "requirements",
    "constraints",
    "pyproject",
    "setup.cfg",
    "setup.py",
    "conda",
    "conda-lock",
    "pixi",
    "pipfile",
    "pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pylock",
    "dockerfile",
    "cog",
    "devcontainer",
    "runtime.txt",
    "python-version",
    "tox",
    "nox",
    "workflow",
    "notebook",
    "shell",
    "apt",
    "readme",
    "prose",
    "badge",
    "import",
]


class Requirement(Frozen):
    """One need, with where it stands and how sure the reading is.

    `name` is the canonical PEP 503 name of a distribution, or of what `kind` says
    (`python`, `cuda`, `cudnn`, `gcc`, an apt package, `ubuntu`). `specifier` is a PEP 440 specifier set,
    "" for any; a local version such as `1.7.1+cu110` is kept in it.
    """

    name: str
    specifier: str = ""
    marker: str | None = None
    extras: tuple[str, ...] = ()
    kind: Kind = "runtime"
    group: CleanStr | None = None  # the extra, dependency group, conda environment or build stage
    url: CleanStr | None = None  # of a direct, VCS or file reference; a fact, never obeyed
    format: Format
    at: Location
    raw: CleanStr = Field(max_length=2000)
    confidence: float = Field(default=1.0, ge=0, le=1)
    locked: bool = False  # from a lock file or a full export rather than a person's hand
    repairs: tuple[Message, ...] = ()
    no_deps: bool = False  # installed without what it needs itself (`pip install --no-deps`)


class Unreadable(Frozen):
    """A line or file that declares something and could not be understood."""

    at: Location
    raw: CleanStr = Field(max_length=2000)
    reason: Message


class IndexFact(Frozen):
    """An index, find-links page or conda channel that the repository names: a fact, never obeyed."""

    kind: IndexKind
    value: CleanStr
    at: Location


class ManifestFile(Frozen):
    """A dependency file that was found, whether or not anything could be read from it."""

    path: CleanStr
    format: Format
    parsed: bool
    last_touched: datetime | None = None
    rank: int | None = None  # 1 is what a user follows first; None: not followed by itself
    why: Message | None = None  # why it has that rank
    named_by: CleanStr | None = None  # the file that has a user read or install it


class Include(Frozen):
    """Another file of the repository that a file names, and where.

    `reads`: its lines count as the file's own (-r, dynamic fields); `bounds`: it only bounds
    versions (-c); `installs`: the build file of a local project that it installs (-e .).
    """

    path: CleanStr
    at: Location
    how: Literal["reads", "bounds", "installs"] = "reads"


class Declared(Frozen):
    """What one reader made of one file."""

    requirements: tuple[Requirement, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    indexes: tuple[IndexFact, ...] = ()
    includes: tuple[Include, ...] = ()
    project: CleanStr | None = None  # the distribution that a build file builds, canonical


class Contradiction(Frozen):
    """Two declarations that cannot both be followed."""

    name: str
    first: Requirement
    second: Requirement
    message: Message


class ImportedModule(Frozen):
    """A third-party top-level module that the code imports, and where."""

    module: str
    at: tuple[Location, ...]  # the first places, main code first; at most 20
    count: int = Field(ge=1)
    needed: bool  # imported unguarded by code of the main job
    context: Literal["main", "guarded", "type_checking", "function", "auxiliary", "test", "example", "docs", "setup"]
    distributions: tuple[str, ...] = ()  # candidates, likeliest first; empty: unknown
    source: CleanStr | None = None  # the table row's source that tells it


class Dependencies(Frozen):
    """All of it, merged: nothing is dropped."""

    files: tuple[ManifestFile, ...] = ()
    own: tuple[str, ...] = ()  # the distributions that the repository itself is, canonical names
    requirements: tuple[Requirement, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    indexes: tuple[IndexFact, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    imports: tuple[ImportedModule, ...] = ()
    undeclared: tuple[ImportedModule, ...] = ()
    unused: tuple[Requirement, ...] = ()
    misnamed: tuple[Requirement, ...] = ()  # `sklearn`, `opencv`, `PIL`: a wrong or dead name
    successors: Mapping[str, str] = {}  # wrong or dead name → what to install instead
