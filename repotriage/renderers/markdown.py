"""The report as Markdown (CommonMark with GitHub's tables), for an issue, a pull request or a job summary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from repotriage.models.base import Message, clean
from repotriage.models.location import Evidence
from repotriage.models.report import Report
from repotriage.models.snapshot import Snapshot
from repotriage.renderers.outline import (
    Item,
    Section,
    evidence_place,
    evidence_url,
    interval_text,
    known_text,
    more_text,
    outline,
)
from repotriage.translation import Language, in_language, translate

EVIDENCE_SHOWN = 5
_SPECIAL = re.compile(r"(?<=:)(?=//)|(?=[\\`*_{}\[\]<>#|~&$!])")
_LIST_START = re.compile(r"^(\d+)(?=[.)])|^(?=[-+=])")
_PLAIN = re.compile(r"(?!gh-\d)[^\W_]+(?:[ ,/%+-]+[^\W_]+)*%?|\d+(?:\.\d+)+", re.IGNORECASE)
_BACKTICKS = re.compile(r"`+")


def escape(text: str) -> str:
    """`text` of our own as Markdown that shows just these characters."""
    escaped = _SPECIAL.sub(r"\\", clean(text))
    escaped = _LIST_START.sub(lambda found: (found[1] or "") + "\\", escaped)
    return re.sub("@+", r"`\g<0>`", escaped)


def code(text: str) -> str:
    """`text` as a code span: no markup, HTML, link, mention, issue reference or emoji in it comes alive."""
    text = clean(text)
    if not text.strip():
        return ""
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def value(text: str) -> str:
    """What fills a field: bare when it is plain words or a number, else a code span."""
    text = clean(text)
    return text if _PLAIN.fullmatch(text) else code(text)


def sentence(message: Message) -> str:
    """A sentence with its values marked as values."""
    return message.render(text=escape, value=value)


def evidence_text(one: Evidence, snapshot: Snapshot) -> str:
    """A place as a link into the repository, with what stands there; "" when there is nothing to show."""
    place = code(evidence_place(one))
    url, ours = evidence_url(one, snapshot), snapshot.web_url()
    # Only places of the repository itself become links: a URL that a README names stays text.
    if place and url and ours and url.startswith(f"{ours}/"):
        place = f"[{place}]({quote(url, safe=':/?#=%')})"
    return f"{place} {code(one.text)}".strip() if one.text else place


def _item(item: Item, snapshot: Snapshot, lang: Language) -> Iterator[str]:
    name = f"{value(item.name)}: " if item.name else ""
    yield f"- **{sentence(item.mark)}** {name}{sentence(item.text)}"
    for message in item.below:
        yield f"  - {sentence(message)}"
    for one in item.evidence[:EVIDENCE_SHOWN]:
        shown = evidence_text(one, snapshot)
        if shown:
            yield f"  - {shown}"
    more = more_text(len(item.evidence) - EVIDENCE_SHOWN)
    if more is not None:
        yield f"  - {sentence(translate(more, lang))}"


def _lines(report: Report, lang: Language) -> Iterator[str]:
    made = in_language(outline(in_language(report, lang)), lang)
    snapshot = report.study.snapshot
    yield f"# {value(made.name)}"
    yield ""
    for fact in made.facts:
        yield f"- {sentence(fact)}"
    yield ""
    yield f"**{sentence(made.headline)}**"
    yield ""
    yield sentence(made.meaning)
    yield ""
    yield "| family | of 100 | |"
    yield "|---|---|---|"
    for row in made.families:
        known = known_text(row.interval)
        told = sentence(translate(known, lang)) if known else ""
        yield f"| {row.family} | {sentence(translate(interval_text(row.interval), lang))} | {told} |"
    for section in made.sections:
        yield from section_lines(section, snapshot, lang)


def section_lines(section: Section, snapshot: Snapshot, lang: Language = "en") -> Iterator[str]:
    """A heading and its items, after an empty line."""
    yield ""
    yield f"## {sentence(section.title)}"
    yield ""
    if section.note is not None:
        yield f"{sentence(section.note)}:"
        yield ""
    for item in section.items:
        yield from _item(item, snapshot, lang)


def render(report: Report, *, lang: Language = "en") -> str:
    """The report as Markdown that ends with a newline."""
    return "\n".join(_lines(report, lang)) + "\n"
