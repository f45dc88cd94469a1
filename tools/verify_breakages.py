"""Hold every row of `breakages.toml` against the releases themselves.

    python tools/verify_breakages.py [PACKAGE...]

For each row the last release before `removed_in` must offer the symbol and `removed_in` must not, as read by `ast` out
of their wheels or source archives; nothing is installed or run. Rows of Python itself are left out. Exit status: 1
when a row is refuted, or when one that says `checked = "releases"` cannot be confirmed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from tarfile import TarError

import httpx
from packaging.version import Version

from repotriage.compat.breakages import RemovedSymbol, removed_symbols
from repotriage.index.facts import IndexFile, Missing, Project
from repotriage.index.simple import SimpleIndex
from tools.release_names import Found, Names, Release, UnreadableError


class Shelf:
    """The releases of the index, each opened once."""

    def __init__(self, index: SimpleIndex, client: httpx.Client) -> None:
        self._index, self._client = index, client
        self._open: dict[str, Names] = {}

    def around(self, row: RemovedSymbol) -> tuple[IndexFile, IndexFile] | str:
        """The last release before the symbol was removed and the first without it."""
        project = self._index.project(row.package)
        if isinstance(project, Missing):
            return f"{row.package}: {project.reason}"
        removed = Version(row.removed_in)
        final = [version for version in project.by_version if not version.is_prerelease and readable(project, version)]
        before = [version for version in final if version < removed]
        after = [version for version in final if version >= removed]
        if not before or not after:
            return f"no release before or from {removed} on is on the index"
        return choose(project, before[-1]), choose(project, after[0])

    def names(self, file: IndexFile) -> Names:
        """The names of one file."""
        if file.url not in self._open:
            self._open[file.url] = Names(Release(file, self._client))
        return self._open[file.url]


def readable(project: Project, version: Version) -> bool:
    """Whether the release has a file at all that was not withdrawn."""
    return any(file.yanked is None for file in project.by_version[version])


def choose(project: Project, version: Version) -> IndexFile:
    """The file to read: a wheel for any platform, else the smallest for the newest CPython, else the source archive."""
    files = [file for file in project.by_version[version] if file.yanked is None]
    wheels = [file for file in files if file.kind == "wheel"]
    if not wheels:
        return files[0]

    def order(file: IndexFile) -> tuple[bool, bool, int]:
        python, _, platform = file.tags
        return (
            "3" not in python,
            platform != "any" and not ("linux" in platform and "x86_64" in platform),
            file.size or 0,
        )

    return min(wheels, key=order)


def verdict(before: Found, after: Found) -> str:
    """One word on the row."""
    if before.answer == "there" and after.answer == "gone":
        return "confirmed"
    if before.answer == "gone" or after.answer == "there":
        return "refuted"
    return "unknown"


def look(names: Names, row: RemovedSymbol) -> Found:
    """Whether a release offers what the row names."""
    if row.kind == "header":
        there = any(path.endswith(f"include/{row.name}") for path in names.release.paths())
        return Found("there" if there else "gone")
    if row.kind == "required" and row.argument is not None:
        return names.optional(row.name, row.argument)
    if row.kind in ("default", "positional", "unpacked"):
        return Found("unknown", "how a call behaves is not in its signature")
    if row.argument is not None:
        return names.argument(row.name, row.argument)
    found = names.find(row.name)
    if row.kind == "module" and found.answer == "unknown":
        return Found("gone", "no such file")  # neither compiled code nor a loop binds modules
    return found


def standard_library(row: RemovedSymbol) -> tuple[str, str]:
    """The verdict of the interpreters before and at the release."""
    major, minor = Version(row.removed_in).release[:2]
    before = (2, 7) if (major, minor) == (3, 0) else (major, minor - 1)
    after = (3, 6) if (major, minor) == (3, 0) else (major, minor)
    module, _, name = row.name.rpartition(".")
    code = f"import {row.name}" if row.kind == "module" else f"import {module}; {module}.{name}"
    codes: list[int] = []
    for version in (before, after):
        wanted = ".".join(map(str, version))
        program = shutil.which(f"python{wanted}")
        if program is None:
            return "unknown", f"there is no python{wanted} on PATH"
        command = [program, "-E", "-s", "-S", "-W", "ignore", "-c", code]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- words of our own table
        codes.append(done.returncode)
    word = {(0, 1): "confirmed"}.get((codes[0], codes[1]), "refuted")
    return word, f"interpreters {before} and {after}"


def judge(shelf: Shelf, row: RemovedSymbol) -> tuple[str, str]:
    """One word on the row, and what was seen."""
    if row.package == "python":
        return standard_library(row)
    where = shelf.around(row)
    if isinstance(where, str):
        return "unknown", where
    try:
        before, after = (look(shelf.names(file), row) for file in where)
    except (httpx.HTTPError, zipfile.BadZipFile, TarError, UnreadableError) as error:
        return "unknown", f"{where[0].version}, {where[1].version}: {error}"
    seen = f"{where[0].version} {before.answer} {before.why}; {where[1].version} {after.answer} {after.why}"
    return verdict(before, after), seen


def main(packages: Sequence[str]) -> int:
    """Print a line for each row and how many there are of each verdict."""
    index, client = SimpleIndex(), httpx.Client(follow_redirects=True, timeout=60)
    shelf = Shelf(index, client)
    counts: dict[tuple[str, str], int] = {}
    bad = 0
    for row in removed_symbols():
        if packages and row.package not in packages:
            continue
        word, seen = judge(shelf, row)
        name = row.name if row.argument is None else f"{row.name}({row.argument}=)"
        counts[row.checked, word] = counts.get((row.checked, word), 0) + 1
        bad += row.checked == "releases" and word != "confirmed"
        print(f"{word:<9} {row.checked:<8} {row.package:<18} {name} ({row.removed_in}): {seen}", flush=True)
    for (checked, word), number in sorted(counts.items()):
        print(f"checked against {checked}, {word}: {number}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
