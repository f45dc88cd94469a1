"""Measure solving on real checkouts: naive (Python 3.11, today, builds allowed) against ours.

usage: python -m benchmarks.solve --repos FOLDER [--cache FOLDER] [--most N] [--naive] [NAME ...]

`--repos` holds checkouts in folders `owner+name` or `owner/name`. One JSON line for each goes
to stdout, the summary to stderr. Naive is `uv pip compile` of the lines that uv accepts, on
Python 3.11 as of today; with `--naive` it is asked, and may download and build.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uv
from packaging.utils import canonicalize_name

from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.fetchers.open import on_disk, open_fetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.index.target import Target
from repotriage.models.host import Host
from repotriage.models.solution import Pin
from repotriage.models.study import Study
from repotriage.parsing.target import parse_target
from repotriage.pipeline import study
from repotriage.resolver.judges import judges_of
from repotriage.resolver.solve import SolveSettings
from repotriage.resolver.wishes import wishes_of

HOST = Host(name="cpu-linux", os="linux", arch="x86_64", glibc="2.35", gpus=())


def measure(folder: Path, cache: Path | None, naive: bool, timeout: float) -> dict[str, Any]:
    started = time.monotonic()
    snapshot = open_fetcher(FetchSettings(offline=True), lambda _: None).fetch(parse_target(str(folder), on_disk))
    studied = study(snapshot)
    read = time.monotonic()
    wanted = EnvironmentSettings(cache_dir=cache, solve=SolveSettings(timeout=timeout))
    found = environment_of(studied, HOST, wanted)
    row: dict[str, Any] = {
        "repo": folder.name.replace("+", "/", 1),
        "verdict": found.verdict,
        "why": str(found.why_best),
        "read_s": round(read - started, 2),
        "solve_s": round(time.monotonic() - read, 2),
        "lines": len(found.wishes),
        "attempts": len(found.others) + (found.best is not None),
    }
    best = found.best
    if best is not None:
        row |= {
            "python": best.candidate.python,
            "python_why": str(best.candidate.reason),
            "clock": best.candidate.clock.name,
            "cutoff": str(best.candidate.clock.cutoff),
            "pins": len(best.pins),
            "levels": best.levels,
            "changes": [f"{c.at} {c.before} -> {c.after}: {c.reason}" for c in best.changes],
            "breaks": [f"{b.package} {b.version}: {b.message} ({b.at})" for b in best.breaks],
            "compiles": [f"{p.name} {p.version}" for p in best.pins if p.compiles],
            "conflict": str(best.conflict.sentence) if best.conflict else None,
            "core": [wish.line for wish in best.conflict.core] if best.conflict else None,
            "reason": str(best.reason) if best.reason else None,
            "bounds": [wish.line for wish in best.added],
        }
    if naive:
        row["naive"] = ask_naively(studied)
    return row


def ask_naively(studied: Study) -> dict[str, Any]:
    """What uv makes of the declared lines on Python 3.11 today, builds allowed, and which known breaks that has."""
    asked = wishes_of(studied.dependencies)
    lines = [wish.line for wish in asked.wishes if wish.origin == "declared"]
    lines += [f"{one.name} @ {one.url}" for one in asked.later if one.url and one.name]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "r.in").write_text("\n".join(lines) + "\n")
        argv = [
            uv.find_uv_bin(),
            "pip",
            "compile",
            "r.in",
            "--no-header",
            "--no-annotate",
            "-q",
            "--no-python-downloads",
        ]
        argv += ["--python", sys.executable, "--python-version", "3.11.9"]
        argv += ["--python-platform", "x86_64-manylinux_2_35"]
        try:
            done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            return {"resolves": False, "why": "timeout"}
    pins = tuple(_pins(done.stdout))
    if done.returncode != 0:
        return {"resolves": False, "why": done.stderr[:300]}
    known = judges_of(studied, asked, HOST, None)(pins, Target(python="3.11"))
    return {"resolves": True, "breaks": [f"{one.found.package}: {one.found.message}" for one in known]}


def _pins(text: str) -> Iterator[Pin]:
    for line in text.splitlines():
        name, sign, version = line.partition(";")[0].strip().partition("==")
        if sign:
            yield Pin(name=canonicalize_name(name), version=version.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--most", type=int, default=1000)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    folders = [args.repos / name.replace("/", "+") for name in args.names] or sorted(
        path for path in args.repos.iterdir() if path.is_dir()
    )
    rows = []
    for folder in folders[: args.most]:
        try:
            row = measure(folder, args.cache, args.naive, args.timeout)
        except Exception as error:  # one bad repository must not end the measurement
            row = {"repo": folder.name, "verdict": "CRASH", "why": f"{type(error).__name__}: {error}"}
        rows.append(row)
        print(json.dumps(row), flush=True)
    summary(rows)


def summary(rows: list[dict[str, Any]]) -> None:
    counted = [row for row in rows if row.get("lines")]
    solved = [row for row in counted if row.get("pins")]
    clean = [row for row in solved if not row.get("breaks")]
    wheels = [row for row in solved if "installs" in row["levels"]]
    say = sys.stderr.write
    say(f"{len(rows)} repositories, {len(counted)} that need packages\n")
    if counted:
        say(f"resolves {len(solved)}, installs without a compiler {len(wheels)}, no known break {len(clean)}\n")
        times = [row["solve_s"] for row in counted]
        say(f"solving: median {statistics.median(times):.1f} s, longest {max(times):.1f} s\n")
    naive = [row["naive"] for row in counted if "naive" in row]
    if naive:
        fine = [one for one in naive if one["resolves"] and not one["breaks"]]
        say(f"naive: resolves {sum(one['resolves'] for one in naive)}, no known break {len(fine)} of {len(naive)}\n")


if __name__ == "__main__":
    main()
