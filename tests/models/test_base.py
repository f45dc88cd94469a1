from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from repotriage.models.base import Message, clean, msg


def test_a_message_fills_its_fields() -> None:
    assert str(msg("{n:,} stars, {share:.0%} of {what}", n=12345, share=0.5, what="all")) == "12,345 stars, 50% of all"


def test_what_is_not_known_says_so() -> None:
    assert str(msg("stars: {n:,}", n=None)) == "stars: unknown"


def test_braces_in_a_value_are_no_fields() -> None:
    assert str(msg("{a}", a="{b} {0.__class__}")) == "{b} {0.__class__}"


def test_braces_can_be_written() -> None:
    assert str(msg("{{}} {a}", a="x")) == "{} x"


@pytest.mark.parametrize("template", ["{a.__class__}", "{a[0]}", "{a!r}", "{a:>9999999999}", "{}", "{", "{b}"])
def test_a_template_of_a_hostile_snapshot_is_refused(template: str) -> None:
    with pytest.raises(ValidationError):
        Message(template=template, values={"a": "x"})


def test_each_part_goes_through_its_own_escape() -> None:
    made = msg("<b> {a}", a="<i>").render(text=str.upper, value=str.title)
    assert made == "<B> <I>"


def test_the_template_is_translated_before_it_is_filled() -> None:
    translation = {"stars: {n}": "星标:{n}"}
    assert msg("stars: {n}", n=3).render(translate=translation.__getitem__) == "星标:3"


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "click"),
        ("a\r\nb\tc", "a b c"),
        ("\u202egpj.exe\u2066", "gpj.exe"),
        ("a\U000e0041b\u200b", "ab"),
        ("\x9b31mred", "red"),
    ],
)
def test_control_characters_are_stripped(hostile: str, plain: str) -> None:
    assert clean(hostile) == plain


@given(st.text())
def test_clean_text_is_one_printable_line_and_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(character in once for character in "\x1b\x07\n\r\t\x00\u202e")
