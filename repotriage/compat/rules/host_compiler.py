"""gcc or clang × CUDA toolkit."""

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
