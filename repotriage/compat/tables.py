"""The compatibility tables by name, for those who want to read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from repotriage.compat.breakages import RemovedSymbol, removed_symbols
from repotriage.compat.cliffs import cliffs
from repotriage.compat.companions import companions
from repotriage.compat.knowledge import (
    BaseImage,
    CompilerBound,
    CudaName,
    DriverFloor,
    FlaxRelease,
    GpuName,
    JaxGpuBuild,
    JaxlibElsewhere,
    JaxlibWheels,
    JaxRelease,
    PlatformName,
    Row,
    SystemLibrary,
    TensorFlowRelease,
    ToolkitArchitecture,
    TorchBuild,
    UndeclaredNeed,
    made_for_plain,
    rows,
    tensorflow_libraries,
    torch_builds,
    torch_libraries,
    torch_releases,
)
from repotriage.compat.version_checks import Checker


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what a row says, and the rows."""

    name: str
    about: str
    rows: Callable[[], Sequence[Row | RemovedSymbol]]


def tables() -> tuple[Table, ...]:
    """Every table, in the order in which an environment is found."""
    return (
        Table("torch", "torch releases: Pythons, domain libraries, CUDA builds", torch_releases),
        Table("torch-libraries", "libraries that are compiled against one torch", torch_libraries),
        Table("torch-builds", "from which release on a project has a wheel for each CUDA", torch_builds),
        Table("torch-plain", "projects that are compiled with the CUDA of torch's own wheel", made_for_plain),
        Table(
            "torch-architectures",
            "GPU architectures compiled into the builds of torch",
            lambda: rows("torch_architectures", "build", TorchBuild),
        ),
        Table("drivers", "the lowest driver for each CUDA version", lambda: rows("drivers", "driver", DriverFloor)),
        Table("gpus", "the compute capability of each GPU name", lambda: rows("gpus", "gpu", GpuName)),
        Table(
            "compilers",
            "the gcc, clang and MSVC that each CUDA toolkit takes",
            lambda: rows("compilers", "compiler", CompilerBound),
        ),
        Table(
            "toolkit-architectures",
            "the CUDA toolkits that compile for each compute capability",
            lambda: rows("toolkit_architectures", "architecture", ToolkitArchitecture),
        ),
        Table(
            "tensorflow",
            "TensorFlow releases: Pythons, CUDA, cuDNN, compiler",
            lambda: rows("tensorflow", "release", TensorFlowRelease),
        ),
        Table(
            "tensorflow-libraries",
            "the TensorFlow that releases of its libraries go with",
            tensorflow_libraries,
        ),
        Table("jax", "jax releases: the jaxlib that each accepts", lambda: rows("jax", "release", JaxRelease)),
        Table("jaxlib", "jaxlib releases: Pythons and glibc", lambda: rows("jax", "jaxlib", JaxlibWheels)),
        Table("jax-gpu", "the CUDA builds of jaxlib releases", lambda: rows("jax", "gpu", JaxGpuBuild)),
        Table("jaxlib-elsewhere", "jaxlib releases that PyPI lacks", lambda: rows("jax", "elsewhere", JaxlibElsewhere)),
        Table("flax", "flax releases: the lowest jax", lambda: rows("jax", "flax", FlaxRelease)),
        Table(
            "base-images",
            "container images with a CUDA toolkit",
            lambda: rows("base_images", "image", BaseImage),
        ),
        Table(
            "platform-names",
            "projects with another name on one platform",
            lambda: rows("platform_names", "name", PlatformName),
        ),
        Table("companions", "packages whose wheels depend on torch and CUDA", companions),
        Table("cliffs", "releases that break others though every bound is kept", cliffs),
        Table(
            "cuda-names",
            "projects with one distribution for each CUDA",
            lambda: rows("cuda_names", "name", CudaName),
        ),
        Table(
            "undeclared-needs",
            "what packages import and their metadata does not ask for",
            lambda: rows("undeclared_needs", "need", UndeclaredNeed),
        ),
        Table("breakages", "symbols that a release removed", removed_symbols),
        Table(
            "version-checks",
            "functions of libraries that stop where a version will not do",
            lambda: rows("version_checks", "checker", Checker),
        ),
        Table(
            "system-libraries",
            "libraries of the system that packages need",
            lambda: rows("system_libraries", "library", SystemLibrary),
        ),
    )
