"""TensorFlow and JAX on the GPUs of a machine: the build that uses them, what it needs, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.compat.gpu_support import Support, conda_has, nvidia, support
from repotriage.compat.knowledge import (
    JaxGpuBuild,
    TensorFlowRelease,
    jax_gpu_builds,
    rows,
    tensorflow_release,
)
from repotriage.index.elsewhere import JAXLIB_PAGE
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.host import Host
from repotriage.models.solution import CudaNeed, Notice, Pin, Wish

_TENSORFLOW = ("tensorflow", "tensorflow-gpu")
_APPLE = "tensorflow-macos"
_CPU = "tensorflow-cpu"
_IMPORTS_CUDA_BEFORE = Version("1.14")  # older GPU builds cannot be imported without CUDA
NVIDIA_TENSORFLOW = "https://github.com/NVIDIA/tensorflow/blob/r1.15.5+nv23.03/README.md"
WSL = "https://www.tensorflow.org/install/pip#windows-wsl2"
JAX_PLATFORMS = "https://docs.jax.dev/en/latest/installation.html#supported-platforms"
PTXAS = "https://github.com/jax-ml/jax/blob/a683186570404a05a2aea9f7e452400bb0299e57/README.md"
METAL = "https://developer.apple.com/metal/tensorflow-plugin/"
JAX_METAL = "https://developer.apple.com/metal/jax/"


class Rename(Frozen):
    """The same release under the project's other name: one is for the CPU, one for the GPU."""

    old: str
    line: str
    reason: Message


class Outlook(Frozen):
    """What the frameworks of a solution do on a machine, and the files that are to be changed for it."""

    notices: tuple[Notice, ...] = ()
    cuda: CudaNeed | None = None
    why: Message | None = None
    jaxlib: JaxGpuBuild | None = None  # the wheel that takes the place of the CPU's


def rename(pins: Sequence[Pin], host: Host) -> Rename | None:
    """TensorFlow 1 is two projects: the one that serves this machine."""
    versions = {pin.name: pin.version for pin in pins}
    for name in _TENSORFLOW:
        row = tensorflow_release(versions[name]) if name in versions else None
        if row is None or row.gpu_package is None:
            continue
        version = versions[name]
        uses_gpu = bool(nvidia(host)) and _tensorflow(row, host, name, version).runs is True
        if name == "tensorflow" and uses_gpu and _CPU not in versions:
            return Rename(
                old=name,
                line=f"{row.gpu_package}=={version}",
                reason=msg("{name} {version} is for the CPU alone", name=name, version=version),
            )
        if name != "tensorflow" and not uses_gpu and Version(version) < _IMPORTS_CUDA_BEFORE:
            return Rename(
                old=name,
                line=f"tensorflow=={version}",
                reason=msg(
                    "{name} {version} cannot be imported without CUDA {cuda}, and no GPU here can use it",
                    name=name, version=version, cuda=row.cuda,
                ),
            )  # fmt: skip
    return None


def additions(pins: Sequence[Pin], host: Host) -> tuple[Wish, ...]:
    """What a solution lacks so that the frameworks in it use the GPU: CUDA libraries, plug-ins."""
    if not nvidia(host) or host.os != "linux":
        return ()
    return (*_tensorflow_additions(pins, host), *_jax_additions(pins, host))


def _tensorflow_additions(pins: Sequence[Pin], host: Host) -> Iterator[Wish]:
    version = next((pin.version for pin in pins if pin.name == "tensorflow"), None)
    row = None if version is None else tensorflow_release(version)
    if version is None or row is None or row.cuda_extra is None or any(pin.name == _CPU for pin in pins):
        return
    if host.arch == "x86_64" and _tensorflow(row, host, "tensorflow", version).runs:
        yield Wish(
            name="tensorflow",
            line=f"tensorflow[{row.cuda_extra}]=={version}",
            origin="companion",
            reason=msg("TensorFlow {version} brings CUDA {cuda} by its extra", version=version, cuda=row.cuda),
            source=str(row.source),
            adds=True,
        )


def _jax_additions(pins: Sequence[Pin], host: Host) -> Iterator[Wish]:
    versions = {pin.name: pin.version for pin in pins}
    build = chosen_jax_build(versions, host)
    if build is None or "jax" not in versions:
        return
    reason = msg(
        "jaxlib {version} uses the GPU by {build}", version=versions["jaxlib"], build=build.extra or build.local
    )
    lines = [f"jax[{build.extra}]=={versions['jax']}"] if build.extra else list(build.brings)
    for line in lines:
        yield Wish(
            name="jax" if build.extra else line.partition(">")[0].partition("=")[0],
            line=line,
            origin="companion",
            reason=reason,
            source=str(build.source),
            adds=True,
        )


def chosen_jax_build(
    versions: Mapping[str, str], host: Host, cuda: str | None = None, asked: str | None = None
) -> JaxGpuBuild | None:
    """The CUDA build of the jaxlib of a solution for this machine: the one asked for, else the newest that runs.

    Beside a TensorFlow that loads CUDA of the system it is one of the same major: one process holds one cuDNN.
    """
    if "jaxlib" not in versions or not nvidia(host) or host.os != "linux":
        return None
    running = [
        row
        for row in jax_gpu_builds(versions["jaxlib"])
        if support(row, host, row.extra or row.local or "").runs
        and (host.arch == "x86_64" or row.extra is not None)
        and (cuda is None or Version(cuda).major == Version(row.cuda).major)
    ]
    beside = _cuda_that_tensorflow_loads(versions, host)
    same = [row for row in running if beside is not None and Version(row.cuda).major == beside.major]
    newest = (same or running)[-1] if running else None
    return next((row for row in running if asked is not None and asked == row.local), newest)


def _cuda_that_tensorflow_loads(versions: Mapping[str, str], host: Host) -> Version | None:
    """The CUDA of the system that the TensorFlow of a solution loads on this machine, if it does."""
    name = next((name for name in _TENSORFLOW if name in versions), None)
    row = None if name is None else tensorflow_release(versions[name])
    if name is None or row is None or row.cuda_extra is not None:
        return None
    return Version(row.cuda) if _tensorflow(row, host, name, versions[name]).runs else None


def outlook(pins: Sequence[Pin], host: Host, asked: Sequence[tuple[str, str]] = (), cuda: str | None = None) -> Outlook:
    """What is to be told, and what CUDA the machine itself must have."""
    tensorflow = _tensorflow_outlook(pins, host)
    jax = _jax_outlook(pins, host, asked, cuda)
    return Outlook(
        notices=(*tensorflow.notices, *jax.notices),
        cuda=_together(tensorflow.cuda, jax.cuda or _brought(jax.jaxlib)) if tensorflow.cuda else jax.cuda,
        why=tensorflow.why or jax.why,
        jaxlib=jax.jaxlib,
    )


def _together(one: CudaNeed | None, other: CudaNeed | None) -> CudaNeed | None:
    """The CUDA that serves both: the newer, where their libraries have the same names."""
    if one is None or other is None:
        return one or other
    newer = max(one, other, key=lambda need: Version(need.cuda))
    if not (_same_names(one.cuda, other.cuda) and _major(one.cudnn) == _major(other.cudnn)):
        return one
    cudnn = max((need.cudnn for need in (one, other) if need.cudnn), key=Version, default=None)
    return CudaNeed(cuda=newer.cuda, cudnn=cudnn, assembles=one.assembles or other.assembles, source=newer.source)


def _brought(build: JaxGpuBuild | None) -> CudaNeed | None:
    """The CUDA that a jaxlib brings: beside it that of the system may not be older, one process holds one cuDNN."""
    return None if build is None else CudaNeed(cuda=build.cuda, cudnn=build.cudnn, source=str(build.source))


def _same_names(one: str, other: str) -> bool:
    """Whether libraries of two CUDA versions are loaded by the same names: 11.0 still had those of 10."""
    versions = (Version(one), Version(other))
    return versions[0] == versions[1] or (versions[0].major == versions[1].major and min(versions) >= Version("11.1"))


def _major(version: str | None) -> int | None:
    return None if version is None else Version(version).major


def with_jaxlib(pins: Sequence[Pin], build: JaxGpuBuild | None) -> tuple[Pin, ...]:
    """The pins with jaxlib's wheel taken from the page that has it: that of a CUDA build, or the archive."""
    if build is not None and build.local is not None:
        place = {"local": build.local, "find_links": str(build.page), "index_url": None, "url": None, "sha256": None}
    elif any(pin.name == "jaxlib" and (pin.url or "").startswith(JAXLIB_PAGE) for pin in pins):
        place = {"index_url": JAXLIB_PAGE, "url": None, "sha256": None}
    else:
        return tuple(pins)
    return tuple(pin.model_copy(update=place) if pin.name == "jaxlib" else pin for pin in pins)


def _tensorflow(row: TensorFlowRelease, host: Host, name: str, version: str) -> Support:
    if host.os == "windows" and not row.windows_gpu:
        return Support(runs=False, why=msg("TensorFlow {version} has no GPU build for Windows", version=version))
    return support(row, host, f"{name} {version}")


def _tensorflow_outlook(pins: Sequence[Pin], host: Host) -> Outlook:
    found = next((pin for pin in pins if pin.name in (*_TENSORFLOW, _APPLE)), None)
    if found is None:
        return Outlook()
    if host.mps:
        return Outlook(
            notices=(
                Notice(
                    message=msg("TensorFlow runs on the CPU here: its own wheels do not use Apple's GPU"),
                    remedy=_metal(found.version),
                    source=METAL,
                ),
            )
        )
    if not nvidia(host):
        return Outlook()
    row = tensorflow_release(found.version)
    if row is None:
        return Outlook(
            notices=(Notice(message=msg("TensorFlow {version} is not in the tables", version=found.version)),)
        )
    there = _tensorflow(row, host, found.name, found.version)
    if there.runs is None:
        return Outlook(notices=(Notice(message=there.why),))
    if not there.runs:
        return Outlook(
            notices=(
                Notice(
                    message=msg("TensorFlow runs on the CPU: {why}", why=str(there.why)),
                    remedy=_instead(found.version, host),
                    source=str(row.architectures_source),
                ),
            )
        )
    if any(pin.name == _CPU for pin in pins):
        why = msg("TensorFlow runs on the CPU: tensorflow-cpu is asked for, too")
        return Outlook(notices=(Notice(message=why, remedy=msg("leave tensorflow-cpu out to use the GPU")),))
    if any(pin.name.startswith("nvidia-cudnn-cu") for pin in pins) and row.cuda_extra is not None:
        return Outlook(why=there.why)
    if row.cuda_extra is not None:
        return Outlook(
            notices=(
                Notice(
                    message=msg(
                        "TensorFlow runs on the CPU: its CUDA {cuda} libraries do not go with the other packages",
                        cuda=row.cuda,
                    ),
                    remedy=msg(
                        "install tensorflow[{extra}]=={version} in an environment of its own",
                        extra=row.cuda_extra, version=found.version,
                    ),
                    source=str(row.source),
                ),
            )
        )  # fmt: skip
    tag = f"{found.version}-gpu" + ("-py3" if Version(found.version) < Version("2.2") else "")
    need = CudaNeed(
        cuda=row.cuda,
        cudnn=row.cudnn,
        image=f"tensorflow/tensorflow:{tag}" if host.os == "linux" else None,
        source=str(row.source),
    )
    return Outlook(cuda=need, why=there.why, notices=(_libraries(f"TensorFlow {found.version}", need, host),))


def _metal(version: str) -> Message:
    row = tensorflow_release(version)
    if row is None or row.metal is None:
        return msg(
            "no release of Apple's plug-in, tensorflow-metal, is known for TensorFlow {version}", version=version
        )
    return msg("for its GPU add Apple's plug-in: pip install tensorflow-metal=={metal}", metal=row.metal)


def _libraries(what: str, need: CudaNeed, host: Host) -> Notice:
    remedy: Message
    if host.os == "windows":  # no Dockerfile is written for it
        remedy = msg("use the environment.yml of --write, which has them, or install them")
        if not conda_has(need.cuda):
            remedy = msg("install them from NVIDIA's archive")
    elif conda_has(need.cuda):
        remedy = msg("use the Dockerfile or environment.yml of --write, which have them, or install them")
    else:
        remedy = msg("use the Dockerfile of --write, whose image has them, or install them")
    return Notice(
        message=msg(
            "{what} uses the GPU by CUDA {cuda} and cuDNN {cudnn} of the system: no package brings them",
            what=what, cuda=need.cuda, cudnn=need.cudnn,
        ),
        remedy=remedy,
        source=need.source,
    )  # fmt: skip


def _instead(version: str, host: Host) -> Message:
    """What to do where a release does not use the GPU: the nearest that does, by the tables."""
    if host.os == "windows" and Version(version).release[:2] > (2, 10):
        return msg("for the GPU run it in WSL2: {url}", url=WSL)
    running = [
        row.version
        for row in rows("tensorflow", "release", TensorFlowRelease)
        if Version(row.version) > Version(version)
        and Version(row.version).major == Version(version).major
        and _tensorflow(row, host, "tensorflow", row.version).runs
    ]
    if running:
        return msg("the nearest release that uses it is {version}", version=min(running, key=Version))
    if Version(version).major == 1 and host.os == "linux":
        return msg(
            "for the GPU use NVIDIA's own build of TensorFlow 1.15 (Python 3.8, its own index): {url}",
            url=NVIDIA_TENSORFLOW,
        )
    return msg("no release in the tables uses it: hide the GPU with CUDA_VISIBLE_DEVICES=-1")


def _jax_outlook(pins: Sequence[Pin], host: Host, asked: Sequence[tuple[str, str]], cuda: str | None) -> Outlook:
    versions = {pin.name: pin.version for pin in pins}
    if "jaxlib" not in versions:
        return Outlook()
    version = versions["jaxlib"]
    if host.mps:
        remedy = msg("Apple's plug-in is experimental and serves few releases: {url}", url=JAX_METAL)
        return Outlook(
            notices=(
                Notice(
                    message=msg("JAX runs on the CPU here: its own wheels do not use Apple's GPU"),
                    remedy=remedy,
                    source=JAX_PLATFORMS,
                ),
            )
        )
    if not nvidia(host):
        return Outlook()
    if host.os != "linux":
        return Outlook(
            notices=(
                Notice(
                    message=msg("JAX runs on the CPU: it has no GPU build for Windows"),
                    remedy=msg("for the GPU run it in WSL2: {url}", url=JAX_PLATFORMS),
                    source=JAX_PLATFORMS,
                ),
            )
        )
    wanted = next((local for name, local in asked if canonicalize_name(name) == "jaxlib"), None)
    build = chosen_jax_build(versions, host, cuda, wanted)
    if build is None:
        builds = jax_gpu_builds(version)
        why = support(builds[-1], host, f"jaxlib {version}").why if builds else msg("its CUDA builds are not known")
        return Outlook(
            notices=(
                Notice(
                    message=msg("JAX runs on the CPU: {why}", why=str(why)),
                    remedy=_other_jaxlib(host),
                    source=str(builds[-1].source) if builds else JAX_PLATFORMS,
                ),
            )
        )
    tag = build.extra or build.local or ""
    why = msg("{tag} runs on this machine", tag=f"jaxlib {version} {tag}")
    if build.extra is not None:
        if any(pin.name == f"jax-{build.extra}-plugin" for pin in pins):
            return Outlook(why=why)
        return Outlook(
            notices=(
                Notice(
                    message=msg("JAX runs on the CPU: its CUDA libraries do not go with the other packages"),
                    remedy=msg(
                        "install jax[{extra}]=={version} in an environment of its own",
                        extra=build.extra, version=versions.get("jax", version),
                    ),
                    source=str(build.source),
                ),
            )
        )  # fmt: skip
    if build.brings and any(pin.name.startswith("nvidia-cudnn-cu") for pin in pins):
        return Outlook(jaxlib=build, why=why)
    need = CudaNeed(cuda=build.cuda, cudnn=build.cudnn, assembles=True, source=str(build.source))
    assembler = Notice(
        message=msg("jaxlib {version} calls ptxas of the CUDA toolkit when it compiles", version=version),
        remedy=msg("put the toolkit's bin folder on PATH; images with the libraries alone lack it"),
        source=PTXAS,
    )
    return Outlook(jaxlib=build, why=why, cuda=need, notices=(_libraries(f"jaxlib {version}", need, host), assembler))


def _other_jaxlib(host: Host) -> Message:
    running = [row for row in rows("jax", "gpu", JaxGpuBuild) if support(row, host, row.extra or "").runs]
    if not running:
        return msg("no jaxlib in the tables uses it")
    lowest = min(running, key=lambda row: Version(row.first))
    return msg("the first release that uses it is jaxlib {version}", version=lowest.first)
