"""Uses of symbols that later releases removed."""

from __future__ import annotations

from typing import Literal

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.location import Location


class BreakageUse(Frozen):
    """One place that uses a symbol which a release of a package removed.

    The code works with releases before `removed_in` and, if the symbol came back, from
    `restored_in` on. What breaks is as well a call without an argument that became `required` or
    whose `default` changed, a `positional` argument that must have its name, a result that is
    `unpacked` into too few names, a C++ `header`; with `certain` false it depends on the data.
    `package` is a canonical distribution name, or `python`. `inside` are the functions and classes
    around the place that run only when somebody names them.
    """

    package: str
    symbol: CleanStr
    kind: Literal["attribute", "module", "argument", "required", "default", "positional", "unpacked", "header"]
    removed_in: str
    restored_in: str | None = None
    replacement: CleanStr
    at: Location
    guarded: bool
    certain: bool = True
    inside: tuple[CleanStr, ...] = ()
    source: CleanStr
