"""What the user asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from repotriage.models.base import CleanStr, Frozen


class GitHubTarget(Frozen):
    """A repository on GitHub or GitHub Enterprise."""

    kind: Literal["github"] = "github"
    owner: CleanStr
    name: CleanStr
    ref: CleanStr | None = None  # branch, tag or commit
    subdir: CleanStr = ""  # no leading or trailing slash
    host: CleanStr = "github.com"


class CheckoutTarget(Frozen):
    """A folder on this machine: a git checkout, a bare repository or a plain folder."""

    kind: Literal["checkout"] = "checkout"
    path: Path
    ref: CleanStr | None = None
    subdir: CleanStr = ""


class SnapshotTarget(Frozen):
    """A snapshot that was saved before."""

    kind: Literal["snapshot"] = "snapshot"
    path: Path


Target = Annotated[GitHubTarget | CheckoutTarget | SnapshotTarget, Field(discriminator="kind")]
