"""Packages of the solution × each other, the code and the Python."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.compat.cliffs import constraints
from repotriage.compat.rules.registry import Case, fail, ok, rule, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def known_breaks(case: Case) -> Iterator[CheckItem]:
    """No release of the solution is known to break another, the code or the Python."""
    if case.python is None:
        return
    found = constraints(case.pins, case.python, case.imports)
    for one in found:
        remedy = (
            msg("install {line}", line=one.line)
            if one.line is not None
            else msg("no release of {package} avoids it", package=one.package)
        )
        item = fail if one.effect == "break" else warning
        yield item("known-breaks", one.reason, remedy, one.source)
    if not found:
        yield ok("known-breaks", msg("none of the packages is known to break another"))
