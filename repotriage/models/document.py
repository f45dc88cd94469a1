"""A README or another text document, in blocks with their lines."""

from __future__ import annotations

from typing import Literal

from repotriage.models.base import Frozen


class Link(Frozen):
    """A link or image; `line` counts from 1 in the document."""

    url: str
    text: str = ""
    line: int
    image: bool = False


class Block(Frozen):
    """One block of a document.

    `text` is what a reader sees, without markup (code: as it stands). `line` and `end_line`
    count from 1, both included; for code they are the lines of the code itself, without
    the fences. `headings` are the titles above it, outermost first. `rows` are a table's
    cells, the header first; `row_lines` the line of each row.
    """

    kind: Literal["heading", "paragraph", "list_item", "code", "table", "html", "quote"]
    text: str
    line: int
    end_line: int
    headings: tuple[str, ...] = ()
    level: int | None = None  # of a heading
    lang: str | None = None  # of a code block
    rows: tuple[tuple[str, ...], ...] = ()
    row_lines: tuple[int, ...] = ()
    inline_code: tuple[tuple[int, str], ...] = ()  # (line, code)
    links: tuple[Link, ...] = ()


class Document(Frozen):
    """A parsed document; `markup` is what it was written in."""

    path: str
    markup: Literal["markdown", "rst", "html", "text"]
    blocks: tuple[Block, ...]
