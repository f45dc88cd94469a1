"""Tables of results: Markdown, HTML or rst tables whose columns or rows are measures."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from urllib.parse import unquote

from repotriage.data import table
from repotriage.models.document import Block, Document
from repotriage.models.location import Location
from repotriage.models.reading import AssetLink, Command, ResultsTable
from repotriage.models.snapshot import Snapshot
from repotriage.reading.assets.hosts import extension

_NUMBER = re.compile(
    r"^[^\w]{0,3}[-+]?\d{1,9}(?:[.,]\d+)?(?:(?:, | ?/ ?)\d{1,9}(?:\.\d+)?){0,5}"  # "0.93, 0.89, 881"
    r"\s*(?:%|±.*|\(.*\)|\+/-.*|[kKM]|[↑↓*†‡]+)?\W{0,3}$"
)
_MAX_ROWS = 400
_NEAR = 40  # lines between a table and the command that gives its numbers
# Titles of tables that say what something costs or what changes it, not what the method reaches.
_ASIDE = re.compile(
    r"ablation|real-?time factor|speed"
    r"|latency|throughput|runtime|run[- ]?time|inference time|training time|\bfps\b|memory|hyper-?param"
    r"|learning rate|settings|configuration|complexity|efficien|消融|速度|耗时|学习率|超参|显存",
    re.IGNORECASE,
)
_COST = re.compile(
    r"\b(?:fps|rtf|ms|latency|speed|time|params?|parameters?|storage|g?flops|macs|memory|size|lr|learning rate|batch"
    r"|epochs?|steps|iter|iters|s/iter|throughput|hours?)\b|学习率|速度|显存|参数量",
    re.IGNORECASE,
)


@cache
def _metric_pattern() -> re.Pattern[str]:
    names = sorted(table("metrics")["metrics"]["strong"], key=len, reverse=True)
    parts = [
        re.escape(name) if ord(name[0]) > 0x2E80 else rf"(?<![a-z0-9]){re.escape(name)}(?![a-z])" for name in names
    ]
    return re.compile("|".join((*parts, r"^metrics?\b")))


def names_a_metric(title: str) -> bool:
    """Whether the title of a column or row names a measure."""
    return _metric_pattern().search(title.lower()) is not None


def is_title_of_results(title: str) -> bool:
    """Whether a title says that results stand below it."""
    return _title_pattern().search(title.lower()) is not None


@cache
def _title_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in table("metrics")["titles"]["results"]))


@cache
def _dataset_pattern() -> re.Pattern[str]:
    names = sorted(table("metrics")["datasets"]["names"], key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, names)) + r")(?![\w])", re.IGNORECASE)


def results_tables(snapshot: Snapshot, documents: Sequence[Document]) -> Iterator[ResultsTable]:
    """Every table that shows results."""
    linked = _linked(snapshot, documents)
    for document in documents:
        before = ""
        for block in document.blocks:
            if block.kind == "table":
                table = _read(document.path, block, before)
                if table is not None:
                    yield table.model_copy(update={"linked": document.path in linked})
            before = block.text if block.kind in ("paragraph", "heading", "list_item", "html") else ""


def _linked(snapshot: Snapshot, documents: Sequence[Document]) -> frozenset[str]:
    """The documents that the leading one leads to by links, and those that stand beside it."""
    by_path = {document.path: document for document in documents}
    waiting = [document.path for document in documents if posixpath.dirname(document.path) == snapshot.subdir]
    waiting = list(dict.fromkeys([*list(by_path)[:1], *waiting]))
    found = set(waiting)
    own = f"github.com/{snapshot.name.lower()}/"
    while waiting:
        path = waiting.pop()
        for link in (link for block in by_path[path].blocks for link in block.links):
            url = unquote(link.url.partition("#")[0])
            _, inside, after = url.partition(own) if own in url else url.lower().partition(own)
            if inside:  # .../blob/main/docs/results.md
                target = after.split("/", 2)[-1]
            elif "://" in url:
                continue
            else:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), url.lstrip("/")))
            new = [
                other
                for other in by_path
                if other not in found and (other.lower() == target.lower() or target in _folders(other))
            ]
            found.update(new)
            waiting.extend(new)
    return frozenset(found)


def _folders(path: str) -> tuple[str, str]:
    """The folder of a document and the one around it: a link to `examples/` leads to the READMEs one below."""
    folder = posixpath.dirname(path)
    return folder, posixpath.dirname(folder) if posixpath.basename(path).lower().startswith("readme") else folder


def tied(
    tables: Iterable[ResultsTable], assets: Sequence[AssetLink], commands: Sequence[Command]
) -> Iterator[ResultsTable]:
    """The tables with the weights that stand in them and the command that is shown nearest to each."""
    order: dict[str, int] = {"evaluate": 0, "train": 1}
    for found in tables:
        path, first = found.at.path, found.at.line or 0
        last = max(found.row_lines, default=first)
        here = [one for one in assets if one.kind == "weights" and one.at.path == path and one.url]
        near = [
            one
            for one in commands
            if one.role in order
            and one.script is not None
            and one.at.path == path
            and first - _NEAR <= (one.at.line or 0) <= last + _NEAR
        ]
        ends = (first, last)
        near.sort(key=lambda one: (order[one.role], min(abs((one.at.line or 0) - line) for line in ends)))
        yield found.model_copy(
            update={
                "checkpoints": tuple(dict.fromkeys(one.url for one in here if first <= (one.at.line or 0) <= last)),
                "command": near[0].at if near else None,
            }
        )


def table_to_reach(tables: Sequence[ResultsTable]) -> ResultsTable | None:
    """The table whose numbers a run is held against, of those that the README leads to.

    One of measures before one of ablations, speed or settings; in the document that comes first;
    one with weights to evaluate before one without.
    """
    own = [table for table in tables if table.linked]
    return min(
        own,
        key=lambda one: (one.aside, not one.metrics, one.at.path != own[0].at.path, not one.checkpoints),
        default=None,
    )


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
    measured = [row[i] for i, name in enumerate(header[1:], 1) if names_a_metric(name) for row in rows if i < len(row)]
    filled = len(measured) > 1 and sum(_NUMBER.match(cell) is not None for cell in measured) == len(measured)
    costing = {i for i, cell in enumerate(header) if _COST.search(cell)}
    told = sum(_NUMBER.match(cell) is not None for row in rows for i, cell in enumerate(row) if i and i not in costing)
    weighed = told >= 3 and any(extension(link.url)[0] == "weights" for link in block.links)
    if not ((metrics and (share >= 0.2 or numbers >= 3 or filled)) or (titled and share >= 0.4) or weighed):
        return None
    if not metrics:
        metrics = [match[0] for match in _metric_pattern().finditer(caption.lower())]  # "EM / F1:"
    costs = [cell for cell in header[1:] if _COST.search(cell)]
    aside = _ASIDE.search(" ".join(block.headings[-1:])) is not None or (
        bool(costs) and not any(map(names_a_metric, header))
    )
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
        aside=aside,
    )


def _is_header(row: Sequence[str]) -> bool:
    return any(_metric_pattern().search(cell.lower()) for cell in row)
