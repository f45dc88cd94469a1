"""Companions of torch × torch, CUDA, Python and GPU."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.companions import WHEELS, companions_of, fits, lowest_capability
from repotriage.compat.rules.registry import Case, capability_of, fail, ok, rule, unknown, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def companion_builds(case: Case) -> Iterator[CheckItem]:
    """Packages that depend on torch and CUDA have a wheel for them, or can be compiled; the GPU is new enough."""
    if case.torch is None or case.python is None:
        return
    steps = () if case.environment is None else case.environment.steps
    wanted: dict[str, str | None] = {step.name: None for step in steps}
    wanted.update(case.pins)
    for name, version in wanted.items():
        if not companions_of(name):
            continue
        yield _wheel(case, name, version, case.torch.version, case.python)
        lowest = lowest_capability(name, version)
        for gpu in dict.fromkeys(case.gpus):
            capability = capability_of(gpu)
            if lowest is not None and capability is not None and Version(capability) < Version(lowest):
                yield fail(
                    "companion-builds",
                    msg(
                        "{name} needs compute capability {lowest}, {gpu} has {capability}",
                        name=name, lowest=lowest, gpu=gpu.name, capability=capability,
                    ),
                    msg("leave {name} out where the code allows, or use a newer GPU", name=name),
                    companions_of(name)[0].source,
                )  # fmt: skip


def _wheel(case: Case, name: str, version: str | None, torch: str, python: str) -> CheckItem:
    found = fits(name, version, torch, case.build, python, case.host.os)
    wheel = next((fit for fit in found if fit.serves and fit.companion.route in WHEELS), None)
    if wheel is not None:
        where = wheel.address or "PyPI"
        summary = msg("{name} has a wheel for torch {torch}: {where}", name=name, torch=torch, where=where)
        return ok("companion-builds", summary, wheel.companion.source)
    maybe = next((fit for fit in found if fit.serves is None), None)
    if maybe is not None:
        return unknown(
            "companion-builds",
            msg("whether {name} has a wheel for torch {torch} is not in the tables", name=name, torch=torch),
            None if maybe.address is None else msg("look at {where}", where=maybe.address),
            maybe.companion.source,
        )
    source = next((fit for fit in found if fit.serves), None)
    if source is None:
        return unknown("companion-builds", msg("how {name} is installed is not in the tables", name=name))
    return warning(
        "companion-builds",
        msg("{name} has no wheel for torch {torch}: it is compiled here", name=name, torch=torch),
        msg("needed: {needs}", needs=", ".join(source.companion.needs) or "a compiler"),
        source.companion.source,
    )
