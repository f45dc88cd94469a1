"""The tables against each other."""

from __future__ import annotations

from itertools import pairwise

from packaging.version import Version

from repotriage.compat import knowledge
from repotriage.compat.breakages import removed_symbols
from repotriage.compat.knowledge import (
    CompilerBound,
    DriverFloor,
    FlaxRelease,
    JaxlibWheels,
    JaxRelease,
    SystemLibrary,
    TensorFlowRelease,
    ToolkitArchitecture,
    cuda_of_build,
    rows,
    torch_releases,
)


def test_ranges_of_releases_do_not_overlap() -> None:
    for key, kind in (("release", JaxRelease), ("jaxlib", JaxlibWheels), ("flax", FlaxRelease)):
        ranges = [(Version(row.first), Version(row.last)) for row in rows("jax", key, kind)]
        assert all(first <= last for first, last in ranges), key
        assert all(a[1] < b[0] for a, b in pairwise(ranges)), key


def test_a_jaxlib_that_jax_needs_is_not_newer_than_jax() -> None:
    for row in rows("jax", "release", JaxRelease):
        if row.same:
            assert Version(row.jaxlib) <= Version(row.first), row


def test_every_cuda_of_tensorflow_and_torch_has_a_driver() -> None:
    for row in rows("tensorflow", "release", TensorFlowRelease):
        assert knowledge.driver_floor(row.cuda) is not None, row
        assert row.python
    for release in torch_releases():
        for build in release.builds:
            assert knowledge.driver_floor(cuda_of_build(build) or "") is not None, build


def test_each_name_is_there_once() -> None:
    for names in (
        [row.cuda for row in rows("compilers", "compiler", CompilerBound)],
        [row.cuda for row in rows("drivers", "driver", DriverFloor)],
        [row.compute_capability for row in rows("toolkit_architectures", "architecture", ToolkitArchitecture)],
        [row.version for row in rows("tensorflow", "release", TensorFlowRelease)],
        [row.package for row in rows("system_libraries", "library", SystemLibrary)],
        [(row.package, row.name, row.argument) for row in removed_symbols()],
    ):
        assert len(names) == len(set(names))


def test_bounds_only_rise_with_the_toolkit() -> None:
    bounds = rows("compilers", "compiler", CompilerBound)
    assert [Version(row.cuda) for row in bounds] == sorted(Version(row.cuda) for row in bounds)
    assert all(a.gcc_below <= b.gcc_below for a, b in pairwise(bounds))
    clang = [row.clang_below for row in bounds if row.clang_below is not None]
    assert clang == sorted(clang)
    msvc = [(row.msvc_from or 0, row.msvc_below) for row in bounds if row.msvc_below is not None]
    assert msvc == sorted(msvc)
    assert all(first < below for first, below in msvc)


def test_a_symbol_is_deprecated_before_and_restored_after_it_is_removed() -> None:
    for row in removed_symbols():
        removed = Version(row.removed_in)
        assert row.deprecated_in is None or Version(row.deprecated_in) <= removed, row
        assert row.restored_in is None or Version(row.restored_in) > removed, row


def test_look_ups_find_their_row() -> None:
    tf = knowledge.tensorflow_release("2.4.1")
    assert tf is not None
    assert (tf.cuda, tf.cudnn) == ("11.0", "8.0")
    jax = knowledge.jax_release("0.4.20")
    assert jax is not None
    assert (jax.jaxlib, jax.same) == ("0.4.14", True)
    assert knowledge.jax_release("0.0.1") is None
    assert knowledge.jaxlib_wheels("0.4.14") is None  # never on the index: unknown
    library = knowledge.system_library("opencv-python")
    assert library is not None
    assert library.instead == "opencv-python-headless"
    bound = knowledge.compiler_bound("12.4")
    assert bound is not None
    assert (bound.gcc_below, bound.clang_below) == (14, 18)
