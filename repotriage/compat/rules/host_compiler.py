"""gcc or MSVC × CUDA toolkit."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.compat.knowledge import compiler_bound
from repotriage.compat.rules.registry import Case, fail, ok, rule, unknown, version_of
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def host_compiler(case: Case) -> Iterator[CheckItem]:
    """The C++ compiler is there where something is compiled, and not too new for nvcc."""
    host = case.host
    if host.os == "windows":
        yield from _msvc(case)
        return
    compiled = () if case.attempt is None else [pin.name for pin in case.attempt.pins if pin.compiles]
    gxx = host.tools.get("g++")
    if gxx is None:
        what = case.extension or next(iter(compiled), None)
        if what is not None and host.os == "linux":
            yield fail(
                "host-compiler",
                msg("{what} is compiled, and there is no g++", what=what),
                msg("sudo apt-get install build-essential"),
            )
        return
    nvcc = host.cuda_home_version or (host.tools["nvcc"].version if "nvcc" in host.tools else None)
    if nvcc is None or host.os != "linux":
        return
    bound = None if version_of(nvcc) is None else compiler_bound(nvcc)
    have = version_of(gxx.version)
    if bound is None or have is None:
        yield unknown(
            "host-compiler",
            msg("whether CUDA {cuda} takes g++ {version} is not known", cuda=nvcc, version=gxx.version),
        )
    elif have.major >= bound.gcc_below:
        highest = bound.gcc_below - 1
        yield fail(
            "host-compiler",
            msg("g++ {version} is too new for nvcc {cuda}", version=gxx.version, cuda=nvcc),
            msg(
                "install g++-{highest} and build with CC=gcc-{highest} CXX=g++-{highest}",
                highest=highest,
            ),
            bound.source,
        )
    else:
        yield ok("host-compiler", msg("nvcc {cuda} takes g++ {version}", cuda=nvcc, version=gxx.version), bound.source)


def _msvc(case: Case) -> Iterator[CheckItem]:
    """cl.exe tells 19.38, which the header of the toolkit calls 1938."""
    host = case.host
    nvcc = host.cuda_home_version or (host.tools["nvcc"].version if "nvcc" in host.tools else None)
    cl = host.tools.get("cl")
    bound = None if version_of(nvcc) is None else compiler_bound(nvcc or "")
    have = None if cl is None else version_of(cl.version)
    if nvcc is None or cl is None:
        return
    if bound is None or bound.msvc_from is None or bound.msvc_below is None or have is None:
        yield unknown(
            "host-compiler", msg("whether CUDA {cuda} takes MSVC {version} is not known", cuda=nvcc, version=cl.version)
        )
    elif bound.msvc_from <= have.major * 100 + have.minor < bound.msvc_below:
        yield ok("host-compiler", msg("nvcc {cuda} takes MSVC {version}", cuda=nvcc, version=cl.version), bound.source)
    else:
        lowest, highest = (f"{number // 100}.{number % 100}" for number in (bound.msvc_from, bound.msvc_below))
        yield fail(
            "host-compiler",
            msg("nvcc {cuda} refuses MSVC {version}", cuda=nvcc, version=cl.version),
            msg("install the build tools of an MSVC from {lowest} to below {highest}", lowest=lowest, highest=highest),
            bound.source,
        )
