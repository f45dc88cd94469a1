from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.report import Report
from repotriage.models.score import Judged
from repotriage.models.text import clean
from repotriage.renderers.terminal import render
from tests.builders import gap, github, study
from tests.renderers import reports

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "[bold red]x[/bold red] [link=https://evil.example]y[/link] :boom:",
    "a\rb\x08\x07",
    "\u202eevil\u2066",
    "[/]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_repository_arrives_as_plain_text(text: str) -> None:
    shown = render(reports.report(text), width=2000)
    assert f"What {clean(text)} shows of itself." in shown
    assert not any(character in shown for character in "\x1b\r\x07\x08\u202e\u2066")


@given(st.text(max_size=30))
@settings(max_examples=30)
def test_no_control_character_and_no_lost_text_whatever_a_repository_says(text: str) -> None:
    shown = render(reports.report(text), width=2000)
    assert all(character == "\n" or clean(character) == character for character in shown)
    assert f"no weights in {clean(text)}".rstrip() in shown


def test_colour_adds_only_colour() -> None:
    plain = render(reports.report(), width=80)
    coloured = render(reports.report(), width=80, colour=True)
    assert "\x1b[" in coloured
    assert "\x1b]" not in coloured
    assert clean(coloured.replace("\n", "\\n")).replace("\\n", "\n").split() == plain.split()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_asked(width: int) -> None:
    long = "w" * 300
    for text in (reports.PLAIN, long, "自监督" * 100):
        shown = render(reports.report(text), width=width)
        assert max(cell_len(line) for line in shown.splitlines()) <= width


def test_nothing_is_cut_off_when_it_does_not_fit() -> None:
    long = "w" * 300
    shown = render(reports.report(long), every=True, width=80)
    assert shown.count("w") >= 40 * 300


def test_the_report_says_what_a_reader_needs() -> None:
    shown = render(reports.report(), every=True)
    for part in (
        "Score: 45 to 75 of 100",
        "What setup tools shows of itself.",
        "archived",
        "Biggest losses",
        "What would raise it",
        "What is not known",
        "setup tools.py:7",
        "forks: unknown",
        "try again after 2026-01-01 00:00 UTC",
        "requests counted: 3",
    ):
        assert part in shown


def test_a_repository_of_which_nothing_is_known() -> None:
    shown = render(reports.empty())
    assert "No score" in shown
    assert "does not apply" in shown


def test_no_licence_is_not_told_as_an_unknown_one() -> None:
    score = reports.empty().score
    known = Report(version="0.1.0", study=study(github=github()), score=score)
    assert "licence: GitHub recognises none" in render(known)
    cut = Report(version="0.1.0", study=study(github=github(), gaps=(gap("github.license_spdx"),)), score=score)
    assert "licence by GitHub: unknown" in render(cut)


def test_without_asking_for_all_it_fits_a_screen() -> None:
    shown = render(reports.report())
    for part in (
        "Score: 45 to 75 of 100",
        "archived",
        "Biggest losses",
        "What would raise it",
        "What is there",
        "--all",
    ):
        assert part in shown
    for part in ("Findings: ", "Dependencies", "requests counted"):
        assert part not in shown
    assert shown.count("\n") < 60


def test_what_is_unknown_for_one_reason_is_one_line() -> None:
    reason = msg("not asked")
    judged = tuple(
        Judged(finding=Finding(signal=name, verdict="unknown", summary=reason), family="upkeep", weight=0.1)
        for name in ("a", "b")
    )
    score = reports.empty().score.model_copy(update={"judged": judged})
    assert "+20.0     a, b: not asked" in render(Report(version="0", study=study(), score=score))
