from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from repotriage.models.text import clean
from repotriage.renderers.markdown import code, escape, render, value
from tests.renderers import reports

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:alert(1))",
    "`` ` ``` <b>",
    "@everyone #1 owner/name#2 GH-3",
    "| a | b |\n|---|---|",
    "\n\n# heading\n\n- item",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "https://evil.example www.evil.example",
    "*bold* _it_ ~~gone~~ &amp; &#64;",
    "```",
    "\\",
]


def inline(markdown: str) -> Iterator[Token]:
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def shape(markdown: str) -> list[tuple[str, str]]:
    """What the Markdown is made of, without its words."""
    return [
        (token.type, token.tag)
        for token in inline(markdown)
        if token.type not in ("text", "code_inline", "text_special")
    ]


def words(markdown: str) -> str:
    return "".join(token.content for token in inline(markdown) if token.type in ("text", "code_inline"))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_repository_changes_words_only(text: str) -> None:
    made = render(reports.report(text))
    assert shape(made) == shape(render(reports.report()))
    assert not any(token.type in ("html_inline", "html_block", "image") for token in inline(made))
    assert clean(text).strip() in words(made)


@given(st.text(max_size=30))
@settings(max_examples=40)
def test_links_lead_only_to_the_repository(text: str) -> None:
    links = [token.attrs["href"] for token in inline(render(reports.report(text))) if token.type == "link_open"]
    assert links
    assert all(str(link).startswith("https://github.com/owner/") for link in links)


@given(st.text(max_size=40))
@example("1. a")
@example("- a")
@example("a `b` c")
@example("@@")
def test_our_own_words_show_as_they_are(text: str) -> None:
    text = " ".join(clean(text).split())
    tokens = list(inline(escape(text)))
    assert "".join(token.content for token in tokens if token.type in ("text", "code_inline")) == text
    assert not {token.type for token in tokens} - {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}


@given(st.text(max_size=40))
@example("`")
@example(" a ")
@example("``a`")
def test_a_code_span_shows_the_text_and_nothing_else(text: str) -> None:
    made = code(text)
    if not clean(text).strip():
        assert made == ""
        return
    (span,) = [token for token in inline(f"x {made} y") if token.type == "code_inline"]
    assert span.content == clean(text)


@pytest.mark.parametrize("text", ["setup tools", "12,345", "3.11.7", "MIT", "中文", "70%", "2026-01-01"])
def test_plain_words_need_no_quoting(text: str) -> None:
    assert value(text) == text


@pytest.mark.parametrize(
    "text", ["@user", "#1", "gh-12", "GH-12", "a_b", "www.x.org", ":boom:", "a@b.c", "1. a", "- a"]
)
def test_what_github_would_bring_to_life_is_quoted(text: str) -> None:
    assert value(text) == f"`{text}`"


def test_a_repository_of_which_nothing_is_known() -> None:
    assert "No score" in render(reports.empty())
