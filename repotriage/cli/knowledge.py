"""`repotriage knowledge`: the compatibility tables, each row with its source."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repotriage.cli.common import OutputOption, check_output, write_output
from repotriage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Format(StrEnum):
    """The forms of a table."""

    TERMINAL = "terminal"
    JSON = "json"


def knowledge(
    table: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE]", help="The table to show; without it their names.", show_default=False),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORD]...", help="Only rows that hold all these words.", show_default=False),
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="Form of the answer.")] = Format.TERMINAL,
    output: OutputOption = None,
) -> None:
    """Show what is known of torch, CUDA, drivers, GPUs, companions, cliffs and removed symbols, with sources."""
    from repotriage.compat.tables import tables

    check_output(output, "--output")
    known = {one.name: one for one in tables()}
    if table is None:
        listed = [{"table": one.name, "rows": len(one.rows()), "about": one.about} for one in known.values()]
        if form is Format.JSON:
            write_output(json.dumps(listed, indent=2, ensure_ascii=False) + "\n", output)
            return
        width = max(map(len, known))
        lines = [f"{row['table']:<{width}}  {row['rows']:>5}  {row['about']}" for row in listed]
        write_output("\n".join(lines) + "\n", output)
        return
    if table not in known:
        raise UsageError(f"there is no table {table}", hint=f"one of: {', '.join(known)}")
    found = [
        row.model_dump(mode="json", exclude_none=True)
        for row in known[table].rows()
        if all(word.casefold() in row.model_dump_json().casefold() for word in words or ())
    ]
    if form is Format.JSON:
        write_output(json.dumps(found, indent=2, ensure_ascii=False) + "\n", output)
    else:
        write_output(_text(found), output)


def _text(rows: Sequence[dict[str, Any]]) -> str:
    """One row in a line, its source below it."""
    lines: list[str] = []
    for row in rows:
        source, date = row.pop("source"), row.pop("date")
        lines.append(" · ".join(f"{key} {_value(value)}" for key, value in row.items() if value not in ([], False, "")))
        lines.append(f"    {source} ({date})")
    return "\n".join([*lines, f"rows: {len(rows)}"]) + "\n"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(knowledge)
