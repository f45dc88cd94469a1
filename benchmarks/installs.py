"""Install solutions for real and import what the repositories import: by hand, on a machine with disk and network.

usage: python -m benchmarks.installs --repos FOLDER --work FOLDER [--pythons FOLDER] [--index-url URL] NAME ...

For each checkout FOLDER/NAME: solve for a CPU machine, make a virtual environment with the
Python of the solution (from `--pythons`, pyenv's `versions` folder), install its packages
without their dependencies (a plan that says itself that it needs a compiler counts as not
installed; torch from 1.13 on does not import without its nvidia-* packages), and import every
third-party module that the main job needs, one process each. Packages run their own code
here, as in any installation; nothing of the repository is run. One JSON line each to stdout.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.fetchers.open import on_disk, open_fetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.host import load_host
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.parsing.target import parse_target
from repotriage.pipeline import study
from repotriage.resolver.solve import SolveSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--pythons", type=Path, default=Path.home() / ".pyenv" / "versions")
    parser.add_argument("--index-url", default="https://pypi.org/simple")
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    rows = []
    for name in options.names:
        try:
            row = measure(options.repos / name, options)
        except Exception as error:  # one repository must not end the measurement
            row = {"verdict": "crash", "error": f"{type(error).__name__}: {error}"[:300]}
        rows.append({"repo": name, **row})
        print(json.dumps(rows[-1]), flush=True)
    installed = [row for row in rows if row.get("installed")]
    whole = [row for row in installed if not row.get("failed")]
    print(
        f"repositories {len(rows)}, installed {len(installed)}, fully importable {len(whole)}",
        file=sys.stderr,
    )


def measure(checkout: Path, options: argparse.Namespace) -> dict[str, Any]:
    started = time.monotonic()
    fetcher = open_fetcher(FetchSettings(offline=True), lambda _: None)
    read = study(fetcher.fetch(parse_target(str(checkout), on_disk)))
    wanted = EnvironmentSettings(index_url=options.index_url, solve=SolveSettings(timeout=120.0))
    found = environment_of(read, load_host("cpu-linux"), wanted)
    row: dict[str, Any] = {"verdict": found.verdict, "solve_s": round(time.monotonic() - started, 1)}
    if found.best is None or not found.best.pins:
        return row
    return row | install(read, found, options)


def install(read: Study, found: Environment, options: argparse.Namespace) -> dict[str, Any]:
    best = found.best
    assert best is not None
    interpreter = next(iter(sorted(options.pythons.glob(f"{best.candidate.python}.*/bin/python"))), None)
    row: dict[str, Any] = {"python": best.candidate.python, "packages": len(best.pins), "levels": best.levels}
    if "installs" not in best.levels:
        return row | {"installed": False, "why": "the plan says that it needs a compiler"}
    if interpreter is None:
        return row | {"installed": False, "why": f"no Python {best.candidate.python} on this machine"}
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    environment = options.work / "venv"
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    subprocess.run([uv, "venv", "--quiet", "--seed", "--python", str(interpreter), str(environment)], check=True)
    lines = [f"{pin.name}=={pin.version}" for pin in best.pins]
    listed = options.work / "requirements.txt"
    listed.write_text("\n".join(lines) + "\n")
    python = environment / "bin" / "python"
    argv = [uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python), "-r", str(listed)]
    if best.candidate.clock.cutoff is not None:
        argv += ["--exclude-newer", best.candidate.clock.cutoff.strftime("%Y-%m-%dT%H:%M:%SZ")]
    for name in found.exempt:
        argv += ["--exclude-newer-package", f"{name}=9999-01-01"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode != 0:
        return row | {"installed": False, "why": " ".join(done.stderr.split())[-300:]}
    failed = {}
    for module in read.dependencies.imports:
        if module.needed and module.distributions:
            told = subprocess.run(
                [str(python), "-c", f"import {module.module}"],
                capture_output=True,
                text=True,
                check=False,
                timeout=200,
                cwd=options.work,
            )
            if told.returncode != 0:
                failed[module.module] = (told.stderr.strip().splitlines() or ["?"])[-1][:160]
    return row | {"installed": True, "failed": failed}


if __name__ == "__main__":
    main()
