"""Recall and precision of declared requirements, against a hand count and against the corpus' declared versions.

    python -m benchmarks.declared --repositories DIR [--corpus DIR] [--counts FILE] [--verbose]

DIR holds checkouts named `owner+name`. Only facts and figures of the repositories stand in `data/`:
one JSON object a line, `repo`, `commit`, `not` (lock files that were not counted) and `declared`
(`[name, specifier, kind, path:line]`).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from repotriage.manifests.assemble import merge
from repotriage.manifests.tables import prose_names
from repotriage.models.requirement import Dependencies, Requirement
from repotriage.models.snapshot import File, Snapshot
from repotriage.parsing.markup import documents

COUNTS = Path(__file__).parent / "data" / "declared.jsonl"
BINARY = re.compile(r".*\.(?:png|jpe?g|gif|pdf|pth?|np[yz]|zip|gz|whl|so|mp4|ttf|bin|pkl|h5|wav)", re.IGNORECASE)


def load(root: Path, commit: str | None = None) -> Snapshot:
    """A plain folder as a snapshot: enough for the readers, without history."""
    files: list[File] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = Path(folder) / name
            if path.is_symlink():
                continue
            size = path.stat().st_size
            relative = path.relative_to(root).as_posix()
            text = None
            if size < 5_000_000 and not BINARY.fullmatch(relative):
                data = path.read_bytes()
                if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    text = data.decode("utf-16", "replace")
                elif b"\0" not in data[:8000]:
                    text = data.decode("utf-8-sig", "replace")
            files.append(File(path=relative, size=size, kind="binary" if text is None else "text", text=text))
    return Snapshot(
        source="checkout",
        name=root.name.replace("+", "/"),
        commit=commit,
        taken_at=datetime.now(UTC),
        files=tuple(sorted(files, key=lambda file: file.path)),
    )


def same_specifier(one: str, two: str) -> bool:
    try:
        return SpecifierSet(one) == SpecifierSet(two)
    except InvalidSpecifier:
        return one == two


def rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def hand_count(counts: Path, repositories: Path, verbose: bool) -> None:
    """Bar 1: every declared requirement of a repository, with name, specifier, kind and place."""
    expected = found = right = 0
    for row in rows(counts):
        root = repositories / row["repo"].replace("/", "+")
        if not root.is_dir():
            print(f"{row['repo']}: not there")
            continue
        snapshot = load(root, row["commit"])
        dependencies = merge(snapshot, documents(snapshot))
        ours = [one for one in dependencies.requirements if one.at.path not in row.get("not", ())]
        left = list(ours)
        missed: list[list[str]] = []
        for entry in row["declared"]:
            match = next((one for one in left if _same(entry, one)), None)
            if match is None:
                missed.append(entry)
            else:
                left.remove(match)
        expected += len(row["declared"])
        found += len(ours)
        right += len(row["declared"]) - len(missed)
        counts_text = f"hand {len(row['declared']):4}  tool {len(ours):4}  missed {len(missed):3}  extra {len(left):3}"
        print(f"{row['repo']:50} {counts_text}")
        if verbose:
            for entry in missed:
                print("    missed", *entry)
            for one in left:
                print("    extra ", one.name, one.specifier or '""', one.kind, one.at, "|", one.raw[:80])
    if expected and found:
        print(f"recall {right / expected:.4f} ({right}/{expected})  precision {right / found:.4f} ({right}/{found})")


def _same(entry: list[str], one: Requirement) -> bool:
    name, specifier, kind, place = entry
    return name == one.name and place == str(one.at) and kind == one.kind and same_specifier(specifier, one.specifier)


def corpus_versions(corpus: Path, repositories: Path, verbose: bool) -> None:
    """Bar 2: the declared versions of reading.jsonl with the right line."""
    total = right = 0
    for row in rows(corpus / "reading.jsonl"):
        root = repositories / row["repo"].replace("/", "+")
        if not root.is_dir():
            print(f"{row['repo']}: not there")
            continue
        snapshot = load(root, row["commit"])
        dependencies = merge(snapshot, documents(snapshot))
        for version in row["declared_versions"]:
            total += 1
            if _declares(dependencies, version):
                right += 1
            elif verbose:
                print("    missed", row["repo"], version)
    print(f"declared versions of the corpus with the right line: {right}/{total} = {right / max(total, 1):.4f}")


def _declares(dependencies: Dependencies, version: dict[str, str]) -> bool:
    """A requirement at that very line, of that name, whose specifier holds every number of the version."""
    what = version["what"].lower()
    known = prose_names().get(what)
    numbers = re.findall(r"\d+(?:\.\d+)*", version["value"])
    for one in dependencies.requirements:
        if str(one.at) != version["at"]:
            continue
        image = what == "docker base"
        named = image or one.name in (what, known.name if known else what) or what == one.kind
        if named and (image or all(_holds(one.specifier, number) for number in numbers)):
            return True
    return False


def _holds(specifier: str, number: str) -> bool:
    """A version named in prose stands in the specifier, or is allowed by it."""
    held = re.findall(r"\d+(?:\.\d+)*", specifier)
    if any(number == has or has.startswith(f"{number}.") for has in held):
        return True
    try:
        return bool(specifier) and SpecifierSet(specifier).contains(number)
    except InvalidSpecifier:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--counts", type=Path, default=COUNTS)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    if options.counts.exists():
        hand_count(options.counts, options.repositories, options.verbose)
    if options.corpus:
        corpus_versions(options.corpus, options.repositories, options.verbose)
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
