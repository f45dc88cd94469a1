"""`repotriage schema`: the JSON Schema of the report."""

from __future__ import annotations

import typer

from repotriage.cli.common import OutputOption, check_output, write_output


def schema(
    output: OutputOption = None,
) -> None:
    """Print the JSON Schema (draft 2020-12) that `score --format json` follows."""
    from repotriage.renderers.json_v1 import schema_text

    check_output(output, "--output")
    write_output(schema_text(), output)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(schema)
