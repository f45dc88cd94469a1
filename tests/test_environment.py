from __future__ import annotations

from pathlib import Path

from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.models.host import Host
from repotriage.resolver.solve import SolveSettings
from tests.index.house import House, serving
from tests.resolver.test_solve import needs, of

HOST = Host(name="here", os="linux", arch="x86_64", glibc="2.31", gpus=())


def test_a_verdict_is_remembered_by_commit_and_settings(tmp_path: Path) -> None:
    house = House()
    house.wheel("a", "1.0")
    with serving(house):
        wanted = EnvironmentSettings(index_url=house.url, cache_dir=tmp_path)
        first = environment_of(of(needs("a")), HOST, wanted)
    offline = wanted.model_copy(update={"offline": True})
    assert first.verdict == "solves"
    assert environment_of(of(needs("a")), HOST, offline) == first
    other = offline.model_copy(update={"solve": SolveSettings(python="3.6")})
    assert environment_of(of(needs("a")), HOST, other).verdict == "solves", "the index is in the cache"
    assert environment_of(of(needs("b")), HOST, offline).verdict == "unknown"


def test_what_is_unknown_is_asked_again(tmp_path: Path) -> None:
    wanted = EnvironmentSettings(index_url="http://127.0.0.1:9/simple", cache_dir=tmp_path)
    assert environment_of(of(needs("a")), HOST, wanted).verdict == "unknown"
    house = House()
    house.wheel("a", "1.0")
    with serving(house):
        again = wanted.model_copy(update={"index_url": house.url})
        assert environment_of(of(needs("a")), HOST, again).verdict == "solves"
