"""Companions of torch whose wheels depend on torch and CUDA: where the right wheel is, or how it is built."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from packaging.utils import canonicalize_name
from packaging.version import Version
from pydantic import Field

from repotriage.compat.cliffs import SpecifierStr, specifier
from repotriage.compat.knowledge import Row, VersionStr, rows
from repotriage.models.base import Frozen

Route = Literal["find-links", "index", "pypi", "release", "source"]
System = Literal["linux", "macos", "windows"]
WHEELS: tuple[Route, ...] = ("find-links", "index", "pypi", "release")
"""Routes that give a wheel: nothing is compiled."""


_GITHUB = re.compile(r"\bgithub\.com[/:](?P<owned>[\w.-]+/[\w.-]+?)(?:\.git)?(?:[/@#]|\Z)")


class Companion(Row):
    """One way to install some releases of a companion.

    `serves` holds torch minor versions with a CUDA build, such as `1.10+cu113`; `url` is a
    template, filled by `address_of`.
    """

    package: str  # canonical
    imports: tuple[str, ...] = ()
    versions: SpecifierStr | None = None  # of the companion; None: any
    systems: tuple[System, ...] | None = None  # that the wheels are for; None: Linux, and others are not known
    route: Route
    url: str | None = None
    requirement: str | None = None  # what a source route installs
    torch: SpecifierStr | None = None
    cuda: tuple[str, ...] | None = None  # builds such as cu118
    serves: tuple[str, ...] | None = None
    python: tuple[VersionStr, ...] | None = None
    lowest_compute_capability: VersionStr | None = None
    needs: tuple[
        str, ...
    ] = ()  # nvcc, no-build-isolation, TORCH_CUDA_ARCH_LIST, compiler, ninja, cmake, an apt package
    variables: tuple[str, ...] = ()  # NAME=value
    cuda_variables: tuple[str, ...] = ()  # the same, where it is built for a GPU
    companions: tuple[str, ...] = ()  # what it imports besides and does not declare
    note: str | None = Field(default=None, max_length=200)


class Fit(Frozen):
    """A row and whether it serves a torch, a CUDA build and a Python; None where the tables do not say."""

    companion: Companion
    serves: bool | None
    address: str | None  # the page of wheels


def companions() -> tuple[Companion, ...]:
    """The rows of the table: of one package those with wheels before those that compile."""
    return rows("companions", "companion", Companion)


def companions_of(package: str) -> tuple[Companion, ...]:
    """The ways to install one package."""
    name = canonicalize_name(package)
    return tuple(row for row in companions() if row.package == name)


def companion_at(url: str) -> str | None:
    """The companion whose source an address of GitHub is.

    >>> companion_at("git+https://github.com/facebookresearch/detectron2.git@main")
    'detectron2'
    """
    owned = _owned(url)
    rows_at = (row for row in companions() if row.requirement is not None and _owned(row.requirement) == owned)
    return None if owned is None else next((row.package for row in rows_at), None)


def _owned(url: str) -> str | None:
    found = _GITHUB.search(url)
    return None if found is None else found["owned"].lower()


def fits(
    package: str, version: str | None, torch: str, build: str | None, python: str, system: System = "linux"
) -> tuple[Fit, ...]:
    """Every way to install a companion, those that are known to serve first, those that do not last.

    Args:
        package: name of the companion.
        version: its release; None for any.
        torch: public version of torch, such as `1.13.1`.
        build: `cu117`, `cpu`; None where it is not known.
        python: such as `3.10`.
        system: of the machine.
    """
    order = {True: 0, None: 1, False: 2}
    found = [
        Fit(
            companion=row,
            serves=_serves(row, torch, build, python, system),
            address=address_of(row, torch, build, python),
        )
        for row in companions_of(package)
        if version is None or row.versions is None or specifier(row.versions).contains(version, prereleases=True)
    ]
    return tuple(sorted(found, key=lambda fit: (order[fit.serves], fit.companion.route not in WHEELS)))


def _serves(row: Companion, torch: str, build: str | None, python: str, system: System) -> bool | None:
    answers = [
        _within(row.torch, torch),
        None if row.cuda is None or build is None else build in row.cuda,
        _listed(row.serves, torch, build),
        None if row.python is None else _minor(python) in row.python,
    ]
    if False in answers:
        return False
    if row.route == "source":
        return True  # it is compiled for what is there
    if row.route != "pypi" and system not in (row.systems or ("linux",)):
        return None if row.systems is None else False
    return True if row.serves is not None and answers[2] is True else _known(row, answers)


def _known(row: Companion, answers: Sequence[bool | None]) -> bool | None:
    """A wheel of the plain index that binds itself to torch by its metadata serves what it allows."""
    if row.route == "pypi" and row.serves is None and row.url is None:
        return True if row.cuda is None or answers[1] is True else None
    return None


def _within(allowed: str | None, version: str) -> bool | None:
    return None if allowed is None else specifier(allowed).contains(version, prereleases=True)


def _listed(serves: Sequence[str] | None, torch: str, build: str | None) -> bool | None:
    if serves is None:
        return None
    minor = _minor(torch)
    builds = {one.partition("+")[2] for one in serves if one.partition("+")[0] == minor}
    if not builds:
        return False
    return None if build is None else build in builds


def _minor(version: str) -> str:
    parsed = Version(version)
    return f"{parsed.major}.{parsed.minor}"


def address_of(row: Companion, torch: str, build: str | None, python: str) -> str | None:
    """The page of wheels of a row, filled in; None when it has none or the build is not known."""
    if row.url is None or ("{build}" in row.url and build is None):
        return None
    release = Version(torch)
    values = {
        "{torch}": release.base_version,
        "{torch_minor}": _minor(torch),
        "{torch_digits}": release.base_version.replace(".", ""),
        "{build}": build or "",
        "{python_minor}": str(Version(python).minor),
    }
    address = row.url
    for field, value in values.items():
        address = address.replace(field, value)
    return address


def lowest_capability(package: str, version: str | None) -> str | None:
    """The lowest compute capability on which a companion runs; None where the tables do not say."""
    found = [
        row.lowest_compute_capability
        for row in companions_of(package)
        if row.lowest_compute_capability is not None
        and (version is None or row.versions is None or specifier(row.versions).contains(version, prereleases=True))
    ]
    return min(found, key=Version, default=None)


def source_of(package: str, version: str | None) -> Companion | None:
    """How a companion is built here, or None when no rule is known."""
    return next(
        (
            row
            for row in companions_of(package)
            if row.route == "source"
            and (version is None or row.versions is None or specifier(row.versions).contains(version, prereleases=True))
        ),
        None,
    )
