import json

import pytest
from typer.testing import CliRunner

from repotriage.cli.app import build
from repotriage.compat.tables import tables

runner = CliRunner()


def test_tables_are_listed_with_their_rows() -> None:
    answer = runner.invoke(build(), ["knowledge", "--format", "json"])
    assert answer.exit_code == 0
    listed = {row["table"]: row["rows"] for row in json.loads(answer.stdout)}
    assert listed["cliffs"] > 300
    assert listed["breakages"] > 60
    assert "torch-architectures" in runner.invoke(build(), ["knowledge"]).stdout


@pytest.mark.parametrize("table", [one.name for one in tables()])
def test_every_row_has_a_source_and_a_date(table: str) -> None:
    found = json.loads(runner.invoke(build(), ["knowledge", table, "--format", "json"]).stdout)
    assert found
    for row in found:
        assert row["source"].startswith(("https://", "http://"))
        assert row["date"] >= "2026-01-01"


def test_words_choose_rows() -> None:
    answer = runner.invoke(build(), ["knowledge", "gpus", "RTX 3090"])
    assert "compute_capability 8.6" in answer.stdout
    assert "V100" not in answer.stdout
    assert runner.invoke(build(), ["knowledge", "gpus", "imaginary"]).stdout == "rows: 0\n"


def test_an_unknown_table_names_those_that_there_are() -> None:
    answer = runner.invoke(build(), ["knowledge", "torches"])
    assert answer.exit_code == 2
    assert "one of: torch," in answer.stderr
