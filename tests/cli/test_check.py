import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from repotriage.cli.app import build

runner = CliRunner()


def items(*words: str, exit_code: int = 0) -> dict[str, str]:
    answer = runner.invoke(build(), ["check", "--format", "json", *words])
    assert answer.exit_code == exit_code, answer.output
    return {item["name"]: item["state"] for item in json.loads(answer.stdout)["items"]}


def test_a_described_machine_alone() -> None:
    assert items("--host", "rtx3090") == {
        "disk": "ok",
        "driver": "ok",
        "host-compiler": "ok",
        "toolkit-gpu": "ok",
    }


def test_this_machine_alone_is_looked_at() -> None:
    answer = runner.invoke(build(), ["check"])
    assert answer.exit_code in (0, 1)
    assert "disk" in answer.stdout


def test_cuda_code_without_a_toolkit_fails(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("from torch.utils.cpp_extension import CUDAExtension\n", encoding="utf-8")
    words = [str(tmp_path), "--host", "cpu-linux", "--no-solve", "--offline", "--no-cache"]
    assert items(*words, exit_code=1)["toolkit"] == "fail"
    answer = runner.invoke(build(), ["check", *words])
    assert "install the CUDA toolkit" in answer.stdout
    assert "fail: 1" in answer.stdout


def test_an_environment_that_cannot_be_found_out_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("numpy==1.26.4\n", encoding="utf-8")
    answer = runner.invoke(build(), ["check", str(tmp_path), "--host", "rtx3090", "--offline", "--no-cache"])
    assert answer.exit_code == 4, answer.output
    assert "unknown  environment" in answer.stdout


@pytest.mark.parametrize("words", [["--host", "no-such-host"], ["--format", "odd"]])
def test_usage(words: list[str]) -> None:
    assert runner.invoke(build(), ["check", *words]).exit_code == 2
