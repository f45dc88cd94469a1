"""CUDA toolkit × CUDA of the framework's build."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.knowledge import cuda_of_build
from repotriage.compat.rules.registry import Case, fail, ok, rule, unknown, version_of, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem

SOURCE = "https://pytorch.org/docs/stable/cpp_extension.html"


@rule
def toolkit(case: Case) -> Iterator[CheckItem]:
    """nvcc is there, agrees with CUDA_HOME, and has the CUDA major version of torch's build."""
    host = case.host
    nvcc = host.tools.get("nvcc")
    version = version_of(host.cuda_home_version or (nvcc.version if nvcc else None))
    if host.cuda_home_version and nvcc and nvcc.version and nvcc.version != host.cuda_home_version:
        yield warning(
            "toolkit",
            msg("nvcc on PATH is CUDA {nvcc}, CUDA_HOME is {home}", nvcc=nvcc.version, home=host.cuda_home_version),
            msg("set CUDA_HOME to the toolkit that is meant and put its bin folder first on PATH"),
            SOURCE,
        )
    if case.extension is None:
        return
    cuda = None if case.build is None else cuda_of_build(case.build)
    if host.cuda_home is None and nvcc is None:
        needed = cuda or "of torch's build"
        yield fail(
            "toolkit",
            msg("{what} compiles CUDA code, and no CUDA toolkit is here", what=case.extension),
            msg("install the CUDA toolkit {cuda} (nvcc; the driver is not enough) and set CUDA_HOME", cuda=needed),
            SOURCE,
        )
    elif version is None:
        yield unknown("toolkit", msg("the version of the CUDA toolkit is not told"), msg("run nvcc --version"))
    elif cuda is None:
        yield unknown("toolkit", msg("which CUDA torch is built for is not known; nvcc is {nvcc}", nvcc=str(version)))
    elif version.major != Version(cuda).major:
        yield fail(
            "toolkit",
            msg(
                "nvcc is CUDA {nvcc}, torch is built for {cuda}: its extensions refuse to build",
                nvcc=str(version),
                cuda=cuda,
            ),
            msg("install the CUDA toolkit {cuda} and set CUDA_HOME to it", cuda=cuda),
            SOURCE,
        )
    elif version.release[:2] != Version(cuda).release[:2]:
        yield warning(
            "toolkit",
            msg("nvcc is CUDA {nvcc}, torch is built for {cuda}: most extensions build", nvcc=str(version), cuda=cuda),
            msg("where one fails, install the CUDA toolkit {cuda}", cuda=cuda),
            SOURCE,
        )
    else:
        yield ok("toolkit", msg("nvcc {nvcc} is the CUDA that torch is built for", nvcc=str(version)), SOURCE)
