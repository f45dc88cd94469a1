"""`repotriage explain SIGNAL`: why it is asked, and what its answers mean."""

from __future__ import annotations

import textwrap
from typing import Annotated

import typer

from repotriage.cli.common import ProfileOption, write_output
from repotriage.errors import UsageError

_WIDTH = 80
_LABELS = {"good": "good", "bad": "bad", "unknown": "unknown", "n/a": "not applicable"}


def explain(
    signal: Annotated[str, typer.Argument(metavar="SIGNAL", help="A name that `repotriage signals` lists.")],
    profile: ProfileOption = "default",
) -> None:
    """Explain a signal: why it is asked, what its answers mean, and what it weighs."""
    import difflib

    from repotriage.api import open_profile
    from repotriage.scorer import weights_in_whole
    from repotriage.signals.registry import all_signals

    known = {one.name: one for one in all_signals()}
    chosen = open_profile(profile)
    found = known.get(signal.strip().lower().replace("_", "-"))
    if found is None:
        near = difflib.get_close_matches(signal.lower(), known, n=3, cutoff=0.4)
        raise UsageError(
            f"no signal is called {signal}",
            hint=f"did you mean {' or '.join(near)}?" if near else "`repotriage signals` lists them all",
        )
    weight = weights_in_whole(chosen, tuple(known.values()))[found.name]
    lines = [found.name, "", *textwrap.wrap(found.title, _WIDTH), ""]
    for paragraph in found.why.split("\n\n"):
        lines += [*textwrap.wrap(paragraph, _WIDTH), ""]
    for verdict, text in found.answers.items():
        label = f"{_LABELS[verdict]}:"
        lines += textwrap.wrap(text, _WIDTH, initial_indent=f"{label:16}", subsequent_indent=" " * 16)
    lines += ["", f"family: {found.family}"]
    lines.append(f"weight: {100 * weight:.1f} % of the whole in the profile {chosen.name}, when every signal applies")
    write_output("\n".join(lines) + "\n", None)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)
