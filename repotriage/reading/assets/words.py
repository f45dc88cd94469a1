"""What words say that a link leads to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from functools import cache
from urllib.parse import unquote

from repotriage.data import table
from repotriage.reading.assets.hosts import LOOSE, Kind, extension


@cache
def _word_pattern(group: str) -> re.Pattern[str]:
    words = table("assets")["words"][group]
    starts = (re.escape(word) if ord(word[0]) > 0x2E80 else rf"(?<![a-z]){re.escape(word)}" for word in words)
    return re.compile("|".join(start.replace(re.escape("$"), r"s?(?![a-z0-9])") for start in starts))


@cache
def dataset_names() -> re.Pattern[str]:
    """The names by which datasets are known."""
    simulated = set(table("metrics")["datasets"]["simulated"])  # nothing to download
    names = sorted(set(table("metrics")["datasets"]["names"]) - simulated, key=lambda name: (-len(name), name))
    return re.compile(r"(?<![\w])(?:" + "|".join(map(re.escape, names)) + r")(?![\w])", re.IGNORECASE)


def mentions(text: str, group: str) -> int:
    """How many words of a group a text has, each once."""
    return len({match[0] for match in _word_pattern(group).finditer(text.lower()[:2000])})


def kind_by_words(texts: Iterable[str], around: Iterable[str], url: str, after: Iterable[str] = ()) -> Kind | None:
    """Weights or data, by the nearest words that tell.

    The link's own `texts` come first, then the name of the file, then what stands `around` the
    link, nearest first, then the words `after` which only the whole URL is left.
    """
    name = unquote(url.partition("://")[2].partition("/")[2])[-120:]
    for step in (*texts, posixpath.basename(name.rstrip("/")), *around, *after, name):
        kind = _of_words(step)
        if kind is not None:
            return kind
    return "weights" if extension(url)[0] == "weights" and extension(url)[1] not in LOOSE else None


def _of_words(text: str) -> Kind | None:
    weights, data = mentions(text, "weights"), mentions(text, "dataset")
    if weights != data:
        return "weights" if weights > data else "dataset"
    if not weights:
        return None
    # "models trained on the dataset": what is named first is what is linked.
    low = text.lower()
    kinds: Sequence[Kind] = ("weights", "dataset")
    first = min((match.start(), kind) for kind in kinds for match in _word_pattern(kind).finditer(low))
    return first[1]
