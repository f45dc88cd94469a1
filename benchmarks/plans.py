"""The plan of each checkout for each machine, a line each, to be held against the tables' sources: by hand.

usage: python -m benchmarks.plans --repos FOLDER [--cache FOLDER] [--hosts NAME,NAME] NAME ...
"""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.fetchers.open import on_disk, open_fetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.host import load_host
from repotriage.models.solution import Environment
from repotriage.parsing.target import parse_target
from repotriage.pipeline import study
from repotriage.resolver.solve import SolveSettings

_TOLD = {"torch", "torchvision", "tensorflow", "tensorflow-gpu", "jax", "jaxlib", "numpy", "mmcv", "mmcv-full"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--hosts", default="")
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    bundled = sorted(one.name.removesuffix(".json") for one in resources.files("repotriage.data.hosts").iterdir())
    hosts = options.hosts.split(",") if options.hosts else [name for name in bundled if not name.startswith("__")]
    settings = EnvironmentSettings(cache_dir=options.cache, solve=SolveSettings(timeout=120))
    for name in options.names:
        fetcher = open_fetcher(FetchSettings(offline=True), lambda _: None)
        read = study(fetcher.fetch(parse_target(str(options.repos / name), on_disk)))
        print(f"\n{name}")
        for host in hosts:
            for line in told(environment_of(read, load_host(host), settings)):
                print(f"  {host:17} {line}")


def told(found: Environment) -> list[str]:
    """What matters of a plan."""
    best = found.best
    if best is None:
        return [f"{found.verdict}: {found.why_best}"]
    pins = [
        f"{pin.name} {pin.version}{'+' + pin.local if pin.local else ''}{' (compiled)' if pin.compiles else ''}"
        for pin in best.pins
        if pin.name in _TOLD
    ]
    lines = [f"{found.verdict} · Python {best.candidate.python} · {', '.join(pins)} · {found.build_choice}"]
    lines += [f"  changed: {one.before[:60]} -> {one.after}" for one in best.changes]
    lines += [f"  break: {one.message}" for one in best.breaks]
    lines += [f"  note: {one.message}" for one in found.notices]
    lines += [f"  then: {one.requirement[:80]} {one.index_url or one.find_links or ''}" for one in found.steps]
    return lines


if __name__ == "__main__":
    main()
