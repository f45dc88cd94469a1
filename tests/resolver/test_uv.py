from __future__ import annotations

import json
import os
import select
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from repotriage.index.simple import SimpleIndex
from repotriage.index.target import Target
from repotriage.resolver.gateway import Gateway
from repotriage.resolver.question import Question, Solved, Unsolved
from repotriage.resolver.uv import UvSolver
from tests.index.house import House

PY38 = Target(python="3.8")


def ask(house: House, *lines: str, **more: object) -> tuple[dict[str, str] | Unsolved, Gateway]:
    index = SimpleIndex(url=house.url)
    with Gateway(index) as gateway, UvSolver(gateway) as solver:
        question = Question.model_validate({"requirements": lines, "target": PY38, **more})
        answer = solver.ask(question)
    index.close()
    if isinstance(answer, Solved):
        return {chosen.name: chosen.version for chosen in answer.packages}, gateway
    return answer, gateway


def test_a_plain_solve_respects_the_cutoff(house: House) -> None:
    house.wheel("a", "1.0", "b")
    house.wheel("b", "1.0")
    house.wheel("b", "2.0", uploaded="2022-01-01T00:00:00Z")
    assert ask(house, "a")[0] == {"a": "1.0", "b": "2.0"}
    assert ask(house, "a", cutoff=datetime(2021, 1, 1, tzinfo=UTC))[0] == {"a": "1.0", "b": "1.0"}
    assert ask(house, "a", cutoff=datetime(2021, 1, 1, tzinfo=UTC), exempt=(("b", None),))[0] == {
        "a": "1.0",
        "b": "2.0",
    }


def test_a_prerelease_is_taken_only_where_it_is_asked_for_or_nothing_else_is_there(house: House) -> None:
    house.wheel("a", "1.0", "b<2")
    house.wheel("a", "2.0rc1")
    house.wheel("b", "1.0")
    house.wheel("b", "2.0")
    house.wheel("c", "0.1b1")
    assert ask(house, "b", "a")[0] == {"a": "1.0", "b": "1.0"}
    assert ask(house, "b", "a>=2.0rc1")[0] == {"a": "2.0rc1", "b": "2.0"}
    assert ask(house, "c")[0] == {"c": "0.1b1"}


def test_wheels_for_the_macos_of_the_machine_are_taken(house: House) -> None:
    house.wheel("a", "1.0", tag="cp38-cp38-macosx_11_0_arm64")
    house.wheel("a", "2.0", tag="cp38-cp38-macosx_14_0_arm64")
    mac = Target(python="3.8", os="macos", arch="arm64")
    assert ask(house, "a", target=mac)[0] == {"a": "2.0"}
    assert ask(house, "a", target=mac.model_copy(update={"macos": "13.0"}))[0] == {"a": "1.0"}


def test_a_file_without_a_hash_is_not_fetched(house: House) -> None:
    house.wheel("a", "1.0")
    house.pages["a"][0]["hashes"] = {}
    assert ask(house, "a")[0] == {"a": "1.0"}


def test_only_source_is_solved_by_its_static_metadata(house: House) -> None:
    info = "Metadata-Version: 1.1\nName: a\nVersion: 1.0\n"
    house.sdist("a", "1.0", {"PKG-INFO": info, "a.egg-info/requires.txt": "b\npytz (>=2011k)\n"})
    house.wheel("b", "1.0")
    house.wheel("pytz", "2020.1")
    answer, _ = ask(house, "a")
    assert answer == {"a": "1.0", "b": "1.0", "pytz": "2020.1"}


def test_a_compiled_release_is_passed_over_and_named(house: House) -> None:
    info = "Metadata-Version: 1.1\nName: a\nVersion: 2.0\n"
    house.sdist("a", "2.0", {"PKG-INFO": info, "a.egg-info/PKG-INFO": info, "a.c": ""})
    house.wheel("a", "1.0")
    answer, gateway = ask(house, "a")
    assert answer == {"a": "1.0"}
    assert [(item.project, item.why.reason) for item in gateway.refused[PY38.key].values()] == [("a", "compiled")]
    assert ask(house, "a", sources="any")[0] == {"a": "2.0"}


def test_wheels_of_another_python_are_not_shown(house: House) -> None:
    house.wheel("a", "2.0", tag="cp311-cp311-manylinux1_x86_64")
    house.wheel("a", "1.0", tag="cp38-cp38-manylinux1_x86_64")
    assert ask(house, "a")[0] == {"a": "1.0"}


def test_a_conflict_is_no_solution_and_what_is_missing_is_named(house: House) -> None:
    house.wheel("a", "1.0", "b<2")
    house.wheel("b", "2.0")
    answer, gateway = ask(house, "a", "b>=2", "nothing-here")
    assert isinstance(answer, Unsolved)
    assert answer.kind == "no_solution"
    assert gateway.missing["nothing-here"].reason == "no_such_project"


@pytest.mark.parametrize(
    "line",
    [
        "-e git+https://x.example/a",
        "--index-url http://127.0.0.1:1/",
        "a @ https://x.example/a.whl",
        "a @ file:///etc/passwd",
        "a\n-r /etc/passwd",
        "./a",
        "-r other.txt",
        "a; rm -rf /",
        "$(touch x)",
        "https://x.example/a.whl",
    ],
)
def test_what_is_no_requirement_by_name_never_reaches_uv(house: House, tmp_path: Path, line: str) -> None:
    record = tmp_path / "asked"
    binary = tmp_path / "uv"
    binary.write_text(f"#!/bin/sh\ntouch {record}\nexit 1\n")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    index = SimpleIndex(url=house.url)
    with Gateway(index) as gateway, UvSolver(gateway, binary=str(binary)) as solver:
        answer = solver.ask(Question(requirements=(line,), target=PY38))
    index.close()
    assert isinstance(answer, Unsolved)
    assert answer.kind == "broken"
    assert not record.exists()
    assert house.log == []


def test_uv_gets_our_options_and_nothing_of_our_environment(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_URL", "https://evil.example/simple")
    monkeypatch.setenv("SECRET_TOKEN", "x")
    record = tmp_path / "asked.json"
    binary = tmp_path / "uv"
    binary.write_text(
        "#!/usr/bin/env python3\nimport json, os, sys\n"
        f"json.dump([sys.argv[1:], sorted(os.environ), open('requirements.in').read()], open({str(record)!r}, 'w'))\n"
        "sys.exit(1)\n"
    )
    binary.chmod(0o755)
    index = SimpleIndex(url=house.url)
    with Gateway(index) as gateway, UvSolver(gateway, binary=str(binary)) as solver:
        solver.ask(Question(requirements=("a>=1",), target=PY38))
    index.close()
    argv, environment, written = json.loads(record.read_text())
    assert {"--no-build", "--no-config", "--no-python-downloads"} <= set(argv)
    assert [value for value in argv if "://" in value] == [value for value in argv if "://127.0.0.1:" in value]
    assert not {"UV_INDEX_URL", "SECRET_TOKEN"} & set(environment)
    assert written == "a>=1\n"


def test_a_slow_uv_is_stopped_with_all_its_children(house: House, tmp_path: Path) -> None:
    binary = tmp_path / "uv"
    child = tmp_path / "child"
    binary.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {child}\nwait\n")
    binary.chmod(0o755)
    index = SimpleIndex(url=house.url)
    with Gateway(index) as gateway, UvSolver(gateway, binary=str(binary), timeout=0.3) as solver:
        answer = solver.ask(Question(requirements=("a",), target=PY38))
    index.close()
    assert isinstance(answer, Unsolved)
    assert answer.kind == "timeout"
    with suppress(ProcessLookupError, FileNotFoundError):  # it is gone, or was never started
        process = os.pidfd_open(int(child.read_text()))
        try:
            assert select.select([process], [], [], 10.0)[0]  # readable once the process has ended
        finally:
            os.close(process)


def test_wide_builds_of_python_2_are_taken(house: House) -> None:
    house.wheel("a", "1.0", tag="cp27-cp27mu-manylinux1_x86_64")
    assert ask(house, "a", target=Target(python="2.7"))[0] == {"a": "1.0"}
