"""What is installed after the locked packages, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from repotriage.compat.companions import WHEELS, Companion, companion_at, companions_of, fits
from repotriage.compat.gpu_support import capability, nvidia
from repotriage.compat.knowledge import compile_target, cuda_of_build, torch_release
from repotriage.models.base import msg
from repotriage.models.host import Host
from repotriage.models.location import Location
from repotriage.models.solution import Attempt, BuildStep, CudaNeed, Pin
from repotriage.resolver.gateway import delisted
from repotriage.resolver.torch_build import plain_build
from repotriage.resolver.wishes import Asked

_OF_CUDA = frozenset({"nvcc", "TORCH_CUDA_ARCH_LIST"})  # without a GPU only the code for the CPU is compiled
_WAYS = frozenset({"no-build-isolation", "TORCH_CUDA_ARCH_LIST"})
"""How a companion is built, rather than what for: the installer sees to it."""
_TOOLS = _WAYS | {"nvcc", "compiler", "ninja", "cmake"}
"""What a companion may need that is no package of the system."""


def steps_of(best: Attempt, asked: Asked, host: Host, build: str | None) -> tuple[BuildStep, ...]:
    """Companions of torch from their own pages or source, what else must be compiled, then direct references."""
    return (*_compiled(best, host, build), *_left_out(best, host, build), *_references(asked, best, host, build))


def _compiled(best: Attempt, host: Host, build: str | None) -> Iterator[BuildStep]:
    for pin in best.pins:
        if pin.compiles:
            at = pin.why[0] if pin.why else None
            yield _companion(pin.name, pin.version, best, host, build, at) or _by_its_script(pin, best, at)


def _by_its_script(pin: Pin, best: Attempt, at: Location | None) -> BuildStep:
    """What no table knows: compiled, with nvcc where its script makes extensions for CUDA alone."""
    torch = next((one for one in best.pins if one.name == "torch"), None)
    requirement = f"{pin.name}=={pin.version}"
    if pin.cuda and torch is not None:
        return BuildStep(
            kind="extension",
            name=pin.name,
            requirement=requirement,
            message=msg(
                "{name} is compiled beside torch {torch}; it needs {needs}",
                name=pin.name, torch=torch.version, needs="nvcc",
            ),
            no_build_isolation=True,
            needs_cuda=True,
            at=at,
            source=pin.url,
        )  # fmt: skip
    return BuildStep(
        kind="compiled",
        name=pin.name,
        requirement=requirement,
        message=msg("{name} {version} has no wheel here: it is compiled", name=pin.name, version=pin.version),
        at=at,
    )


def _left_out(best: Attempt, host: Host, build: str | None) -> Iterator[BuildStep]:
    """Companions that the index does not have, such as detectron2."""
    for change in best.changes:
        if change.after is None:
            try:
                name = canonicalize_name(Requirement(change.before).name)
            except InvalidRequirement:
                continue
            step = _companion(name, None, best, host, build, change.at)
            if step is not None:
                yield step


def _companion(
    name: str, version: str | None, best: Attempt, host: Host, build: str | None, at: Location | None
) -> BuildStep | None:
    """The way to install a companion of torch beside this torch and build, by the table."""
    torch = next((pin for pin in best.pins if pin.name == "torch"), None)
    if torch is None or not companions_of(name):
        return None
    tag = _build(torch.version, build, host)
    ways = fits(name, version, torch.version, tag, best.candidate.python, host.os)
    fit = next((fit for fit in ways if fit.serves), None)
    if fit is None:
        return None
    row = fit.companion
    exact = name if version is None else f"{name}=={version}"
    if row.route in WHEELS:
        return BuildStep(
            kind="extension",
            name=name,
            requirement=exact,
            message=msg("{name} has a wheel for torch {torch} on a page of its own", name=name, torch=torch.version),
            find_links=fit.address if row.route == "find-links" else None,
            index_url=fit.address if row.route == "index" else None,
            at=at,
            source=str(row.source),
        )
    needs = tuple(one for one in row.needs if host.gpus != () or one not in _OF_CUDA)
    return BuildStep(
        kind="extension",
        name=name,
        variables=(*row.variables, *_cuda_variables(row, host, tag)),
        system_packages=tuple(one for one in row.needs if one not in _TOOLS),
        requirement=exact if row.requirement in (None, name) else row.requirement,
        message=msg(
            "{name} is compiled beside torch {torch}; it needs {needs}",
            name=name, torch=torch.version, needs=", ".join(one for one in needs if one not in _WAYS) or "a compiler",
        ),
        no_build_isolation="no-build-isolation" in needs,
        needs_cuda="nvcc" in needs,
        at=at,
        source=str(row.source),
    )  # fmt: skip


def _cuda_variables(row: Companion, host: Host, tag: str | None) -> Iterator[str]:
    has = [found for gpu in nvidia(host) if (found := capability(gpu)) is not None]
    cuda = None if tag is None else cuda_of_build(tag)
    targets = sorted({one if cuda is None else compile_target(one, cuda) for one in has})
    digits = ";".join(one.replace(".", "") for one in targets)
    if has:
        yield from (one.replace("{architecture_digits}", digits) for one in row.cuda_variables)


def _build(torch: str, build: str | None, host: Host) -> str | None:
    """The build that is installed: the chosen one, or what the plain index serves to this machine."""
    if build is not None:
        return build
    if host.gpus == ():
        return "cpu"
    row = torch_release(torch)
    return plain_build(row, host) if row is not None and nvidia(host) else None


def cuda_to_compile(pins: Sequence[Pin], steps: Sequence[BuildStep], host: Host, build: str | None) -> CudaNeed | None:
    """The toolkit for extensions that are compiled for the GPU: that of torch's build."""
    torch = next((pin for pin in pins if pin.name == "torch"), None)
    if torch is None or not nvidia(host) or not any(step.needs_cuda for step in steps):
        return None
    tag = _build(torch.version, build, host)
    cuda = None if tag is None else cuda_of_build(tag)
    return None if cuda is None else CudaNeed(cuda=cuda, compiles=True)


def from_pages(pins: Sequence[Pin], steps: Sequence[BuildStep]) -> tuple[tuple[Pin, ...], tuple[BuildStep, ...]]:
    """The pins with the wheel of a page in the place of what would be compiled, and the steps that are left."""
    pages = {step.name: step for step in steps if step.kind == "extension" and (step.find_links or step.index_url)}
    placed = {pin.name for pin in pins if pin.compiles and pin.name in pages}
    found = tuple(
        pin.model_copy(
            update={
                "find_links": pages[pin.name].find_links,
                "index_url": pages[pin.name].index_url,
                "url": None,
                "sha256": None,
                "sdist_only": False,
                "compiles": False,
            }
        )
        if pin.name in placed
        else pin
        for pin in pins
    )
    return found, tuple(step for step in steps if step.name not in placed)


def _references(asked: Asked, best: Attempt, host: Host, build: str | None) -> Iterator[BuildStep]:
    for one in asked.later:
        name = companion_at(one.url or one.raw)
        wheel = None if name is None else _companion(name, None, best, host, build, one.at)
        if wheel is not None and wheel.find_links is not None:
            yield BuildStep(
                kind="reference",
                name=wheel.name,
                requirement=one.url or one.raw[:200],
                message=msg(
                    "the repository names an address of its own; a page has wheels of {name} for this torch",
                    name=wheel.name,
                ),
                find_links=wheel.find_links,
                at=one.at,
                source=wheel.source,
            )
            continue
        yield BuildStep(
            kind="reference",
            name=one.name or one.raw[:80],
            requirement=one.url or one.raw[:200],
            message=msg("the repository names an address of its own; its needs are not part of the lock"),
            at=one.at,
        )


def lost_steps(best: Attempt, lost: Mapping[str, Collection[tuple[str, str]]]) -> tuple[BuildStep, ...]:
    """What chosen releases ask for and the index does not hold any more: from its repository, where it is wanted."""
    chosen = {(pin.name, pin.version) for pin in best.pins}
    return tuple(
        BuildStep(
            kind="reference",
            name=name,
            requirement=f"git+{delisted()[name]}",
            message=msg(
                "{askers} asks for it, the index does not hold it any more, and most runs do without",
                askers=", ".join(sorted(f"{asker} {version}" for asker, version in chosen & set(askers))),
            ),
        )
        for name, askers in sorted(lost.items())
        if chosen & set(askers)
    )
