from __future__ import annotations

from packaging.version import Version

from repotriage.index.facts import CoreMetadata, IndexFile, Missing, NoMetadata, Project
from repotriage.index.release import metadata_of

SDIST = IndexFile("a-1.0.tar.gz", "https://x.example/a-1.0.tar.gz", "sdist", Version("1.0"))
TOLD = CoreMetadata("a", "1.0", requires=("b",))


def wheel(tag: str) -> IndexFile:
    filename = f"a-1.0-{tag}.whl"
    return IndexFile(filename, f"https://x.example/{filename}", "wheel", Version("1.0"))


class Shelf:
    """What each kind of file tells."""

    def __init__(self, sdist: CoreMetadata | NoMetadata, wheel: CoreMetadata | NoMetadata = TOLD) -> None:
        self.sdist, self.wheel = sdist, wheel

    def project(self, name: str) -> Project | Missing:
        return Missing(name, "no_such_project")

    def metadata(self, file: IndexFile, *, native: bool = False) -> CoreMetadata | NoMetadata:
        told = self.sdist if file.kind == "sdist" else self.wheel
        return told if native or not isinstance(told, CoreMetadata) or told.native is None else NoMetadata("compiled")


def told(shelf: Shelf, *tags: str, native: bool = False) -> CoreMetadata | NoMetadata:
    return metadata_of(shelf, Project("a", (SDIST, *map(wheel, tags))), SDIST, native=native)


def test_what_the_archive_says_goes_first() -> None:
    own = CoreMetadata("a", "1.0")
    assert told(Shelf(own), "py3-none-any") is own
    compiled = NoMetadata("compiled", "a.c")
    assert told(Shelf(compiled), "py3-none-any") is compiled


def test_a_wheel_of_the_release_tells_what_the_archive_does_not() -> None:
    for reason in ("unstated", "unreadable", "too_large"):
        assert told(Shelf(NoMetadata(reason)), "py2-none-any") is TOLD


def test_wheels_for_platforms_alone_mean_a_compiler() -> None:
    shelf = Shelf(NoMetadata("unstated"))
    found = told(shelf, "cp37-cp37m-win_amd64")
    assert isinstance(found, NoMetadata)
    assert found.reason == "compiled"
    assert told(shelf, "cp37-cp37m-win_amd64", native=True) is TOLD


def test_without_a_wheel_nothing_tells() -> None:
    assert told(Shelf(NoMetadata("unstated"))) == NoMetadata("unstated")
    assert told(Shelf(NoMetadata("unstated"), NoMetadata("network")), "py2-none-any") == NoMetadata("network")
