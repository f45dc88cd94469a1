from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from packaging.version import Version

from repotriage.index.elsewhere import Elsewhere, stands_elsewhere
from repotriage.index.facts import CoreMetadata, Missing
from repotriage.index.simple import SimpleIndex
from tests.index.house import House, serving


@pytest.fixture
def house() -> Iterator[House]:
    with serving(House()) as found:
        yield found


@pytest.fixture
def index(house: House) -> Iterator[Elsewhere]:
    there = SimpleIndex(url=house.url)
    yield Elsewhere(there)
    there.close()


def test_jaxlib_releases_that_the_index_lacks_are_told_with_their_day(house: House, index: Elsewhere) -> None:
    house.wheel("jaxlib", "0.4.30", tag="cp311-cp311-manylinux2014_x86_64", uploaded="2024-06-18T00:00:00Z")
    found = index.project("jaxlib")
    assert not isinstance(found, Missing)
    old = found.by_version[Version("0.3.10")]
    assert all(stands_elsewhere(file.url) for file in old)
    assert {file.uploaded for file in old} < {file.uploaded for file in found.files}
    assert max(file.uploaded for file in old if file.uploaded) < datetime(2022, 6, 1, tzinfo=UTC)
    assert isinstance(index.metadata(old[0]), CoreMetadata)


def test_jax_asks_for_the_public_version_of_jaxlib(house: House, index: Elsewhere) -> None:
    house.wheel("jax", "0.3.10", 'jaxlib ==0.3.10+cuda11.cudnn82 ; extra == "cuda"')
    found = index.project("jax")
    assert not isinstance(found, Missing)
    metadata = index.metadata(found.files[0])
    assert isinstance(metadata, CoreMetadata)
    assert not any("+cuda" in line for line in metadata.requires)


def test_torch_for_windows_is_there_where_it_is_for_linux(house: House, index: Elsewhere) -> None:
    house.wheel("torch", "1.7.1", "numpy", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    found = index.project("torch")
    assert not isinstance(found, Missing)
    windows = next(file for file in found.files if "win_amd64" in file.filename)
    assert stands_elsewhere(windows.url)
    metadata = index.metadata(windows)
    assert isinstance(metadata, CoreMetadata)
    assert metadata.requires == ("numpy",)
