import pytest

from repotriage.reading.results import table_to_reach
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


def test_measures_that_only_the_caption_names() -> None:
    text = "评测指标为：EM / F1\n\n| 模型 | 开发集 | 测试集 |\n|---|---|---|\n| BERT | 65.5 (64.4) | 70.0 (68.7) |\n"
    (table,) = read({"README.md": text}).results
    assert table.metrics == ("em", "f1")


def test_an_average_is_a_measure() -> None:
    text = "## Model List\n\n| Model | Avg. STS |\n|---|---|\n| [a](https://huggingface.co/o/a) | 76.25 |\n"
    (table,) = read({"README.md": text}).results
    assert (table.metrics, table.checkpoints) == (("Avg. STS",), ("https://huggingface.co/o/a",))


SPEED = "## Speed\n\n| Model | 416x416 accuracy |\n|---|---|\n| a | 12 |\n"


def test_the_table_to_reach_is_one_of_measures_that_the_readme_leads_to() -> None:
    reading = read({"README.md": f"{SPEED}\n## Results\n\n{TABLE}", "configs/x/README.md": TABLE})
    best = table_to_reach(reading.results)
    assert best is not None
    assert str(best.at) == "README.md:9"
    assert [(table.aside, table.linked) for table in reading.results] == [(True, True), (False, True), (False, False)]


def test_no_table_of_a_document_that_nothing_leads_to_is_to_be_reached() -> None:
    assert table_to_reach(read({"README.md": "# X\n", "configs/x/README.md": TABLE}).results) is None
    linked = read({"README.md": "[zoo](configs/x/README.md)\n", "configs/x/README.md": TABLE}).results
    assert table_to_reach(linked) is not None


def test_the_command_near_a_table_is_tied_to_it() -> None:
    commands = "```\npython train.py\n```\n\n```\npython test.py --x\n```\n"
    texts = {"README.md": f"{commands}\n## Results\n\n{TABLE}", "train.py": "", "test.py": ""}
    (table,) = read(texts).results
    assert str(table.command) == "README.md:6"


def test_rows_of_numbers_with_weights_are_results() -> None:
    text = "| Model | A | B |\n|---|---|---|\n" + "".join(
        f"| [m{n}](https://a.org/m{n}.pth) | {n}.5 | 7{n}.1 |\n" for n in range(3)
    )
    assert len(read({"README.md": f"## Files\n\n{text}"}).results) == 1
    assert read({"README.md": "## Files\n\n" + text.replace(".pth", ".html")}).results == ()


def test_cells_may_hold_one_number_of_each_measure() -> None:
    table = (
        "## Models\n| Set | Metric (S, wF) | Get |\n|---|---|---|\n| A | 0.92, 0.89, 881 | x |\n| B | 0.90 / 0.8 | x |"
    )
    (found,) = read({"README.md": table}).results
    assert found.metrics == ("Metric (S, wF)",)


def test_one_full_column_of_a_measure_is_enough() -> None:
    head = "| name | backbone | Data | box AP | Checkpoint | Config |\n|---|---|---|---|---|---|\n"
    table = (
        f"## Checkpoints\n{head}| T | Swin-T | O365 | 48.4 (zero-shot) | x | y |\n| B | Swin-B | COCO | 56.7 | x | y |"
    )
    (found,) = read({"README.md": table}).results
    assert found.metrics == ("box AP",)


def test_sizes_and_storage_of_weights_are_no_results() -> None:
    rows = "".join(f"| m{i} | [get](https://a.org/m{i}.ckpt) | {i}7 M | 1.{i} |\n" for i in range(1, 5))
    table = f"## Files\n| Name | Link | Parameter | Storage |\n|---|---|---|---|\n{rows}"
    assert read({"README.md": table}).results == ()


def test_a_link_to_a_folder_leads_to_the_readmes_one_below() -> None:
    texts = {"README.md": "See [examples](examples/).\n", "examples/a/README.md": f"## Results\n\n{TABLE}"}
    best = table_to_reach(read(texts).results)
    assert best is not None
    assert best.at.path == "examples/a/README.md"
