"""The entry point: `repotriage` and `python -m repotriage`."""

from __future__ import annotations

import sys

from repotriage import __version__


def main() -> None:
    """Run the command line; `--version` alone answers before anything heavy is imported."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"repotriage {__version__}\n")
        return
    from repotriage.cli.app import run

    run()


if __name__ == "__main__":
    main()
