"""Packages of the solution × each other, the code and the Python."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.cliffs import constraints
from repotriage.compat.rules.registry import Case, fail, ok, rule, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def known_breaks(case: Case) -> Iterator[CheckItem]:
    """No release of the solution is known to break another, the code or the Python."""
    if case.python is None:
        return
    found = constraints(case.pins, case.python, case.imports, gpu=bool(case.gpus))
    for one in found:
        remedy = (
            msg("install {line}", line=one.line)
            if one.line is not None
            else msg("no release of {package} avoids it", package=one.package)
        )
        item = fail if one.effect == "break" else warning
        yield item("known-breaks", one.reason, remedy, one.source)
    uncertain = tuple(_uncertain(case))
    yield from uncertain
    if not found and not uncertain:
        yield ok("known-breaks", msg("none of the packages is known to break another"))


def _uncertain(case: Case) -> Iterator[CheckItem]:
    """What breaks for some data, such as `torch.load` of a checkpoint that holds more than tensors; once a symbol."""
    seen: set[str] = set()
    for use in () if case.study is None else case.study.breakages:
        version = case.pins.get(use.package)
        if version is None or use.certain or use.guarded or use.symbol in seen:
            continue
        if Version(version) >= Version(use.removed_in):
            seen.add(use.symbol)
            yield warning(
                "known-breaks",
                msg(
                    "{package} {version}: {symbol} in {place} may refuse what it reads",
                    package=use.package, version=version, symbol=use.symbol, place=str(use.at),
                ),
                msg("write {replacement}, or install {line}",
                    replacement=use.replacement, line=f"{use.package}<{use.removed_in}"),
                use.source,
            )  # fmt: skip
