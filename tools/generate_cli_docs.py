"""Write docs/cli.md from the `--help` of every command: `python -m tools.generate_cli_docs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from repotriage.cli.app import build

TARGET = Path(__file__).parent.parent / "docs" / "cli.md"
WIDTH = "80"  # columns
_INTRODUCTION = """\
# Commands

Made from `--help` by `python -m tools.generate_cli_docs`; do not edit by hand.
"""


def commands(command: Any = None, name: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it, groups before their parts."""
    command = command or get_command(build())
    yield name, command
    for part, inner in sorted(getattr(command, "commands", {}).items()):
        yield from commands(inner, (*name, part))


def document() -> str:
    """The text of docs/cli.md."""
    app, runner = build(), CliRunner()
    parts = [_INTRODUCTION]
    for name, _ in commands():
        shown = runner.invoke(app, [*name, "--help"], env={"COLUMNS": WIDTH, "TERM": "dumb"}, prog_name="repotriage")
        lines = "\n".join(line.rstrip() for line in shown.output.strip("\n").splitlines())
        parts.append(f"{'#' * min(2 + len(name), 4)} {' '.join(('repotriage', *name))}\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
