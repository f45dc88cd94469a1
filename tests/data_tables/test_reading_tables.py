import re
from typing import get_args

import pytest

from repotriage.data import table
from repotriage.models.reading import Role


@pytest.mark.parametrize(
    ("name", "rows"), [("assets", "host"), ("assets", "loader"), ("loggers", "logger"), ("library_settings", "call")]
)
def test_rows_that_state_a_fact_have_a_source_and_a_date(name: str, rows: str) -> None:
    for row in table(name)[rows]:
        assert row["source"].startswith("https://"), row
        assert row["date"].year >= 2026, row


def test_kinds_and_patterns_of_hosts_are_sound() -> None:
    for row in table("assets")["host"]:
        assert row["kind"] in ("weights", "dataset", "demo", "none", ""), row
        re.compile(row.get("path", ""))


def test_roles_are_roles() -> None:
    roles = set(get_args(Role))
    for section in ("words", "titles", "flags", "programs"):
        assert set(table("roles")[section]) <= roles, section


def test_no_word_tells_two_roles() -> None:
    for section in ("words", "titles", "flags"):
        words = [word for listed in table("roles")[section].values() for word in listed]
        assert len(words) == len(set(words)), section
