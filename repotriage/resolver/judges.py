"""What is known to break in a solution, for this code on this machine, and the constraint that avoids it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.requirements import Requirement

from repotriage.compat.cliffs import constraints
from repotriage.index.target import Target
from repotriage.models.base import msg
from repotriage.models.breakage import BreakageUse
from repotriage.models.host import Host
from repotriage.models.solution import Break, Pin, Wish
from repotriage.models.study import Study
from repotriage.resolver.attempt import Judge, Known
from repotriage.resolver.breakage_uses import breaks, uses_that_count
from repotriage.resolver.torch_build import choose_build
from repotriage.resolver.wishes import Asked


def judges_of(study: Study, asked: Asked, host: Host, cuda: str | None) -> Judge:
    """All rules together."""
    uses = tuple(uses_that_count(study.breakages))
    modules = frozenset(module.module for module in study.dependencies.imports)

    def judge(pins: Sequence[Pin], target: Target) -> Sequence[Known]:
        broken = choose_build(pins, host, asked.builds, cuda).broken
        found = [] if broken is None else [Known(found=broken)]
        return [*found, *_removed(pins, target, uses), *_cliffs(pins, target, modules)]

    return judge


def _removed(pins: Sequence[Pin], target: Target, uses: Sequence[BreakageUse]) -> Iterator[Known]:
    """One break for each symbol that the code uses and a chosen release lacks."""
    versions = {pin.name: pin.version for pin in pins} | {"python": target.full_version}
    seen: set[tuple[str, str]] = set()
    for use in uses:
        version = versions.get(use.package)
        if version is None or not breaks(use, version) or (use.package, use.symbol) in seen:
            continue
        seen.add((use.package, use.symbol))
        found = Break(
            package=use.package,
            version=version,
            message=msg(
                "{symbol} was removed in {package} {removed}; use {replacement}",
                symbol=use.symbol, package=use.package, removed=use.removed_in, replacement=use.replacement,
            ),
            at=use.at,
            source=use.source,
        )  # fmt: skip
        avoided = None
        if use.package != "python":
            avoided = Wish(
                name=use.package,
                line=f"{use.package}<{use.removed_in}",
                origin="breakage",
                at=use.at,
                reason=msg(
                    "the code uses {symbol}, which {package} {removed} removed",
                    symbol=use.symbol, package=use.package, removed=use.removed_in,
                ),
                source=use.source,
            )  # fmt: skip
        yield Known(found=found, avoided_by=avoided)


def _cliffs(pins: Sequence[Pin], target: Target, modules: frozenset[str]) -> Iterator[Known]:
    """What the table knows to break although every declared bound is kept."""
    versions = {pin.name: pin.version for pin in pins}
    for cliff in constraints(versions, target.full_version, modules):
        if cliff.effect != "break":
            continue
        avoided = None
        if cliff.line is not None:
            avoided = Wish(
                name=Requirement(cliff.line).name,
                line=cliff.line,
                origin="cliff",
                reason=cliff.reason,
                source=cliff.source,
                adds=cliff.version is None,
            )
        found = Break(package=cliff.package, version=cliff.version or "", message=cliff.reason, source=cliff.source)
        yield Known(found=found, avoided_by=avoided)
