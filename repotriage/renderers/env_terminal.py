"""An environment for a terminal, a pipe or a log."""

from __future__ import annotations

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from repotriage.models.base import msg
from repotriage.models.solution import Environment
from repotriage.renderers.env_outline import environment_outline
from repotriage.renderers.terminal import Page, text_of


def render(name: str, environment: Environment, *, every: bool = False, width: int = 80, colour: bool = False) -> str:
    """The environment as text of `width` columns that ends with a newline; `every` lists every package."""
    made = environment_outline(name, environment, every=every)
    page = Page(width=width, colour=colour)
    page.line(Text(made.name, style="bold", overflow="fold"))
    page.say(made.headline, style="bold")
    for fact in made.facts:
        page.say(fact)
    if made.packages:
        table = Table.grid(padding=(0, 2, 0, 0))
        for ratio in (3, 4, 2):
            table.add_column(overflow="fold", ratio=ratio)
        for requirement, why, file in made.packages:
            table.add_row(Text(requirement), text_of(why), text_of(file, style="dim"))
        page.line()
        page.line(Padding(table, (0, 0, 0, 2)))
        if made.more_packages:
            page.say(msg("  and {n} that other packages need (--all lists them)", n=made.more_packages), style="dim")
    for section in made.sections:
        page.section(section)
    return page.done()
