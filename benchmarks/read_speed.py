"""Time and memory of reading a repository: python -m benchmarks.read_speed FOLDER...

The bar is for 1,500 Python files on two cores: under 3 s and 300 MB. Each run is a process of
its own; the best of three counts. CPU seconds are told beside the wall's, since a machine
that others use makes the latter say little: `parent` is what the reading process itself needs
while its fork reads the other half, `serial` what one process needs for all.
"""

from __future__ import annotations

import subprocess
import sys

ONE = """
import resource, sys, time
from pathlib import Path
from benchmarks.declared import load
from repotriage.parsing import walk
from repotriage.pipeline import study
snapshot = load(Path(sys.argv[1]))
study(snapshot.model_copy(update={"files": ()}))  # what is imported and loaded once
if sys.argv[2] == "serial":
    walk._LARGE = 10**12
wall, cpu = time.perf_counter(), time.process_time()
read = study(snapshot)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
fork = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
files = sum(file.path.endswith(".py") for file in snapshot.files)
print(files, wall, cpu, own / 1024, fork / 1024)
"""


def measure(folder: str, how: str) -> tuple[float, ...]:
    runs = [subprocess.check_output([sys.executable, "-c", ONE, folder, how], text=True).split() for _ in range(3)]
    return tuple(min(map(float, column)) for column in zip(*runs, strict=True))


def main() -> int:
    for folder in sys.argv[1:]:
        files, wall, cpu, own, fork = measure(folder, "parallel")
        _, wall_serial, cpu_serial, own_serial, _ = measure(folder, "serial")
        print(
            f"{folder}: {files:.0f} Python files; two processes {wall:.2f} s wall, parent {cpu:.2f} s CPU, "
            f"{own:.0f} + {fork:.0f} MiB; serial {wall_serial:.2f} s wall, {cpu_serial:.2f} s CPU, {own_serial:.0f} MiB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
