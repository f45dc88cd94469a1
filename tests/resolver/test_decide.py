from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from repotriage.index.facts import Missing, parse_json
from repotriage.index.target import Target
from repotriage.resolver.decide import judge, minor_allowed
from tests.index.house import House

PY38 = Target(python="3.8", glibc="2.31")


def shelf() -> House:
    house = House()
    house.wheel("a", "1.0", tag="cp37-cp37m-manylinux1_x86_64")
    house.wheel("a", "2.0", tag="cp38-cp38-manylinux1_x86_64", uploaded="2021-01-01T00:00:00Z")
    house.wheel("a", "3.0", tag="cp38-cp38-win_amd64")
    house.wheel("a", "4.0", yanked="broken")
    house.wheel("a", "5.0", requires_python=">=3.9")
    house.sdist("a", "6.0")
    house.sdist("a", "7.0", yanked="insecure")
    return house


@pytest.mark.parametrize(
    ("line", "standing"),
    [
        ("a==2.0", "available"),
        ("a==2.0,==2.*", "available"),
        ("a==1.0", "other_python"),
        ("a==3.0", "other_platform"),
        ("a==4.0", "yanked"),
        ("a==5.0", "other_python"),
        ("a==6.0", "source_only"),
        ("a==7.0", "yanked"),
        ("a==9.0", "no_such_version"),
    ],
)
def test_how_a_line_stands(line: str, standing: str) -> None:

    page = json.dumps({"files": shelf().pages["a"]}).encode()
    project = parse_json("a", page, "https://x.example/simple/a/")
    assert judge(line, project, PY38, None).standing == standing


def test_what_came_after_the_cutoff_is_too_new() -> None:

    page = json.dumps({"files": shelf().pages["a"]}).encode()
    project = parse_json("a", page, "https://x.example/simple/a/")
    found = judge("a==2.0", project, PY38, datetime(2020, 6, 1, tzinfo=UTC))
    assert (found.standing, str(found.reason)) == ("too_new", "a==2.0 was first uploaded on 2021-01-01")


def test_before_the_first_final_release_a_pre_release_is_available() -> None:
    house = House()
    house.wheel("a", "0.1.dev0")
    house.wheel("a", "1.0", uploaded="2022-01-01T00:00:00Z")
    project = parse_json("a", json.dumps({"files": house.pages["a"]}).encode(), "https://x.example/simple/a/")
    found = judge("a", project, PY38, datetime(2021, 1, 1, tzinfo=UTC))
    assert (found.standing, found.newest) == ("available", "0.1.dev0")
    assert judge("a", project, PY38, datetime(2023, 1, 1, tzinfo=UTC)).newest == "1.0"


@pytest.mark.parametrize(
    ("reason", "standing"), [("no_such_project", "no_such_project"), ("offline", "offline"), ("network", "unreadable")]
)
def test_what_is_missing(reason: str, standing: str) -> None:
    assert judge("a", Missing("a", reason), PY38, None).standing == standing  # type: ignore[arg-type]


def test_minor_versions() -> None:
    assert minor_allowed(">=3.6,<4", "3.8")
    assert not minor_allowed("==3.7.*", "3.8")
    assert minor_allowed("nonsense", "3.8")
