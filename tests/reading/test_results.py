import pytest

from tests.reading import read

TABLE = "| Model | ImageNet top-1 | Params |\n|---|---|---|\n| r50 | 76.1 ± 0.2 | 25M |\n| r101 | 77.4 | 44M |\n"


def test_a_table_of_measures() -> None:
    (table,) = read({"README.md": f"## Results\n\nOn ImageNet:\n\n{TABLE}"}).results
    assert str(table.at) == "README.md:5"
    assert (table.metrics, table.datasets) == (("ImageNet top-1",), ("ImageNet",))
    assert (table.rows[0], table.row_lines) == (("r50", "76.1 ± 0.2", "25M"), (7, 8))
    assert table.caption == "On ImageNet:"


def test_two_lines_of_titles_are_joined() -> None:
    html = (
        "<table><tr><th rowspan=2>Model</th><th colspan=2>COCO</th></tr><tr><th>box AP</th><th>mask AP</th></tr>"
        "<tr><td>r50</td><td>38.2</td><td>34.7</td></tr></table>"
    )
    (table,) = read({"README.md": html}).results
    assert table.header == ("Model", "COCO box AP", "COCO mask AP")
    assert table.rows == (("r50", "38.2", "34.7"),)


@pytest.mark.parametrize(
    "table",
    [
        "| Option | Meaning |\n|---|---|\n| lr | learning rate |\n",
        "| Python | torch |\n|---|---|\n| 3.8 | 1.7 |\n",
        "| File | Size |\n|---|---|\n| a.zip | 12 |\n",
    ],
)
def test_other_tables_are_none(table: str) -> None:
    assert read({"README.md": table}).results == ()
