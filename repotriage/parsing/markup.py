"""READMEs and other documents, in Markdown, reStructuredText, HTML or plain text, as blocks with their lines.

Every parser here is total: what cannot be read in its own markup is read as plain text.
Sizes are bounded, so that a hostile document costs little.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any, Literal
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from repotriage.models.document import Block, Document, Link
from repotriage.models.snapshot import File, Snapshot
from repotriage.parsing.rst import rst_blocks
from repotriage.parsing.urls import bare_links

MAX_DOCUMENTS = 80
_LED_TO = 35  # after guides and the better part of `docs/`, before READMEs of other folders
MAX_DOCUMENT = 400_000  # characters of one document that are read
MAX_ALL = 2_000_000  # characters of all documents together
_MAX_INLINE = 20_000  # Markdown's inline rules are not linear: longer paragraphs are read for their URLs only
_MAX_CELLS = 20_000  # of one HTML table

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_RST = (".rst", ".rest")
_HTML = (".html", ".htm")
_TEXT = (".txt", ".text", ".org", ".adoc", "")

_BOILERPLATE = re.compile(
    r"(?:licen[cs]e|copying|code[_-]?of[_-]?conduct|contribut|security|change|history|news|authors|maintainers"
    r"|notice|governance|pull_request|issue_template|support|release)",
    re.IGNORECASE,
)
_GUIDE = re.compile(
    r"(?:install|getting[_-]?started|quick[_-]?start|usage|model[_-]?zoo|modelzoo|models|train|eval|infer|test|demo"
    r"|data|benchmark|results|reproduc|tutorial|guide|example|finetun|pretrain|prepar|run)",
    re.IGNORECASE,
)
_VENDORED = re.compile(
    r"(?:^|/)(?:third[_-]?party|3rd[_-]?party|external|extern|vendor|vendored|submodules|node_modules|site-packages"
    r"|\.github|deps)/",
    re.IGNORECASE,
)
_LOCALE = re.compile(r"[._-](?:[a-z]{2}(?:[-_](?:[a-z]{2}|hans|hant))?|chinese|japanese|korean)$", re.IGNORECASE)


def parse_document(path: str, text: str) -> Document:
    """Read a document in the markup that its name tells.

    `.md` and the like are Markdown, `.rst` reStructuredText, `.html` HTML, all else plain text.
    Of a longer document only the first 400,000 characters are read.
    """
    text = text[:MAX_DOCUMENT].replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    name = path.rpartition("/")[2].lower()
    markup: Literal["markdown", "rst", "html", "text"]
    if name.endswith(_MARKDOWN):
        markup, blocks = "markdown", tuple(_markdown(text))
    elif name.endswith(_RST):
        markup, blocks = "rst", rst_blocks(text) or tuple(_plain(text))
    elif name.endswith(_HTML):
        markup, blocks = "html", tuple(_Headings().place(_html(text, 1)))
    else:
        markup, blocks = "text", tuple(_plain(text))
    return Document(path=path, markup=markup, blocks=blocks)


def documents(snapshot: Snapshot) -> tuple[Document, ...]:
    """The documents that a reader would open, in that order: at most 80, and 2 million characters in all.

    The README of the target comes first, then that of the root, then guides beside them
    (INSTALL, GETTING_STARTED, MODEL_ZOO, ...), `docs/`, the READMEs of other folders, and whatever
    else the first of them links to. Licences, changelogs and vendored code are left out.
    """
    ranked = sorted(
        (rank, file.path.count("/"), file.path.lower(), file.path, file)
        for file in snapshot.files
        if file.text is not None and (rank := _rank(file, snapshot.subdir)) is not None
    )
    if ranked:
        known = {path for _, _, _, path, _ in ranked}
        led_to = (file for file in _led_to(snapshot, ranked[0][4]) if file.path not in known)
        ranked += [(_LED_TO, file.path.count("/"), file.path.lower(), file.path, file) for file in led_to]
        ranked.sort()
    found: list[Document] = []
    budget = MAX_ALL
    for _, _, _, path, file in ranked[:MAX_DOCUMENTS]:
        text = (file.text or "")[:MAX_DOCUMENT]
        if len(text) > budget:
            continue
        budget -= len(text)
        found.append(parse_document(path, text))
    return tuple(found)


def _led_to(snapshot: Snapshot, first: File) -> Iterator[File]:
    """Documents in any folder that the first one links to: `assets/docs/training.md`."""
    own = f"github.com/{snapshot.name.lower()}/blob/"
    home = posixpath.dirname(first.path)
    document = parse_document(first.path, first.text or "")
    for url in dict.fromkeys(link.url.partition("#")[0] for block in document.blocks for link in block.links):
        _, inside, after = unquote(url).partition("://") if "://" in url else ("", "", "")
        if inside:
            target = after.partition("/blob/")[2].partition("/")[2] if after.lower().startswith(own) else ""
        else:
            target = posixpath.normpath(posixpath.join(home, unquote(url).lstrip("/"))) if url else ""
        file = snapshot.by_path.get(target)
        stem = posixpath.splitext(posixpath.basename(target).lower())[0]
        if file is None or file.text is None or not target.lower().endswith((*_MARKDOWN, *_RST)):
            continue
        if not _BOILERPLATE.match(stem) and not _VENDORED.search(f"{posixpath.dirname(target)}/"):
            yield file


def _rank(file: File, subdir: str) -> int | None:
    """Where a file stands in the reading order; None for what is no document."""
    folder, _, name = file.path.rpartition("/")
    stem, dot, extension = name.lower().partition(".") if name.count(".") == 1 else _split(name.lower())
    extension = dot + extension
    if extension not in (*_MARKDOWN, *_RST, *_HTML, *_TEXT) or _VENDORED.search(f"{folder}/"):
        return None
    readme = stem.startswith(("readme", "read_me", "read-me"))
    if extension in _HTML and not readme:
        return None
    original = not _LOCALE.search(stem)
    kind = 0 if extension in _MARKDOWN else 1 if extension in _RST else 2
    if readme:
        if folder == subdir:
            return kind if original else 4 + kind
        if folder == "":
            return 8 + kind if original else 12 + kind
        inside = not subdir or folder.startswith(f"{subdir}/")
        return (40 if inside else 60) + (0 if original else 5)
    if _BOILERPLATE.match(stem) or (extension in _TEXT and not (_GUIDE.match(stem) and extension != "")):
        return 20 if stem == "install" else None
    if folder in ("", subdir):
        return (20 if _GUIDE.search(stem) else 22) + (0 if original else 1)
    if folder.split("/")[0].lower() in ("docs", "doc", "documentation") and extension not in _TEXT:
        return (30 if _GUIDE.search(stem) else 50) + (0 if original else 5)
    return 45 if _GUIDE.match(stem) and extension not in _TEXT else None


def _split(name: str) -> tuple[str, str, str]:
    stem, dot, extension = name.rpartition(".")
    return (stem, dot, extension) if dot else (extension, "", "")


class _Headings:
    """The titles above a block."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []

    def place(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            if block.kind == "heading" and block.level is not None:
                while self._stack and self._stack[-1][0] >= block.level:
                    self._stack.pop()
            above = tuple(title for _, title in self._stack)
            yield block.model_copy(update={"headings": above}) if above else block
            if block.kind == "heading" and block.level is not None:
                self._stack.append((block.level, block.text))


# ---------------------------------------------------------------- Markdown


def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    # Inline rules run block by block below, so that their cost is bounded.
    return parser.disable(["inline", "text_join"])


def _markdown(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    tables = list(_html_tables(lines))
    for first, last in tables:
        for number in range(first, last + 1):
            lines[number] = ""
    env: dict[str, Any] = {}
    parser = _block_parser()
    inline = MarkdownIt("commonmark", {"maxNesting": 20})
    try:
        tokens = parser.parse("\n".join(lines), env)
    except RecursionError:
        yield from _plain(text)
        return
    source = text.split("\n")
    blocks = list(_token_blocks(tokens, inline, env))
    for first, last in tables:
        blocks.extend(_html("\n".join(source[first : last + 1]), first + 1))
    blocks.sort(key=lambda block: block.line)
    yield from _Headings().place(blocks)


def _html_tables(lines: list[str]) -> Iterator[tuple[int, int]]:
    """(first, last) line index of each HTML table outside code: blank lines in it do not end it for a reader."""
    fence: str | None = None
    start: int | None = None
    depth = 0
    for index, line in enumerate(lines):
        if start is None:
            mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
            if mark and fence is None:
                fence = mark[1]
            elif mark and fence and mark[1].startswith(fence) and not line.strip().strip("`~"):
                fence = None
            if fence is not None:
                continue
        low = line.lower()
        opened, closed = len(re.findall(r"<table[\s>]", low + " ")), low.count("</table")
        if start is None and opened and re.match(r"\s*<", line):
            start = index
            depth = 0
        if start is not None:
            depth += opened - closed
            if depth <= 0:
                yield start, index
                start = None


def _token_blocks(tokens: list[Token], inline: MarkdownIt, env: dict[str, Any]) -> Iterator[Block]:
    containers: list[str] = []
    fresh_item = False
    heading: int | None = None
    table: _MarkdownTable | None = None
    for token in tokens:
        match token.type:
            case "list_item_open":
                containers.append("item")
                fresh_item = True
            case "blockquote_open":
                containers.append("quote")
            case "list_item_close" | "blockquote_close":
                containers.pop()
                fresh_item = False
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = None
            case "table_open":
                table = _MarkdownTable()
            case "tr_open" if table is not None and token.map:
                table.rows.append([])
                table.lines.append(token.map[0] + 1)
            case "table_close" if table is not None:
                if table.rows:
                    yield table.block()
                table = None
            case "fence" | "code_block" if token.map:
                yield _code_block(token)
            case "html_block" if token.map:
                yield from _html(token.content, token.map[0] + 1)
            case "inline" if table is not None and table.rows:
                read = _Inline(token.content, table.lines[-1], inline, env)
                table.rows[-1].append(read.text)
                table.links += read.links
                table.codes += read.codes
            case "inline" if token.map:
                first = token.map[0] + 1
                read = _Inline(token.content, first, inline, env)
                kind: Literal["heading", "list_item", "quote", "paragraph"] = "paragraph"
                if heading is not None:
                    kind = "heading"
                elif fresh_item:
                    kind = "list_item"
                elif containers and containers[-1] == "quote":
                    kind = "quote"
                fresh_item = False
                yield Block(
                    kind=kind,
                    text=read.text,
                    line=first,
                    end_line=max(first, token.map[1]),
                    level=heading,
                    inline_code=tuple(read.codes),
                    links=tuple(read.links),
                )


def _code_block(token: Token) -> Block:
    map_ = token.map or [0, 0]
    first = map_[0] + (2 if token.type == "fence" else 1)
    content = token.content.rstrip("\n")
    words = token.info.split()
    return Block(
        kind="code",
        text=content,
        line=first,
        end_line=first + content.count("\n"),
        lang=words[0].strip("{}.").lower() if words else None,
        links=tuple(bare_links(content, first)),
    )


class _MarkdownTable:
    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.links: list[Link] = []
        self.codes: list[tuple[int, str]] = []

    def block(self) -> Block:
        return Block(
            kind="table",
            text="\n".join(" | ".join(row) for row in self.rows),
            line=self.lines[0],
            end_line=self.lines[-1],
            rows=tuple(tuple(row) for row in self.rows),
            row_lines=tuple(self.lines),
            inline_code=tuple(self.codes),
            links=tuple(self.links),
        )


class _Inline:
    """The text, links and code of one run of inline Markdown, with their lines."""

    def __init__(self, content: str, line: int, parser: MarkdownIt, env: dict[str, Any]) -> None:
        self.links: list[Link] = []
        self.codes: list[tuple[int, str]] = []
        self._content = content
        self._first = line
        self._at = 0
        self._text: list[str] = []
        self._open: list[tuple[str, int, int]] = []  # (url, line, index into _text) of the links that are open
        if len(content) > _MAX_INLINE:
            self.text = content
            self.links.extend(bare_links(content, line))
            return
        try:
            children = parser.parseInline(content, env)[0].children or []
        except RecursionError:
            children = [Token("text", "", 0, content=content)]
        for child in children:
            self._read(child)
        self.text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self._text)).strip()
        self.links.sort(key=lambda link: link.line)

    @property
    def _line(self) -> int:
        return self._first + self._content.count("\n", 0, self._at)

    def _advance(self, needle: str) -> None:
        found = self._content.find(needle, self._at)
        if found >= 0:
            self._at = found + len(needle)

    def _read(self, token: Token) -> None:
        match token.type:
            case "text":
                line = self._line
                self._advance(token.content)
                self._text.append(token.content)
                if not self._open:
                    self.links.extend(bare_links(token.content, line))
            case "softbreak" | "hardbreak":
                self._advance("\n")
                self._text.append("\n")
            case "code_inline":
                self._advance(token.markup)
                line = self._line
                self._advance(token.markup)
                self.codes.append((line, token.content))
                self._text.append(token.content)
                self.links.extend(bare_links(token.content, line))
            case "link_open":
                self._advance("<" if token.markup == "autolink" else "[")
                self._open.append((str(token.attrs.get("href", "")), self._line, len(self._text)))
            case "link_close":
                self._leave_link()
                self._close()
            case "image":
                self._advance("![")
                alt = token.content
                line = self._line
                self._at += len(alt)
                self._leave_link()
                self.links.append(Link(url=str(token.attrs.get("src", "")), text=alt, line=line, image=True))
                if self._open:
                    self._text.append(alt)
            case "html_inline":
                line = self._line
                self._advance(token.content)
                self._html_tag(token.content, line)
            case _:
                pass

    def _leave_link(self) -> None:
        """Go past `](destination)`."""
        end = self._content.find("]", self._at)
        if end >= 0 and self._content.startswith("(", end + 1):
            close = self._content.find(")", end)
            self._at = close if close >= 0 else end
        elif end >= 0:
            self._at = end

    def _close(self) -> None:
        if self._open:
            url, line, since = self._open.pop()
            self.links.append(Link(url=url, text="".join(self._text[since:]).strip(), line=line))

    def _html_tag(self, tag: str, line: int) -> None:
        low = tag.lower()
        if low.startswith("</a"):
            self._close()
        elif low.startswith("<br"):
            self._text.append(" ")
        elif low.startswith(("<a", "<img", "<source", "<iframe", "<video")):
            reader = _TagReader()
            reader.feed(tag)
            for name, attributes in reader.tags:
                if name == "a" and attributes.get("href"):
                    self._close()  # an anchor in an anchor ends the first, as in a browser
                    self._open.append((attributes["href"], line, len(self._text)))
                elif name != "a" and attributes.get("src"):
                    alt = attributes.get("alt", "")
                    self.links.append(Link(url=attributes["src"], text=alt, line=line, image=True))
                    self._text.append(alt if self._open else "")


class _TagReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


# ---------------------------------------------------------------- HTML


def _html(text: str, first_line: int) -> list[Block]:
    """The blocks of a piece of HTML that begins at `first_line`."""
    reader = _HtmlReader(first_line)
    try:
        reader.feed(_tame(text))
        reader.close()
        return reader.finish()
    except (AssertionError, ValueError, RecursionError):  # html.parser on broken declarations
        return list(_plain(text, first_line))


# What begins like a tag and is none: html.parser would look for its end again and again.
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]{0,4000}>)")


def _tame(text: str) -> str:
    """`text` with comments blanked and stray `<` escaped, on the same lines: html.parser is linear on it."""
    pieces: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start)
        end = len(text) if end < 0 else end + 3
        pieces += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end
    pieces.append(text[at:])
    return _NO_TAG.sub("&lt;", "".join(pieces))


_BREAKING = frozenset(
    {"p", "div", "br", "ul", "ol", "hr", "section", "center", "details", "summary", "blockquote", "dl", "dt", "dd"}
)


class _HtmlReader(HTMLParser):
    def __init__(self, first_line: int) -> None:
        super().__init__(convert_charrefs=True)
        self._offset = first_line - 1
        self._blocks: list[Block] = []
        self._text: list[str] = []
        self._links: list[Link] = []
        self._codes: list[tuple[int, str]] = []
        self._start: int | None = None
        self._open: list[tuple[str, int, int]] = []
        self._kind: Literal["html", "heading", "code", "list_item"] = "html"
        self._level: int | None = None
        self._code_from: tuple[int, int] | None = None
        self._silent = 0
        self._table: _HtmlTable | None = None
        self._depth = 0

    @property
    def _line(self) -> int:
        return self.getpos()[0] + self._offset

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a" and attributes.get("href"):
            self.handle_endtag("a")  # an anchor in an anchor ends the first, as in a browser
            self._mark()
            self._open.append((attributes["href"], self._line, len(self._text)))
        elif tag in ("img", "source", "iframe", "video") and attributes.get("src"):
            self._mark()
            alt = attributes.get("alt", "")
            self._links.append(Link(url=attributes["src"], text=alt, line=self._line, image=True))
            self._text.append(alt if self._open else "")
        elif tag in ("script", "style"):
            self._silent += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._flush()
                self._table = _HtmlTable()
        elif self._table is not None:
            if tag == "tr" and self._depth == 1:
                self._end_cell()
                self._table.row(self._line)
            elif tag in ("td", "th") and self._depth == 1:
                self._end_cell()
                self._table.cell(self._line, attributes)
            elif tag == "br":
                self._text.append(" ")
        elif tag == "pre":
            self._flush()
            self._kind = "code"
        elif re.fullmatch(r"h[1-6]", tag):
            self._flush()
            self._kind, self._level = "heading", int(tag[1])
        elif tag == "li":
            self._flush()
            self._kind = "list_item"
        elif tag == "code" and self._kind != "code":
            self._code_from = (self._line, len(self._text))
        elif tag in _BREAKING and self._kind != "code":
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open:
            url, line, since = self._open.pop()
            self._links.append(Link(url=url, text=" ".join("".join(self._text[since:]).split()), line=line))
        elif tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif tag == "table" and self._depth:
            self._depth -= 1
            if self._depth == 0:
                self._end_table()
        elif self._table is not None:
            if tag in ("td", "th", "tr") and self._depth == 1:
                self._end_cell()
        elif tag == "code" and self._code_from is not None:
            line, since = self._code_from
            self._codes.append((line, "".join(self._text[since:])))
            self._code_from = None
        elif (
            (tag == "pre" and self._kind == "code")
            or (self._kind == "heading" and re.fullmatch(r"h[1-6]", tag))
            or (tag == "li")
        ):
            self._flush()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if data.strip():
            self._mark(self._line + len(data[: len(data) - len(data.lstrip())].split("\n")) - 1)
            if not self._open:
                self._links.extend(bare_links(data, self._line))
        self._text.append(data)

    def _mark(self, line: int | None = None) -> None:
        if self._start is None:
            self._start = self._line if line is None else line

    def _end_cell(self) -> None:
        if self._table is not None and self._table.open:
            self._table.end_cell(" ".join("".join(self._text).split()))
        self._text, self._open = [], []

    def _end_table(self) -> None:
        table = self._table
        if table is None:
            return
        self._end_cell()
        self._table = None
        block = table.block(self._line, tuple(self._links), tuple(self._codes))
        self._links, self._codes, self._start = [], [], None
        if block is not None:
            self._blocks.append(block)

    def _flush(self) -> None:
        raw = "".join(self._text)
        text = (
            raw.strip("\n") if self._kind == "code" else re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]+", " ", raw)).strip()
        )
        if self._start is not None and (text or self._links):
            last = self._start + text.count("\n") if self._kind == "code" else max(self._start, self._line)
            self._blocks.append(
                Block(
                    kind=self._kind,
                    text=text,
                    line=self._start,
                    end_line=last,
                    level=self._level,
                    inline_code=tuple(self._codes),
                    links=tuple(sorted(self._links, key=lambda link: link.line)),
                )
            )
        self._text, self._links, self._codes, self._open = [], [], [], []
        self._start, self._kind, self._level, self._code_from = None, "html", None, None

    def finish(self) -> list[Block]:
        """All blocks; what is still open is closed."""
        while self._open:
            self.handle_endtag("a")
        if self._table is not None:
            self._end_table()
        self._flush()
        return self._blocks


class _HtmlTable:
    """Rows of an HTML table, with cells that span rows or columns repeated in each."""

    def __init__(self) -> None:
        self._rows: list[dict[int, str]] = []
        self._lines: list[int] = []
        self._column = 0
        self._cells = 0
        self._span = (1, 1)
        self._hanging: dict[int, tuple[int, str]] = {}  # column → rows that it still spans, text
        self.open = False

    def row(self, line: int) -> None:
        self._rows.append({})
        self._lines.append(line)
        self._column = 0
        for column, (left, text) in list(self._hanging.items()):
            self._put(column, text)
            if left <= 1:
                del self._hanging[column]
            else:
                self._hanging[column] = (left - 1, text)

    def cell(self, line: int, attributes: dict[str, str]) -> None:
        if not self._rows:
            self.row(line)

        def span(name: str, most: int) -> int:
            value = attributes.get(name, "1")
            return max(1, min(most, int(value))) if value.isascii() and value.isdigit() and len(value) < 6 else 1

        self._span = (span("rowspan", 200), span("colspan", 40))
        self.open = True

    def end_cell(self, text: str) -> None:
        rows, columns = self._span
        while self._column in self._rows[-1]:
            self._column += 1
        for column in range(self._column, self._column + columns):
            self._put(column, text)
            if rows > 1:
                self._hanging[column] = (rows - 1, text)
        self._column += columns
        self.open = False

    def _put(self, column: int, text: str) -> None:
        if self._cells < _MAX_CELLS:
            self._cells += 1
            self._rows[-1][column] = text

    def block(self, end_line: int, links: tuple[Link, ...], codes: tuple[tuple[int, str], ...]) -> Block | None:
        kept = [(line, row) for line, row in zip(self._lines, self._rows, strict=True) if row]
        if not kept:
            return None
        rows = tuple(tuple(row[column] for column in sorted(row)) for _, row in kept)
        return Block(
            kind="table",
            text="\n".join(" | ".join(row) for row in rows),
            line=kept[0][0],
            end_line=max(end_line, kept[-1][0]),
            rows=rows,
            row_lines=tuple(line for line, _ in kept),
            inline_code=codes,
            links=tuple(sorted(links, key=lambda link: link.line)),
        )


# ---------------------------------------------------------------- plain text


def _plain(text: str, first_line: int = 1) -> Iterator[Block]:
    yield from _Headings().place(_plain_blocks(text.split("\n"), first_line))


def _plain_blocks(lines: list[str], first_line: int) -> Iterator[Block]:
    """Paragraphs between blank lines; underlined lines are headings, indented or prompted ones are code."""
    index = 0
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        start = index
        while index < len(lines) and lines[index].strip():
            index += 1
        chunk = lines[start:index]
        if len(chunk) >= 2 and re.fullmatch(r"([=\-~*#])\1{2,}\s*", chunk[1]):
            level = 1 if chunk[1][0] in "=#" else 2
            yield Block(
                kind="heading",
                text=chunk[0].strip(),
                line=first_line + start,
                end_line=first_line + start + 1,
                level=level,
            )
            start += 2
            chunk = chunk[2:]
            if not chunk:
                continue
        body = "\n".join(chunk)
        code = all(re.match(r"(?:\t| {2,}|\s*[$>] )\S?", line) for line in chunk)
        item = re.match(r"\s*(?:[-*+•]|\d{1,3}[.)])\s", chunk[0])
        yield Block(
            kind="code" if code else "list_item" if item else "paragraph",
            text=body if code else body.strip(),
            line=first_line + start,
            end_line=first_line + index - 1,
            links=tuple(bare_links(body, first_line + start)),
        )
