"""Weaker forms of a requirement, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_LOWER = (">=", ">", "~=")


def looser(line: str) -> Iterator[str]:
    """Lines that ask for less than `line`, each less than the one before; the last asks for any version.

    >>> list(looser("numpy==1.19.2"))
    ['numpy==1.19.*', 'numpy==1.*', 'numpy']
    >>> list(looser("a>=2,<3"))
    ['a>=2', 'a']
    """
    requirement = Requirement(line)
    clauses = list(requirement.specifier)
    if not clauses:
        return
    seen = {str(requirement)}
    for specifier in [*_steps(clauses), ""]:
        requirement.specifier = SpecifierSet(specifier)
        if str(requirement) not in seen:
            seen.add(str(requirement))
            yield str(requirement)


def _steps(clauses: list[Specifier]) -> Iterator[str]:
    exact = next((one for one in clauses if one.operator in ("==", "===")), None)
    if exact is not None:
        try:
            release = Version(exact.version.removesuffix(".*")).release
        except InvalidVersion:
            return
        for length in range(min(len(release), 3) - 1, 0, -1):
            yield f"=={'.'.join(str(part) for part in release[:length])}.*"
        return
    lower = [str(one) for one in clauses if one.operator in _LOWER]
    if lower and len(lower) < len(clauses):
        yield ",".join(lower)
