"""What finding an environment costs, against the bare solver on the same problem: by hand, with a package index.

usage: python -m benchmarks.warm_env --repos FOLDER [--cache FOLDER] [--rounds N] [NAME ...]

For each checkout, all in one run:
- cold: the first time, nothing in any cache of ours;
- warm: again with the index facts on disk, nothing remembered of the answer (median of the rounds);
- remembered: again, with the answer in memory of the same commit and day;
- bare: `uv pip compile` of the lines, bounds, Python, platform and date that won, uv's own cache warm (median);
- offline: the same with `--offline`, so that uv asks the index for nothing (median).
The ratios that count are warm / bare and warm / offline. Times in seconds, of the finding alone: reading the
checkout is not in them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import uv

from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.fetchers.open import on_disk, open_fetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.host import load_host
from repotriage.models.solution import Environment
from repotriage.parsing.target import parse_target
from repotriage.pipeline import study
from repotriage.resolver.bench import OURS
from repotriage.resolver.solve import SolveSettings, target_of

T = TypeVar("T")
HOST = load_host("cpu-linux")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="keep the index facts there; cold is then cold only once")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    folders = [options.repos / name for name in options.names] or sorted(p for p in options.repos.iterdir())
    ratios: list[float] = []
    offline: list[float] = []
    colds: list[float] = []
    for folder in folders:
        row = measure(folder, options.cache, options.rounds)
        print(json.dumps(row), flush=True)
        if row.get("ratio") is not None:
            ratios.append(float(str(row["ratio"])))
            offline.append(float(str(row["offline_ratio"])))
            colds.append(float(str(row["cold"])))
    if ratios:
        print(
            f"{len(ratios)} repositories: warm / bare median {statistics.median(ratios):.2f}, "
            f"highest {max(ratios):.2f}; warm / offline median {statistics.median(offline):.2f}, "
            f"highest {max(offline):.2f}; cold median {statistics.median(colds):.1f} s, longest {max(colds):.1f} s",
            file=sys.stderr,
        )


def measure(folder: Path, cache: Path | None, rounds: int) -> dict[str, object]:
    fetcher = open_fetcher(FetchSettings(offline=True), lambda _: None)
    read = study(fetcher.fetch(parse_target(str(folder), on_disk)))
    row: dict[str, object] = {"repo": folder.name}
    with tempfile.TemporaryDirectory() as scratch:
        place = cache or Path(scratch) / "cache"
        wanted = EnvironmentSettings(cache_dir=place, solve=SolveSettings(timeout=120))
        forget(place)
        cold, found = timed(lambda: environment_of(read, HOST, wanted))
        row |= {"verdict": found.verdict, "attempts": len(found.others) + 1, "cold": cold}
        if found.best is None or not found.best.pins:
            return row
        remembered, _ = timed(lambda: environment_of(read, HOST, wanted))
        warms = []
        for _ in range(rounds):
            forget(place)
            warms.append(timed(lambda: environment_of(read, HOST, wanted))[0])
        bares = [timed(lambda: bare(found, Path(scratch)))[0] for _ in range(rounds + 1)][1:]
        alone = [timed(lambda: bare(found, Path(scratch), "--offline"))[0] for _ in range(rounds)]
        warm, plain, offline = statistics.median(warms), statistics.median(bares), statistics.median(alone)
        row |= {"warm": warm, "remembered": remembered, "bare": plain, "offline": offline}
        return row | {"ratio": round(warm / plain, 2), "offline_ratio": round(warm / offline, 2)}


def forget(cache: Path) -> None:
    """Drop the remembered answers, and keep the facts of the index."""
    shutil.rmtree(cache / "environments", ignore_errors=True)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    found = work()
    return round(time.perf_counter() - started, 3), found


def bare(found: Environment, scratch: Path, *more: str) -> None:
    """uv, left to itself, on the problem that won."""
    best = found.best
    assert best is not None
    left_out = {change.before for change in best.changes}
    lines = [wish.line for wish in found.wishes if wish.origin not in OURS and wish.line not in left_out]
    lines += [change.after for change in best.changes if change.after is not None]
    target = target_of(HOST, best.candidate.python)
    (scratch / "requirements.in").write_text("\n".join(lines) + "\n")
    (scratch / "constraints.txt").write_text("\n".join(wish.line for wish in best.added if not wish.adds) + "\n")
    argv = [uv.find_uv_bin(), "pip", "compile", "--quiet", "requirements.in", "--constraints", "constraints.txt"]
    argv += ["--no-config", "--no-header", "--cache-dir", str(scratch / "uv"), "--format", "pylock.toml", *more]
    argv += ["--python", sys.executable, "--no-python-downloads"]
    argv += ["--python-version", target.full_version, "--python-platform", target.uv_platform]
    cutoff = best.candidate.clock.cutoff
    if cutoff is not None:
        argv += ["--exclude-newer", cutoff.strftime("%Y-%m-%dT%H:%M:%SZ")]
        for name in found.exempt:
            argv += ["--exclude-newer-package", f"{name}=9999-01-01"]
    done = subprocess.run(argv, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"bare uv: {' '.join(done.stderr.split())[:300]}", file=sys.stderr)


if __name__ == "__main__":
    main()
