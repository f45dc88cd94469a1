"""Results that documents show as a picture or tell in a sentence, where no table gives them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import unquote, urlsplit

from repotriage.data import table
from repotriage.models.document import Block, Document, Link
from repotriage.models.location import Location
from repotriage.models.reading import ShownResults
from repotriage.reading.results import is_title_of_results

_MAX = 8
_LONGEST = 300
# Names of pictures: those of results, and those of all else that papers draw.
_RESULTS = re.compile(
    r"results?|ablation|comparison|benchmark|performance|scores?|metrics?|accuracy|objective|learning[-_ ]?curve|eval"
    r"|结果|对比|性能|精度",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"logo|badge|teaser|arch|framework|overview|pipeline|method|model|network|structure|diagram|demo|sample|example"
    r"|visual|qualitative|generat|banner|star|icon|架构|结构|示例",
    re.IGNORECASE,
)
_BADGES = re.compile(r"shields\.io|badge|/actions/workflows/|star-history|contrib\.rocks|colab", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s|[。！？\n]")
# What is measured of a dataset or of people, not of a model.
_OF_DATA = re.compile(
    r"\blabel(?:l?ing)? (?:accuracy|quality|noise|error)|\bannotat(?:or|ion)s?\b|\b(?:human|trained) experts?\b",
    re.IGNORECASE,
)
_VALUE = r"(?<![\w.])(?:\d{1,4}\.\d+(?![\w.])\s?%?|\d{1,3}\s?%)"


def shown_results(documents: Sequence[Document]) -> tuple[ShownResults, ...]:
    """The pictures of results of the first document that has any, else sentences with measures and their values.

    Sentences are those of the leading document and of others beside it.
    """
    home = posixpath.dirname(documents[0].path) if documents else ""
    beside = [one for one in documents if posixpath.dirname(one.path) == home]
    for of_block, read in ((_pictures, documents), (_sentences, beside)):
        for document in read:
            found = [one for block in document.blocks for one in of_block(document.path, block)]
            if found:
                return tuple(found[:_MAX])
    return ()


def _pictures(path: str, block: Block) -> Iterator[ShownResults]:
    if block.kind not in ("code", "table"):
        titled = any(is_title_of_results(title) for title in block.headings[-2:])
        for link in block.links:
            if link.image and _is_of_results(link, titled=titled):
                at = Location(path=path, line=link.line)
                yield ShownResults(kind="picture", text=link.text[:_LONGEST], at=at)


def _is_of_results(link: Link, *, titled: bool) -> bool:
    """Whether a picture shows results: by its name or text, else by the title above it."""
    if _BADGES.search(link.url):
        return False
    try:
        name = posixpath.splitext(posixpath.basename(unquote(urlsplit(link.url.replace("\\", "/")).path)))[0]
    except ValueError:
        return False
    told = f"{name} {link.text}"
    return (titled or _RESULTS.search(told) is not None) and not _OTHER.search(told)


@cache
def _measured() -> re.Pattern[str]:
    """The name of a measure next to a value; names that are words of everyday language tell nothing in a sentence."""
    rows = table("metrics")["metrics"]
    names = sorted(set(rows["strong"]) - set(rows["words"]), key=lambda name: (-len(name), name))
    measure = "(?<![\\w-])(?:" + "|".join(map(re.escape, names)) + ")(?![\\w-])"
    between = r"(?:\W{1,3}\w+){0,3}?\W{1,4}"
    return re.compile(f"{measure}{between}{_VALUE}|{_VALUE}{between}{measure}", re.IGNORECASE)


def _sentences(path: str, block: Block) -> Iterator[ShownResults]:
    if block.kind not in ("paragraph", "list_item"):
        return
    for offset, line in enumerate(block.text.split("\n")):
        for sentence in _SENTENCE.split(line[:2000]):
            if _measured().search(sentence[:1000]) and not _OF_DATA.search(sentence[:1000]):
                at = Location(path=path, line=min(block.line + offset, block.end_line))
                yield ShownResults(kind="sentence", text=sentence.strip()[:_LONGEST], at=at)
                break
