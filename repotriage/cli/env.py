"""`repotriage env`: the environment that fits a repository and a machine, proved by solving."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repotriage.cli.common import (
    Fetching,
    IndexUrlOption,
    OutputOption,
    TargetArgument,
    check_output,
    fetches,
    package_index,
    shown,
    write_output,
)
from repotriage.errors import EXIT_GATE, EXIT_INCOMPLETE, EXIT_OK, UsageError

if TYPE_CHECKING:
    from repotriage.models.host import Host
    from repotriage.models.snapshot import Snapshot
    from repotriage.models.solution import Environment

EPILOG = (
    "Exit codes: 0 it solves, with or without changes. 1 it does not solve, or is known to break. 2 usage. "
    "3 the repository cannot be read. 4 it could not be found out. 70 a bug of repotriage."
)


class Format(StrEnum):
    """The forms of an answer."""

    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"


@fetches
def env(
    target: TargetArgument,
    python: Annotated[str | None, typer.Option(metavar="X.Y", help="Try this Python alone.")] = None,
    cuda: Annotated[str | None, typer.Option(metavar="X.Y", help="Take builds for this CUDA alone.")] = None,
    gpu: Annotated[
        str | None, typer.Option(metavar="NAME", help="Plan for this GPU, such as 'GeForce RTX 3090'.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Plan for another machine instead of this one.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Choose packages as of this date (2021-06-30), by UTC.")
    ] = None,
    allow_builds: Annotated[
        bool,
        typer.Option(
            "--allow-builds",
            help="Let uv build packages that do not say what they need: this runs their code on this machine.",
        ),
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write pylock.toml, requirements.lock, environment.yml, an installer and a Dockerfile to FOLDER.",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every package, not only those asked for.")] = False,
    index_url: IndexUrlOption = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=1, help="Spend at most so long on solving.")] = 120.0,
    format: Annotated[Format, typer.Option("--format", "-f", help="Form of the answer.")] = Format.TERMINAL,  # noqa: A002 # the option's name
    output: OutputOption = None,
    *,
    fetching: Fetching,
) -> None:
    """Find an environment that solves: Python, framework, CUDA build and packages, or the conflict and its remedy.

    Nothing of the repository is run, and nothing of a package is built or run unless you allow it.
    """
    from repotriage.environment import EnvironmentSettings, environment_of
    from repotriage.pipeline import study
    from repotriage.resolver.solve import SolveSettings

    check_output(output, "--output")
    if allow_builds:
        typer.echo("warning: --allow-builds runs code of packages from the index on this machine", err=True)
    machine = _machine(host, gpu)
    wanted = EnvironmentSettings(
        index_url=package_index(index_url),
        offline=fetching.settings.offline,
        cache_dir=fetching.settings.cache_dir,
        solve=SolveSettings(
            python=_minor(python, "--python"),
            cuda=_minor(cuda, "--cuda"),
            as_of=_day(as_of),
            timeout=timeout,
            allow_builds=allow_builds,
        ),
    )
    snapshot = fetching.snapshot(target)
    found = environment_of(study(snapshot), machine, wanted)
    if write is not None and found.best is not None and found.best.pins:
        _write(write, found, machine)
    write_output(_render(snapshot, found, format, every=every, to_terminal=output is None), output)
    raise typer.Exit(exit_code(found))


def exit_code(environment: Environment) -> int:
    """What the verdict means to a script."""
    if environment.verdict == "unknown":
        return EXIT_INCOMPLETE
    return EXIT_GATE if environment.verdict == "conflict" else EXIT_OK


def _render(snapshot: Snapshot, found: Environment, form: Format, *, every: bool, to_terminal: bool) -> str:
    if form is Format.JSON:
        from repotriage.renderers import env_json

        return env_json.render(snapshot, found)
    if form is Format.MARKDOWN:
        from repotriage.renderers import env_markdown

        return env_markdown.render(snapshot, found, every=every)
    from repotriage.renderers import env_terminal

    return env_terminal.render(snapshot.name, found, every=every, **shown(to_terminal=to_terminal)._asdict())


def _write(folder: Path, found: Environment, host: Host) -> None:
    """Write the files of the environment, each all or nothing."""
    from repotriage.renderers.env_folder import files, no_container

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", hint="name a folder after --write")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {folder} cannot be made: {error.strerror or error}") from error
    for name, text in files(found, host).items():
        write_output(text, folder / name)
    lacking = no_container(host)
    if lacking is not None:
        typer.echo(str(lacking), err=True)


def _machine(host: str | None, gpu: str | None) -> Host:
    """The machine that is planned for."""
    from repotriage.compat.knowledge import compute_capability_of
    from repotriage.host import load_host, this_machine
    from repotriage.models.host import Gpu

    machine = this_machine() if host is None else load_host(host)
    if gpu is None:
        return machine
    row = compute_capability_of(gpu)
    if row is None:
        raise UsageError(f"the GPU {gpu} is not in the tables", hint="name it as nvidia-smi does, such as 'Tesla V100'")
    named = Gpu(name=row.name, compute_capability=row.compute_capability)
    return machine.model_copy(update={"gpus": (named,), "name": f"{machine.name} with {row.name}"})


def _minor(text: str | None, option: str) -> str | None:
    import re

    if text is not None and not re.fullmatch(r"\d{1,2}\.\d{1,2}", text):
        raise UsageError(f"{option} takes a version such as 3.10, not {text}")
    return text


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of takes a date such as 2021-06-30, not {text}") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EPILOG)(env)
