"""Install solutions for real and import what the repositories import: by hand, on a machine with disk and network.

usage: python -m benchmarks.installs --repos FOLDER --work FOLDER [--pythons FOLDER] [--index-url URL] NAME ...

For each checkout FOLDER/NAME: solve for a CPU machine, make a virtual environment with the
Python of the solution (from `--pythons`, pyenv's `versions` folder), install its packages
without their dependencies, compile after them what the plan says must be compiled (CUDA
extensions are left out and named: `cuda`), and import every third-party module that the main
job needs, one process each. torch from 1.13 on does not import without its nvidia-* packages.
Packages run their own code here, as in any installation; nothing of the repository is run.
One JSON line each to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
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
    parser.add_argument("--cache", type=Path, help="the cache of the index and of solved environments")
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
    tried = [row for row in rows if "apart" not in row]
    installed = [row for row in tried if row.get("installed")]
    unaided = [row for row in installed if not row["compiled"]]
    whole = [row for row in installed if not row.get("failed")]
    print(
        f"repositories {len(tried)} (no Python for {len(rows) - len(tried)} more), installed {len(installed)}, "
        f"of them without a compiler {len(unaided)}; fully importable {len(whole)}",
        file=sys.stderr,
    )


def measure(checkout: Path, options: argparse.Namespace) -> dict[str, Any]:
    started = time.monotonic()
    fetcher = open_fetcher(FetchSettings(offline=True), lambda _: None)
    read = study(fetcher.fetch(parse_target(str(checkout), on_disk)))
    wanted = EnvironmentSettings(
        index_url=options.index_url, cache_dir=options.cache, solve=SolveSettings(timeout=120.0)
    )
    found = environment_of(read, load_host("cpu-linux"), wanted)
    row: dict[str, Any] = {"verdict": found.verdict, "solve_s": round(time.monotonic() - started, 1)}
    if found.best is None or not found.best.pins:
        return row
    return row | install(read, found, options)


def install(read: Study, found: Environment, options: argparse.Namespace) -> dict[str, Any]:
    best = found.best
    assert best is not None
    version = best.candidate.python
    interpreter = next(iter(sorted(options.pythons.glob(f"{version}.*/bin/python"))), None)
    row: dict[str, Any] = {"python": version, "packages": len(best.pins), "levels": best.levels}
    if interpreter is None:
        return row | {"apart": f"no Python {version} on this machine"}
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    environment = options.work / "venv"
    python = environment / "bin" / "python"
    made = _environment(options.pythons, interpreter, environment, version)
    if made.returncode != 0:
        return row | {"installed": False, "why": f"no environment: {made.stderr[-300:]}"}
    extensions = {step.name for step in found.steps if step.kind == "extension"}
    row["cuda"] = sorted(pin.name for pin in best.pins if pin.compiles and pin.name in extensions)
    row["compiled"] = sorted(pin.name for pin in best.pins if pin.compiles and pin.name not in extensions)
    builders = list(found.built_with) or ["setuptools<81", "wheel"]
    (options.work / "builds.txt").write_text("\n".join(builders) + "\n")
    plain = [f"{pin.name}=={pin.version}" for pin in best.pins if not pin.compiles]
    by_pip = version.startswith("2")
    if any(pin.old_metadata for pin in best.pins):  # uv and newer pips refuse them
        by_pip = _install(python, by_pip, ["pip<24.1"], options.work, 300).returncode == 0
    done = _install(python, by_pip, plain, options.work, 900)
    if done.returncode != 0:
        return row | {"installed": False, "why": " ".join(done.stderr.split())[-400:]}
    row["failed_builds"] = {}
    if row["compiled"]:
        _install(python, by_pip, [*builders, "setuptools<81", "ninja", "cython<3"], options.work, 300)
    for pin in best.pins:  # in the way of install.sh, after the rest
        if pin.name in row["compiled"]:
            done = _install(python, by_pip, [f"{pin.name}=={pin.version}"], options.work, 600, "--no-build-isolation")
            if done.returncode != 0:
                row["failed_builds"][pin.name] = " ".join(done.stderr.split())[-200:]
    failed: dict[str, str] = {}
    imported = 0
    for module in read.dependencies.imports:
        if module.needed and module.distributions:
            imported += 1
            told = subprocess.run(
                [str(python), "-c", f"import {module.module}"],
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
                cwd=options.work,
            )
            if told.returncode != 0:
                failed[module.module] = (told.stderr.strip().splitlines() or [f"exit {told.returncode}"])[-1][:200]
    return row | {"installed": not row["failed_builds"], "imports": imported, "failed": failed}


def _environment(pythons: Path, interpreter: Path, environment: Path, version: str) -> subprocess.CompletedProcess[str]:
    uv = _uv()
    argv = [uv, "venv", "--quiet", "--seed", "--python", str(interpreter), str(environment)]
    if version.startswith("2"):  # uv makes none for Python 2; this virtualenv is the last that does
        runs_it = next(iter(sorted(pythons.glob("3.[89].*/bin/python"))))
        argv = [uv, "tool", "run", "--quiet", "--from", "virtualenv<20.22", "--python", str(runs_it), "virtualenv"]
        argv += ["--quiet", "--python", str(interpreter), str(environment)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)


def _install(
    python: Path, by_pip: bool, lines: list[str], work: Path, timeout: float, *more: str
) -> subprocess.CompletedProcess[str]:
    """Exact releases without their dependencies, as install.sh does: by uv, or by pip where uv refuses."""
    listed = work / "requirements.txt"
    listed.write_text("\n".join(lines) + "\n")
    argv = [_uv(), "pip", "install", "--quiet", "--python", str(python), "-b", str(work / "builds.txt")]
    if by_pip:
        argv = [str(python), "-m", "pip", "install", "--quiet"]
    wanted = os.environ | {"PIP_CONSTRAINT": str(work / "builds.txt")}
    argv += ["--no-deps", *more, "-r", str(listed)]
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=timeout, check=False, env=wanted)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", f"it took more than {timeout:g} s")


def _uv() -> str:
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"


if __name__ == "__main__":
    main()
