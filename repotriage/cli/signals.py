"""`repotriage signals`: what is asked of a repository, and what each answer weighs."""

from __future__ import annotations

import json
import textwrap
from typing import Annotated, Literal

import typer

from repotriage.cli.common import OutputOption, ProfileOption, check_output, write_output

_WIDTH = 80


def signals(
    profile: ProfileOption = "default",
    format_: Annotated[Literal["table", "json"], typer.Option("--format", "-f", help="What to print.")] = "table",
    output: OutputOption = None,
) -> None:
    """List the signals with their weights, in percent of the whole when every signal applies."""
    from repotriage.api import open_profile
    from repotriage.models.finding import FAMILIES
    from repotriage.scorer import profile_hash, weights_in_whole
    from repotriage.signals.registry import all_signals

    check_output(output, "--output")
    chosen, known = open_profile(profile), all_signals()
    weights = weights_in_whole(chosen, known)
    if format_ == "json":
        listed = {
            "profile": chosen.name,
            "profile_hash": profile_hash(chosen, known),
            "signals": [
                {"name": signal.name, "family": signal.family, "weight": weights[signal.name], "title": signal.title}
                for signal in known
            ],
        }
        write_output(json.dumps(listed, indent=2, ensure_ascii=False) + "\n", output)
        return
    width = max(len(signal.name) for signal in known)
    lines = textwrap.wrap(f"profile {chosen.name}: {chosen.description}".removesuffix(": "), _WIDTH)
    for family in FAMILIES:
        members = sorted(
            (signal for signal in known if signal.family == family),
            key=lambda signal: (-weights[signal.name], signal.name),
        )
        share = sum(weights[signal.name] for signal in members)
        lines.append(f"\n{family} ({100 * share:.1f} % of the whole)")
        for signal in members:
            lines += textwrap.wrap(
                signal.title,
                width=_WIDTH,
                initial_indent=f"  {signal.name:{width}}  {100 * weights[signal.name]:5.1f}  ",
                subsequent_indent=" " * (width + 11),
            )
    write_output("\n".join(lines) + "\n", output)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(signals)
