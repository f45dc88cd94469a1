"""`repotriage map`: what stands where in the code, and in which order to read it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from repotriage.cli.common import (
    Fetching,
    Lang,
    LangOption,
    OutputOption,
    TargetArgument,
    check_output,
    fetches,
    shown,
    write_output,
)
from repotriage.errors import EXIT_GATE

if TYPE_CHECKING:
    from repotriage.models.study import Study
    from repotriage.reading.lookup import Lookup

EPILOG = (
    "Exit codes: 0 ok. 1 the name of --name is not known. 2 usage. 3 the repository cannot be read. "
    "4 a limit of GitHub or the network kept it back. 70 a bug of repotriage."
)


class Format(StrEnum):
    """The forms of a map."""

    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"
    MERMAID = "mermaid"


@fetches
def show_map(
    target: TargetArgument,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Follow this name of a model, class or configuration: config, registry, class, file and line.",
        ),
    ] = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="Form of the map.")] = Format.TERMINAL,  # noqa: A002 # the option's name
    lang: LangOption = Lang.EN,
    output: OutputOption = None,
    *,
    fetching: Fetching,
) -> None:
    """Map the code: entry points, what to read in which order, how names become classes, hyperparameters.

    Read from the code and the configurations; nothing of the repository is run.
    """
    from repotriage.pipeline import study
    from repotriage.reading.lookup import look_up

    check_output(output, "--output")
    studied = study(fetching.snapshot(target))
    asked = None if name is None else look_up(studied.reading, name, studied.snapshot.inside())
    write_output(_render(studied, asked, format, lang, to_terminal=output is None), output)
    if asked is not None and asked.how == "none":
        raise typer.Exit(EXIT_GATE)


def _render(study: Study, asked: Lookup | None, form: Format, lang: Lang, *, to_terminal: bool) -> str:
    if form is Format.JSON:
        from repotriage.renderers import map_json

        return map_json.render(study, asked)
    if form is Format.MARKDOWN:
        from repotriage.renderers import map_markdown

        return map_markdown.render(study, asked, lang=lang.value)
    if form is Format.MERMAID:
        from repotriage.renderers import map_mermaid

        return map_mermaid.render(study, asked, lang=lang.value)
    from repotriage.renderers import map_terminal

    how = shown(to_terminal=to_terminal)
    return map_terminal.render(study, asked, lang=lang.value, width=how.width, colour=how.colour)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("map", epilog=EPILOG)(show_map)
