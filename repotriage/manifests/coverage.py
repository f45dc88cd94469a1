"""Imports held against declarations: what nobody declared, what nobody uses, what is named wrongly."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.data import table, text
from repotriage.manifests.distributions import (
    also_brings,
    brought_along,
    distributions_of,
    in_standard_library,
    inside_of,
)
from repotriage.manifests.imports import Context, ImportFact, RelativeImport, Runnable, SearchPath
from repotriage.manifests.reach import auxiliary_files
from repotriage.models.requirement import ImportedModule, Requirement
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.walk import Facts

_ORDER: tuple[Context, ...] = (
    "main",
    "function",
    "guarded",
    "type_checking",
    "auxiliary",
    "example",
    "test",
    "setup",
    "docs",
)
_PYTHONS = tuple(Version(f"3.{minor}") for minor in range(5, 16))
_ALWAYS_THERE = frozenset({"pip", "setuptools", "wheel"})
_EXTENSION = re.compile(r"(?:\b\w*Extension|make_cuda_ext)\(\s*(?:name\s*=\s*)?[\"']([\w.]+)[\"']")
_NOT_INSTALLING = frozenset({"prose", "badge"})  # a sentence may call a project by any name
_INSTALLED = frozenset({"runtime", "optional", "dev", "test", "docs", "build"})


class Coverage(NamedTuple):
    """What the imports say of the declarations."""

    imports: tuple[ImportedModule, ...]
    undeclared: tuple[ImportedModule, ...]
    unused: tuple[Requirement, ...]
    misnamed: tuple[Requirement, ...]
    successors: Mapping[str, str]


def cover(
    snapshot: Snapshot,
    facts: Facts,
    requirements: Sequence[Requirement],
    entry_paths: Collection[str] = (),
) -> Coverage:
    """Hold the third-party imports of the code against what is declared anywhere.

    `entry_paths` are the files that start the main job; what is beside it is not needed.
    `unused` are runtime lines written by a person whose modules are known and imported
    nowhere; a lock file or a full export says nothing about use.
    """
    python = lowest_python(requirements)
    own = OwnModules(snapshot, facts.of(SearchPath))
    imports = facts.of(ImportFact)
    beside = auxiliary_files(
        snapshot, imports, facts.of(RelativeImport), facts.of(Runnable), entry_paths, own.folders_of
    )
    declared = {requirement.name for requirement in requirements if requirement.kind in _INSTALLED}
    beside |= _run_inside(imports, declared)
    imports = tuple(_placed(fact, beside, entry_paths) for fact in imports)
    found = _third_party(imports, own, python)
    modules = tuple(_module(name, facts, declared) for name, facts in sorted(found.items()))
    undeclared = tuple(
        module
        for module in modules
        if module.needed
        and module.distributions
        and not _is_declared(module.distributions, declared)
        and not _is_of_jupyter(module)
    )
    right = _right_after_all(modules)
    wrong = [r for r in requirements if r.kind in _INSTALLED and r.name not in right and _is_misnamed(r)]
    return Coverage(
        imports=modules,
        undeclared=undeclared,
        unused=_unused(requirements, modules),
        misnamed=tuple(r for r in wrong if not r.locked and r.format not in _NOT_INSTALLING),
        successors={r.name: _wrong_names()[r.name].successor for r in wrong},
    )


def _run_inside(imports: Iterable[ImportFact], declared: Collection[str]) -> frozenset[str]:
    """The files that another program runs in a Python of its own, such as scripts for Blender."""
    return frozenset(
        fact.at.path
        for fact in imports
        if fact.context == "main" and inside_of(fact.module) is not None and fact.module not in declared
    )


def _placed(fact: ImportFact, beside: Collection[str], entry_paths: Collection[str]) -> ImportFact:
    """An import of the main job's code, set apart where the main job does not come to it."""
    if fact.context != "main":
        return fact
    if fact.at.path in beside:
        return fact.model_copy(update={"context": "auxiliary"})
    if fact.when_run and entry_paths and fact.at.path not in entry_paths:
        return fact.model_copy(update={"context": "function"})
    return fact


def lowest_python(requirements: Iterable[Requirement]) -> Version | None:
    """The lowest Python 3 that every stated range admits; None: none is stated."""
    ranges = []
    for requirement in requirements:
        if requirement.kind == "python" and requirement.specifier:
            try:
                ranges.append(SpecifierSet(requirement.specifier))
            except InvalidSpecifier:
                continue
    if not ranges:
        return None
    return next((python for python in _PYTHONS if all(_admits(r, python) for r in ranges)), None)


def _admits(specifiers: SpecifierSet, python: Version) -> bool:
    """Whether some patch release of a minor version is in a range: `==3.8.5` and `>3.7` are met by a 3.8."""
    minor = f"{python.major}.{python.minor}"
    return any(specifiers.contains(f"{minor}.{patch}", prereleases=True) for patch in range(25))


class OwnModules:
    """Which imported names are files of the repository itself."""

    def __init__(self, snapshot: Snapshot, search_paths: Sequence[SearchPath]) -> None:
        self._places: dict[str, set[str]] = defaultdict(set)  # name → the folders that hold it
        self._added = {fact.path for fact in search_paths}
        self._submodules = {
            part
            for file in snapshot.files
            if file.mode == "submodule"
            for part in (file.path.rpartition("/")[2], file.path.rpartition("/")[2].replace("-", "_"))
        }
        packages: set[str] = set()
        for file in snapshot.files:
            folder, _, name = file.path.rpartition("/")
            stem, _, suffix = name.partition(".")
            if suffix in {"py", "pyx", "pyi", "proto", "so", "ipynb"} or suffix.endswith((".so", "pyd")):
                self._places[stem].add(folder)
                if suffix == "proto":
                    self._places[f"{stem}_pb2"].add(folder)
                packages.add(folder)
            elif suffix in {"cu", "cpp", "cc", "c"}:
                self._places[stem].add(folder)
        for package in packages:
            parts = package.split("/")
            for depth, part in enumerate(parts):
                self._places[part].add("/".join(parts[:depth]))
        self._built = _names_built_by_setup(snapshot)

    def has(self, dotted: str, importer: str) -> bool:
        """Whether an absolute import in the file `importer` finds the repository's own code.

        First the folders that Python would search: beside the importer and above it, the
        root, `src` and `lib`, and what the code adds to `sys.path`. A name that stands only
        elsewhere in the tree is the repository's own unless a distribution is known by it.
        """
        top = dotted.partition(".")[0]
        if top in self._submodules or top in self._built or self.folders_of(dotted, importer):
            return True
        return top in self._places and distributions_of(top) is None

    def folders_of(self, dotted: str, importer: str) -> set[str]:
        """The folders, of those that Python would search, in which an import finds the repository's own code."""
        places = self._places.get(dotted.partition(".")[0])
        if not places:
            return set()
        folder = importer.rpartition("/")[0]
        searched = {"", "src", "lib", "python", folder, *self._added}
        while folder:
            folder = folder.rpartition("/")[0]
            searched |= {folder, f"{folder}/src" if folder else "src"}
        return places & searched


def _names_built_by_setup(snapshot: Snapshot) -> set[str]:
    """Names of extension modules that a setup.py builds: `CUDAExtension("name", ...)`."""
    found: set[str] = set()
    for file in snapshot.files:
        if file.text is not None and file.path.rpartition("/")[2].startswith("setup") and file.path.endswith(".py"):
            for match in _EXTENSION.finditer(file.text):
                found |= {match[1].partition(".")[0], match[1].rpartition(".")[2]}
    return found


def _third_party(imports: Sequence[ImportFact], own: OwnModules, python: Version | None) -> dict[str, list[ImportFact]]:
    """The imports that neither the repository nor Python brings, by the name that a table knows them by."""
    found: dict[str, list[ImportFact]] = defaultdict(list)
    for fact in imports:
        top = fact.module.partition(".")[0]
        if not top or in_standard_library(top, python) or own.has(fact.module, fact.at.path):
            continue
        found[_known_name(fact.module)].append(fact)
        if brought_along(fact.module) is not None:
            found[_hidden_name(fact.module)].append(fact)
    return found


def _known_name(dotted: str) -> str:
    """`google.protobuf` for `google.protobuf.text_format.Merge`: a namespace is told by its parts."""
    parts = dotted.split(".")
    curated = {row["name"] for row in table("import_names")["module"]} if parts[0] in _namespaces() else set()
    return next((name for n in range(len(parts), 1, -1) if (name := ".".join(parts[:n])) in curated), parts[0])


@cache
def _namespaces() -> frozenset[str]:
    return frozenset(row["name"].partition(".")[0] for row in table("import_names")["module"] if "." in row["name"])


def _hidden_name(dotted: str) -> str:
    names: Iterable[str] = (row["name"] for row in table("hidden_imports")["module"])
    return next(name for name in names if f"{dotted}.".startswith(f"{name}."))


def _module(name: str, facts: Sequence[ImportFact], declared: Collection[str]) -> ImportedModule:
    ordered = sorted(facts, key=lambda fact: (_ORDER.index(fact.context), fact.at.path, fact.at.line or 0))
    context = ordered[0].context
    origin = brought_along(name) or distributions_of(name)
    places = tuple(dict.fromkeys(fact.at for fact in ordered))
    like_it = canonicalize_name(name)
    known = origin.distributions if origin else ()
    # another one that brings it, or where no table knows it one of that name: where the repository asks for it
    others = also_brings(name) if origin else (like_it,)
    named = tuple(one for one in others if one in declared and one not in known)
    return ImportedModule(
        module=name,
        at=places[:20],
        count=len(places),
        needed=context == "main",
        context=context,
        distributions=(*known, *named),
        source=origin.source if origin else None,
    )


def _is_declared(distributions: Iterable[str], declared: set[str]) -> bool:
    return any(name in declared or name in _ALWAYS_THERE for name in distributions)


def _is_of_jupyter(module: ImportedModule) -> bool:
    """IPython in notebooks only: the kernel that runs them is made of it."""
    return module.module == "IPython" and all(at.path.endswith(".ipynb") for at in module.at)


class _WrongName(NamedTuple):
    successor: str
    since: str | None  # the name is right for versions before this one


@cache
def _wrong_names() -> Mapping[str, _WrongName]:
    return {
        canonicalize_name(row["name"]): _WrongName(row["successor"], row.get("since"))
        for row in table("successors")["name"]
    }


def _right_after_all(modules: Sequence[ImportedModule]) -> frozenset[str]:
    """Former names whose own module the code imports: what came after them does not bring it."""
    return frozenset(
        name
        for module in modules
        for name in map(canonicalize_name, module.distributions)
        if name in _wrong_names()
        and _wrong_names()[name].successor
        and _wrong_names()[name].successor not in module.distributions
    )


def _is_misnamed(requirement: Requirement) -> bool:
    wrong = _wrong_names().get(requirement.name)
    if wrong is None or requirement.url is not None or "python_version" in (requirement.marker or ""):
        return False
    if wrong.since is None or not requirement.specifier:
        return True
    try:
        return SpecifierSet(requirement.specifier).contains(wrong.since)
    except InvalidSpecifier:
        return True


def _unused(requirements: Sequence[Requirement], modules: Sequence[ImportedModule]) -> tuple[Requirement, ...]:
    used = {name for module in modules for name in module.distributions}
    importable = _distributions_with_modules()
    return tuple(
        requirement
        for requirement in requirements
        if requirement.kind == "runtime"
        and not requirement.locked
        and requirement.format in {"requirements", "pyproject", "setup.py", "setup.cfg", "conda", "pipfile"}
        and requirement.name in importable
        and requirement.name not in used
        and requirement.name not in _ALWAYS_THERE
        and requirement.name not in _wrong_names()
    )


@cache
def _distributions_with_modules() -> frozenset[str]:
    """Distributions whose import names are known: only of these can be said that nothing imports them."""
    of_wheels = {line.split("\t")[1] for line in (text("import_names.tsv") or "").splitlines()[1:]}
    return frozenset(of_wheels | {name for row in table("import_names")["module"] for name in row["distributions"]})
