"""GPU × architectures in the framework's build."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.knowledge import TorchRelease, runs_on, torch_build, torch_releases
from repotriage.compat.rules.registry import Case, capability_of, fail, ok, rule, unknown
from repotriage.models.base import Message, msg
from repotriage.models.host import CheckItem


@rule
def gpu_kernels(case: Case) -> Iterator[CheckItem]:
    """The build of torch holds machine code or PTX for the GPU."""
    if case.torch is None or case.build in (None, "cpu"):
        return
    for gpu in dict.fromkeys(case.gpus):
        capability = capability_of(gpu)
        row = torch_build(case.torch.version, case.build or "")
        if capability is None:
            yield unknown("gpu-kernels", msg("the compute capability of {gpu} is not known", gpu=gpu.name))
        elif row is None:
            yield unknown(
                "gpu-kernels",
                msg(
                    "which GPUs torch {torch} {build} holds code for is not known",
                    torch=case.torch.version, build=case.build,
                ),
            )  # fmt: skip
        elif runs_on(row, capability):
            yield ok(
                "gpu-kernels",
                msg(
                    "torch {torch} {build} runs on {gpu} (compute capability {capability})",
                    torch=case.torch.version, build=case.build, gpu=gpu.name, capability=capability,
                ),
                row.source,
            )  # fmt: skip
        else:
            yield fail(
                "gpu-kernels",
                msg(
                    "torch {torch} {build} has no code for {gpu} (compute capability {capability})",
                    torch=case.torch.version, build=case.build, gpu=gpu.name, capability=capability,
                ),
                _remedy(case.torch, capability),
                row.source,
            )  # fmt: skip


def _remedy(torch: TorchRelease, capability: str) -> Message:
    """Another build of this release, else the lowest later release that runs, else the highest earlier one."""
    same = _running(torch, capability)
    if same is not None:
        return msg("take the build {build} of torch {torch}", build=same, torch=torch.version)
    here = Version(torch.version)
    later = (row for row in torch_releases() if Version(row.version) > here)
    earlier = (row for row in reversed(torch_releases()) if Version(row.version) < here)
    for row in (*later, *earlier):
        build = _running(row, capability)
        if build is not None:
            return msg("the nearest torch that runs on it is {torch} {build}", torch=row.version, build=build)
    return msg("no torch in the tables runs on it: use the CPU or another machine")


def _running(release: TorchRelease, capability: str) -> str | None:
    for build in reversed(release.builds):
        row = torch_build(release.version, build)
        if row is not None and runs_on(row, capability):
            return build
    return None
