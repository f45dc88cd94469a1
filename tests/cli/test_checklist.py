from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from repotriage.cli.app import build
from repotriage.fetchers.snapshot_file import save
from tests.builders import github, issue, snapshot
from tests.index.house import House, serving

Run = Callable[..., Result]
TEXTS = {
    "README.md": "# Net\n```\npython train.py --lr 0.1 --data <data dir>\n```\n"
    "## Results\n| model | acc |\n|---|---|\n| ours | 91.2 |\n",
    "requirements.txt": "torch==1.7.1\n",
    "train.py": "import argparse\nimport torch\np = argparse.ArgumentParser()\np.add_argument('--epochs', default=9)\n"
    "if __name__ == '__main__':\n    loss.backward()\n",
}


@pytest.fixture
def house() -> Iterator[House]:
    found = House()
    found.wheel("torch", "1.7.1", "numpy", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    found.wheel("numpy", "1.19.5", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    with serving(found):
        yield found


@pytest.fixture
def run(tmp_path: Path, house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def checklist(texts: dict[str, str], *options: str) -> Result:
        facts = github(issues=(issue(7, opened=30, title="Out of memory while training", comments=3),))
        save(snapshot(texts, github=facts), tmp_path / "it.json.gz")
        arguments = ["checklist", "it.json.gz", "--no-cache", "--index-url", house.url, *options]
        return CliRunner().invoke(build(), arguments)

    return checklist


def test_the_list_in_markdown_has_a_box_for_each_action_and_each_command_in_a_fence(run: Run) -> None:
    result = run(TEXTS, "--no-solve")
    assert result.exit_code == 0, result.output
    assert re.findall(r"^## (\d)\.", result.stdout, re.MULTILINE) == [str(number) for number in range(8)]
    command = "  ```bash\n  python train.py --lr 0.1 --data DATA_DIR --epochs 1\n  ```\n"
    assert command in result.stdout
    assert "  - fill in: `DATA_DIR`" in result.stdout
    assert result.stdout.count("- [ ] ") > 10


def test_an_open_issue_that_tells_of_a_failure_stands_where_it_fails(run: Run) -> None:
    result = run(TEXTS, "--no-solve")
    assert "  - if it fails: open issue: Out of memory while training" in result.stdout
    assert "https://github.com/owner/name/issues/7" in result.stdout


def test_step_1_is_solved_for_the_host_that_is_asked_for(run: Run) -> None:
    result = run(TEXTS, "--solve", "--host", "cpu-linux")
    assert result.exit_code == 0, result.output
    assert "- planned for cpu-linux" in result.stdout
    assert "repotriage env it.json.gz --host cpu-linux --write env" in result.stdout
    assert "import torch" in result.stdout


def test_the_same_in_json(run: Run) -> None:
    found = json.loads(run(TEXTS, "--no-solve", "--format", "json").stdout)
    assert found["schema_version"] == 1
    assert [step["number"] for step in found["steps"]] == list(range(8))
    first = found["steps"][4]["actions"][0]
    assert (first["command"], first["fill_in"]) == (
        "python train.py --lr 0.1 --data DATA_DIR --epochs 1", ["DATA_DIR"],
    )  # fmt: skip
    assert [place["path"] for place in first["evidence"]] == ["README.md", "train.py"]


def test_in_chinese_no_sentence_is_left_in_english(run: Run) -> None:
    result = run(TEXTS, "--no-solve", "--lang", "zh")
    assert "## 4. 跑通最小规模的训练" in result.stdout
    for line in result.stdout.splitlines():
        prose = re.sub(r"`[^`]*`|\[[^\]]*\]\([^)]*\)|https?://\S+", "", line)
        if re.match(r"\s*- ", line) and not re.search(r"[\u4e00-\u9fff]", prose):
            assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", prose), line


def test_a_file_takes_the_list(run: Run, tmp_path: Path) -> None:
    result = run(TEXTS, "--no-solve", "--output", "list.md")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "list.md").read_text().startswith("# Reproduction checklist: owner/name\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["checklist", "no such target!"], 2),
        (["checklist", "gone.json.gz"], 2),
        (["checklist", "owner/name", "--offline", "--no-cache"], 4),
        (["checklist", "it.json.gz", "--host", "no-such-host"], 2),
        (["checklist", "it.json.gz", "--format", "pdf"], 2),
    ],
)
def test_what_cannot_be_listed(arguments: list[str], code: int, run: Run) -> None:
    assert run({}, "--no-solve").exit_code == 0
    assert CliRunner().invoke(build(), arguments).exit_code == code


def test_offline_the_environment_stays_to_be_found(run: Run) -> None:
    result = run(TEXTS, "--solve", "--offline")
    assert result.exit_code == 0, result.output
    assert "Find an environment; none is known to solve yet" in result.stdout


def test_what_the_repository_wrote_is_shown_and_does_nothing() -> None:
    from repotriage import plan
    from repotriage.pipeline import analyse
    from repotriage.renderers import checklist_markdown
    from repotriage.scorer import load_profile

    texts = TEXTS | {"README.md": "```\npython train.py --name '```' --x '</details>|$(rm -r .)'\n```\n<!-- x -->\n"}
    whole = snapshot(texts)
    text = checklist_markdown.render(plan.checklist(analyse(whole, load_profile("default")), "it"), whole)
    fenced = "  ````bash\n  python train.py --name '```' --x 'DETAILS|$(rm -r .)'\n  ````\n"
    assert fenced in text
    outside = re.sub(r"^  (`{3,})bash\n.*?^  \1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "</details>" not in re.sub(r"`+[^`\n]+`+", "", outside)
