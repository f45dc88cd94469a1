"""Uses of removed symbols: which of them count, and which releases lack the symbol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.version import Version

from repotriage.models.breakage import BreakageUse
from repotriage.models.location import Location
from repotriage.models.snapshot import File

_ASIDE = frozenset({"test", "tests", "testing", "doc", "docs", "third_party", "thirdparty", "external"})


def uses_that_count(uses: Iterable[BreakageUse]) -> Iterator[BreakageUse]:
    """Uses of the main code that nothing guards and that break whatever the data."""
    for use in uses:
        if use.certain and not use.guarded and not is_aside(use.at):
            yield use


def never_named(uses: Iterable[BreakageUse], files: Iterable[File]) -> frozenset[str]:
    """The functions and classes around the uses that no text names but where it defines them: nothing runs them."""
    left = {name for use in uses for name in use.inside}
    for file in files:
        if not left:
            break
        text = file.text or ""
        left -= {name for name in left if name in text and _is_named(name, text)}
    return frozenset(left)


def _is_named(name: str, text: str) -> bool:
    return any(not found[1] for found in re.finditer(rf"(\b(?:def|class)\s+)?\b{name}\b", text))


def is_aside(at: Location) -> bool:
    """Whether a place is in the folders of tests, documents the code of others, or in `contrib` at the top."""
    folders = at.path.lower().split("/")[:-1]
    return folders[:1] == ["contrib"] or not _ASIDE.isdisjoint(folders)


def breaks(use: BreakageUse, version: str) -> bool:
    """Whether a release of the package lacks the symbol."""
    have = Version(version)
    back = use.restored_in is not None and have >= Version(use.restored_in)
    return have >= Version(use.removed_in) and not back
