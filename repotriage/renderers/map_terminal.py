"""A reading map for a terminal, a pipe or a log."""

from __future__ import annotations

from rich.text import Text

from repotriage.models.study import Study
from repotriage.reading.lookup import Lookup
from repotriage.renderers.map_outline import map_outline
from repotriage.renderers.terminal import Page
from repotriage.translation import Language, in_language


def render(
    study: Study, asked: Lookup | None = None, *, lang: Language = "en", width: int = 80, colour: bool = False
) -> str:
    """The map as text of `width` columns that ends with a newline."""
    made = in_language(map_outline(study, asked), lang)
    page = Page(width=width, colour=colour, lang=lang)
    page.line(Text(made.name, style="bold", overflow="fold"))
    for fact in made.facts:
        page.say(fact)
    for section in made.sections:
        page.section(section)
    return page.done()
