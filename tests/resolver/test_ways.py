from __future__ import annotations

from typing import Any

from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, Requirement
from repotriage.resolver.ways import possible_ways


def told(name: str, specifier: str, line: int, **fields: Any) -> Requirement:
    fields.setdefault("format", "readme")
    at = Location(path="README.md", line=line)
    return Requirement(name=name, specifier=specifier, at=at, raw=f"{name}{specifier}", **fields)


WAYS = (
    told("torch", "==1.10.1+cu111", 5),
    told("torchvision", "==0.11.2", 5),
    told("torch", "==2.3.0", 7),
    told("torchvision", "==0.18.0", 7),
)


def lines(*requirements: Requirement) -> list[int | None]:
    return [one.at.line for one in possible_ways(Dependencies(requirements=requirements)).requirements]


def test_the_command_whose_torch_has_no_files_for_the_python_of_the_document_goes() -> None:
    assert lines(told("python", "==3.10.*", 1, kind="python"), *WAYS) == [1, 7, 7]


def test_all_commands_stay_where_none_of_them_or_each_of_them_can_be_had() -> None:
    assert lines(*WAYS) == [5, 5, 7, 7]
    assert lines(told("python", "==3.8.*", 1, kind="python"), *WAYS) == [1, 5, 5, 7, 7]
    assert lines(told("python", "==3.14.*", 1, kind="python"), *WAYS) == [1, 5, 5, 7, 7]


def test_lists_show_no_alternatives_and_what_is_no_known_release_says_nothing() -> None:
    python = told("python", "==3.10.*", 1, kind="python")
    asked = told("torch", "==1.10.1", 5, format="requirements")
    assert lines(python, asked, told("torch", "==2.3.0", 7)) == [1, 5, 7]
    assert lines(python, told("torch", "==9.9", 5), told("torch", ">=1.1", 6), told("torch", "==2.3.0", 7)) == [
        1, 5, 6, 7,
    ]  # fmt: skip
