"""Precision and recall of undeclared imports against a judgement by hand, beside other tools on the same repositories.

    python -m benchmarks.undeclared --repositories DIR [--rivals VENV] [--verbose]

DIR holds checkouts named `owner+name`; `data/undeclared.jsonl` the judgement: one JSON object a
line, `repo`, `commit` and `undeclared` (`[module, distribution, path:line]`). What counts as
needed by the main job is written down in docs/undeclared.md. VENV is a virtual environment in
which pipreqs, pigar, fawltydeps and deptry are installed; each is given a copy of the
repository without `.git`. pipreqs and pigar only list what is imported: their own analysis of
imports is asked (their look-ups in an index are not timed), and what a requirements file or a
build file declares is taken off their list. A module counts once, by its top-level name.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.declared import load
from repotriage.manifests.distributions import distributions_of
from repotriage.models.requirement import Dependencies
from repotriage.pipeline import study

JUDGED = Path(__file__).parent / "data" / "undeclared.jsonl"
PIPREQS = (
    "import sys, json; from pipreqs.pipreqs import get_all_imports; print(json.dumps(get_all_imports(sys.argv[1])))"
)
PIGAR = (
    "import sys, json; from pigar.core import RequirementsAnalyzer as R; r = R(sys.argv[1]);"
    "r.analyze_requirements(); print(json.dumps(sorted(r._unknown_imports)))"
)
FILES = {"requirements", "pyproject", "setup.py", "setup.cfg", "conda", "pipfile"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    tools: dict[str, Callable[[Path, Dependencies], set[str] | None]] = {}
    if options.rivals:
        bin_ = options.rivals.absolute() / "bin"
        tools = {
            "pipreqs": lambda root, ours: listed(bin_, PIPREQS, root, ours),
            "pigar": lambda root, ours: listed(bin_, PIGAR, root, ours),
            "fawltydeps": lambda root, _: fawltydeps(bin_, root),
            "deptry": lambda root, _: deptry(bin_, root),
        }
    totals = {name: [0, 0, 0, 0.0, 0] for name in ("repotriage", *tools)}
    lines_right = judged = 0
    rows = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        root = options.repositories / row["repo"].replace("/", "+")
        if not root.is_dir():
            print(f"{row['repo']}: not there")
            continue
        truth = {module: place for module, _, place in row["undeclared"]}
        start = time.process_time()
        ours = study(load(root, row["commit"])).dependencies
        seconds = time.process_time() - start
        found = {module.module: {str(at) for at in module.at} for module in ours.undeclared}
        judged += len(truth)
        lines_right += sum(place in found.get(module, ()) for module, place in truth.items())
        if options.verbose and found.keys() != truth.keys():
            print(f"{row['repo']}: wrong {sorted(found.keys() - truth)}, missed {sorted(truth.keys() - found.keys())}")
        count(totals["repotriage"], set(found), set(truth), seconds)
        if not tools:
            continue
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, root.name.partition("+")[2])
            shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
            tops = {module if module == "google" else module.partition(".")[0] for module in truth}
            for name, tool in tools.items():
                start = time.perf_counter()
                answer = tool(copy, ours)
                count(totals[name], answer, tops, time.perf_counter() - start)
    print(f"{len(rows)} repositories, {judged} undeclared imports; ours with the right path and line: {lines_right}")
    print("| tool | right | wrong | missed | precision | recall | no answer | seconds |")
    print("|---" * 8 + "|")
    for name, (right, wrong, missed, seconds, failed) in totals.items():
        precision = right / (right + wrong) if right + wrong else 0.0
        print(
            f"| {name} | {right} | {wrong} | {missed} | {precision:.1%} | {right / (right + missed):.1%} "
            f"| {failed} | {seconds:.1f} |"
        )
    return 0


def count(total: list[float], found: set[str] | None, truth: set[str], seconds: float) -> None:
    total[4] += found is None
    found = found or set()
    total[0] += len(found & truth)
    total[1] += len(found - truth)
    total[2] += len(truth - found)
    total[3] += seconds


def run(command: list[str], folder: Path) -> str | None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout


def listed(bin_: Path, program: str, root: Path, ours: Dependencies) -> set[str] | None:
    """The imports that a tool lists, without those that a dependency file declares."""
    answer = run([str(bin_ / "python"), "-c", program, str(root)], root)
    try:
        names = set(json.loads(answer or ""))
    except ValueError:
        return None
    declared = {one.name for one in ours.requirements if one.format in FILES}
    return {name for name in names if not declared & {*brought_by(name), name.lower()}}


def brought_by(module: str) -> tuple[str, ...]:
    origin = distributions_of(module)
    return () if origin is None else origin.distributions


def fawltydeps(bin_: Path, root: Path) -> set[str] | None:
    answer = run([str(bin_ / "fawltydeps"), "--check-undeclared", "--json", "--code", ".", "--deps", "."], root)
    try:
        return {one["name"] for one in json.loads(answer or "")["undeclared_deps"]}
    except (ValueError, KeyError):
        return None


def deptry(bin_: Path, root: Path) -> set[str] | None:
    """DEP001 and DEP003: missing and transitive; it answers only where it finds a file that it reads."""
    target = root.parent / "deptry.json"
    target.unlink(missing_ok=True)
    run([str(bin_ / "deptry"), ".", "-o", str(target)], root)
    if not target.exists():
        return None
    found = json.loads(target.read_text(encoding="utf-8"))
    return {one["module"] for one in found if one["error"]["code"] in ("DEP001", "DEP003")}


if __name__ == "__main__":
    sys.exit(main())
