"""A reading map as a Mermaid flowchart, in the form that GitHub renders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.base import clean
from repotriage.models.reading import Station
from repotriage.models.study import Study
from repotriage.reading.lookup import Lookup
from repotriage.renderers.map_outline import station_label
from repotriage.translation import Language, translate

_PLAIN = re.compile(r"[\w ./:,()=+-]", re.ASCII)
_MAX_LABEL = 90
_HITS_SHOWN = 8


def label(text: str) -> str:
    """`text` as a quoted label; whatever Mermaid, Markdown or HTML would read as markup becomes an entity code."""
    short = clean(text)
    short = short if len(short) <= _MAX_LABEL else short[: _MAX_LABEL - 1] + "…"
    return '"' + "".join(one if _PLAIN.match(one) else f"#{ord(one)};" for one in short) + '"'


def render(study: Study, asked: Lookup | None = None, *, lang: Language = "en") -> str:
    """A fenced Mermaid block that ends with a newline."""
    return "\n".join(("```mermaid", *_lines(study, asked, lang), "```")) + "\n"


def _lines(study: Study, asked: Lookup | None, lang: Language) -> Iterator[str]:
    yield "flowchart LR"
    if asked is not None:
        yield from _chain(asked)
        return
    reading = study.reading
    entries = [entry for entry in reading.entry_points if entry.rank == 1 and entry.role in ("train", "evaluate")]
    kinds: dict[str, list[Station]] = {}
    for station in reading.stations:
        kinds.setdefault(station.kind, []).append(station)
    for number, entry in enumerate(entries):
        yield f"  e{number}[{label(f'{entry.role}: {entry.path}')}]"
    previous: str | None = None
    for number, (kind, stations) in enumerate(kinds.items()):
        name = translate(station_label(stations[0]), lang)
        yield f"  subgraph s{number}[{label(str(name))}]"
        for index, station in enumerate(stations):
            yield f"    s{number}n{index}[{label(f'{station.symbol} · {station.at}')}]"
        yield "  end"
        if previous is None:
            for index, entry in enumerate(entries):
                if kind == "evaluation" or entry.role == "train":
                    yield f"  e{index} --> s{number}"
        else:
            yield f"  {previous} --> s{number}"
        previous = f"s{number}"
    if not kinds and not entries:
        yield f"  none[{label('nothing found')}]"


def _chain(asked: Lookup) -> Iterator[str]:
    yield f"  n[{label(asked.asked)}]"
    if not asked.hits:
        for index, place in enumerate(asked.mentions):
            yield f"  n -.-> w{index}[{label(str(place))}]"
        for index, name in enumerate(asked.nearest):
            yield f"  n -.-> m{index}[{label(name)}]"
        return
    for number, hit in enumerate(asked.hits[:_HITS_SHOWN]):
        previous = "n"
        for index, place in enumerate(hit.via):
            yield f"  {previous} --> h{number}v{index}[{label(str(place))}]"
            previous = f"h{number}v{index}"
        arrow = f"-->|{label(hit.registry)}|" if hit.registry else "-->"
        yield f"  {previous} {arrow} h{number}[{label(f'{hit.symbol} · {hit.at}')}]"
        if hit.makes is not None:
            yield f"  h{number} --> h{number}m[{label(f'{hit.makes} · {hit.makes_at}')}]"
