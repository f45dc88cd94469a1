from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.models.document import Block
from repotriage.models.snapshot import File, Snapshot
from repotriage.parsing.markup import documents, parse_document

MARKDOWN = """\
# Title

Some `code` and [a
link](http://a.org/x) then
`more` http://b.org/y.

## Run

```bash
$ python train.py
```

Text:

    indented code

- item [![badge](http://img)](http://target)

| Model | Acc |
|---|---|
| [r50](http://w.org/r50.pth) | 76.1 |

<table>
  <tr><th>Name</th><th>AP</th></tr>

    <tr><td><a href="http://w.org/m.pth">m</a></td><td>42</td></tr>
</table>

<p align="center"><a href="http://demo"><img src="http://i" alt="Demo"></a></p>
"""


def kinds(blocks: tuple[Block, ...]) -> list[tuple[str, int]]:
    return [(block.kind, block.line) for block in blocks]


def test_markdown_blocks_have_exact_lines() -> None:
    document = parse_document("README.md", MARKDOWN)
    assert kinds(document.blocks) == [
        ("heading", 1),
        ("paragraph", 3),
        ("heading", 7),
        ("code", 10),
        ("paragraph", 13),
        ("code", 15),
        ("list_item", 17),
        ("table", 19),
        ("table", 24),
        ("html", 29),
    ]
    _, paragraph, run, code, _, _, item, table, html_table, badge = document.blocks
    assert paragraph.inline_code == ((3, "code"), (5, "more"))
    assert [(link.url, link.line) for link in paragraph.links] == [("http://a.org/x", 3), ("http://b.org/y", 5)]
    assert (run.headings, run.level) == (("Title",), 2)
    assert (code.text, code.lang, code.headings, code.end_line) == ("$ python train.py", "bash", ("Title", "Run"), 10)
    assert [(link.url, link.text, link.image) for link in item.links] == [
        ("http://img", "badge", True),
        ("http://target", "badge", False),
    ]
    assert (table.rows, table.row_lines) == ((("Model", "Acc"), ("r50", "76.1")), (19, 21))
    assert [(link.url, link.text, link.line) for link in table.links] == [("http://w.org/r50.pth", "r50", 21)]
    assert (html_table.rows, html_table.row_lines) == ((("Name", "AP"), ("m", "42")), (24, 26))
    assert [(link.url, link.line) for link in html_table.links] == [("http://w.org/m.pth", 26)]
    assert [(link.url, link.text, link.image) for link in badge.links] == [
        ("http://i", "Demo", True),
        ("http://demo", "Demo", False),
    ]


def test_html_cells_that_span_are_repeated() -> None:
    text = "<table><tr><th rowspan=2>M</th><th colspan=2>A</th></tr>\n<tr><th>x</th><th>y</th></tr></table>"
    (table,) = parse_document("README.md", text).blocks
    assert table.rows == (("M", "A", "A"), ("M", "x", "y"))
    assert table.row_lines == (1, 2)


def test_a_comment_is_not_read() -> None:
    document = parse_document("README.md", "<!-- \n[x](http://hidden.org)\n-->\n\nseen http://seen.org\n")
    assert [(link.url, link.line) for block in document.blocks for link in block.links] == [("http://seen.org", 5)]


RST = """\
Title
=====

A `link <http://x.org>`_ and ``code``
on http://bare.org .

Run::

    python train.py

.. code-block:: bash

    pip install x

.. include:: /etc/passwd

=====  ====
Model  Acc
=====  ====
r50    76
=====  ====

Sub
---

- item
"""


def test_rst_blocks_are_anchored_to_their_lines() -> None:
    document = parse_document("README.rst", RST)
    assert kinds(document.blocks) == [
        ("heading", 1),
        ("paragraph", 4),
        ("paragraph", 7),
        ("code", 9),
        ("code", 13),
        ("table", 18),
        ("heading", 23),
        ("list_item", 26),
    ]
    _, paragraph, _, code, listing, table, sub, item = document.blocks
    assert [(link.url, link.text, link.line) for link in paragraph.links] == [
        ("http://x.org", "link", 4),
        ("http://bare.org", "http://bare.org", 5),
    ]
    assert paragraph.inline_code == ((4, "code"),)
    assert (code.text, listing.lang) == ("python train.py", "bash")
    assert (table.rows, table.row_lines) == ((("Model", "Acc"), ("r50", "76")), (18, 20))
    assert (sub.level, item.headings) == (2, ("Title", "Sub"))


def test_plain_text() -> None:
    document = parse_document("README.txt", "Title\n=====\n\nSee http://a.org/x.\n\n    python a.py\n")
    assert kinds(document.blocks) == [("heading", 1), ("paragraph", 4), ("code", 6)]
    assert document.blocks[1].links[0].url == "http://a.org/x"


def snapshot(*paths: str, subdir: str = "") -> Snapshot:
    files = tuple(File(path=path, size=3, text="# x\n") for path in sorted(paths))
    return Snapshot(source="checkout", name="x", taken_at=datetime(2026, 1, 1, tzinfo=UTC), files=files, subdir=subdir)


def test_documents_come_in_reading_order() -> None:
    names = (
        "LICENSE.md",
        "README_zh.md",
        "README.md",
        "INSTALL.md",
        "docs/train.md",
        "a/README.md",
        "requirements.txt",
    )
    assert [document.path for document in documents(snapshot(*names))] == [
        "README.md",
        "README_zh.md",
        "INSTALL.md",
        "docs/train.md",
        "a/README.md",
    ]
    assert [document.path for document in documents(snapshot(*names, subdir="a"))][:2] == ["a/README.md", "README.md"]


def test_documents_are_bounded_in_number() -> None:
    many = [f"d{number}/README.md" for number in range(300)]
    assert len(documents(snapshot(*many))) == 80


HOSTILE = [
    "[",
    "*a **b ",
    "`a``",
    "<a ",
    "<!",
    "<!-- ",
    "> ",
    "- ",
    "  - a\n",
    "|a|b|\n",
    "<table><tr><td>",
    "[a](",
    "(",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("name", ["a.md", "a.html", "a.txt"])
def test_hostile_repetition_is_cheap(piece: str, name: str) -> None:
    parse_document(name, piece * (40_000 // len(piece)))


@pytest.mark.parametrize("piece", [*HOSTILE, ".. a::\n", "=\n", "+-+\n", "* ", "|a|_ ", ".. |a| replace:: |a|\n"])
def test_hostile_rst_is_cheap(piece: str) -> None:
    parse_document("a.rst", piece * (4_000 // len(piece)))


@given(
    st.sampled_from(["a.md", "a.rst", "a.html", "a.txt"]),
    st.text(alphabet="ab #*`[]()<>/!|-=_:.~+&\\\"'\n\t 1中\x00", max_size=120),
)
def test_total_and_within_the_document(name: str, text: str) -> None:
    document = parse_document(name, text)
    last = text.count("\n") + 1
    for block in document.blocks:
        assert 1 <= block.line <= block.end_line
        assert block.line <= last
        assert len(block.rows) == len(block.row_lines)
        assert all(1 <= link.line <= last for link in block.links)


@pytest.mark.parametrize("end", ["\n", "\n<p>x</p>\n"])
def test_an_anchor_in_an_anchor_ends_the_first(end: str) -> None:
    text = f"<a href='http://a'><img src='http://i'> <a href='http://b'><img src='http://j'></a>{end}"
    for shown in (f"x {text}", f"<div>{text}</div>"):
        links = [one.url for block in parse_document("a.md", shown).blocks for one in block.links if not one.image]
        assert links == ["http://a", "http://b"]
