"""What the files of an environment share: which packages come from where, each value validated before it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.compat.knowledge import system_library
from repotriage.models.base import Frozen, clean
from repotriage.models.solution import Attempt, BuildStep, CudaNeed, Environment, Pin

_PYTHON = re.compile(r"[23]\.\d{1,2}")
SEEDED = "before Python 3.12 every environment has setuptools, and packages import pkg_resources without asking for it"
_WITHOUT_SETUPTOOLS = Version("3.12")
_SMALL = Version("2.0")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+=[\w.;]+")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9.+-]+")
_SOURCE = re.compile(r"[a-z0-9-]+(?:==[\w.]+)?|git\+https://[\w./-]+(?:@[\w.-]+)?(?:#subdirectory=[\w./-]+)?")
_LOCAL = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*")


class UnwritableError(ValueError):
    """A value of an environment has a form that no file may hold: a fault of ours or a hostile index."""


class Place(Frozen):
    """The index or the page of a maker, and the packages that come from it."""

    option: Literal["--index-url", "--find-links"]
    address: str
    pins: tuple[Pin, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """What it is asked for with: a page alone, since the plain index may have another build of the same version."""
        return (
            ("--no-index", self.option, self.address) if self.option == "--find-links" else (self.option, self.address)
        )

    @property
    def with_needs(self) -> bool:
        """Whether the packages bring their own needs: torch's wheels of a CUDA ask for NVIDIA's packages of that CUDA.

        The rest is there by then, from the lock. Before torch 2.0 the wheels hold all.
        Source: https://pytorch.org/get-started/previous-versions/
        """
        return any(
            pin.name == "torch" and (pin.local or "").startswith("cu") and Version(pin.version) >= _SMALL
            for pin in self.pins
        )


class Parts(Frozen):
    """An environment as it is installed: from its makers' places, from the lock, and what is compiled after both."""

    python: str
    elsewhere: tuple[Place, ...]
    locked: tuple[Pin, ...]
    compiled: tuple[Pin, ...]
    extensions: tuple[BuildStep, ...]  # that the index does not have
    references: tuple[BuildStep, ...]
    gpu_only: tuple[Pin, ...] = ()  # to be compiled with nvcc for a GPU that the machine does not have
    variables: tuple[str, ...] = ()  # NAME=value, for what is compiled
    system_packages: tuple[str, ...] = ()
    old_metadata: bool = False  # some package is refused by uv and by pip from 24.1 on


def parts(environment: Environment) -> Parts:
    """Take an environment apart.

    Raises:
        UnwritableError: a name, version or address is not in its form.
        ValueError: the environment has no solution.
    """
    best = environment.best
    if best is None or not best.pins:
        raise ValueError("there is no solution to write down")
    for pin in best.pins:
        _check(pin)
    if not _PYTHON.fullmatch(best.candidate.python):
        raise UnwritableError(f"not a Python version: {best.candidate.python!r}")
    without = environment.cuda is None  # no GPU is planned for, or no build that uses it
    return Parts(
        python=best.candidate.python,
        elsewhere=_places(best.pins),
        locked=tuple(pin for pin in best.pins if _place(pin) is None and not pin.compiles),
        compiled=tuple(pin for pin in best.pins if pin.compiles and not (pin.cuda and without)),
        gpu_only=tuple(pin for pin in best.pins if pin.compiles and pin.cuda and without),
        extensions=tuple(_extensions(environment, best.pins)),
        references=tuple(step for step in environment.steps if step.kind == "reference"),
        old_metadata=any(pin.old_metadata for pin in best.pins),
        variables=_checked(_VARIABLE, (one for step in environment.steps for one in step.variables)),
        system_packages=_checked(_PACKAGE, (one for step in environment.steps for one in step.system_packages)),
    )


def _place(pin: Pin) -> tuple[Literal["--index-url", "--find-links"], str] | None:
    if pin.index_url is not None:
        return "--index-url", pin.index_url
    return None if pin.find_links is None else ("--find-links", pin.find_links)


def _places(pins: Sequence[Pin]) -> tuple[Place, ...]:
    found = dict.fromkeys(place for pin in pins if (place := _place(pin)) is not None)
    return tuple(
        Place(option=option, address=address, pins=tuple(pin for pin in pins if _place(pin) == (option, address)))
        for option, address in found
    )


def _extensions(environment: Environment, pins: Sequence[Pin]) -> Iterator[BuildStep]:
    names = {pin.name for pin in pins}
    for url in (step.find_links for step in environment.steps if step.kind == "reference"):
        if url is not None and not _is_address(url):
            raise UnwritableError(f"not an address: {url!r}")
    for step in environment.steps:
        if step.kind == "extension" and step.name not in names:
            for url in (step.find_links, step.index_url):
                if url is not None and not _is_address(url):
                    raise UnwritableError(f"not an address: {url!r}")
            _checked(_SOURCE, [step.requirement])
            yield step


def _checked(form: re.Pattern[str], values: Iterable[str]) -> tuple[str, ...]:
    """The values, each once.

    Raises:
        UnwritableError: one is not in its form.
    """
    found = tuple(dict.fromkeys(values))
    for value in found:
        if not form.fullmatch(value):
            raise UnwritableError(f"not what may be written to a file: {value!r}")
    return found


def how(step: BuildStep) -> tuple[str, ...]:
    """The options and the requirement with which an extension is installed."""
    if step.find_links is not None:
        return ("--find-links", step.find_links, step.requirement)
    if step.index_url is not None:
        return ("--index-url", step.index_url, step.requirement)
    return (*(("--no-build-isolation",) if step.no_build_isolation else ()), step.requirement)


def references(made: Parts) -> list[str]:
    """Comments for a script: what the repository installs by an address of its own, which no script of ours does."""
    if not made.references:
        return []
    lines = ["# The repository also installs from these addresses. Look at them before you run anything from there:"]
    for step in made.references:
        lines.append(f"#   {clean(step.requirement)}")
        if step.find_links is not None:
            lines.append(f"#     or its wheel for this torch: pip install --find-links {step.find_links} {step.name}")
    return lines


def exact(pin: Pin) -> str:
    """`name==version`, with the local version of its build."""
    return f"{pin.name}=={pin.version}" + (f"+{pin.local}" if pin.local else "")


def summary(environment: Environment, best: Attempt) -> tuple[str, ...]:
    """Lines for a file's head: what it was made of."""
    clock = best.candidate.clock
    day = clock.cutoff.date().isoformat() if clock.cutoff else "no date"
    return (
        f"Python {best.candidate.python}, packages as of {day} ({clock.name})",
        f"planned for {environment.host or 'this machine'}; verdict: {best.verdict}",
    )


def of_the_system(environment: Environment) -> tuple[str, ...]:
    """Packages of Debian that those of the environment need to be imported or compiled, by name."""
    best = environment.best
    rows = [system_library(pin.name) for pin in (best.pins if best is not None else ())]
    return tuple(sorted({name for row in rows if row is not None for name in row.apt if _PACKAGE.fullmatch(name)}))


def builders(environment: Environment) -> dict[str, SpecifierSet]:
    """The bound of each package that builds others, read and written anew."""
    return {(one := Requirement(line)).name: one.specifier for line in environment.built_with}


def of_its_day(made: Parts, bounds: Mapping[str, SpecifierSet]) -> str | None:
    """The setuptools that an environment has by itself before Python 3.12: packages import pkg_resources unasked.

    None where it has none by itself, or the lock or an older pip bring it.
    Source: https://docs.python.org/3.12/whatsnew/3.12.html#ensurepip
    """
    if made.old_metadata or Version(made.python) >= _WITHOUT_SETUPTOOLS or made.python.startswith("2"):
        return None
    return None if any(pin.name == "setuptools" for pin in made.locked) else _setuptools(bounds)


def _setuptools(bounds: Mapping[str, SpecifierSet]) -> str:
    return f"setuptools{bounds.get('setuptools', SpecifierSet()) & SpecifierSet('<81')}"


def to_build_with(bounds: Mapping[str, SpecifierSet]) -> tuple[str, ...]:
    """What is installed before anything is compiled without isolation."""
    return _setuptools(bounds), f"wheel{bounds.get('wheel', '')}", "ninja", "cython<3"


def beyond(made: Parts, bounds: Mapping[str, SpecifierSet]) -> bool:
    """Whether the lock holds a builder that pip would refuse for the sake of the bounds on builders."""
    return any(pin.name in bounds and not bounds[pin.name].contains(pin.version) for pin in made.locked)


def cuda_there(need: CudaNeed) -> str:
    """What CUDA the machine must have itself, in a sentence for a comment."""
    what = f"CUDA {need.cuda}" + (f" and cuDNN {need.cudnn}" if need.cudnn else "")
    where = "nvcc of it compiles what follows the lock" if need.compiles else "its libraries are loaded from the system"
    return clean(f"{what} must be on the machine, no package brings it: {where}.")


def _check(pin: Pin) -> None:
    try:
        good = canonicalize_name(pin.name, validate=True) == pin.name and str(Version(pin.version)) == pin.version
    except ValueError:
        good = False
    if pin.local is not None:
        good = good and _LOCAL.fullmatch(pin.local) is not None
    if pin.sha256 is not None:
        good = good and re.fullmatch(r"[0-9a-f]{64}", pin.sha256) is not None
    for url in (pin.url, pin.index_url, pin.find_links):
        if url is not None:
            good = good and _is_address(url)
    if not good:
        raise UnwritableError(f"not a package that may be written to a file: {pin.name!r} {pin.version!r}")


def _is_address(url: str) -> bool:
    return urlsplit(url).scheme in ("https", "http") and re.search(r"[\s'\"\\<>]", url) is None
