"""reStructuredText by docutils, with everything off that reads files, runs code or emits raw output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from repotriage.models.document import Block, Link
from repotriage.parsing.urls import bare_links

_MAX = 150_000  # characters; docutils needs about a second for them
# Directives that docutils does not know (Sphinx's) hold text that a reader sees.
_SPHINX_CODE = re.compile(r"^(\s*\.\. )(?:prompt|ipython|parsed-literal|sourcecode|testcode|highlight)::", re.MULTILINE)
# docutils keeps roles that a document defines for the whole process: made comments, on the same lines.
_ROLE = re.compile(r"^(\s*\.\. )(?:default-)?role::", re.MULTILINE)
_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": False,
    "syntax_highlight": "none",
    "smart_quotes": False,
    "line_length_limit": 20_000,
    "doctitle_xform": False,
    "embed_stylesheet": False,
}


def rst_blocks(text: str) -> tuple[Block, ...] | None:
    """The blocks of `text`, or None when docutils cannot read it (the caller reads it as plain text then).

    Includes, `raw` and files of tables stay unread. The lines of docutils are near the
    truth; each block is anchored to the source line that begins with its text.
    """
    from docutils.core import publish_doctree  # takes 0.1 s to import: only where there is a .rst

    source = _ROLE.sub(r"\1", _SPHINX_CODE.sub(r"\1code::", text[:_MAX]))
    try:
        tree = publish_doctree(source, settings_overrides=_SETTINGS)
    except Exception:
        return None
    reader = _Reader(text.split("\n"))
    try:
        blocks = tuple(reader.read(tree))
    except RecursionError:
        return None
    return blocks or None


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._squeezed = [" ".join(line.split()) for line in lines]
        self._cursor = 0  # index of the line after which the next block is looked for
        self._titles: list[str] = []

    def read(self, tree: Any) -> Iterator[Block]:
        from docutils import nodes

        stack: list[tuple[Any, bool]] = [(tree, False)]
        while stack:
            node, leave = stack.pop()
            if leave:
                self._titles.pop()
                continue
            if isinstance(node, nodes.title):
                yield self._block("heading", node, level=len(self._titles) + 1)
                if isinstance(node.parent, nodes.section):
                    self._titles.append(node.astext())
                continue
            if isinstance(node, nodes.section):
                # Its title, the first child, is pushed when it is read.
                if node.children and isinstance(node.children[0], nodes.title):
                    stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.children))
                continue
            if isinstance(node, nodes.literal_block | nodes.doctest_block):
                yield self._code(node)
                continue
            if isinstance(node, nodes.table):
                block = self._table(node)
                if block is not None:
                    yield block
                continue
            if isinstance(node, nodes.system_message | nodes.comment | nodes.substitution_definition | nodes.topic):
                continue
            if isinstance(node, nodes.paragraph | nodes.term | nodes.image):
                in_item = isinstance(node.parent, nodes.list_item) and node.parent.children[0] is node
                quote = isinstance(node.parent, nodes.block_quote)
                yield self._block("list_item" if in_item else "quote" if quote else "paragraph", node)
                continue
            stack.extend((child, False) for child in reversed(getattr(node, "children", ())))

    def _anchor(self, wanted: str, near: int | None) -> int:
        """The index of the source line where `wanted` begins, at or after the block before it."""
        first = next((" ".join(line.split()) for line in wanted.split("\n") if line.strip()), "")
        head = first[:60]
        if head:
            stop = len(self._lines) if near is None else min(len(self._lines), near + 40)
            for index in range(self._cursor, max(stop, self._cursor)):
                if head in self._squeezed[index]:
                    return index
        return min(max(self._cursor, (near or 1) - 1), max(0, len(self._lines) - 1))

    def _block(
        self, kind: Literal["heading", "list_item", "quote", "paragraph"], node: Any, level: int | None = None
    ) -> Block:
        source = node.rawsource or node.astext()
        start = self._anchor(source, node.line)
        last = start + source.rstrip("\n").count("\n")
        self._cursor = start + (1 if kind == "heading" else 0)
        links, codes = self._inline(node, start, last)
        self._cursor = max(self._cursor, last)
        return Block(
            kind=kind,
            text=node.astext(),
            line=start + 1,
            end_line=last + 1,
            headings=tuple(self._titles),
            level=level,
            inline_code=tuple(codes),
            links=tuple(links),
        )

    def _inline(self, node: Any, start: int, last: int) -> tuple[list[Link], list[tuple[int, str]]]:
        from docutils import nodes

        links: list[Link] = []
        codes: list[tuple[int, str]] = []
        found = node.findall() if not isinstance(node, nodes.image) else [node.parent, node]

        def line_of(text: str) -> int:
            head = " ".join(text.split())[:40]
            return (
                next((i for i in range(start, min(last + 1, len(self._lines))) if head in self._squeezed[i]), start) + 1
            )

        for part in found:
            if isinstance(part, nodes.reference) and part.get("refuri"):
                text = part.astext() or next((image.get("alt", "") for image in part.findall(nodes.image)), "")
                url = str(part["refuri"])
                line = line_of(part.rawsource.split("\n")[0] or text or url)
                if "://" in url and url in "\n".join(self._lines[start : last + 1]):
                    line = line_of(url)
                links.append(Link(url=url, text=text, line=line))
            elif isinstance(part, nodes.image) and part.get("uri"):
                uri = str(part["uri"])
                links.append(Link(url=uri, text=str(part.get("alt", "")), line=line_of(uri), image=True))
            elif isinstance(part, nodes.literal):
                code = part.astext()
                codes.append((line_of(code), code))
                links.extend(bare_links(code, line_of(code)))
        return links, codes

    def _code(self, node: Any) -> Block:
        text = node.astext().rstrip("\n")
        start = self._anchor(text, node.line)
        self._cursor = start + text.count("\n") + 1
        languages = [name for name in node.get("classes", ()) if name not in ("code", "literal-block")]
        return Block(
            kind="code",
            text=text,
            line=start + 1,
            end_line=start + text.count("\n") + 1,
            headings=tuple(self._titles),
            lang=languages[0].lower() if languages else None,
            links=tuple(bare_links(text, start + 1)),
        )

    def _table(self, node: Any) -> Block | None:
        from docutils import nodes

        rows: list[tuple[str, ...]] = []
        row_lines: list[int] = []
        links: list[Link] = []
        codes: list[tuple[int, str]] = []
        for row in node.findall(nodes.row):
            cells = [child for child in row.children if isinstance(child, nodes.entry)]
            texts = [" ".join(cell.astext().split()) for cell in cells]
            first = next((p for cell in cells for p in cell.findall(nodes.paragraph)), None)
            start = self._anchor(
                first.rawsource if first is not None else "", first.line if first is not None else None
            )
            self._cursor = start
            rows.append(tuple(texts))
            row_lines.append(start + 1)
            for cell in cells:
                more_links, more_codes = self._inline(cell, start, start + 20)
                links += more_links
                codes += more_codes
            self._cursor = min(start + 1, len(self._lines) - 1)
        if not rows:
            return None
        return Block(
            kind="table",
            text="\n".join(" | ".join(row) for row in rows),
            line=row_lines[0],
            end_line=row_lines[-1],
            headings=tuple(self._titles),
            rows=tuple(rows),
            row_lines=tuple(row_lines),
            inline_code=tuple(codes),
            links=tuple(links),
        )
