"""`repotriage check`: whether this machine can reproduce a repository, before anything is installed."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repotriage.cli.common import (
    Fetching,
    IndexUrlOption,
    OutputOption,
    check_output,
    fetches,
    package_index,
    write_output,
)
from repotriage.errors import EXIT_GATE, EXIT_INCOMPLETE, EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from repotriage.compat.rules.registry import Case
    from repotriage.models.host import CheckItem, Host

EPILOG = (
    "Exit codes: 0 nothing fails. 1 something fails. 2 usage. 3 the repository cannot be read. "
    "4 nothing fails as far as is known, but the environment could not be found out. 70 a bug of repotriage."
)


class Format(StrEnum):
    """The forms of the answer."""

    TERMINAL = "terminal"
    JSON = "json"


@fetches
def check(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="[TARGET]",
            help="owner/repo, a URL, a checkout (./path) or a saved snapshot; without it the machine alone.",
            show_default=False,
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Check another machine: a bundled name or a file.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="Form of the answer.")] = Format.TERMINAL,
    output: OutputOption = None,
    no_solve: Annotated[bool, typer.Option("--no-solve", help="Leave the environment out: check the rest.")] = False,
    index_url: IndexUrlOption = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=1, help="Spend at most so long on solving.")] = 120.0,
    *,
    fetching: Fetching,
) -> None:
    """Check driver, GPU, CUDA toolkit, compilers, Pythons, disk and memory against what a repository needs.

    Nothing of the repository is built or run.
    """
    from repotriage.compat.rules import registry

    check_output(output, "--output")
    case = registry.Case(host=_machine(host))
    title = case.host.name
    if target is not None:
        from repotriage.environment import EnvironmentSettings, environment_of
        from repotriage.pipeline import study
        from repotriage.resolver.solve import SolveSettings

        snapshot = fetching.snapshot(target)
        studied = study(snapshot)
        wanted = EnvironmentSettings(
            index_url=package_index(index_url),
            offline=fetching.settings.offline,
            cache_dir=fetching.settings.cache_dir,
            solve=SolveSettings(timeout=timeout),
        )
        environment = None if no_solve else environment_of(studied, case.host, wanted)
        case = registry.Case(host=case.host, study=studied, environment=environment)
        title = f"{snapshot.name} on {title}"
    items = (*_environment(case), *registry.check(case))
    write_output(_json(title, items) if form is Format.JSON else _terminal(title, items), output)
    raise typer.Exit(exit_code(case, items))


def exit_code(case: Case, items: Sequence[CheckItem]) -> int:
    """What the check means to a script."""
    if any(item.state == "fail" for item in items):
        return EXIT_GATE
    if case.environment is not None and case.environment.verdict == "unknown":
        return EXIT_INCOMPLETE
    return EXIT_OK


def _machine(host: str | None) -> Host:
    from repotriage import host as port
    from repotriage.fetchers.port import now

    if host is not None:
        return port.load_host(host)
    return port.probe(port.ThisMachine(), port.open_nvml(), now=now(), folder=Path.cwd())


def _environment(case: Case) -> tuple[CheckItem, ...]:
    """The verdict of the solving, as the first item."""
    from repotriage.compat.rules.registry import fail, ok, unknown
    from repotriage.models.base import msg

    if case.environment is None:
        return ()
    best = case.environment.best
    if case.environment.verdict == "unknown":
        reason = best.reason if best is not None else case.environment.why_best
        return (unknown("environment", reason or msg("it could not be found out")),)
    if case.environment.verdict == "conflict":
        why = next((one.message for one in best.breaks), None) if best is not None else None
        core = None if best is None or best.conflict is None else best.conflict.sentence
        summary = why or core or msg("no environment solves")
        return (fail("environment", summary, msg("repotriage env tells the smallest conflict and its remedy")),)
    python = case.python or "?"
    return (ok("environment", msg("it solves on Python {python}: {n} packages", python=python, n=len(case.pins))),)


def _terminal(title: str, items: Sequence[CheckItem]) -> str:
    from repotriage.renderers import check_terminal

    return check_terminal.render(title, items)


def _json(title: str, items: Sequence[CheckItem]) -> str:
    listed = [
        {
            "name": item.name,
            "state": item.state,
            "summary": str(item.summary),
            "remedy": None if item.remedy is None else str(item.remedy),
            "source": item.source,
        }
        for item in items
    ]
    counts = {state: sum(item.state == state for item in items) for state in ("ok", "warning", "fail", "unknown")}
    return json.dumps({"checked": title, "counts": counts, "items": listed}, indent=2, ensure_ascii=False) + "\n"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EPILOG)(check)
