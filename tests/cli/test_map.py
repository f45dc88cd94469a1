"""`repotriage map` as a user starts it: each form, names, exit codes, nothing over the network."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from repotriage.cli.app import build
from repotriage.fetchers.snapshot_file import save
from tests.builders import snapshot

FILES = {
    "README.md": "# Demo\n\nTrain with\n\n```\npython train.py --lr 0.1\n```\n",
    "train.py": (
        "import argparse\nimport torch\nfrom nets import build\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--lr', type=float, default=0.01)\n"
        "def train(model, optimizer):\n    loss = model(1)\n    loss.backward()\n    optimizer.step()\n"
        "if __name__ == '__main__':\n    train(build('res'), None)\n"
    ),
    "nets.py": (
        "import torch\n\n\nclass Res(torch.nn.Module):\n    def forward(self, x):\n        return x\n\n\n"
        "ARCHS = {'res': Res}\n\n\ndef build(name):\n    return ARCHS[name]()\n"
    ),
    "configs/a.yaml": "model: res\n",
}


@pytest.fixture
def saved(tmp_path: Path) -> str:
    path = tmp_path / "it.json.gz"
    save(snapshot(FILES), path)
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(), ["map", *arguments, "--no-cache"])


def test_the_terminal_shows_what_to_read_in_order(saved: str) -> None:
    result = run(saved)
    assert (result.exit_code, result.stderr) == (0, "")
    for words in ("python train.py --lr 0.1", "backward", "train.py:8", "nets.py:4", "ARCHS"):
        assert words in result.stdout
    assert "lr: 0.01" in result.stdout
    assert "0.01 (argparse) · 0.1 (command)" in result.stdout


def test_json_is_the_whole_map(saved: str) -> None:
    made = json.loads(run(saved, "--format", "json").stdout)
    assert made["schema_version"] == 1
    assert {"entry_points", "stations", "registered", "hyperparameters"} <= set(made["map"])
    assert "name" not in made
    hit = json.loads(run(saved, "--format", "json", "--name", "res").stdout)["name"]["hits"][0]
    assert (hit["symbol"], hit["at"]["path"], hit["at"]["line"]) == ("Res", "nets.py", 4)
    assert [place["path"] for place in hit["via"]] == ["configs/a.yaml", "nets.py"]


def test_mermaid_is_a_flowchart_in_a_fence_whose_labels_are_quoted(saved: str) -> None:
    for arguments in ((), ("--name", "res"), ("--name", "nothing")):
        lines = run(saved, "--format", "mermaid", *arguments).stdout.splitlines()
        assert (lines[0], lines[1], lines[-1]) == ("```mermaid", "flowchart LR", "```")
        identifier = r"(?!end\b)[a-z]\w*"
        label = r'\["[\w ./:,()=+#;-]*"\]'
        node = rf"{identifier}(?:{label})?"
        shape = re.compile(
            rf'subgraph {node}|end|{node}(?: (?:-->|-\.->)(?:\|"[\w ./:,()=+#;-]*"\|)? {node})?', re.ASCII
        )
        assert [line for line in lines[2:-1] if not shape.fullmatch(line.strip())] == []


def test_markdown_and_a_file(saved: str, tmp_path: Path) -> None:
    written = tmp_path / "map.md"
    result = run(saved, "-f", "markdown", "-o", str(written))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "train.py:8" in written.read_text(encoding="utf-8")


def test_a_name_is_followed_from_configuration_to_line(saved: str) -> None:
    result = run(saved, "--name", "res")
    assert result.exit_code == 0
    assert "ARCHS → Res at nets.py:4" in result.stdout
    assert "configs/a.yaml:1 → nets.py:9" in result.stdout


def test_an_unknown_name_ends_with_1_and_near_names(saved: str) -> None:
    result = run(saved, "--name", "rez")
    assert result.exit_code == 1
    assert "no registry, mapping or factory knows rez; the nearest names: res" in " ".join(result.stdout.split())


def test_a_target_that_cannot_be_read_ends_with_3(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json.gz"
    broken.write_bytes(b"not a snapshot")
    result = run(str(broken))
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "broken.json.gz" in result.stderr


def test_a_form_that_is_none_ends_with_2(saved: str) -> None:
    assert run(saved, "--format", "png").exit_code == 2


def test_nothing_is_asked_over_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    result = run(str(tmp_path), "--offline", "--name", "res")
    assert result.exit_code == 0, result.stderr
    assert "nets.py:4" in result.stdout


def test_a_repository_on_github_cannot_be_read_offline_without_a_cache() -> None:
    result = run("owner/name", "--offline")
    assert result.exit_code == 4
    assert result.stdout == ""


def test_the_words_are_chinese_on_request(saved: str) -> None:
    assert "名称" in run(saved, "--name", "res", "--lang", "zh").stdout
