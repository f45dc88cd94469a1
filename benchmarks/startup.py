"""How long `repotriage --version` and `--help` take beside `python -c pass`: python benchmarks/startup.py [RUNS]."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

BAR = 8.0


def seconds(*arguments: str, runs: int) -> float:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    nothing = seconds("-c", "pass", runs=runs)
    print(f"python -c pass        {nothing * 1000:6.1f} ms")
    version = 0.0
    for option in ("--version", "--help"):
        taken = seconds("-m", "repotriage", option, runs=runs)
        version = version or taken
        print(f"repotriage {option:10} {taken * 1000:6.1f} ms  {taken / nothing:5.1f} x")
    return 0 if version <= BAR * nothing else 1


if __name__ == "__main__":
    sys.exit(main())
