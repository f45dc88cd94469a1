"""`repotriage score`: an honest, explained score of one repository."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    shown,
    write_output,
)
from repotriage.errors import EXIT_GATE, EXIT_INCOMPLETE, EXIT_OK

if TYPE_CHECKING:
    from repotriage.models.report import Report

SOLVE_TIMEOUT = 20.0  # seconds
EPILOG = (
    "Exit codes: 0 ok. 1 the gate of --fail-under failed. 2 usage. 3 the repository cannot be read. "
    "4 incomplete: a limit of GitHub or the network kept facts back, and the gate, if there is one, "
    "would be decided by them; what could be had is still reported. --offline by wish is no failure. "
    "70 a bug of repotriage. 130 interrupted. 141 broken pipe."
)


class Format(StrEnum):
    """The forms of a report."""

    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"


@fetches
def score(
    target: TargetArgument,
    format: Annotated[Format, typer.Option("--format", "-f", help="Form of the report.")] = Format.TERMINAL,  # noqa: A002 # the option's name
    lang: LangOption = Lang.EN,
    output: OutputOption = None,
    profile: ProfileOption = "default",
    fail_under: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            min=0,
            max=100,
            help="Exit with 1 when the low end of the score, from 0 to 100, is below N.",
        ),
    ] = None,
    save_snapshot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Save what was fetched to FILE: it can be scored again later, offline."),
    ] = None,
    solve: Annotated[
        bool,
        typer.Option(
            "--solve/--no-solve",
            envvar="REPOTRIAGE_SOLVE",
            help="Find out whether an environment solves; it asks the package index.",
        ),
    ] = True,
    solve_timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="Spend at most so long on solving.")
    ] = SOLVE_TIMEOUT,
    index_url: IndexUrlOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every finding, dependency and gap in the terminal form.")
    ] = False,
    *,
    fetching: Fetching,
) -> None:
    """Score a repository: is it worth your time, and why.

    The score is an interval: its low end counts what is unknown as lost, its high end as
    earned. Nothing of the repository is run.
    """
    from repotriage.api import open_profile
    from repotriage.fetchers.snapshot_file import save
    from repotriage.models.base import msg
    from repotriage.pipeline import analyse

    check_output(output, "--output")
    check_output(save_snapshot, "--save-snapshot")
    chosen = open_profile(profile)
    snapshot = fetching.snapshot(target)
    if save_snapshot is not None:
        save(snapshot, save_snapshot)
    solver = None
    if solve:
        from repotriage.environment import solver_for  # httpx and the resolver take 0.3 s to import

        fetching.tell(msg("solving the environment, for at most {n} s", n=solve_timeout))
        solver = solver_for(
            index_url=package_index(index_url),
            offline=fetching.settings.offline,
            cache_dir=fetching.settings.cache_dir,
            timeout=solve_timeout,
        )
    report = analyse(snapshot, chosen, solver)
    write_output(render(report, format, lang, every=every, to_terminal=output is None), output)
    raise typer.Exit(exit_code(report, fail_under))


def render(report: Report, form: Format, lang: Lang = Lang.EN, *, every: bool = False, to_terminal: bool) -> str:
    """The report in one of its forms, `every` finding in it; `to_terminal` when it goes to stdout, which may be one."""
    if form is Format.JSON:
        from repotriage.renderers import json_v1
        from repotriage.translation import in_language

        return json_v1.render(in_language(report, lang.value))
    if form is Format.MARKDOWN:
        from repotriage.renderers import markdown

        return markdown.render(report, lang=lang.value)
    from repotriage.renderers import terminal

    return terminal.render(report, every=every, lang=lang.value, **shown(to_terminal=to_terminal)._asdict())


def exit_code(report: Report, fail_under: float | None) -> int:
    """What the report means to a script: the gate where it is sure, else whether facts are missing."""
    incomplete = any(gap.transient for gap in report.study.snapshot.gaps)
    if fail_under is not None:
        total = report.score.total
        if total is not None and total.low_reaches(fail_under):
            return EXIT_OK
        if total is None or not incomplete or not total.high_reaches(fail_under):
            return EXIT_GATE
    return EXIT_INCOMPLETE if incomplete else EXIT_OK


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EPILOG)(score)
