from __future__ import annotations

from pathlib import Path

from repotriage.index.facts import CoreMetadata, Missing, NoMetadata, Project
from repotriage.index.simple import SimpleIndex
from tests.index.house import House, serving


def test_facts_metadata_and_the_cache(tmp_path: Path) -> None:
    house = House()
    house.wheel("a", "1.0", "b>=2")
    house.sdist("c", "1.0", {"PKG-INFO": "Metadata-Version: 1.1\nName: c\nVersion: 1.0\n", "c.c": ""})
    with serving(house):
        index = SimpleIndex(url=house.url, cache_dir=tmp_path)
        project = index.project("A")
        assert isinstance(project, Project)
        found = index.metadata(project.files[0])  # no PEP 658 here: read by ranges
        assert isinstance(found, CoreMetadata)
        assert found.requires == ("b>=2",)
        source = index.project("c")
        assert isinstance(source, Project)
        assert index.metadata(source.files[0]) == NoMetadata("compiled", "c.c")
        assert isinstance(index.metadata(source.files[0], native=True), CoreMetadata)
        assert index.project("zz") == Missing("zz", "no_such_project")
        index.close()
    offline = SimpleIndex(url=house.url, cache_dir=tmp_path, offline=True)
    again = offline.project("a")
    assert isinstance(again, Project)
    assert (again.name, again.files) == (project.name, project.files)
    assert offline.metadata(project.files[0]) == found
    assert offline.project("zz") == Missing("zz", "no_such_project")
    assert offline.project("yy") == Missing("yy", "offline")
    offline.close()


def test_native_code_that_may_be_left_out(tmp_path: Path) -> None:
    house = House()
    house.sdist("c-d", "1.0", {"PKG-INFO": "Metadata-Version: 1.1\nName: c-d\nVersion: 1.0\n", "c.c": ""})
    with serving(house):
        index = SimpleIndex(url=house.url, optional_native=["c-d"])
        source = index.project("c-d")
        assert isinstance(source, Project)
        assert isinstance(index.metadata(source.files[0]), CoreMetadata)
        index.close()


def test_an_index_that_cannot_be_reached_is_no_missing_project() -> None:
    index = SimpleIndex(url="http://127.0.0.1:9/simple")
    found = index.project("a")
    assert isinstance(found, Missing)
    assert found.reason == "network"
    index.close()


def test_what_a_network_did_not_bring_is_asked_for_once_more() -> None:
    house = House(tells=True)
    house.wheel("a", "1.0")
    with serving(house):
        index = SimpleIndex(url=house.url)
        house.fails = 1
        project = index.project("a")
        assert isinstance(project, Project)
        house.fails = 1
        assert isinstance(index.metadata(project.files[0]), CoreMetadata)
        index.close()
        again = SimpleIndex(url=house.url)
        house.fails = 2
        assert isinstance(again.project("a"), Missing)
        again.close()
