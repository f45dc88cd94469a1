"""Whether a CUDA build of a framework runs on the NVIDIA GPUs of a machine: driver, kernels and libraries."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from repotriage.compat.knowledge import (
    JaxGpuBuild,
    TensorFlowRelease,
    compute_capability_of,
    driver_floor,
    first_toolkit_of_major,
    runs_on,
)
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.host import Gpu, Host


class Support(Frozen):
    """The answer for one build; `runs` is None where the tables do not say."""

    runs: bool | None
    why: Message


def nvidia(host: Host) -> tuple[Gpu, ...]:
    """The NVIDIA GPUs of a machine."""
    return tuple(gpu for gpu in host.gpus or () if gpu.vendor == "nvidia")


def capability(gpu: Gpu) -> str | None:
    """The compute capability that the driver tells, else that of the table."""
    if gpu.compute_capability is not None:
        return gpu.compute_capability
    row = compute_capability_of(gpu.name)
    return None if row is None else row.compute_capability


def driver_too_old(cuda: str, host: Host) -> str | None:
    """The lowest driver for a CUDA version where this machine's is older; None where it serves or is not known."""
    floor = driver_floor(cuda)
    lowest = None if floor is None else (floor.windows if host.os == "windows" else floor.linux)
    if host.driver_version is None or lowest is None:
        return None
    return lowest if _number(host.driver_version) < _number(lowest) else None


def support(build: TensorFlowRelease | JaxGpuBuild, host: Host, label: str) -> Support:
    """Whether the driver starts a build, and kernels and CUDA libraries for every GPU are in it."""
    lowest = driver_too_old(build.cuda, host)
    if lowest is not None:
        return Support(
            runs=False,
            why=msg(
                "{tag} needs driver {lowest}, this machine has {driver}",
                tag=label, lowest=lowest, driver=host.driver_version,
            ),
        )  # fmt: skip
    for gpu in nvidia(host):
        has = capability(gpu)
        first = None if has is None else first_toolkit_of_major(has)
        if has is None or first is None:
            return Support(runs=None, why=msg("what GPUs {tag} runs on is not known", tag=label))
        if not runs_on(build, has):
            return Support(
                runs=False,
                why=msg(
                    "{tag} has no kernels for {gpu} (compute capability {capability})",
                    tag=label, gpu=gpu.name, capability=has,
                ),
            )  # fmt: skip
        if Version(build.cuda) < Version(first.first_toolkit):
            return Support(
                runs=False,
                why=msg(
                    "{tag} is built for CUDA {cuda}; {gpu} needs the libraries of CUDA {first} or newer",
                    tag=label, cuda=build.cuda, gpu=gpu.name, first=first.first_toolkit,
                ),
            )  # fmt: skip
    return Support(runs=True, why=msg("{tag} runs on this machine", tag=label))


def conda_has(cuda: str) -> bool:
    """Whether conda-forge has the libraries of a CUDA version and its cuDNN as `cudatoolkit` and `cudnn`."""
    return Version("10.0") <= Version(cuda) < Version("12")


def _number(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0")
