"""From what a repository declares and imports to the lines of the problem, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from repotriage import data
from repotriage.index.metadata import reads_back, repair_specifier
from repotriage.manifests.ranges import disjoint
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, ImportedModule, ManifestFile, Requirement
from repotriage.models.snapshot import BotPin
from repotriage.models.solution import Change, Wish
from repotriage.resolver.released import release_of
from repotriage.resolver.ways import DOCUMENTS, possible_ways

_MANY = 20
_CONDA = ("conda", "conda-lock", "pixi")
_PIP = ("requirements", "constraints", "setup.cfg", "setup.py")
_SCRIPTS = ("shell",)
_NOT_INSTALLED = {"python", "conda", "cuda", "cudatoolkit", "cudnn"}
_INSTALLERS = {"pip", "setuptools", "wheel"}
_EXCUSED = frozenset({"ipython", "setuptools"})
_LISTS = ("pyproject", "pipfile", *_PIP)  # what stands there is meant; elsewhere installers only prepare the ground
_EXTRA = ("optional", "dev", "test", "docs", "build")  # groups whose packages are asked for where the code imports them


class CudaAsked(Frozen):
    """A CUDA that the repository names, or that of the machine's toolkit; `specifier` as PEP 440 (`==11.8.*`)."""

    specifier: str
    at: Location | None = None  # None: the toolkit


class Asked(Frozen):
    """What is to be solved: the lines, what was changed of them already, and what is installed afterwards."""

    wishes: tuple[Wish, ...] = ()
    changes: tuple[Change, ...] = ()
    later: tuple[Requirement, ...] = ()  # direct references: installed after the rest, from their address
    builds: tuple[tuple[str, str], ...] = ()  # (project, local version) that were asked for: ("torch", "cu113")
    raised: tuple[BotPin, ...] = ()  # pins that a bot raised
    bare: frozenset[str] = frozenset()  # projects that are installed without what they need themselves
    cudas: tuple[CudaAsked, ...] = ()  # that of the file that a user follows first
    needed: frozenset[str] = frozenset()  # projects that the main job imports unguarded


def wishes_of(dependencies: Dependencies) -> Asked:
    """The lines of the problem, from the files that a user follows, and the imports that none of them declares."""
    wishes: list[Wish] = []
    changes: list[Change] = []
    later: list[Requirement] = []
    builds: list[tuple[str, str]] = []
    bare: dict[str, bool] = {}
    dependencies, ranges = _one_of_a_script(possible_ways(dependencies))
    for requirement, first in _followed(dependencies):
        released = None if requirement.url is None else release_of(requirement.url)
        if released is not None:
            name = Pep508(released).name
            if any(wish.line == released for wish in wishes):
                continue  # the same of another file
            reason = msg("the index has releases of {name}: one takes the place of the Git address", name=name)
            changes.append(Change(at=requirement.at, before=requirement.raw[:200], after=released, reason=reason))
            wishes.append(Wish(name=name, line=released, origin="declared", at=requirement.at, optional=not first))
            continue
        if requirement.url is not None and not _wheel_of_index(requirement):
            if any(one.url == requirement.url for one in later):
                continue
            later.append(requirement)
            changes.append(
                Change(
                    at=requirement.at,
                    before=requirement.raw[:200],
                    after=None,
                    reason=msg("a direct reference: it is installed after the rest, and its own needs are not solved"),
                )
            )
            continue
        line, change, build = _line(requirement, dependencies)
        if build:
            builds.append((requirement.name, build))
        if change is not None:
            changes.append(change)
        if line is not None:
            name = canonicalize_name(Pep508(line).name)
            bare[name] = requirement.no_deps and bare.get(name, True)
            wishes.append(
                Wish(
                    name=Pep508(line).name,
                    line=line,
                    origin="declared",
                    at=requirement.at,
                    said=requirement.format == "prose",
                    optional=not first,
                )
            )
    wishes, merged = _one_for_a_module(_without_repeats(wishes))
    changes += [
        change for change in ranges if any((wish.at, wish.line) == (change.at, change.after) for wish in wishes)
    ]
    changes += merged
    imported, elsewhere = _imports(dependencies, {canonicalize_name(wish.name) for wish in wishes}, later)
    wishes += imported
    changes += elsewhere
    return Asked(
        wishes=tuple(wishes),
        changes=tuple(changes),
        later=tuple(later),
        builds=tuple(dict.fromkeys(builds)),
        bare=frozenset(name for name, alone in bare.items() if alone),
        cudas=tuple(_cudas(dependencies)),
        needed=frozenset(_imported_names(dependencies, needed=True)),
    )


def _cudas(dependencies: Dependencies) -> Iterator[CudaAsked]:
    """The CUDA versions that the files name, those of the file that a user follows first in front."""
    ranks = {file.path: file.rank for file in dependencies.files}
    named = [one for one in dependencies.requirements if one.kind == "cuda" and one.specifier]
    for one in sorted(named, key=lambda one: (ranks.get(one.at.path) is None, ranks.get(one.at.path) or 0)):
        specifier = repair_specifier(one.specifier)
        if specifier:
            yield CudaAsked(specifier=specifier, at=one.at)


def _one_of_a_script(dependencies: Dependencies) -> tuple[Dependencies, list[Change]]:
    """A script that pins a project to several releases has a branch for each machine, and installs one of them."""
    pins: dict[tuple[str, str], dict[Version, Requirement]] = {}
    for one in dependencies.requirements:
        version = pinned(f"{one.name}{without_local(one.specifier)[0]}") if one.format in _SCRIPTS else None
        if version is not None and one.url is None:
            pins.setdefault((one.at.path, one.name), {}).setdefault(version, one)
    ranges: dict[tuple[str, str], Requirement] = {}
    changes: list[Change] = []
    for key, several in pins.items():
        if len(several) > 1:
            first = next(iter(several.values()))
            specifier = f">={min(several)},<={max(several)}"
            ranges[key] = first.model_copy(update={"specifier": specifier})
            reason = msg("the script names {n} releases of it: one of them is installed", n=len(several))
            after = str(Pep508(f"{first.name}{specifier}"))
            changes.append(Change(at=first.at, before=f"{first.name}{first.specifier}", after=after, reason=reason))
    kept: list[Requirement] = []
    for one in dependencies.requirements:
        whole = ranges.get((one.at.path, one.name))
        if whole is None or one.at == whole.at:
            kept.append(one if whole is None else whole)
    return dependencies.model_copy(update={"requirements": tuple(kept)}), changes


def _followed(dependencies: Dependencies) -> Iterator[tuple[Requirement, bool]]:
    """The lines of the file that a user follows first and of those that it leads to (True), and of the others what the
    code imports besides.

    A file that nothing leads to only tells versions of what is imported.
    """
    ranks = {file.path: file.rank for file in dependencies.files}
    imported, needed = _imported_names(dependencies), _imported_names(dependencies, needed=True)
    own = set(dependencies.own)
    runtime = [
        one for one in dependencies.requirements if one.kind == "runtime" and one.name not in own and _is_installed(one)
    ]
    by_rank: dict[int | None, list[Requirement]] = {}
    for one in runtime:
        by_rank.setdefault(ranks.get(one.at.path), []).append(one)
    extras: dict[int | None, list[Requirement]] = {}
    for one in dependencies.requirements:
        if one.kind in _EXTRA and one.name not in own and _is_installed(one):
            extras.setdefault(ranks.get(one.at.path), []).append(one)
    seen: dict[str, Requirement] = {}  # what was asked for, and its last line

    def called(one: Requirement) -> str:
        return canonicalize_name(dependencies.successors.get(one.name) or one.name)

    followed = sorted(rank for rank in {*by_rank, *extras} if rank is not None)
    whole_ranks = _whole(dependencies.files, by_rank)
    for rank in (*followed, None):
        listed = by_rank.get(rank, [])
        whole = rank in whole_ranks and not _is_export(listed)
        asked_extras = _newest_of_extras([one for one in extras.get(rank, []) if one.name in needed])
        for group, all_of_it in ((listed, whole), (asked_extras, False)):
            new = [
                one
                for one in group
                if (called(one) not in seen or _says_more(one, seen[called(one)], followed=all_of_it))
                and (all_of_it or one.name in imported or called(one) in imported)
            ]
            chosen = list(_one_of_alternatives([_of_an_extra(one, rank, extras) for one in new]))
            seen.update({called(one): one for one in chosen})
            for one in chosen:
                # What another file has locked holds together with its own lock, not with this file.
                free = one.locked and not whole
                yield (one.model_copy(update={"specifier": "", "repairs": ()}) if free else one), all_of_it


def _whole(files: Sequence[ManifestFile], by_rank: Mapping[int | None, Sequence[Requirement]]) -> frozenset[int | None]:
    """The first file that asks for anything, what it has a user read or install, and so on; of a document one alone."""
    first = min((rank for rank in by_rank if rank is not None), default=None)
    formats = {file.path: file.format for file in files}
    leading: set[str] = set()
    found: set[int | None] = set()
    for file in files:  # by rank, so what names a file stands before it
        if file.rank is None or (file.rank != first and file.named_by not in leading):
            continue
        if file.rank != first and file.named_by is not None and formats.get(file.named_by) in DOCUMENTS:
            leading.discard(file.named_by)
        leading.add(file.path)
        found.add(file.rank)
    return frozenset(found)


def _says_more(one: Requirement, before: Requirement, *, followed: bool) -> bool:
    """Whether a line narrows what an earlier one of that name left open, such as `torch==1.7` after `torch`.

    Where nothing leads a user to its file: only what a document leaves open, which often names packages alone.
    """
    if not one.specifier or one.specifier == before.specifier:
        return False
    if not before.specifier:
        return followed or before.format in DOCUMENTS
    version = pinned(f"a{one.specifier}")
    try:
        return followed and version is not None and SpecifierSet(before.specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False


def _newest_of_extras(extras: Sequence[Requirement]) -> list[Requirement]:
    """Without what contradicts another extra, such as `a1 = ["a<2"]` beside `a2 = ["a>=2"]`: the older one goes."""
    kept: list[Requirement] = []
    for one in sorted(extras, key=_newest_named, reverse=True):
        if not any(one.name == other.name and disjoint(one.specifier, other.specifier) for other in kept):
            kept.append(one)
    return [one for one in extras if one in kept]


def _newest_named(one: Requirement) -> Version:
    """The newest version that a requirement names; 0 where it names none."""
    found = [Version("0")]
    for clause in SpecifierSet(without_local(one.specifier)[0]):
        with suppress(InvalidVersion):
            found.append(Version(clause.version.removesuffix(".*")))
    return max(found)


def _of_an_extra(one: Requirement, rank: int | None, extras: Mapping[int | None, Sequence[Requirement]]) -> Requirement:
    """The line of an extra in a file that is followed earlier, in the place of a later file's own."""
    for other, listed in sorted((r, listed) for r, listed in extras.items() if r is not None):
        if rank is None or other < rank:
            for extra in listed:
                if extra.name == one.name:
                    return extra
    return one


def _is_installed(requirement: Requirement) -> bool:
    if requirement.name in _INSTALLERS:
        return requirement.format in _LISTS
    return requirement.name not in _NOT_INSTALLED


def _one_of_alternatives(requirements: Sequence[Requirement]) -> Iterator[Requirement]:
    """Without the later of several ways: documents show alternatives, and a lock holds several environments."""
    taken: dict[str, Requirement] = {}
    for one in requirements:
        first = taken.setdefault(one.name, one)
        # a sentence such as "PyTorch >= 1.12" stands before the command that it is about
        if first.format == "prose" and one.format in DOCUMENTS and _says_more(one, first, followed=True):
            taken[one.name] = one
    for one in requirements:
        first = taken[one.name]
        several = one.format in DOCUMENTS or (one.locked and one.format not in _PIP)
        if first is one or not several or one.marker != first.marker:
            yield one


def _is_export(requirements: Sequence[Requirement]) -> bool:
    """Whether this is a dump of a whole conda environment, with its libraries, rather than a list of needs."""
    conda = sum(one.format in _CONDA for one in requirements)
    return len(requirements) > _MANY and conda == len(requirements) and any(one.locked for one in requirements)


def _imported_names(dependencies: Dependencies, *, needed: bool = False) -> set[str]:
    """Distributions of what the code imports; `needed`: only of what its main job imports unguarded."""
    modules = (module for module in dependencies.imports if module.needed or not needed)
    return {canonicalize_name(name) for module in modules for name in module.distributions}


def _line(requirement: Requirement, dependencies: Dependencies) -> tuple[str | None, Change | None, str | None]:
    """The PEP 508 line of a requirement by name, what was changed, and the local version that it asked for."""
    specifier, build = without_local(requirement.specifier)
    name = requirement.name
    change: Change | None = None
    successor = dependencies.successors.get(name)
    if successor == "":
        reason = msg("{name} is not to be installed from the index", name=name)
        return None, Change(at=requirement.at, before=requirement.raw[:200], after=None, reason=reason), None
    if successor and canonicalize_name(successor) != name:
        specifier = specifier if name in _same_numbers() else ""
        change = Change(
            at=requirement.at,
            before=requirement.raw[:200],
            after=f"{successor}{specifier}",
            reason=msg("{name} is not the name to install: {successor} is", name=name, successor=successor),
        )
        name = successor
    elif requirement.repairs and requirement.format in _PIP:
        # what conda calls otherwise is only translated; a line that pip refuses is changed
        why: Message = requirement.repairs[0]
        change = Change(at=requirement.at, before=requirement.raw[:200], after=f"{name}{specifier}", reason=why)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = ""
    if requirement.marker:
        try:
            marker = f" ; {Marker(requirement.marker)}"
        except InvalidMarker:
            marker = ""
    try:
        found = Pep508(f"{name}{extras}{specifier}{marker}")
        if not reads_back(found):
            found.marker = None
        return str(found), change, build
    except InvalidRequirement:
        dropped = Change(
            at=requirement.at,
            before=requirement.raw[:200],
            after=None,
            reason=msg("it is no requirement by name"),
        )
        return None, dropped, None


def without_local(specifier: str) -> tuple[str, str | None]:
    """A specifier set with public versions only, and the local version that stood in it.

    >>> without_local("==1.7.1+cu110")
    ('==1.7.1', 'cu110')
    """
    try:
        clauses = SpecifierSet(specifier)
    except InvalidSpecifier:
        return "", None
    local: str | None = None
    found: list[str] = []
    for clause in clauses:
        version = clause.version
        if "+" in version:
            public, _, local = version.partition("+")
            version = public
        found.append(f"{clause.operator}{version}")
    return ",".join(sorted(found)), local


def _wheel_of_index(requirement: Requirement) -> bool:
    """Whether a direct reference is a wheel whose release the specifier also names, such as torch's own index."""
    if requirement.url is None or not requirement.url.partition("#")[0].partition("?")[0].endswith(".whl"):
        return False
    return bool(requirement.name) and pinned(f"{requirement.name}{requirement.specifier}") is not None


def pinned(line: str) -> Version | None:
    """The one version that a line asks for (`==1.2`, not `==1.*`), or None."""
    try:
        clauses = list(Pep508(line).specifier)
    except InvalidRequirement:
        return None
    exact = [one for one in clauses if one.operator in ("==", "===") and not one.version.endswith(".*")]
    if len(exact) != 1:
        return None
    try:
        return Version(exact[0].version)
    except InvalidVersion:
        return None


def _without_repeats(wishes: list[Wish]) -> list[Wish]:
    seen: set[str] = set()
    kept: list[Wish] = []
    for wish in wishes:
        if wish.line not in seen:
            seen.add(wish.line)
            kept.append(wish)
    return kept


def _imports(
    dependencies: Dependencies, declared: set[str], later: list[Requirement]
) -> tuple[list[Wish], list[Change]]:
    """Imports that nothing declares, by the curated map alone; and those whose name on the index is another project.

    Those too that `dependencies.undeclared` excuses: a new environment holds neither setuptools nor IPython.
    """
    there = declared | {canonicalize_name(one.name) for one in later}
    found: list[Wish] = []
    elsewhere: list[Change] = []
    undeclared = {module.module for module in dependencies.undeclared}
    excused = [one for one in dependencies.imports if one.module not in undeclared and _EXCUSED & {*one.distributions}]
    for module in (*dependencies.undeclared, *excused):
        name = _distribution(module, there)
        if name is None:
            continue
        there.add(name)
        at = module.at[0] if module.at else None
        if name in _not_on_index():
            reason = msg("{name} is not to be installed from the index", name=name)
            elsewhere.append(Change(at=at, before=name, after=None, reason=reason))
            continue
        found.append(
            Wish(
                name=name,
                line=name,
                origin="import",
                at=at,
                reason=msg("imported as {module}, declared nowhere", module=module.module),
                source=module.source,
            )
        )
    return found, elsewhere


@cache
def _not_on_index() -> frozenset[str]:
    return frozenset(row["name"] for row in data.table("successors")["name"] if not row["successor"])


def _one_for_a_module(wishes: list[Wish]) -> tuple[list[Wish], list[Change]]:
    """One line where several ask for distributions that bring the same module and spoil one another."""
    changes: list[Change] = []
    for row in data.table("same_module")["module"]:
        there = [wish for wish in wishes if canonicalize_name(wish.name) in row["names"]]
        # what does not harm in one release is brought to it when it is solved, unless the lines forbid that
        free = row.get("together") and len({v for wish in there if (v := pinned(wish.line))}) < 2
        if free or len({wish.name for wish in there}) < 2:
            continue
        kept = min(there, key=lambda wish: row["names"].index(canonicalize_name(wish.name)))
        line = Pep508(kept.line)
        for other in there:
            if other.name == kept.name:
                continue
            if not line.specifier and row["same_versions"]:
                line.specifier = Pep508(other.line).specifier
            reason = msg(
                "{name} and {other} bring the same module and spoil one another: {name} holds both",
                name=kept.name, other=other.name,
            )  # fmt: skip
            changes.append(Change(at=other.at, before=other.line, after=str(line), reason=reason))
        wishes = [wish for wish in wishes if wish is kept or wish not in there or wish.name == kept.name]
        wishes[wishes.index(kept)] = kept.model_copy(update={"line": str(line)})
    return wishes, changes


@cache
def _same_numbers() -> frozenset[str]:
    """Wrong names whose versions are those of their successors."""
    return frozenset(row["name"] for row in data.table("successors")["name"] if row.get("same_versions"))


def _distribution(module: ImportedModule, there: set[str]) -> str | None:
    if not module.needed or not module.distributions:
        return None
    names = [canonicalize_name(name) for name in module.distributions]
    return None if any(name in there for name in names) else names[0]
