"""The tables that tell what a name outside of PyPI stands for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from repotriage.models.requirement import Kind


@dataclass(frozen=True, slots=True)
class Known:
    """What a foreign name stands for: a canonical name and its kind."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Image:
    """A family of container images: its tag's groups are the names of what it holds."""

    pattern: re.Pattern[str]
    also: Mapping[str, str]


def _rows(table: str) -> list[dict[str, Any]]:
    text = files("repotriage.data").joinpath(f"{table}.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["row"]
    return rows


@cache
def conda_names() -> Mapping[str, Known]:
    """Conda package name (lower case) → what it is."""
    return {
        row["conda"]: Known(row.get("name", row["conda"]), row.get("kind", "runtime")) for row in _rows("conda_names")
    }


@cache
def apt_names() -> tuple[tuple[re.Pattern[str], Known], ...]:
    """Patterns of Debian package names that stand for more than themselves; a group `v` is the version."""
    return tuple((re.compile(row["apt"]), Known(row["name"], row["kind"])) for row in _rows("apt_names"))


@cache
def prose_names() -> Mapping[str, Known]:
    """Names in prose (lower case) → what they are."""
    return {
        alias.lower(): Known(row["name"], row.get("kind", "runtime"))
        for row in _rows("prose_names")
        for alias in row["aliases"]
    }


@cache
def images() -> tuple[Image, ...]:
    """The families of container images, in the order in which they are tried."""
    return tuple(Image(re.compile(row["image"]), row.get("also", {})) for row in _rows("images"))


@cache
def vcs_names() -> Mapping[str, str]:
    """`owner/name` of a repository (lower case) → its distribution, where that is called differently."""
    return {row["repository"].lower(): row["name"] for row in _rows("vcs_names")}
