"""Whether two specifier sets leave a version that satisfies both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version


def disjoint(first: str, second: str) -> bool:
    """True when no version satisfies both sets; local versions are not told apart.

    >>> disjoint(">=3.6", "==3.9.*"), disjoint("==1.7.*", ">=1.9")
    (False, True)
    """
    try:
        one, two = SpecifierSet(_public(first)), SpecifierSet(_public(second))
    except InvalidSpecifier:
        return False
    if not one or not two:
        return False
    candidates = {version for clause in (*one, *two) for version in _around(clause)}
    return not any(
        one.contains(version, prereleases=True) and two.contains(version, prereleases=True) for version in candidates
    )


def _public(specifier: str) -> str:
    return re.sub(r"\+[A-Za-z0-9.]+", "", specifier)


def _around(clause: Specifier) -> Iterator[Version]:
    """The version of a clause and its neighbours: if two sets meet, they meet at one of these."""
    text = re.sub(r"\.\*\Z", "", clause.version)
    try:
        version = Version(text)
    except InvalidVersion:
        return
    yield version
    release = list(version.release)
    epoch = f"{version.epoch}!" if version.epoch else ""
    for length in range(1, len(release) + 1):
        head = release[:length]
        head[-1] += 1
        yield Version(epoch + ".".join(map(str, head)))
    yield Version(epoch + ".".join(map(str, [*release, 0, 1])))
    yield Version(epoch + ".".join(map(str, [*release, 1])))
    for length in range(len(release), 0, -1):
        if release[length - 1] > 0:
            yield Version(epoch + ".".join(map(str, [*release[: length - 1], release[length - 1] - 1, 99999])))
            break
    yield Version(f"{epoch}{'.'.join(map(str, release))}.post1")
