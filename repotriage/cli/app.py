"""The typer application, made of every command file in this folder."""

from __future__ import annotations

import importlib
import pkgutil

import typer

import repotriage.cli


def build() -> typer.Typer:
    """The application with all its commands."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    for module in pkgutil.iter_modules(repotriage.cli.__path__):
        register = getattr(importlib.import_module(f"repotriage.cli.{module.name}"), "register", None)
        if register is not None:
            register(app)
    return app


def run() -> None:
    """Run the command that the command line names."""
    build()()
