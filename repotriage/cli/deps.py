"""`repotriage deps`: everything that a repository declares, mentions or imports, with its place."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from repotriage.cli.common import (
    Fetching,
    OutputOption,
    TargetArgument,
    check_output,
    fetches,
    shown,
    write_output,
)

if TYPE_CHECKING:
    from repotriage.models.requirement import Dependencies
    from repotriage.models.snapshot import Snapshot


class Format(StrEnum):
    """The forms of an answer."""

    TERMINAL = "terminal"
    JSON = "json"
    REQUIREMENTS = "requirements"
    ENVIRONMENT = "environment.yml"


@fetches
def deps(
    target: TargetArgument,
    format: Annotated[Format, typer.Option("--format", "-f", help="Form of the answer.")] = Format.TERMINAL,  # noqa: A002 # the option's name
    every: Annotated[bool, typer.Option("--all", help="List lock files and every place, too.")] = False,
    output: OutputOption = None,
    *,
    fetching: Fetching,
) -> None:
    """List what a repository needs, from where it is known, and what nobody declared.

    Every dependency file, document and install command is read and merged; nothing is run.
    """
    from repotriage.pipeline import study

    check_output(output, "--output")
    snapshot = fetching.snapshot(target)
    found = study(snapshot).dependencies
    write_output(_render(snapshot, found, format, every=every, to_terminal=output is None), output)


def _render(snapshot: Snapshot, found: Dependencies, form: Format, *, every: bool, to_terminal: bool) -> str:
    if form is Format.JSON:
        from repotriage.renderers import deps_json

        return deps_json.render(snapshot, found)
    if form is Format.REQUIREMENTS:
        from repotriage.renderers import deps_requirements

        return deps_requirements.render(snapshot.name, found)
    if form is Format.ENVIRONMENT:
        from repotriage.renderers import deps_environment

        return deps_environment.render(snapshot.name, found)
    from repotriage.renderers import deps_terminal

    return deps_terminal.render(snapshot.name, found, every=every, **shown(to_terminal=to_terminal)._asdict())


def register(app: typer.Typer) -> None:
    """Make `repotriage deps` known."""
    app.command()(deps)
