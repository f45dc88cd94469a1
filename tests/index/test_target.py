from __future__ import annotations

import pytest

from repotriage.index.facts import Project, parse_html
from repotriage.index.target import Target


def fits(target: Target, tag: str) -> bool:
    project = parse_html("a", f'<a href="https://x.example/a-1-{tag}.whl">'.encode(), "https://x.example/")
    assert isinstance(project, Project)
    return target.fits(project.files[0])


@pytest.mark.parametrize(
    ("python", "tag", "expected"),
    [
        ("3.8", "cp38-cp38-manylinux1_x86_64", True),
        ("3.8", "cp38-cp38-manylinux_2_12_x86_64.manylinux2010_x86_64", True),
        ("3.8", "cp38-cp38-manylinux_2_34_x86_64", False),
        ("3.8", "cp37-cp37m-manylinux1_x86_64", False),
        ("3.7", "cp37-cp37m-manylinux1_x86_64", True),
        ("3.11", "cp38-abi3-manylinux2014_x86_64", True),
        ("3.11", "py2.py3-none-any", True),
        ("2.7", "cp27-cp27mu-manylinux1_x86_64", True),
        ("2.7", "py3-none-any", False),
        ("3.11", "cp311-cp311-win_amd64", False),
    ],
)
def test_wheels_on_linux(python: str, tag: str, expected: bool) -> None:
    assert fits(Target(python=python, glibc="2.31"), tag) is expected


def test_wheels_on_macos_and_windows() -> None:
    assert fits(Target(python="3.11", os="macos", arch="arm64"), "cp311-cp311-macosx_11_0_arm64")
    assert not fits(Target(python="3.11", os="macos", arch="arm64"), "cp311-cp311-macosx_11_0_x86_64")
    assert fits(Target(python="3.11", os="windows"), "cp311-cp311-win_amd64")


def test_wheels_for_a_newer_macos_do_not_fit() -> None:
    wheel = "cp313-cp313-macosx_14_0_arm64"
    assert fits(Target(python="3.13", os="macos", arch="arm64"), wheel)
    assert not fits(Target(python="3.13", os="macos", arch="arm64", macos="13.6"), wheel)
