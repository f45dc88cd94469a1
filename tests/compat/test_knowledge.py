from datetime import date
from itertools import combinations

import pytest
from packaging.version import Version

from repotriage.compat import knowledge
from repotriage.compat.knowledge import TorchBuild, rows


@pytest.mark.parametrize(
    ("torch", "build", "capability", "runs"),
    [
        ("1.7.1", "cu110", "8.6", True),  # an RTX 3090 runs the cubin of 8.0
        ("1.12.1", "cu102", "8.6", False),  # and nothing of 10.2
        ("1.13.1", "cu117", "8.9", True),  # an RTX 4090 runs builds that list only 8.6
        ("1.13.1", "cu117", "9.0", False),  # an H100 has another major
        ("1.3.1", "cu100", "9.0", True),  # but compiles the PTX of 5.0
        ("2.7.1", "cu128", "12.0", True),
        ("2.7.1", "cu128", "7.0", False),  # Volta was dropped there
        ("2.7.1", "cu126", "7.0", True),
    ],
)
def test_runs_on_follows_the_rule_of_cubins_and_ptx(torch: str, build: str, capability: str, runs: bool) -> None:
    row = knowledge.torch_build(torch, build)
    assert row is not None
    assert knowledge.runs_on(row, capability) is runs


def test_what_has_no_row_is_unknown() -> None:
    assert knowledge.torch_build("1.7.1", "cu999") is None
    assert knowledge.torch_release("0.4.1") is None
    assert knowledge.compute_capability_of("NVIDIA Imaginary 1") is None


def test_every_build_of_a_release_has_architectures_and_a_driver() -> None:
    # 2.15 is newer than the lists of architectures: unknown, not absent.
    missing = [
        (release.version, build)
        for release in knowledge.torch_releases()
        for build in release.builds
        if knowledge.torch_build(release.version, build) is None and release.version != "2.15.0"
    ]
    assert missing == []
    for release in knowledge.torch_releases():
        for build in release.builds:
            cuda = knowledge.cuda_of_build(build)
            assert cuda is not None
            assert knowledge.driver_floor(cuda) is not None, build


def test_no_two_rows_of_architectures_overlap() -> None:
    for a, b in combinations(rows("torch_architectures", "build", TorchBuild), 2):
        if a.channel == b.channel and set(a.builds) & set(b.builds):
            apart = Version(a.torch_to) < Version(b.torch_from) or Version(b.torch_to) < Version(a.torch_from)
            assert apart, (a, b)


def test_releases_of_eight_years_are_there_in_order() -> None:
    releases = knowledge.torch_releases()
    assert min(release.uploaded for release in releases) <= date(2018, 12, 7)
    assert [r.version for r in releases] == sorted((r.version for r in releases), key=Version)
    minors = {tuple(Version(r.version).release[:2]) for r in releases}
    assert minors >= {(1, minor) for minor in range(14)} | {(2, minor) for minor in range(16)}


def test_the_driver_floor_of_a_major_is_not_the_toolkits_own_driver() -> None:
    row = knowledge.driver_floor("12.4")
    assert row is not None
    assert (row.linux, row.windows) == ("525.60.13", "528.33")


@pytest.mark.parametrize(
    ("capability", "cuda", "expected"),
    [
        ("8.6", "11.0", "8.0"),  # its own code came with CUDA 11.1
        ("8.6", "11.1", "8.6"),
        ("8.9", "11.3", "8.6"),
        ("12.0", "11.8", "12.0"),  # none of its major: nothing is better than the GPU itself
        ("99.0", "11.8", "99.0"),
    ],
)
def test_a_toolkit_is_told_to_compile_for_what_it_knows(capability: str, cuda: str, expected: str) -> None:
    assert knowledge.compile_target(capability, cuda) == expected
