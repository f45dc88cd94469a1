"""URLs that stand bare in text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.document import Link

_URL = re.compile(r"(?:https?|ftp|gs|s3|hf)://[^\s<>\"'`\\{}|^，。；：（）、《》【】“”「」]{1,2000}", re.IGNORECASE)


def bare_links(text: str, first_line: int) -> Iterator[Link]:
    """Every URL of `text`, whose first line is `first_line`, without the punctuation that follows it."""
    if "://" not in text:
        return
    line, seen = first_line, 0
    for match in _URL.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        url = strip_punctuation(match[0])
        yield Link(url=url, text=url, line=line)


def strip_punctuation(url: str) -> str:
    """`url` without what the sentence put after it: full stops, commas, brackets that it does not open."""
    while url:
        last = url[-1]
        unopened = (last == ")" and url.count("(") < url.count(")")) or (
            last == "]" and url.count("[") < url.count("]")
        )
        if not unopened and last not in ".,;:!?*~":
            break
        url = url[:-1]
    # `[text](url)` in a place where Markdown is not read: the link ends at the bracket.
    return url.partition("](")[0] if "](" in url else url
