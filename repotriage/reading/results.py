"""Tables of results: Markdown, HTML or rst tables whose columns or rows are measures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from repotriage.data import table
from repotriage.models.document import Block, Document
from repotriage.models.location import Location
from repotriage.models.reading import ResultsTable

_NUMBER = re.compile(r"^[^\w]{0,3}[-+]?\d{1,9}(?:[.,]\d+)?\s*(?:%|±.*|\(.*\)|\+/-.*|[kKM]|[↑↓*†‡]+)?\W{0,3}$")
_MAX_ROWS = 400


@cache
def _metric_pattern() -> re.Pattern[str]:
    names = sorted(table("metrics")["metrics"]["strong"], key=len, reverse=True)
    parts = [
        re.escape(name) if ord(name[0]) > 0x2E80 else rf"(?<![a-z0-9]){re.escape(name)}(?![a-z])" for name in names
    ]
    return re.compile("|".join(parts))


@cache
def _title_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in table("metrics")["titles"]["results"]))


@cache
def _dataset_pattern() -> re.Pattern[str]:
    names = sorted(table("metrics")["datasets"]["names"], key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, names)) + r")(?![\w])", re.IGNORECASE)


def results_tables(documents: Sequence[Document]) -> Iterator[ResultsTable]:
    """Every table that shows results."""
    for document in documents:
        before = ""
        for block in document.blocks:
            if block.kind == "table":
                table = _read(document.path, block, before)
                if table is not None:
                    yield table
            before = block.text if block.kind in ("paragraph", "heading", "list_item", "html") else ""


def _read(path: str, block: Block, before: str) -> ResultsTable | None:
    header, *rows = block.rows
    while rows and not any(_NUMBER.match(cell) for cell in rows[0][1:]) and len(rows) > 1 and _is_header(rows[0]):
        # A second line of titles under cells that span: one title each.
        header = tuple(
            top if top == below or not below else f"{top} {below}".strip()
            for top, below in zip(header, (*rows[0], *[""] * len(header)), strict=False)
        )
        rows = rows[1:]
    cells = [cell for row in rows for cell in row[1:] if cell.strip(" -–—")]
    numbers = sum(_NUMBER.match(cell) is not None for cell in cells)
    if not cells or not numbers:
        return None
    low = [cell.lower() for cell in header]
    metrics = [cell for cell, text in zip(header, low, strict=True) if _metric_pattern().search(text)]
    if not metrics:
        # Measures may stand in the first column instead.
        metrics = [row[0] for row in rows if row and _metric_pattern().search(row[0].lower()) and len(row[0]) < 60]
    caption = before.strip().split("\n")[-1][:300]
    title = " ".join((*block.headings[-1:], caption))
    titled = any(pattern.search(title.lower()) for pattern in (_title_pattern(), _metric_pattern()))
    share = numbers / len(cells)
    if not ((metrics and (share >= 0.2 or numbers >= 3)) or (titled and share >= 0.4)):
        return None
    text = " ".join((title, *header, *(row[0] for row in rows[:_MAX_ROWS] if row)))
    datasets = dict.fromkeys(match[0] for match in _dataset_pattern().finditer(text))
    return ResultsTable(
        at=Location(path=path, line=block.line),
        caption=caption or " > ".join(block.headings[-2:])[:300],
        header=header,
        rows=tuple(rows[:_MAX_ROWS]),
        row_lines=block.row_lines[-len(rows) :][:_MAX_ROWS],
        metrics=tuple(dict.fromkeys(metrics)),
        datasets=tuple(datasets),
    )


def _is_header(row: Sequence[str]) -> bool:
    return any(_metric_pattern().search(cell.lower()) for cell in row)
