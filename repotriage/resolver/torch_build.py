"""Which CUDA build of torch a machine can run: GPU architectures in the build, and the driver's floor."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from repotriage.compat.gpu_support import capability, driver_too_old, nvidia
from repotriage.compat.knowledge import (
    TorchRelease,
    cuda_of_build,
    made_for_plain,
    runs_on,
    torch_build,
    torch_builds,
    torch_release,
    torch_releases,
)
from repotriage.index.elsewhere import stands_elsewhere
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.host import Host
from repotriage.models.solution import Break, Change, Pin, Wish
from repotriage.resolver.wishes import Asked, CudaAsked, pinned

FAMILY = ("torch", "torchvision", "torchaudio")
_INDEX = "https://download.pytorch.org/whl/{build}"


class Build(Frozen):
    """A build of a torch release and whether this machine runs it; None where the tables do not say."""

    tag: str  # cu118, cpu
    runs: bool | None
    why: Message


def index_of(build: str) -> str:
    """PyTorch's own index of one build."""
    return _INDEX.format(build=build)


def host_bounds(host: Host) -> tuple[Wish, ...]:
    """The lowest and the highest torch release with a build that this machine's GPUs and driver run, as constraints."""
    running = running_releases(host)
    if not running:
        return ()
    found: list[Wish] = []
    rows = torch_releases()
    if running[0] != rows[0]:
        found.append(_bound(f"torch>={running[0].version}", running[0], host))
    if any(_standing(row, host) is False for row in rows[rows.index(running[-1]) + 1 :]):
        found.append(_bound(f"torch<={running[-1].version}", running[-1], host))
    return tuple(found)


def running_releases(host: Host) -> tuple[TorchRelease, ...]:
    """The torch releases that this machine's NVIDIA GPUs and driver run, oldest first; none: nothing is known.

    The unbroken run that ends with the newest: before it, code for an old GPU may reach this
    one only by its PTX, without the libraries (cuDNN, cuBLAS) that torch needs there.
    """
    if not nvidia(host):
        return ()
    rows = torch_releases()
    standing = [_standing(row, host) for row in rows]
    if True not in standing:
        return ()
    high = len(standing) - 1 - standing[::-1].index(True)
    low = high
    while low > 0 and standing[low - 1] is not False:
        low -= 1
    return rows[low : high + 1]


def fitted(asked: Asked, host: Host) -> Asked:
    """The lines with a torch that this machine runs in the place of one that it cannot, and its libraries with it.

    Only where no release that the line admits runs here; the nearest that does is taken, and
    every line that changes is told.
    """
    running = running_releases(host)
    wish = next((one for one in asked.wishes if one.name == "torch" and one.origin == "declared"), None)
    if not running or wish is None or _admits_any(wish, running):
        return asked
    admitted = [row for row in torch_releases() if _admits_any(wish, (row,))]
    exact = pinned(wish.line)
    if not admitted and (exact is None or exact > Version(running[0].version)):
        return asked
    is_newer = bool(admitted) and Version(admitted[0].version) > Version(running[-1].version)
    row = running[-1] if is_newer else running[0]
    partners = {
        "torch": row.version,
        "torchvision": row.torchvision,
        "torchaudio": row.torchaudio,
        "torchtext": row.torchtext,
    }
    reason = msg(
        "no build of the declared torch runs on {gpus} with driver {driver}; torch {version} is the nearest that does",
        gpus=", ".join(gpu.name for gpu in nvidia(host)),
        driver=host.driver_version or "?",
        version=row.version,
    )
    wishes: list[Wish] = []
    changes: list[Change] = []
    for one in asked.wishes:
        if one.name not in partners or one.origin not in ("declared", "import"):
            wishes.append(one)
            continue
        version = partners[one.name]
        line = one.name if version is None else f"{one.name}=={version}"
        wishes.append(one.model_copy(update={"line": line, "reason": reason, "source": str(row.builds_source)}))
        if one.line != one.name:
            changes.append(Change(at=one.at, before=one.line, after=line, reason=reason))
    unique = tuple({(one.name, one.line): one for one in reversed(wishes)}.values())[::-1]
    return asked.model_copy(update={"wishes": unique, "changes": (*asked.changes, *changes)})


def _admits_any(wish: Wish, rows: Sequence[TorchRelease]) -> bool:
    specifier = Requirement(wish.line).specifier
    return any(specifier.contains(row.version, prereleases=True) for row in rows)


def _standing(row: TorchRelease, host: Host) -> bool | None:
    """Whether some build of a release runs here; None where the tables do not say."""
    builds = [build.runs for build in builds_of(row, host)]
    if True in builds:
        return True
    return None if None in builds or not builds else False


def _bound(line: str, row: TorchRelease, host: Host) -> Wish:
    gpus = ", ".join(gpu.name for gpu in nvidia(host))
    return Wish(
        name="torch",
        line=line,
        origin="companion",
        reason=msg(
            "no other torch has a build that runs on {gpus} with driver {driver}",
            gpus=gpus,
            driver=host.driver_version or "?",
        ),
        source=str(row.builds_source),
    )


def builds_of(row: TorchRelease, host: Host, cuda: str | None = None) -> tuple[Build, ...]:
    """Every known CUDA build of a release, each with whether the machine runs it; `cuda` leaves only its builds."""
    plain = plain_build(row, host)
    tags = dict.fromkeys((*([plain] if plain else []), *row.builds))
    return tuple(
        _build(row, tag, host) for tag in tags if (of := cuda_of_build(tag)) is not None and cuda in (None, of)
    )


def _build(row: TorchRelease, tag: str, host: Host) -> Build:
    cuda = cuda_of_build(tag)
    lowest = driver_too_old(cuda, host) if cuda else None
    if lowest is not None:
        why = msg(
            "{tag} needs driver {lowest}, this machine has {driver}",
            tag=tag, lowest=lowest, driver=host.driver_version,
        )  # fmt: skip
        return Build(tag=tag, runs=False, why=why)
    architectures = torch_build(row.version, tag)
    for gpu in nvidia(host):
        has = capability(gpu)
        if has is None or architectures is None:
            return Build(tag=tag, runs=None, why=msg("what GPUs {tag} runs on is not known", tag=tag))
        if not runs_on(architectures, has):
            why = msg(
                "{tag} has no kernels for {gpu} (compute capability {capability})",
                tag=tag, gpu=gpu.name, capability=has,
            )  # fmt: skip
            return Build(tag=tag, runs=False, why=why)
    return Build(tag=tag, runs=True, why=msg("{tag} runs on this machine", tag=tag))


def plain_build(row: TorchRelease, host: Host) -> str | None:
    """The CUDA build that the plain index serves: for Linux on x86_64 alone, to others it serves the CPU's."""
    return row.pypi_build if (host.os, host.arch) == ("linux", "x86_64") else None


class Choice(Frozen):
    """The build for a solution: what pip installs as it is (`tag` None), one of PyTorch's own index, or a break."""

    tag: str | None = None
    why: Message | None = None
    broken: Break | None = None


def choose_build(
    pins: Sequence[Pin],
    host: Host,
    asked: Sequence[tuple[str, str]] = (),
    cuda: str | None = None,
    named: Sequence[CudaAsked] = (),
) -> Choice:
    """The build of the torch among `pins` for this machine.

    In this order: what the repository asks for (`asked`), a CUDA that counts (`named`, the first before the next),
    what the plain index serves, the newest CUDA; each only if it runs here. Without an NVIDIA GPU nothing is chosen.
    """
    torch = next((pin for pin in pins if pin.name == "torch"), None)
    row = torch_release(torch.version) if torch else None
    if torch is None or row is None or host.os == "macos":
        return Choice()
    wanted = next((build for name, build in asked if canonicalize_name(name) in FAMILY), None)
    if not nvidia(host):
        needs_page = wanted == "cpu" or any(pin.name in FAMILY and stands_elsewhere(pin.url) for pin in pins)
        return Choice(tag="cpu", why=msg("{host} has no NVIDIA GPU", host=host.name)) if needs_page else Choice()
    if host.arch != "x86_64":
        return Choice(
            why=msg(
                "what CUDA builds torch {version} has for {arch} is not known", version=torch.version, arch=host.arch
            )
        )
    plain = plain_build(row, host)
    builds = builds_of(row, host, cuda)
    running = [build for build in builds if build.runs]
    if running:
        made_there = {row.name for row in made_for_plain()} & {pin.name for pin in pins}
        best = (
            next((build for build in running if build.tag == wanted), None)
            or (None if made_there else _of_named_cuda(running, plain, named))
            or next((build for build in running if build.tag == plain), None)
            or max(running, key=_cuda_of)
        )
        return Choice(tag=None if best.tag == plain else best.tag, why=best.why)
    if builds and all(build.runs is False for build in builds):
        why = next((build.why for build in builds if build.tag in (wanted, plain)), builds[-1].why)
        return Choice(broken=Break(package="torch", version=torch.version, message=why, source=str(row.builds_source)))
    return Choice(why=msg("whether torch {version} runs on this machine is not known", version=torch.version))


def cudas_that_count(asked: Sequence[CudaAsked], host: Host, *, compiles: bool) -> tuple[CudaAsked, ...]:
    """The CUDA versions that torch's build is to be of: where something is compiled beside it, nvcc's goes first.

    Source: https://docs.pytorch.org/docs/stable/cpp_extension.html (another major version is refused)
    """
    nvcc = host.tools.get("nvcc")
    try:
        toolkit = Version(host.cuda_home_version or (nvcc.version if nvcc is not None else None) or "")
    except InvalidVersion:
        return tuple(asked)
    if not compiles:
        return tuple(asked)
    exact, same = f"=={toolkit.major}.{toolkit.minor}.*", f"=={toolkit.major}.*"
    return (CudaAsked(specifier=exact), *asked, CudaAsked(specifier=same))


def _of_named_cuda(running: Sequence[Build], plain: str | None, named: Sequence[CudaAsked]) -> Build | None:
    """The build of the first CUDA named that has one here; the plain index's where it is among several."""
    for one in named:
        admitted = SpecifierSet(one.specifier)
        there = [build for build in running if admitted.contains(_cuda_of(build))]
        if there:
            best = next((build for build in there if build.tag == plain), None) or max(there, key=_cuda_of)
            if one.at is None and one.specifier.count(".") > 1:
                why = msg("{tag} runs on this machine, and nvcc here is of its CUDA", tag=best.tag)
            elif one.at is None:
                why = msg("{tag} runs on this machine, and nvcc here is of its CUDA's major version", tag=best.tag)
            else:
                place = f"{one.at.path}:{one.at.line}"
                why = msg("{tag} runs on this machine, {place} names its CUDA", tag=best.tag, place=place)
            return best.model_copy(update={"why": why})
    return None


def _cuda_of(build: Build) -> Version:
    return Version(cuda_of_build(build.tag) or "0")


def with_build(pins: Sequence[Pin], choice: Choice) -> tuple[Pin, ...]:
    """The pins with torch and its libraries taken from the build's index; their hashes are those of other files."""
    if choice.tag is None:
        return tuple(pins)
    return tuple(
        _of_build(pin, choice.tag)
        for pin in pins
        if not (pin.name.startswith("nvidia-") and set(pin.required_by) & set(FAMILY))
    )


def _of_build(pin: Pin, tag: str) -> Pin:
    row = next((row for row in torch_builds() if row.name == pin.name), None)
    if row is None or (Version(pin.version) < Version(row.first) and not stands_elsewhere(pin.url)):
        return pin
    place: dict[str, str | None] = {"local": tag, "index_url": index_of(tag)}
    if Version(pin.version) < Version(row.named):
        place = {"local": None, "find_links": f"{index_of(tag)}/torch_stable.html"}
    return pin.model_copy(update={**place, "url": None, "sha256": None})
