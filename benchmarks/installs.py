"""Install solutions for real and import what the repositories import: by hand, on a machine with disk and network.

usage: python -m benchmarks.installs --repos FOLDER --work FOLDER [--pythons FOLDER] [--index-url URL] NAME ...

For each checkout FOLDER/NAME: solve for a CPU machine, write the files of `env --write`, run its
`install.sh` as a user would (with the Pythons of `--pythons`, pyenv's `versions` folder), and import
every third-party module that the main job needs, one process each. Apart from what fails stand
modules of extensions that are compiled for a GPU (`cuda`), those that lack a library of the system
(`system`), those that the repository takes from an address of its own (`address`: it is shown, and
nothing is installed from there), and those that no table knows and the environment does not bring
(`unknown`).
Packages run their own code here, as in any installation; nothing of the repository is run.
One JSON line each to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.fetchers.open import on_disk, open_fetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.host import load_host
from repotriage.models.requirement import ImportedModule
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.parsing.target import parse_target
from repotriage.pipeline import study
from repotriage.renderers import env_install, env_requirements
from repotriage.renderers.env_parts import parts
from repotriage.resolver.solve import SolveSettings

_KINDS = ("cuda", "system", "address", "page", "unknown")
_SYSTEM = re.compile(
    r"cannot open shared object file|library not found|Missing path to your environment variable|Unable to find"
    r"|could not be found! Please install"
)
_LACKING = re.compile(r"No module named '(\w+)")


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
    row: dict[str, Any] = {"python": version, "packages": len(best.pins), "levels": best.levels}
    if not any(options.pythons.glob(f"{version}.*/bin/python")):
        return row | {"apart": f"no Python {version} on this machine"}
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    for writer in (env_requirements, env_install):
        (options.work / writer.FILENAME).write_text(writer.render(found))
    made = parts(found)
    script = options.work / env_install.FILENAME
    unreachable = [place for place in made.elsewhere if not _is_reached(place.address)]
    pages = [pin.name for place in unreachable for pin in place.pins]
    script.write_text(
        "".join(
            line
            for line in script.read_text().splitlines(keepends=True)
            if not any(place.address in line for place in unreachable)
        )
    )
    row["cuda"] = sorted(pin.name for pin in made.gpu_only)
    row["compiled"] = sorted(pin.name for pin in made.compiled)
    done = _run(["sh", env_install.FILENAME, "venv"], options, 2400)
    if done.returncode != 0:
        row["why"] = " ".join(done.stderr.split())[-500:]
    failed: dict[str, str] = {}
    imported = 0
    for module in read.dependencies.imports:
        if module.needed:
            told = _run(["venv/bin/python", "-c", f"import {module.module}"], options, 300)
            imported += bool(module.distributions)
            if told.returncode != 0:
                failed[module.module] = (told.stderr.strip().splitlines() or [f"exit {told.returncode}"])[-1][:200]
    addresses = [step.name for step in found.steps if step.kind == "reference"]
    where = {
        module.module: _apart(module, failed[module.module], row["cuda"], addresses, pages)
        for module in read.dependencies.imports
        if module.module in failed
    }
    row["apart_imports"] = {kind: sorted(m for m, k in where.items() if k == kind) for kind in _KINDS}
    left = {name: why for name, why in failed.items() if where[name] is None}
    return row | {"installed": done.returncode == 0, "imports": imported, "failed": left}


def _is_reached(address: str) -> bool:
    try:
        socket.getaddrinfo(urlsplit(address).hostname, 443)
    except OSError:
        return False
    return True


def _apart(
    module: ImportedModule, why: str, for_gpu: Sequence[str], addresses: Sequence[str], pages: Sequence[str]
) -> str | None:
    """Why a module that cannot be imported is counted apart."""
    if not module.distributions:
        return "unknown"
    if set(module.distributions) & set(for_gpu):
        return "cuda"
    if set(module.distributions) & set(addresses):
        return "address"
    lacking = _LACKING.search(why)
    if set(module.distributions) & set(pages) or (lacking and canonicalize_name(lacking[1]) in pages):
        return "page"
    return "system" if _SYSTEM.search(why) else None


def _run(argv: list[str], options: argparse.Namespace, timeout: float) -> subprocess.CompletedProcess[str]:
    places = [str(Path(sys.executable).parent), *map(str, sorted(options.pythons.glob("*/bin"))), os.environ["PATH"]]
    wanted = os.environ | {"PATH": os.pathsep.join(places), "UV_PYTHON_DOWNLOADS": "never"}
    wanted.pop("PYTHONPATH", None)
    try:
        return subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=timeout, cwd=options.work, env=wanted
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 124, "", f"it took more than {timeout:g} s")


if __name__ == "__main__":
    main()
