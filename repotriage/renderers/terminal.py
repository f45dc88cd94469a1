"""The report for a terminal, a pipe or a log: plain words, readable at 80 columns and without colour."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from repotriage.models.base import Message, clean
from repotriage.models.location import Evidence
from repotriage.models.report import Report
from repotriage.models.score import Interval
from repotriage.renderers.outline import (
    Item,
    Outline,
    Section,
    evidence_place,
    glance,
    interval_text,
    known_text,
    more_text,
    outline,
)
from repotriage.translation import Language, in_language, translate

EVIDENCE_SHOWN = 2
_BAR_CELLS = 20
_MARK_STYLES = {"good": "green", "bad": "red", "unknown": "yellow", "-": "red", "+": "green"}
_TRAILING_BLANKS = re.compile(r"[ ]+$", re.MULTILINE)


def text_of(message: Message, style: str = "") -> Text:
    """A sentence as rich's text."""
    # Text is never parsed for rich's markup, and `clean` leaves no control character in it.
    return Text(clean(str(message)), style=style, overflow="fold")


def _bar(interval: Interval | None) -> Text:
    """Earned as full blocks, unknown as light ones, lost as dots."""
    if interval is None:
        return Text()
    low, high = (round(end * _BAR_CELLS) for end in (interval.low, interval.high))
    return Text("█" * low + "░" * (high - low) + "·" * (_BAR_CELLS - high))


def _families(made: Outline, lang: Language) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column(no_wrap=True)
    for row in made.families:
        known = known_text(row.interval)
        table.add_row(
            Text(row.family),
            text_of(translate(interval_text(row.interval), lang)),
            _bar(row.interval),
            text_of(translate(known, lang)) if known else None,
        )
    return table


def _evidence(one: Evidence) -> Text:
    line = Text(clean(evidence_place(one)), style="cyan", overflow="fold")
    if one.text:
        line.append("  " + clean(one.text), style="dim")
    return line


def _item(item: Item, table: Table, lang: Language) -> None:
    mark = text_of(item.mark)
    mark.stylize(_MARK_STYLES.get(mark.plain.split(" ")[0], _MARK_STYLES.get(mark.plain[:1], "bold")))
    text = text_of(item.text)
    if item.name:
        text = Text.assemble((clean(item.name), "bold"), ": ", text, overflow="fold")
    table.add_row(mark, text)
    for message in item.below:
        table.add_row("", Text.assemble("> ", text_of(message), overflow="fold"))
    for one in item.evidence[:EVIDENCE_SHOWN]:
        table.add_row("", _evidence(one))
    more = more_text(len(item.evidence) - EVIDENCE_SHOWN)
    if more is not None:
        table.add_row("", text_of(translate(more, lang), style="dim"))


def _section(section: Section, lang: Language) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=8)
    table.add_column(overflow="fold", ratio=1)
    for item in section.items:
        _item(item, table, lang)
    return table


class Page:
    """Text of `width` columns that is built line by line; `colour` adds ANSI colours, never meaning."""

    def __init__(self, *, width: int, colour: bool, lang: Language = "en") -> None:
        self._lang = lang
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=max(width, 40),
            force_terminal=colour,
            color_system="standard" if colour else None,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
            force_jupyter=False,
            _environ={},  # a renderer looks at its arguments alone
        )

    def line(self, *what: Text | Padding | Table) -> None:
        """Add what rich can show, or an empty line."""
        self._console.print(*what)

    def say(self, message: Message, style: str = "") -> None:
        """Add a sentence."""
        self.line(text_of(message, style))

    def section(self, section: Section) -> None:
        """Add a heading and its items, after an empty line."""
        self.line()
        heading = text_of(section.title, style="bold")
        if section.note is not None:
            heading.append(f" ({clean(str(section.note))})", style="not bold")
        self.line(heading)
        self.line(Padding(_section(section, self._lang), (0, 0, 0, 2)))

    def done(self) -> str:
        """The whole text."""
        return _TRAILING_BLANKS.sub("", self._out.getvalue())


def render(report: Report, *, every: bool = False, lang: Language = "en", width: int = 80, colour: bool = False) -> str:
    """The report as text of `width` columns that ends with a newline: what fits one screen, or `every` finding.

    `colour` adds ANSI colours, never meaning.
    """
    spoken = in_language(report, lang)
    made = in_language(outline(spoken) if every else glance(spoken), lang)
    page = Page(width=width, colour=colour, lang=lang)
    page.line(Text(made.name, style="bold", overflow="fold"))
    for fact in made.facts:
        page.say(fact)
    page.line()
    page.say(made.headline, style="bold")
    page.say(made.meaning)
    page.line()
    page.line(Padding(_families(made, lang), (0, 0, 0, 2)))
    for section in made.sections:
        page.section(section)
    return page.done()
