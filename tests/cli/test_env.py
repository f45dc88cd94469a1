from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from repotriage.cli.app import build
from repotriage.fetchers.snapshot_file import save
from tests.builders import snapshot
from tests.index.house import House, serving

Run = Callable[..., Result]


@pytest.fixture
def house() -> Iterator[House]:
    found = House()
    found.wheel("torch", "1.7.1", "numpy", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    found.wheel("numpy", "1.19.5", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    found.wheel("a", "1.0", "numpy<1.19", uploaded="2020-12-10T00:00:00Z")
    with serving(found):
        yield found


@pytest.fixture
def run(tmp_path: Path, house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def env(texts: dict[str, str], *options: str) -> Result:
        save(snapshot(texts), tmp_path / "it.json.gz")
        arguments = ["env", "it.json.gz", "--no-cache", "--index-url", house.url, *options]
        return CliRunner().invoke(build(), arguments)

    return env


def test_an_environment_and_its_files(run: Run, tmp_path: Path) -> None:
    result = run({"requirements.txt": "torch==1.7.1\n", "train.py": "import torch\n"}, "--write", "out")
    assert result.exit_code == 0, result.output
    assert "It solves: 2 packages on Python 3.8." in result.stdout
    lock = tomllib.loads((tmp_path / "out" / "pylock.toml").read_text())
    assert [package["name"] for package in lock["packages"]] == ["numpy", "torch"]
    assert lock["packages"][0]["wheels"][0]["url"].endswith("/files/numpy-1.19.5-cp38-cp38-manylinux1_x86_64.whl")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "Dockerfile", "environment.yml", "install.sh", "pylock.toml", "requirements.lock",
    ]  # fmt: skip


def test_json_and_the_gpu_that_is_planned_for(run: Run) -> None:
    result = run({"requirements.txt": "torch==1.7.1\n"}, "--format", "json", "--gpu", "GeForce RTX 3090")
    found = json.loads(result.stdout)["environment"]
    torch = found["best"]["pins"][1]
    assert (torch["name"], torch["local"], torch["index_url"]) == (
        "torch", "cu110", "https://download.pytorch.org/whl/cu110",
    )  # fmt: skip


def test_a_gpu_that_no_build_of_the_index_runs_on_is_told(run: Run) -> None:
    result = run({"requirements.txt": "torch==1.7.1\n"}, "--gpu", "GeForce RTX 5090")
    assert result.exit_code == 1
    assert "GeForce RTX 5090" in result.stdout


def test_a_conflict_is_explained_in_markdown(run: Run) -> None:
    result = run({"requirements.txt": "a==1.0\nnumpy==1.19.5\n"}, "--format", "markdown", "--python", "3.8")
    assert "a 1.0" in result.stdout
    assert "needs" in result.stdout
    assert "numpy" in result.stdout


def test_what_cannot_be_asked_is_incomplete(run: Run) -> None:
    result = run({"requirements.txt": "torch==1.7.1\n"}, "--offline")
    assert result.exit_code == 4
    assert "offline" in result.stdout


@pytest.mark.parametrize(
    "options",
    [
        ("--python", "three"),
        ("--as-of", "yesterday"),
        ("--gpu", "Voodoo 2"),
        ("--index-url", "file:///etc"),
        ("--host", "nowhere.json"),
    ],
)
def test_what_cannot_be_used_is_a_usage_error(run: Run, options: tuple[str, str]) -> None:
    result = run({"requirements.txt": "a\n"}, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")


def test_hostile_lines_reach_neither_the_network_nor_uv(run: Run, house: House) -> None:
    hostile = "\n".join(
        [
            "--index-url http://127.0.0.1:1/simple",
            "--find-links http://127.0.0.1:1/links",
            "-e git+https://x.example/a.git#egg=evil",
            "b @ https://x.example/b.whl",
            "c @ file:///etc/passwd",
            "-r /etc/passwd",
            "torch==1.7.1 ; python_version >= '3' and os_name == '$(touch /tmp/pwned)'",
            "d; touch /tmp/pwned",
            "torch==1.7.1",
            *(f"filler-{n}==1.0" for n in range(300)),
        ]
    )
    result = run({"requirements.txt": hostile}, "--format", "json", "--python", "3.8")
    assert result.exit_code in (0, 1), result.output
    assert not Path("/tmp/pwned").exists()
    asked = {path for path in house.log if path.startswith("/simple/")}
    assert all(path.startswith(("/simple/torch/", "/simple/numpy/", "/simple/filler-", "/simple/d/")) for path in asked)
