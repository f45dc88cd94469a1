import pytest

from repotriage import data


def test_a_table_is_parsed_and_kept() -> None:
    assert data.table("cohorts") is data.table("cohorts")
    assert all({"source", "date"} <= row.keys() for row in data.table("cohorts")["cohort"])


def test_a_table_that_is_not_there_is_a_fault_of_ours() -> None:
    with pytest.raises(FileNotFoundError, match="nothing"):
        data.table("nothing")
    assert data.text("nothing.toml") is None
