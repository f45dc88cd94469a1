"""Driver × CUDA of the framework's build."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.knowledge import cuda_of_build, driver_floor
from repotriage.compat.rules.registry import Case, fail, ok, rule, unknown, version_of
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def driver(case: Case) -> Iterator[CheckItem]:
    """The NVIDIA driver is new enough for the CUDA of torch's build."""
    host = case.host
    if host.gpus is None:
        reason = host.unknown.get("gpus") or msg("whether there is a GPU could not be found out")
        yield unknown("driver", reason, msg("run nvidia-smi; install the driver if it is missing"))
        return
    if not case.gpus:
        if case.torch is not None and case.build not in (None, "cpu"):
            yield ok("driver", msg("there is no NVIDIA GPU: torch runs on the CPU"))
        return
    version = version_of(host.driver_version)
    if version is None:
        yield unknown("driver", msg("the version of the NVIDIA driver is not told"), msg("run nvidia-smi"))
        return
    cuda = None if case.build is None else cuda_of_build(case.build)
    if cuda is None:
        if case.torch is None:
            yield ok("driver", msg("NVIDIA driver {driver}", driver=host.driver_version))
        return
    floor = driver_floor(cuda)
    lowest = None if floor is None else (floor.windows if host.os == "windows" else floor.linux)
    if floor is None or lowest is None:
        yield unknown("driver", msg("the lowest driver for CUDA {cuda} is not known", cuda=cuda))
    elif version < Version(lowest):
        yield fail(
            "driver",
            msg("driver {driver} is too old for {build}", driver=host.driver_version, build=case.build),
            msg("install driver {lowest} or newer, or take a build for an older CUDA", lowest=lowest),
            floor.source,
        )
    else:
        yield ok(
            "driver",
            msg(
                "driver {driver} runs {build}, which needs {lowest}",
                driver=host.driver_version, build=case.build, lowest=lowest,
            ),
            floor.source,
        )  # fmt: skip
