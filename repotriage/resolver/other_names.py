"""A requirement under the names that its project has elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from repotriage.compat.knowledge import name_on
from repotriage.index.target import Target
from repotriage.manifests.tables import conda_names
from repotriage.resolver.wishes import pinned


def other_names(line: str, target: Target) -> Iterator[str]:
    """What may stand in the place of a line that the index does not have: the nearest first."""
    yield from _of_conda(line)
    yield from _of_the_platform(line, target)


def _of_conda(line: str) -> Iterator[str]:
    """The same requirement where the name is conda's, and the index calls the project otherwise."""
    requirement = Requirement(line)
    known = conda_names().get(requirement.name.lower())
    if known is None or known.kind != "runtime" or canonicalize_name(known.name) == canonicalize_name(requirement.name):
        return
    requirement.name = known.name
    yield str(requirement)


def _of_the_platform(line: str, target: Target) -> Iterator[str]:
    """The same requirement where the project has another name on this platform, then its minor version there."""
    requirement = Requirement(line)
    name = name_on(canonicalize_name(requirement.name), target.os, target.arch)
    if name is None:
        return
    requirement.name, requirement.extras = name, set()
    yield str(requirement)
    exact = pinned(line)
    if exact is not None:
        requirement.specifier = SpecifierSet(f"=={exact.major}.{exact.minor}.*")
        yield str(requirement)
