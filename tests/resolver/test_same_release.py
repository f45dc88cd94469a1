from __future__ import annotations

from repotriage.models.location import Location
from repotriage.models.solution import Pin
from repotriage.resolver.same_release import in_one_release

AT = (Location(path="requirements.txt", line=1),)


def test_what_is_asked_for_first_gives_the_release() -> None:
    pins = (
        Pin(name="opencv-python-headless", version="4.6.0.66"),
        Pin(name="opencv-python", version="4.3.0.36", why=AT),
        Pin(name="numpy", version="1.20.0"),
    )
    ways = [[wish.line for wish in wishes] for wishes in in_one_release(pins)]
    assert ways == [["opencv-python-headless==4.3.0.*"], ["opencv-python==4.6.0.*"]]


def test_builds_of_one_release_go_together() -> None:
    pins = (
        Pin(name="opencv-python", version="4.5.5.62"),
        Pin(name="opencv-python-headless", version="4.5.5.64"),
    )
    assert list(in_one_release(pins)) == []
    mmcv = (Pin(name="mmcv", version="2.0.1"), Pin(name="mmcv-full", version="1.7.2"))
    assert list(in_one_release(mmcv)) == []  # these spoil one another at any release
