"""`repotriage deps`: everything that a repository declares, mentions or imports, with its place."""

from __future__ import annotations

import os
import shutil
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from repotriage.cli.common import (
    ApiUrlOption,
    AppIdOption,
    AppInstallationOption,
    AppKeyFileOption,
    CacheDirOption,
    MaxWaitOption,
    NoCacheOption,
    OfflineOption,
    OutputOption,
    TargetArgument,
    TokenFileOption,
    VerboseOption,
    check_output,
    fetch_settings,
    progress,
    write_output,
)

if TYPE_CHECKING:
    from repotriage.models.requirement import Dependencies
    from repotriage.models.snapshot import Snapshot

WIDEST = 120  # columns


class Format(StrEnum):
    """The forms of an answer."""

    TERMINAL = "terminal"
    JSON = "json"
    REQUIREMENTS = "requirements"
    ENVIRONMENT = "environment.yml"


def deps(
    target: TargetArgument,
    format: Annotated[Format, typer.Option("--format", "-f", help="Form of the answer.")] = Format.TERMINAL,  # noqa: A002 # the option's name
    every: Annotated[bool, typer.Option("--all", help="List lock files and every place, too.")] = False,
    output: OutputOption = None,
    token_file: TokenFileOption = None,
    api_url: ApiUrlOption = None,
    app_id: AppIdOption = None,
    app_key_file: AppKeyFileOption = None,
    app_installation: AppInstallationOption = None,
    offline: OfflineOption = False,
    max_wait: MaxWaitOption = 60.0,
    cache_dir: CacheDirOption = None,
    no_cache: NoCacheOption = False,
    verbose: VerboseOption = False,
) -> None:
    """List what a repository needs, from where it is known, and what nobody declared.

    Every dependency file, document and install command is read and merged; nothing is run.
    """
    from repotriage.fetchers.open import on_disk, open_fetcher
    from repotriage.parsing.target import parse_target
    from repotriage.pipeline import study

    check_output(output, "--output")
    settings = fetch_settings(
        token_file=token_file,
        api_url=api_url,
        app_id=app_id,
        app_key_file=app_key_file,
        app_installation=app_installation,
        offline=offline,
        max_wait=max_wait,
        cache_dir=cache_dir,
        no_cache=no_cache,
    )
    snapshot = open_fetcher(settings, progress(verbose)).fetch(parse_target(target, on_disk))
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

    if not (to_terminal and sys.stdout.isatty()):
        return deps_terminal.render(snapshot.name, found, every=every)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return deps_terminal.render(snapshot.name, found, every=every, width=width, colour=colour)


def register(app: typer.Typer) -> None:
    """Make `repotriage deps` known."""
    app.command()(deps)
