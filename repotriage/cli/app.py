"""The typer application, made of every command file in this folder."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys
from typing import Annotated

import typer

import repotriage.cli
from repotriage import __version__
from repotriage.cli.common import EXIT_CODES, EXIT_INTERRUPTED, guarded


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"repotriage {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Is this GitHub repository worth your time, and what will it take to reproduce it on your machine?"""


def build() -> typer.Typer:
    """The application with all its commands."""
    app = typer.Typer(
        name="repotriage",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        epilog=EXIT_CODES,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for module in pkgutil.iter_modules(repotriage.cli.__path__):
        register = getattr(importlib.import_module(f"repotriage.cli.{module.name}"), "register", None)
        if register is not None:
            register(app)
    _guard(app)
    return app


def _guard(app: typer.Typer) -> None:
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = guarded(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _guard(group.typer_instance)


def run() -> None:
    """Run the command that the command line names."""
    # Syntax trees are many small objects without cycles: looking for cycles as often as Python does by itself
    # takes a fifth of the time and frees nothing.
    gc.set_threshold(100_000, 50, 50)
    try:
        build()(prog_name="repotriage")
    except KeyboardInterrupt:  # before or after the command itself
        sys.exit(EXIT_INTERRUPTED)
