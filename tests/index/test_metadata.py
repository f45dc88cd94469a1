from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from repotriage.index.facts import CoreMetadata, NoMetadata
from repotriage.index.metadata import (
    is_refused,
    parse_metadata,
    parse_requires_txt,
    repair_all,
    repair_requirement,
    repair_specifier,
)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ("pytz (>=2011k)", "pytz>=2011"),
        ("torch>=1.*", "torch>=1"),
        ("opencv-python>=3. ; extra == 'all'", 'opencv-python>=3; extra == "all"'),
        ("a=1.0", "a==1.0"),
        ("a==nonsense", "a"),
        ("a>=1,<=?", "a>=1"),
        ("!!", None),
    ],
)
def test_old_requirements_are_repaired(line: str, fixed: str | None) -> None:
    assert repair_requirement(line) == fixed


@given(st.text(max_size=60))
def test_a_repair_is_pep_508_or_nothing(text: str) -> None:
    fixed = repair_requirement(text)
    assert fixed is None or Requirement(fixed)
    SpecifierSet(repair_specifier(text))


def test_metadata_keeps_what_was_repaired() -> None:
    found = parse_metadata("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: pytz (>=2011k)\n")
    assert isinstance(found, CoreMetadata)
    assert found.requires == ("pytz>=2011",)
    assert found.repaired == (("pytz (>=2011k)", "pytz>=2011"),)


def test_a_build_of_another_index_is_taken_by_its_public_version() -> None:
    found = parse_metadata("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: torch (==1.10.0+cu102)\n")
    assert isinstance(found, CoreMetadata)
    assert found.requires == ("torch==1.10.0",)


def test_an_address_in_metadata_is_not_followed() -> None:
    found = parse_metadata("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b @ git+https://x.example/b\n")
    assert isinstance(found, CoreMetadata)
    assert found.requires == ("b",)


def test_metadata_without_a_name_is_refused() -> None:
    assert parse_metadata("hello") == NoMetadata("unreadable", "no name and version")


def test_requires_txt_sections_become_markers() -> None:
    requires, extras = parse_requires_txt("a\n\n[:python_version<'3']\nb\n\n[x:os_name=='nt']\nc>1\n")
    assert requires == ("a", "b ; python_version<'3'", "c>1 ; (os_name=='nt') and (extra == \"x\")")
    assert extras == ("x",)


def test_a_marker_that_does_not_read_back_is_left_out() -> None:
    lines = ["b ; os_name == '\\x00'", "c ; os_name == 'nt'"]
    assert repair_all(lines)[0] == ("b", 'c; os_name == "nt"')


def test_what_no_standard_allows_is_refused_by_today_s_installers() -> None:
    def read(requires: str) -> bool:
        found = parse_metadata(f"Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: {requires}\n")
        assert isinstance(found, CoreMetadata)
        return is_refused(found)

    assert read("opencv-python (>=3.)")
    assert not read("torch (==1.10.0+cu102)")
    assert not read("numpy (>=1.0)")
