"""Time and memory of `repotriage score` on a checkout: python benchmarks/score_timm.py /path/to/timm [RUNS].

The bar is for a checkout of huggingface/pytorch-image-models: under 2 s and 250 MB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS = 2.0
MEGABYTES = 250.0


def measure(checkout: str) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes (of 1,000,000 bytes) of one run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "repotriage", "score", "--offline", "--no-cache", "--format", "json"]
        start = time.perf_counter()
        process = subprocess.Popen([*command, "--output", str(Path(folder, "report.json")), checkout])
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"repotriage ended with exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return taken, usage.ru_maxrss * unit / 1e6


def main() -> int:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    runs = [measure(sys.argv[1]) for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3)]
    taken, megabytes = min(seconds for seconds, _ in runs), max(peak for _, peak in runs)
    print(f"{sys.argv[1]}: {taken:.2f} s (best of {len(runs)}), {megabytes:.0f} MB at most")
    return 0 if taken < SECONDS and megabytes < MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
