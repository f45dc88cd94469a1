"""Which files the main job reaches: converters, benchmarks and one-off scripts beside it are auxiliary.

The import graph is static, so only what is plainly beside the main job is set apart: a
script or notebook that stands alone, and what only such scripts or guarded imports load.
A file that nothing imports and that is no script may be loaded by its name, and counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from repotriage.manifests.imports import ImportFact, RelativeImport, Runnable, context_of_path
from repotriage.models.snapshot import Snapshot


def auxiliary_files(
    snapshot: Snapshot,
    absolute: Sequence[ImportFact],
    relative: Sequence[RelativeImport],
    runnable: Sequence[Runnable],
    entry_paths: Collection[str],
    folders_of: Callable[[str, str], Iterable[str]],
) -> frozenset[str]:
    """The Python files and notebooks that are beside the main job.

    `entry_paths` are the files that start it; without any in the code itself, nothing is set apart: examples
    alone do not tell what of a library or of a folder of scripts is the main job.
    `folders_of(module, importer)` gives the folders in which an absolute import finds a
    module of the repository.
    """
    files = {file.path for file in snapshot.files if file.path.endswith((".py", ".ipynb"))}
    roots = {path for path in entry_paths if path in files}
    if not any(context_of_path(path) == "main" for path in roots):
        return frozenset()
    firm: dict[str, set[str]] = defaultdict(set)
    lazily: set[str] = set()
    for fact in absolute:
        inside = fact.module.replace(".", "/")
        targets = [f"{folder}/{inside}".lstrip("/") for folder in folders_of(fact.module, fact.at.path)]
        _connect(files, fact.at.path, targets, fact.context == "main", firm, lazily)
    for local in relative:
        _connect(files, local.importer, local.targets, local.context == "main", firm, lazily)
    scripts = {fact.path for fact in runnable}
    offered = {path for path in _package_files(snapshot, files) if path not in scripts and path not in lazily}
    reached = _closure(roots | offered, firm)
    beside = {path for path in files - reached if path in scripts or path in lazily}
    # What nothing imports and is no script may be loaded by name: it and what it imports count.
    imported = {target for targets in firm.values() for target in targets}
    loose = files - reached - beside - imported
    return frozenset(files - _closure(reached | loose, firm))


def _connect(
    files: set[str],
    importer: str,
    targets: Iterable[str],
    is_firm: bool,
    firm: dict[str, set[str]],
    lazily: set[str],
) -> None:
    for target in targets:
        parts = target.split("/")
        # Importing a.b.c runs a/__init__.py and a/b/__init__.py too; c may be a name inside b.
        for depth in range(1, len(parts) + 1):
            stem = "/".join(parts[:depth])
            for path in (f"{stem}.py", f"{stem}/__init__.py"):
                if path in files and path != importer:
                    if is_firm:
                        firm[importer].add(path)
                    else:
                        lazily.add(path)


def _closure(roots: Iterable[str], edges: dict[str, set[str]]) -> set[str]:
    reached = set(roots)
    stack = list(reached)
    while stack:
        for target in edges.get(stack.pop(), ()):
            if target not in reached:
                reached.add(target)
                stack.append(target)
    return reached


def _package_files(snapshot: Snapshot, files: set[str]) -> set[str]:
    """Every file of the package that bears the repository's or the project's name: a library's users import any."""
    names = {re.sub(r"[-.]", "_", snapshot.name.rpartition("/")[2].lower())}
    for path in ("pyproject.toml", "setup.py", "setup.cfg"):
        text = snapshot.text(f"{snapshot.subdir}/{path}" if snapshot.subdir else path) or ""
        names |= {
            re.sub(r"[-.]", "_", name.lower())
            for name in re.findall(r"^\s*name\s*=\s*[\"']?([\w.-]+)", text, re.MULTILINE)
        }
    packages = tuple(
        path.removesuffix("__init__.py")
        for path in files
        if path.endswith("/__init__.py") and path.count("/") <= 2 and path.split("/")[-2].lower() in names
    )
    return {path for path in files if path.startswith(packages) and context_of_path(path) == "main"}
