"""`repotriage checklist`: the steps from a repository to its numbers, to tick off."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from repotriage.cli.common import (
    Fetching,
    IndexUrlOption,
    Lang,
    LangOption,
    OutputOption,
    ProfileOption,
    TargetArgument,
    check_output,
    fetches,
    package_index,
    write_output,
)

SOLVE_TIMEOUT = 60.0  # seconds
EPILOG = (
    "Exit codes: 0 ok. 2 usage. 3 the repository cannot be read. "
    "4 a limit of GitHub or the network kept it back. 70 a bug of repotriage."
)


class Format(StrEnum):
    """The forms of a checklist."""

    MARKDOWN = "markdown"
    JSON = "json"


@fetches
def checklist(
    target: TargetArgument,
    host: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Plan for another machine instead of this one.")
    ] = None,
    lang: LangOption = Lang.EN,
    format: Annotated[Format, typer.Option("--format", "-f", help="Form of the list.")] = Format.MARKDOWN,  # noqa: A002 # the option's name
    output: OutputOption = None,
    profile: ProfileOption = "default",
    solve: Annotated[
        bool,
        typer.Option(
            "--solve/--no-solve",
            envvar="REPOTRIAGE_SOLVE",
            help="Solve the environment of step 1; it asks the package index.",
        ),
    ] = True,
    solve_timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="Spend at most so long on solving.")
    ] = SOLVE_TIMEOUT,
    index_url: IndexUrlOption = None,
    *,
    fetching: Fetching,
) -> None:
    """List the steps to reproduce a repository: decide, environment, assets, evaluation, training, reading.

    Every command, path and number stands in the repository or in the plan; what the
    repository does not offer is said, with the best substitute. Nothing of it is run.
    """
    from functools import partial

    from repotriage import plan
    from repotriage.api import open_profile
    from repotriage.environment import EnvironmentSettings, environment_of
    from repotriage.host import load_host, this_machine
    from repotriage.models.base import msg
    from repotriage.pipeline import analyse
    from repotriage.renderers import checklist_json, checklist_markdown
    from repotriage.resolver.solve import SolveSettings

    check_output(output, "--output")
    chosen = open_profile(profile)
    machine = None if host is None else load_host(host)
    snapshot = fetching.snapshot(target)
    solver = None
    if solve:
        fetching.tell(msg("solving the environment, for at most {n} s", n=solve_timeout))
        wanted = EnvironmentSettings(
            index_url=package_index(index_url),
            offline=fetching.settings.offline,
            cache_dir=fetching.settings.cache_dir,
            solve=SolveSettings(timeout=solve_timeout),
        )
        solver = partial(environment_of, host=machine or this_machine(), settings=wanted)
    made = plan.checklist(analyse(snapshot, chosen, solver), target)
    renderer = checklist_json if format is Format.JSON else checklist_markdown
    write_output(renderer.render(made, snapshot, lang=lang.value), output)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EPILOG)(checklist)
