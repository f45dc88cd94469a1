"""Python of the solution × interpreters of the machine."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.compat.rules.registry import Case, fail, ok, rule, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem

UV = "https://docs.astral.sh/uv/guides/install-python/"
CONDA = "https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-python.html"
_UV_FROM = (3, 8)  # older ones are not offered for every platform


@rule
def python_here(case: Case) -> Iterator[CheckItem]:
    """An interpreter of the Python that the environment needs is installed, or can be."""
    wanted = case.python
    if wanted is None:
        return
    found = next((one for one in case.host.pythons if one.version.startswith(f"{wanted}.")), None)
    if found is not None:
        yield ok("python", msg("Python {version} is here: {path}", version=found.version, path=found.path))
        return
    summary = msg("there is no Python {python} here", python=wanted)
    # uv downloads what is asked for; an older one takes conda or a compiler.
    old = tuple(int(part) for part in wanted.split(".")) < _UV_FROM
    if old:
        remedy = msg("conda create -n repo python={python}", python=wanted)
        yield (warning if "conda" in case.host.tools else fail)("python", summary, remedy, CONDA)
    elif "uv" in case.host.tools:
        yield warning("python", summary, msg("uv python install {python}", python=wanted), UV)
    elif "conda" in case.host.tools:
        yield warning("python", summary, msg("conda create -n repo python={python}", python=wanted), CONDA)
    else:
        yield warning("python", summary, msg("install uv, then: uv python install {python}", python=wanted), UV)
