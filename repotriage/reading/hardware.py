"""Hardware and time that the documents state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from repotriage.models.document import Block, Document
from repotriage.models.location import Location
from repotriage.models.reading import Hardware

_GPU = re.compile(
    r"(?:\b\d{1,4}\s?[x×*]?\s?)?(?:NVIDIA\s)?(?:GeForce\s|Tesla\s|Quadro\s)?"
    r"(?:(?<![\w-])|(?<=\d[x×*]))(?:(?:RTX|GTX)[\s-]?A?\d{4}(?:\s?(?:Ti|SUPER|Ada)\b)?|TITAN(?:\s?(?:X|V|Xp|RTX))\b|TPU(?:\s?v\d[ep]?)?(?:-\d{1,4})?\b"
    r"|(?:10[678]0|20[678]0|30[678]0|40[678]0)\s?[Tt][Ii]\b|(?:A10|A30|A40|A100|A800|A6000|H100|H200|H800|V100|P100|P40|P4|K40|K80|M40|L4|L40|L40S|T4|B100|B200|MI\d{3}X?)s?\b)"
)
_MEMORY = re.compile(
    r"\b\d{1,3}\s?(?:GB|GiB|G)\s(?:of\s)?(?:GPU|VRAM|video|graphics|显存)[\w ]{0,20}"
    r"|(?:VRAM|显存)\D{0,20}\d{1,3}\s?(?:GB|GiB|G)\b",
    re.IGNORECASE,
)
_RAM = re.compile(r"\b\d{1,4}\s?(?:GB|GiB|TB)\s(?:of\s)?(?:RAM|memory|DRAM|内存)\b", re.IGNORECASE)
_DISK = re.compile(
    r"\b\d{1,4}(?:\.\d)?\s?(?:GB|GiB|TB|TiB)\s(?:of\s)?(?:free\s)?(?:disk|storage|space|硬盘)\b", re.IGNORECASE
)
_TIME = re.compile(
    r"(?:takes?|taking|took|train(?:s|ed|ing)?|runs?|within|finish(?:es)?|requires?|about|around|approximately|roughly"
    r"|~|需要|大约|约)[^.\n]{0,40}?\b\d{1,4}(?:\.\d{1,2})?[\s-]?"
    r"(?:(?:minutes?|mins?|hours?|hrs?|days?|weeks?|GPU[\s-]?(?:hours?|days?))\b|小时|分钟|天)",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\W*(?:training |train )?(?:time|hours|duration|训练时间|耗时)", re.IGNORECASE)
_MAX = 60
_MAX_SENTENCE = 200
_END = re.compile(r"[.!?](?:\s+|$)(?=[A-Z0-9(*_`\"']|$)|[。！？]")
_PATTERNS: tuple[tuple[Literal["gpu", "gpu_memory", "time", "ram", "disk"], re.Pattern[str]], ...] = (
    ("gpu", _GPU),
    ("gpu_memory", _MEMORY),
    ("time", _TIME),
    ("ram", _RAM),
    ("disk", _DISK),
)


def hardware(documents: Sequence[Document]) -> tuple[Hardware, ...]:
    """What each sentence states, with its words; the README first, at most 60."""
    return tuple(dict.fromkeys(fact for document in documents for fact in _of_document(document)))[:_MAX]


def _of_document(document: Document) -> Iterator[Hardware]:
    for block in document.blocks:
        if block.kind == "code":
            continue
        if block.rows:
            yield from _of_table(document.path, block)
            continue
        lines = [line[:2000] for line in block.text.split("\n")]
        whole = " ".join(lines)
        start = 0
        for offset, line in enumerate(lines):
            at = Location(path=document.path, line=min(block.line + offset, block.end_line))
            for kind, pattern in _PATTERNS:
                match = pattern.search(line)
                if match:
                    text = _sentence(whole, start + match.start(), start + match.end())
                    yield Hardware(kind=kind, text=text, at=at)
            start += len(line) + 1


def _of_table(path: str, block: Block) -> Iterator[Hardware]:
    """Rows that state hardware or time, under a title that says so where a cell alone would not."""
    titles = block.rows[0]
    for cells, line in zip(block.rows[1:], block.row_lines[1:], strict=False):
        plain = [" ".join(cell.split()) for cell in cells]
        for kind, pattern in _PATTERNS:
            named = (
                f"{'takes ' if _TIMES.match(title) else ''}{cell}" for title, cell in zip(titles, plain, strict=False)
            )
            if any(pattern.search(cell) for cell in named):
                text = " · ".join(cell for cell in plain if cell)[:_MAX_SENTENCE]
                yield Hardware(kind=kind, text=text, at=Location(path=path, line=line))


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence that holds a match; only the words around it where the sentence is long."""
    first = max((one.end() for one in _END.finditer(text, 0, start)), default=0)
    stop = _END.search(text, end)
    last = len(text) if stop is None else stop.end()
    sentence = text[first:last].strip()
    if len(sentence) <= _MAX_SENTENCE:
        return sentence
    around = _around(text, start, end)
    return f"{'' if sentence.startswith(around) else '… '}{around}{'' if sentence.endswith(around) else ' …'}"


def _around(line: str, start: int, end: int) -> str:
    """The words around a match: 60 characters to each side, whole words."""
    first, last = max(0, start - 60), min(len(line), end + 60)
    while 0 < first < start and not line[first - 1].isspace():
        first += 1
    while end < last < len(line) and not line[last].isspace():
        last -= 1
    return line[first:last].strip()
