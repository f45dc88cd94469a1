"""Time and peak memory of reading checkouts, each in a process of its own.

python benchmarks/checkout_speed.py FOLDER...
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path


def measure(folder: Path) -> None:
    start = time.perf_counter()
    from repotriage.fetchers.checkout import read_checkout
    from repotriage.fetchers.port import Caps, now
    from repotriage.models.target import CheckoutTarget

    loaded = time.perf_counter()
    snapshot = read_checkout(CheckoutTarget(path=folder), caps=Caps(), taken_at=now(), offline=True)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = sum(len(file.text or "") for file in snapshot.files) / 1e6
    states = ",".join(state.name for state in snapshot.states)
    gaps = ",".join(gap.what for gap in snapshot.gaps if gap.what != "github")
    total = None if snapshot.history is None else snapshot.history.total
    print(
        f"{done - loaded:6.2f} s (+{loaded - start:.2f} s import) {peak:6.0f} MiB {len(snapshot.files):6} files "
        f"{text:6.1f} MB text {total!s:>6} commits  {snapshot.name} [{states}] [{gaps}]"
    )


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        measure(Path(sys.argv[2]))
    else:
        for argument in sys.argv[1:]:
            subprocess.run([sys.executable, __file__, "--one", argument], check=False)
