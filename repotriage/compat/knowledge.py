"""The compatibility tables of `repotriage/data`, typed and validated, and plain look-ups in them.

What has no row is unknown: a look-up answers None, never "no".
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 -- a field of the rows is called `date`
from functools import cache
from typing import Annotated, Literal, TypeVar

from packaging.version import Version
from pydantic import AfterValidator, HttpUrl, TypeAdapter

from repotriage.data import table
from repotriage.models.base import Frozen


def _version(text: str) -> str:
    Version(text)
    return text


VersionStr = Annotated[str, AfterValidator(_version)]


class Row(Frozen):
    """Every row tells where it was read and when."""

    source: HttpUrl
    date: Date


class TorchRelease(Row):
    """A torch release on PyPI, the libraries that belong to it and the CUDA builds that are known."""

    version: VersionStr
    uploaded: Date
    python: tuple[VersionStr, ...]  # of its wheels for any platform
    torchvision: VersionStr | None = None
    torchaudio: VersionStr | None = None
    torchtext: VersionStr | None = None
    pypi_build: str | None = None  # what the plain index serves for Linux x86_64, such as cu121
    builds: tuple[str, ...]
    builds_source: HttpUrl


class TorchLibrary(Row):
    """A library whose compiled code is made against one torch release."""

    name: str
    compiled_from: VersionStr  # before, it is plain Python
    free_from: VersionStr | None = None  # from then on it keeps to torch's stable ABI


class TorchBuilds(Row):
    """From which release on a project of PyTorch has a wheel for each CUDA, and that CUDA in its version."""

    name: str
    first: VersionStr
    named: VersionStr


class MadeForPlain(Row):
    """A project whose wheels on the index are compiled with the CUDA of torch's wheel there."""

    name: str


class TensorFlowLibrary(Row):
    """Releases of a library, both ends included, and the TensorFlow releases that they go with."""

    name: str
    first: VersionStr
    last: VersionStr
    lowest: VersionStr
    below: VersionStr | None = None
    refuses: bool = False  # it cannot be imported or used beside another; else only its maker supports no other


class TorchBuild(Row):
    """The GPU architectures compiled into some builds of a range of torch releases, both ends included."""

    channel: Literal["pip", "conda"]
    torch_from: VersionStr
    torch_to: VersionStr
    builds: tuple[str, ...]
    cubins: tuple[VersionStr, ...]
    ptx: tuple[VersionStr, ...]


class DriverFloor(Row):
    """The lowest driver on which programs of a CUDA version start."""

    cuda: VersionStr
    linux: VersionStr
    windows: VersionStr | None = None


class GpuName(Row):
    """A GPU as its driver names it, without a leading `NVIDIA `."""

    name: str
    compute_capability: VersionStr


class CompilerBound(Row):
    """The first major versions of gcc and clang that a CUDA toolkit refuses, and the `_MSC_VER` that it takes."""

    cuda: VersionStr
    gcc_below: int
    clang_below: int | None = None
    msvc_from: int | None = None
    msvc_below: int | None = None  # such as 1940 for MSVC 19.40


class ToolkitArchitecture(Row):
    """The CUDA toolkits, both ends included, that compile for a compute capability."""

    compute_capability: VersionStr
    first_toolkit: VersionStr
    last_toolkit: VersionStr | None = None


class TensorFlowRelease(Row):
    """A TensorFlow minor version: the Pythons of its Linux wheels and what it was tested with."""

    version: VersionStr  # 2.4
    python: tuple[VersionStr, ...]
    cuda: VersionStr
    cudnn: str
    compiler: str
    cubins: tuple[VersionStr, ...]
    ptx: tuple[VersionStr, ...]
    architectures_source: HttpUrl
    windows_gpu: bool = False  # its wheels for native Windows use the GPU
    metal: VersionStr | None = None  # Apple's plug-in for it
    gpu_package: str | None = None  # where the GPU build was another project
    cuda_extra: str | None = None  # the extra that installs CUDA


class JaxRelease(Row):
    """jax releases, both ends included, and the lowest jaxlib that they accept at import."""

    first: VersionStr
    last: VersionStr
    jaxlib: VersionStr
    same: bool  # a jaxlib newer than jax is refused
    jaxlib_index: HttpUrl | None = None  # where such an old jaxlib is


class JaxlibWheels(Row):
    """The Pythons and the glibc of the Linux x86_64 wheels of some jaxlib releases, both ends included."""

    first: VersionStr
    last: VersionStr
    python: tuple[VersionStr, ...]
    glibc: VersionStr


class JaxGpuBuild(Row):
    """A CUDA build of some jaxlib releases, both ends included: a local version on a page, or an extra of jax."""

    first: VersionStr
    last: VersionStr
    local: str | None = None  # cuda11.cudnn82
    extra: str | None = None  # cuda12
    cuda: VersionStr
    cudnn: str
    cubins: tuple[VersionStr, ...]
    ptx: tuple[VersionStr, ...]
    page: HttpUrl | None = None
    brings: tuple[str, ...] = ()  # the libraries of the index that `local` loads


class JaxlibElsewhere(Row):
    """A jaxlib release that is not on PyPI, or was uploaded there again long after its day."""

    version: VersionStr
    uploaded: Date
    python: tuple[VersionStr, ...]
    glibc: VersionStr
    requires: tuple[str, ...]


class BaseImage(Row):
    """Container images with the toolkit and the cuDNN of a CUDA version."""

    cuda: VersionStr
    cudnn: str
    devel: str  # with nvcc
    runtime: str | None = None
    ubuntu: str
    supported: bool = True  # False: its maker may delete it


class PythonImage(Row):
    """The image that takes the place of Python's own before its version `lowest`."""

    lowest: VersionStr
    image: str


class FlaxRelease(Row):
    """The lowest jax that flax releases declare, both ends included."""

    first: VersionStr
    last: VersionStr
    jax: VersionStr


class CudaName(Row):
    """One distribution of a project that publishes one for each CUDA."""

    name: str  # canonical
    family: str
    lowest: VersionStr  # CUDA
    below: VersionStr
    cpu: str | None = None  # the distribution without CUDA


class UndeclaredNeed(Row):
    """What releases of a package import as soon as they are imported, and do not ask for by their metadata."""

    package: str  # canonical
    versions: str  # a specifier
    any_of: tuple[str, ...]  # canonical; the first is taken where none is there
    unless: tuple[str, ...] = ()  # with one of these the package is used without


class SystemLibrary(Row):
    """What a distribution needs of Debian or Ubuntu."""

    package: str  # canonical
    apt: tuple[str, ...]
    instead: str | None = None  # a distribution with the same module that does without


class PlatformName(Row):
    """The name under which a project was published for one platform."""

    name: str
    use: str
    os: str
    arch: str


class AptRename(Row):
    """What a package of the system was called before a release of Ubuntu."""

    apt: str
    before: VersionStr  # of Ubuntu
    name: str  # it stays there for some releases more


R = TypeVar("R", bound=Row)


@cache
def rows(name: str, key: str, kind: type[R]) -> tuple[R, ...]:
    """The rows `[[key]]` of the table `name`, validated."""
    return tuple(TypeAdapter(list[kind]).validate_python(table(name)[key]))  # type: ignore[valid-type]


def torch_releases() -> tuple[TorchRelease, ...]:
    """All torch releases, oldest first."""
    return rows("torch", "release", TorchRelease)


def torch_release(version: str) -> TorchRelease | None:
    """The release with this public version; a local part such as `+cu118` is left aside."""
    public = Version(version).public
    return next((row for row in torch_releases() if Version(row.version) == Version(public)), None)


def tensorflow_libraries() -> tuple[TensorFlowLibrary, ...]:
    """The libraries that are bound to TensorFlow by more than their metadata, oldest first."""
    return rows("tensorflow_libraries", "library", TensorFlowLibrary)


def torch_libraries() -> tuple[TorchLibrary, ...]:
    """The libraries that must be of the same day as torch."""
    return rows("torch_libraries", "library", TorchLibrary)


def torch_builds() -> tuple[TorchBuilds, ...]:
    """The projects that have a wheel for each CUDA."""
    return rows("torch_libraries", "builds", TorchBuilds)


def made_for_plain() -> tuple[MadeForPlain, ...]:
    """The projects beside which torch stays as the plain index has it."""
    return rows("torch_libraries", "plain", MadeForPlain)


def torch_build(version: str, build: str, channel: Literal["pip", "conda"] = "pip") -> TorchBuild | None:
    """The architectures in one CUDA build of a torch release."""
    public = Version(Version(version).public)
    return next(
        (
            row
            for row in rows("torch_architectures", "build", TorchBuild)
            if row.channel == channel
            and build in row.builds
            and Version(row.torch_from) <= public <= Version(row.torch_to)
        ),
        None,
    )


def runs_on(build: TorchBuild | TensorFlowRelease | JaxGpuBuild, compute_capability: str) -> bool:
    """Whether a GPU can run a build: by a cubin of its major with no higher minor, or by PTX.

    Source: CUDA C++ Programming Guide, binary and PTX compatibility.
    """
    gpu = Version(compute_capability)
    cubin = any(Version(c).major == gpu.major and Version(c) <= gpu for c in build.cubins)
    return cubin or any(Version(p) <= gpu for p in build.ptx)


def driver_floor(cuda: str) -> DriverFloor | None:
    """The driver floor of a CUDA version (`11.8`)."""
    return next((row for row in rows("drivers", "driver", DriverFloor) if Version(row.cuda) == Version(cuda)), None)


def cuda_of_build(build: str) -> str | None:
    """The CUDA version of a build tag: `cu118` is 11.8, `cu92` is 9.2; None for `cpu` and others."""
    digits = build.removeprefix("cu")
    if not build.startswith("cu") or not digits.isdecimal() or len(digits) < 2:
        return None
    return f"{digits[:-1]}.{digits[-1]}"


def compute_capability_of(gpu_name: str) -> GpuName | None:
    """The row of a GPU by the name that its driver tells, with or without `NVIDIA `."""
    wanted = gpu_name.removeprefix("NVIDIA ").casefold()
    return next((row for row in rows("gpus", "gpu", GpuName) if row.name.casefold() == wanted), None)


def compiler_bound(cuda: str) -> CompilerBound | None:
    """The compilers that a CUDA toolkit takes."""
    return next(
        (row for row in rows("compilers", "compiler", CompilerBound) if Version(row.cuda) == Version(cuda)), None
    )


def toolkit_architecture(compute_capability: str) -> ToolkitArchitecture | None:
    """Which toolkits compile for a compute capability."""
    return next(
        (
            row
            for row in rows("toolkit_architectures", "architecture", ToolkitArchitecture)
            if row.compute_capability == compute_capability
        ),
        None,
    )


def compile_target(compute_capability: str, cuda: str) -> str:
    """What a toolkit is told to compile for: the GPU itself, or the nearest older one of its major that it knows.

    Code for that runs on the GPU as well. Where the toolkit knows none, or the tables do not, the GPU itself.
    """
    wanted, toolkit = Version(compute_capability), Version(cuda)
    known = [
        Version(row.compute_capability)
        for row in rows("toolkit_architectures", "architecture", ToolkitArchitecture)
        if Version(row.first_toolkit) <= toolkit
        and (row.last_toolkit is None or toolkit <= Version(row.last_toolkit))
        and Version(row.compute_capability).major == wanted.major
        and Version(row.compute_capability) <= wanted
    ]
    return str(max(known, default=wanted))


def tensorflow_release(version: str) -> TensorFlowRelease | None:
    """The row of a TensorFlow release by its minor version."""
    wanted = Version(version).release[:2]
    found = (row for row in rows("tensorflow", "release", TensorFlowRelease) if Version(row.version).release == wanted)
    return next(found, None)


def jax_release(version: str) -> JaxRelease | None:
    """Which jaxlib a jax release accepts."""
    wanted = Version(version)
    found = (row for row in rows("jax", "release", JaxRelease) if Version(row.first) <= wanted <= Version(row.last))
    return next(found, None)


def jaxlib_wheels(version: str) -> JaxlibWheels | None:
    """The wheels of a jaxlib release."""
    wanted = Version(version)
    found = (row for row in rows("jax", "jaxlib", JaxlibWheels) if Version(row.first) <= wanted <= Version(row.last))
    return next(found, None)


def jax_gpu_builds(jaxlib: str) -> tuple[JaxGpuBuild, ...]:
    """The CUDA builds of a jaxlib release, oldest CUDA first."""
    wanted = Version(jaxlib)
    found = [row for row in rows("jax", "gpu", JaxGpuBuild) if Version(row.first) <= wanted <= Version(row.last)]
    return tuple(sorted(found, key=lambda row: Version(row.cuda)))


def base_image(cuda: str, cudnn: str | None = None) -> BaseImage | None:
    """The image of a CUDA version: of the same minor, else the nearest newer of its major, with that major of cuDNN."""
    wanted = Version(cuda)
    major = None if cudnn is None else cudnn.partition(".")[0]
    found = [
        row
        for row in rows("base_images", "image", BaseImage)
        if Version(row.cuda).major == wanted.major and Version(row.cuda) >= wanted and major in (None, row.cudnn)
    ]
    return min(found, key=lambda row: Version(row.cuda), default=None)


def first_toolkit_of_major(compute_capability: str) -> ToolkitArchitecture | None:
    """The first toolkit that knows any GPU of the same major compute capability: its libraries run on all of them."""
    major = Version(compute_capability).major
    found = [
        row
        for row in rows("toolkit_architectures", "architecture", ToolkitArchitecture)
        if Version(row.compute_capability).major == major
    ]
    return min(found, key=lambda row: Version(row.first_toolkit), default=None)


def system_library(package: str) -> SystemLibrary | None:
    """What a distribution (canonical name) needs of the system."""
    return next((row for row in rows("system_libraries", "library", SystemLibrary) if row.package == package), None)


def apt_name(package: str, ubuntu: str) -> str:
    """What a package of the system is called in a release of Ubuntu."""
    known = rows("system_libraries", "renamed", AptRename)
    return next((row.name for row in known if row.apt == package and Version(ubuntu) < Version(row.before)), package)


def name_on(package: str, os: str, arch: str) -> str | None:
    """What a project (canonical name) is called on a platform, if otherwise there."""
    known = rows("platform_names", "name", PlatformName)
    return next((row.use for row in known if (row.name, row.os, row.arch) == (package, os, arch)), None)


def image_instead_of_python(python: str) -> str | None:
    """The image without Python that serves where Python's own is too old; None where that serves."""
    (row,) = rows("base_images", "python", PythonImage)
    return row.image if Version(python) < Version(row.lowest) else None
