"""Cliffs: what a solution is known to break although every bound that its packages declare is kept.

The rows of `cliffs.toml`: a release of a package, what must stand beside it, and the constraint that avoids it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Annotated, Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from pydantic import AfterValidator

from repotriage.compat.knowledge import (
    Row,
    TensorFlowLibrary,
    UndeclaredNeed,
    jax_release,
    rows,
    tensorflow_libraries,
    torch_libraries,
    torch_release,
)
from repotriage.models.base import Frozen, Message, msg

JAX_VERSIONS = "https://docs.jax.dev/en/latest/jep/9419-jax-versioning.html"

Effect = Literal["break", "warning", "unsupported"]
"""It breaks; it may, if the code is not prepared; or its maker supports another only, and it is better taken."""

_TENSORFLOW = ("tensorflow", "tensorflow-gpu", "tensorflow-cpu", "tensorflow-macos")


def _specifier(text: str) -> str:
    return str(SpecifierSet(text)) and text


def _requirement(text: str) -> str:
    Requirement(text)
    return text


SpecifierStr = Annotated[str, AfterValidator(_specifier)]
RequirementStr = Annotated[str, AfterValidator(_requirement)]


class Cliff(Row):
    """Releases of `package` that break what stands beside them."""

    package: str  # canonical
    versions: SpecifierStr
    beside: RequirementStr | None = None  # another package of the solution
    unless: tuple[str, ...] = ()  # canonical names: not where the solution has one of these
    python: SpecifierStr | None = None
    imports: tuple[str, ...] = ()  # top-level modules: the code imports one of them
    gpu: bool = False  # only where it is compiled for an NVIDIA GPU
    missing: bool = False  # a solution without the package breaks as well
    line: RequirementStr | None = None  # PEP 508; None: no release of a package helps
    effect: Effect = "break"
    what: str


class Constraint(Frozen):
    """A cliff that a solution goes over. `line` avoids it; None where no constraint does."""

    package: str
    version: str | None  # None: the solution lacks the package
    beside: str | None = None  # the other package of the solution, canonical
    line: str | None
    or_line: str | None = None  # a later release of the other package, where it avoids it as well
    effect: Effect
    reason: Message
    source: str


def cliffs() -> tuple[Cliff, ...]:
    """The rows of the table."""
    return rows("cliffs", "cliff", Cliff)


def constraints(
    pins: Mapping[str, str], python: str, imports: Set[str], *, gpu: bool = False
) -> tuple[Constraint, ...]:
    """The cliffs that a solution goes over, in the order of the table.

    Args:
        pins: public versions by canonical name.
        python: such as `3.8` or `3.8.20`.
        imports: top-level modules that the code imports.
        gpu: whether the machine has an NVIDIA GPU.
    """
    there = _by_its_own_name(pins)
    found = [
        _constraint(row, there)
        for row in cliffs()
        if (gpu or not row.gpu) and (row.package in pins or row.missing) and _holds(row, there, python, imports)
    ]
    return (*found, *_undeclared_needs(pins), *_jaxlib(pins), *_torch_libraries(pins), *_tensorflow_libraries(pins))


def _by_its_own_name(pins: Mapping[str, str]) -> Mapping[str, str]:
    """The pins with TensorFlow by its own name, too, where Apple's project brings it."""
    apple = pins.get("tensorflow-macos")
    return pins if apple is None or "tensorflow" in pins else {**pins, "tensorflow": apple}


def no_release_runs(package: str, python: str) -> bool:
    """Whether every release of a package (canonical name) is known to break on a Python, whatever stands beside it."""
    return any(
        row.package == package
        and row.versions == ">=0"
        and row.effect == "break"
        and row.python is not None
        and row.beside is None
        and row.line is None
        and not row.imports
        and specifier(row.python).contains(python)
        for row in cliffs()
    )


@cache
def specifier(text: str) -> SpecifierSet:
    """A specifier set, parsed once."""
    return SpecifierSet(text)


@cache
def _beside(text: str) -> tuple[str, SpecifierSet]:
    requirement = Requirement(text)
    return canonicalize_name(requirement.name), requirement.specifier


def _holds(row: Cliff, pins: Mapping[str, str], python: str, imports: Set[str]) -> bool:
    version = pins.get(row.package)
    if version is None:
        if not row.missing:
            return False
    elif not specifier(row.versions).contains(version, prereleases=True):
        return False
    if row.beside is not None:
        name, allowed = _beside(row.beside)
        other = pins.get(name)
        if other is None or not allowed.contains(other, prereleases=True):
            return False
    if not pins.keys().isdisjoint(row.unless):
        return False
    if row.python is not None and not specifier(row.python).contains(python, prereleases=True):
        return False
    return not row.imports or not imports.isdisjoint(row.imports)


def _undeclared_needs(pins: Mapping[str, str]) -> Iterator[Constraint]:
    """What a package imports at once and its metadata does not ask for."""
    for row in rows("undeclared_needs", "need", UndeclaredNeed):
        version = pins.get(row.package)
        if version is None or any(name in pins for name in (*row.any_of, *row.unless)):
            continue
        if specifier(row.versions).contains(version, prereleases=True):
            yield Constraint(
                package=row.any_of[0],
                version=None,
                beside=row.package,
                line=row.any_of[0],
                effect="break",
                reason=msg(
                    "{other} is not installed: {package} {version} cannot be imported without it",
                    other=row.any_of[0], package=row.package, version=version,
                ),
                source=str(row.source),
            )  # fmt: skip


def _jaxlib(pins: Mapping[str, str]) -> Iterator[Constraint]:
    """jax looks at import whether its jaxlib is neither too old nor newer than itself."""
    jax, jaxlib = pins.get("jax"), pins.get("jaxlib")
    row = None if jax is None else jax_release(jax)
    if jax is None or row is None:
        return
    reason: Message
    if jaxlib is None:
        reason = msg("jaxlib is not installed: jax {jax} cannot be imported without it", jax=jax)
    elif Version(jaxlib) < Version(row.jaxlib) or (row.same and Version(jaxlib) > Version(jax)):
        reason = msg("jaxlib {version} with jax {jax}: jax refuses it at import", version=jaxlib, jax=jax)
    elif Version(jaxlib) > Version(jax):
        reason = msg("jaxlib {version} with jax {jax}: a jaxlib may not be newer than its jax", version=jaxlib, jax=jax)
    else:
        return
    yield Constraint(
        package="jaxlib",
        version=jaxlib,
        beside="jax",
        line=f"jaxlib>={row.jaxlib},<={jax}",
        effect="break",
        reason=reason,
        source=str(row.source) if row.same or jaxlib is None else JAX_VERSIONS,
    )


def _torch_libraries(pins: Mapping[str, str]) -> Iterator[Constraint]:
    """Their compiled code is made against one torch, which not every wheel says: those for macOS name any torch."""
    torch = pins.get("torch")
    row = None if torch is None else torch_release(torch)
    if row is None:
        return
    partners = {"torchvision": row.torchvision, "torchaudio": row.torchaudio, "torchtext": row.torchtext}
    for library in torch_libraries():
        version, partner = pins.get(library.name), partners.get(library.name)
        if version is None or partner is None:
            continue
        have, want = Version(version), Version(partner)
        free = library.free_from is not None and have >= Version(library.free_from)
        if free or have < Version(library.compiled_from) or have.release[:2] == want.release[:2]:
            continue
        yield Constraint(
            package=library.name,
            version=version,
            beside="torch",
            line=f"{library.name}=={want.major}.{want.minor}.*",
            effect="break",
            reason=msg(
                "{package} {version} with {other} {other_version}: its compiled code is made for another torch",
                package=library.name, version=version, other="torch", other_version=row.version,
            ),
            source=str(library.source),
        )  # fmt: skip


def _tensorflow_libraries(pins: Mapping[str, str]) -> Iterator[Constraint]:
    """Their releases are for some releases of TensorFlow, which their metadata does not say."""
    name = next((name for name in _TENSORFLOW if name in pins), None)
    if name is None:
        return
    have = Version(Version(pins[name]).base_version)

    def goes(row: TensorFlowLibrary) -> bool:
        return have >= Version(row.lowest) and (row.below is None or have < Version(row.below))

    for library in dict.fromkeys(row.name for row in tensorflow_libraries()):
        version = pins.get(library)
        known = [row for row in tensorflow_libraries() if row.name == library]
        row = next((one for one in known if version and _between(one.first, version, one.last)), None)
        if version is None or row is None or goes(row):
            continue
        good = [one for one in known if goes(one)]
        reason: Message = (
            msg("{library} {version} cannot be used with {name} {have}", library=library, version=version,
                name=name, have=pins[name])
            if row.refuses
            else msg("{library} {version} is not made for {name} {have}", library=library, version=version,
                     name=name, have=pins[name])
        )  # fmt: skip
        yield Constraint(
            package=library,
            version=version,
            beside=name,
            line=f"{library}>={good[0].first},<={good[-1].last}" if good else None,
            effect="break" if row.refuses else "unsupported",
            reason=reason,
            source=str(row.source),
        )


def _between(first: str, version: str, last: str) -> bool:
    return Version(first) <= Version(version) <= Version(last)


def _constraint(row: Cliff, pins: Mapping[str, str]) -> Constraint:
    version = pins.get(row.package)
    other = None if row.beside is None else _beside(row.beside)[0]
    if version is None:
        reason = msg("{package} is not installed: {what}", package=row.package, what=row.what)
    elif other is None:
        reason = msg("{package} {version}: {what}", package=row.package, version=version, what=row.what)
    else:
        reason = msg(
            "{package} {version} with {other} {other_version}: {what}",
            package=row.package, version=version, other=other, other_version=pins[other], what=row.what,
        )  # fmt: skip
    return Constraint(
        package=row.package,
        version=version,
        beside=other,
        line=row.line,
        or_line=None if row.beside is None else _past(row.beside),
        effect=row.effect,
        reason=reason,
        source=str(row.source),
    )


@cache
def _past(beside: str) -> str | None:
    """The line of releases after those that a line admits, where it has an end.

    >>> _past("datasets>=2,<2.16")
    'datasets>=2.16'
    """
    name, admitted = _beside(beside)
    ends = [clause for clause in admitted if clause.operator in ("<", "<=")]
    if len(ends) != 1:
        return None
    return f"{name}{'>=' if ends[0].operator == '<' else '>'}{ends[0].version}"
