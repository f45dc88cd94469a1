"""What is known to break in a solution, for this code on this machine, and the constraint that avoids it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from repotriage.compat.cliffs import Constraint, constraints
from repotriage.compat.gpu_support import nvidia
from repotriage.index.target import Target
from repotriage.models.base import msg
from repotriage.models.breakage import BreakageUse
from repotriage.models.host import Host
from repotriage.models.solution import Break, Pin, Wish
from repotriage.models.study import Study
from repotriage.models.version_check import VersionCheck
from repotriage.resolver.attempt import Judge, Known
from repotriage.resolver.breakage_uses import breaks, is_aside, never_named, uses_that_count
from repotriage.resolver.torch_build import choose_build
from repotriage.resolver.wishes import Asked


def judges_of(study: Study, asked: Asked, host: Host, cuda: str | None) -> Judge:
    """All rules together."""
    # where there are modules, a notebook beside them is no part of the main job; what nothing names never is
    has_modules = any(file.path.endswith(".py") for file in study.snapshot.inside())
    count = tuple(uses_that_count(study.breakages))
    unnamed = never_named(count, study.snapshot.inside())
    uses = [
        (use, (has_modules and use.at.path.endswith(".ipynb")) or not unnamed.isdisjoint(use.inside)) for use in count
    ]
    uses.sort(key=lambda pair: pair[1])
    demands = tuple(_demands(study))
    modules = frozenset(module.module for module in study.dependencies.imports)

    def judge(pins: Sequence[Pin], target: Target) -> Sequence[Known]:
        broken = choose_build(pins, host, asked.builds, cuda).broken
        found = [] if broken is None else [Known(found=broken)]
        return [
            *found,
            *_removed(pins, target, uses),
            *_demanded(pins, demands),
            *_cliffs(pins, target, modules, _idle(study, pins), gpu=bool(nvidia(host))),
        ]

    return judge


def _names(versions: Mapping[str, str]) -> Mapping[str, str]:
    """The project that brings TensorFlow, where that is another than its own."""
    others = ("tensorflow-gpu", "tensorflow-cpu", "tensorflow-macos")
    there = [] if "tensorflow" in versions else [name for name in others if name in versions]
    return {"tensorflow": there[0]} if there else {}


def _removed(pins: Sequence[Pin], target: Target, uses: Sequence[tuple[BreakageUse, bool]]) -> Iterator[Known]:
    """One break for each symbol that the code uses and a chosen release lacks; none where only asides use it (True)."""
    versions = {pin.name: pin.version for pin in pins} | {"python": target.full_version}
    names = _names(versions)
    seen: set[tuple[str, str]] = set()
    for use, aside in uses:
        package = names.get(use.package, use.package)
        version = versions.get(package)
        if version is None or not breaks(use, version) or (use.package, use.symbol) in seen:
            continue
        seen.add((use.package, use.symbol))
        found = Break(
            package=package,
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
                name=package,
                line=f"{package}<{use.removed_in}",
                origin="breakage",
                at=use.at,
                reason=msg(
                    "the code uses {symbol}, which {package} {removed} removed",
                    symbol=use.symbol, package=use.package, removed=use.removed_in,
                ),
                source=use.source,
            )  # fmt: skip
        yield Known(found=found, avoided_by=avoided, only_better=aside)


def _demands(study: Study) -> Iterator[tuple[str, VersionCheck]]:
    """What the code demands of versions, by the distributions that may hold the module."""
    names = {one.module: one.distributions for one in study.dependencies.imports}
    for check in study.version_checks:
        if not is_aside(check.at):
            for name in names.get(check.module) or (check.module,):
                yield canonicalize_name(name), check


def _demanded(pins: Sequence[Pin], demands: Sequence[tuple[str, VersionCheck]]) -> Iterator[Known]:
    """One break for each place at which the code refuses a chosen release."""
    versions = {pin.name: pin.version for pin in pins}
    for package, check in demands:
        version = versions.get(package)
        if version is None or SpecifierSet(check.specifier).contains(version, prereleases=True):
            continue
        message = msg("the code stops unless {package} is {specifier}", package=package, specifier=check.specifier)
        yield Known(
            found=Break(package=package, version=version, message=message, at=check.at),
            avoided_by=Wish(
                name=package, line=f"{package}{check.specifier}", origin="breakage", at=check.at, reason=message
            ),
        )


def _idle(study: Study, pins: Sequence[Pin]) -> frozenset[str]:
    """Packages that a list names and that neither the code imports nor another package needs."""
    unused = {canonicalize_name(one.name) for one in study.dependencies.unused}
    return frozenset(pin.name for pin in pins if pin.name in unused and not pin.required_by)


def _cliffs(
    pins: Sequence[Pin], target: Target, modules: frozenset[str], idle: frozenset[str], *, gpu: bool
) -> Iterator[Known]:
    """What the table knows to break although every declared bound is kept; none where only what is idle would break."""
    versions = {pin.name: pin.version for pin in pins}
    for cliff in constraints(versions, target.full_version, modules, gpu=gpu):
        if cliff.effect == "warning" and (cliff.line is None or cliff.beside is None):
            continue
        avoided = _avoiding(cliff, cliff.line)
        found = Break(package=cliff.package, version=cliff.version or "", message=cliff.reason, source=cliff.source)
        yield Known(
            found=found,
            avoided_by=avoided,
            or_by=_avoiding(cliff, cliff.or_line),
            only_better=cliff.effect != "break" or (cliff.beside or cliff.package) in idle,
        )


def _avoiding(cliff: Constraint, line: str | None) -> Wish | None:
    if line is None:
        return None
    return Wish(
        name=Requirement(line).name,
        line=line,
        origin="cliff",
        reason=cliff.reason,
        source=cliff.source,
        adds=cliff.version is None and Requirement(line).name == cliff.package,
    )
