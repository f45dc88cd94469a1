"""`repotriage host`: what this machine has, as far as an environment depends on it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from repotriage.cli.common import check_output, guarded, write_output


class Format(StrEnum):
    """How the machine is described."""

    TERMINAL = "terminal"
    JSON = "json"


@guarded
def host(
    described: Annotated[
        str | None,
        typer.Option(
            "--host", metavar="NAME|FILE", help="Show a bundled or saved description instead of this machine."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="JSON is what `--host FILE` reads.")] = Format.TERMINAL,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE.")] = None,
) -> None:
    """Show driver, GPUs, CUDA toolkit, compilers, Pythons, disk and memory; save it to plan for another machine."""
    from repotriage import host as port
    from repotriage.fetchers.port import now
    from repotriage.renderers import host_terminal

    check_output(output, "--output")
    found = (
        port.load_host(described)
        if described is not None
        else port.probe(port.ThisMachine(), port.open_nvml(), now=now(), folder=Path.cwd())
    )
    text = host_terminal.render(found) if form is Format.TERMINAL else found.model_dump_json(indent=2) + "\n"
    write_output(text, output)


def register(app: typer.Typer) -> None:
    """Make `repotriage host` known."""
    app.command()(host)
