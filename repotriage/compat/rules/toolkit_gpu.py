"""CUDA toolkit × GPU architecture."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.knowledge import toolkit_architecture
from repotriage.compat.rules.registry import Case, capability_of, ok, rule, unknown, version_of, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def toolkit_gpu(case: Case) -> Iterator[CheckItem]:
    """nvcc can compile for the GPU."""
    nvcc = case.host.tools.get("nvcc")
    text = case.host.cuda_home_version or (nvcc.version if nvcc else None)
    if text is None:
        return
    version = version_of(text)
    for gpu in dict.fromkeys(case.gpus):
        capability = capability_of(gpu)
        row = None if capability is None else toolkit_architecture(capability)
        if row is None or version is None:
            yield unknown(
                "toolkit-gpu", msg("whether nvcc {nvcc} compiles for {gpu} is not known", nvcc=text, gpu=gpu.name)
            )
            continue
        if version < Version(row.first_toolkit):
            summary = msg("nvcc {nvcc} does not know compute capability {capability}", nvcc=text, capability=capability)
            yield warning(
                "toolkit-gpu", summary, msg("compile with CUDA {first} or newer", first=row.first_toolkit), row.source
            )
        elif row.last_toolkit is not None and version > Version(row.last_toolkit):
            summary = msg(
                "nvcc {nvcc} no longer compiles for compute capability {capability}", nvcc=text, capability=capability
            )
            yield warning(
                "toolkit-gpu", summary, msg("compile with CUDA {last} or older", last=row.last_toolkit), row.source
            )
        else:
            yield ok("toolkit-gpu", msg("nvcc {nvcc} compiles for {gpu}", nvcc=text, gpu=gpu.name), row.source)
