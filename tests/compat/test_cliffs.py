import re
from collections.abc import Mapping, Set

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from repotriage.compat.cliffs import cliffs, constraints


def lines(pins: Mapping[str, str], python: str = "3.10", imports: Set[str] = frozenset()) -> list[str | None]:
    return [one.line for one in constraints(pins, python, imports) if one.effect == "break"]


@pytest.mark.parametrize(
    ("pins", "python", "imports", "line"),
    [
        ({"torch": "1.13.1", "numpy": "2.1.0"}, "3.10", set(), "numpy<2"),
        ({"tensorboard": "2.5.0", "numpy": "1.24.1", "setuptools": "59.5.0"}, "3.9", set(), "numpy<1.24"),
        ({"torch": "1.10.0", "timm": "0.3.2"}, "3.8", set(), "torch<1.9"),
        ({"mmdet": "2.25.0", "mmcv-full": "1.7.1", "setuptools": "65.0"}, "3.8", set(), "mmcv-full>=1.3.17,<=1.6.0"),
        ({"mmdet": "3.3.0", "mmcv": "2.2.0"}, "3.8", set(), "mmcv>=2.0.0rc4,<2.2.0"),
        ({"jinja2": "2.11.3", "markupsafe": "2.1.1"}, "3.8", set(), "markupsafe<2.1"),
        ({"setuptools": "82.0.0"}, "3.11", {"pkg_resources"}, "setuptools<82"),
        ({"hydra-core": "1.1.0"}, "3.11.4", set(), "hydra-core>=1.3"),
        ({"diffusers": "0.24.0", "huggingface-hub": "0.26.1"}, "3.10", set(), "huggingface-hub<0.26"),
        ({"tensorflow": "2.4.0", "protobuf": "4.21.0"}, "3.8", set(), "protobuf<4"),
        ({"torch": "2.1.0", "mmcv-full": "1.4.0", "setuptools": "59.5.0"}, "3.9", set(), "mmcv-full>=1.7.2"),
        ({"torch": "2.8.0", "torchvision": "0.11.3"}, "3.9", set(), "torchvision==0.23.*"),
        ({"moviepy": "1.0.3", "pillow": "10.3.0"}, "3.10", set(), "pillow<10"),
    ],
)
def test_a_cliff_names_the_constraint_that_avoids_it(
    pins: dict[str, str], python: str, imports: set[str], line: str
) -> None:
    assert lines(pins, python, imports) == [line]


@pytest.mark.parametrize(
    ("pins", "python", "imports"),
    [
        ({"torch": "2.3.0", "numpy": "2.1.0"}, "3.10", set()),
        ({"torch": "1.13.1", "numpy": "1.26.4"}, "3.10", set()),
        ({"timm": "0.3.2"}, "3.8", {"torch"}),  # torch is not part of the solution: not known to break
        ({"setuptools": "82.0.0"}, "3.11", {"numpy"}),
        ({"setuptools": "81.0.0"}, "3.11", {"pkg_resources"}),
        ({"hydra-core": "1.1.0"}, "3.10.9", set()),
        ({"mmdet": "3.3.0", "mmcv": "2.1.0"}, "3.8", set()),
        ({"moviepy": "1.0.3", "pillow": "10.3.0", "opencv-python": "4.9.0.80"}, "3.10", set()),  # it resizes by cv2
        ({}, "3.10", set()),
    ],
)
def test_silent_where_nothing_is_known_to_break(pins: dict[str, str], python: str, imports: set[str]) -> None:
    assert lines(pins, python, imports) == []


def test_a_package_that_is_lacking_is_named_so() -> None:
    (found,) = constraints({}, "3.12", {"pkg_resources"})
    assert found.version is None
    assert str(found.reason).startswith("setuptools is not installed")


def test_a_constraint_holds_off_the_releases_that_break() -> None:
    for row in cliffs():
        assert row.package == canonicalize_name(row.package)
        if row.beside is not None:
            assert row.package != canonicalize_name(Requirement(row.beside).name)
        if row.line is None:
            continue
        line = Requirement(row.line)
        assert canonicalize_name(line.name) == row.package, row
        for bound in SpecifierSet(row.versions):
            edge = bound.version if bound.operator in (">=", "<=", "==") else None
            if edge not in (None, "0"):
                assert not line.specifier.contains(edge, prereleases=True), row


def test_no_row_is_there_twice_and_texts_are_short_sentences() -> None:
    keys = [(r.package, r.versions, r.beside, r.python, r.imports) for r in cliffs()]
    assert len(keys) == len(set(keys))
    for row in cliffs():
        assert re.fullmatch(r"[A-Za-z_].{8,160}[^. ]", row.what), row.what


@pytest.mark.parametrize(
    ("jaxlib", "said"),
    [("0.1.76", None), ("0.7.1", "newer than its jax"), ("0.1.50", "refuses it"), (None, "not installed")],
)
def test_jax_goes_with_a_jaxlib_that_is_neither_too_old_nor_newer_nor_missing(
    jaxlib: str | None, said: str | None
) -> None:
    pins = {"jax": "0.2.28"} | ({"jaxlib": jaxlib} if jaxlib else {})
    found = [str(one.reason) for one in constraints(pins, "3.9.0", frozenset()) if one.package == "jaxlib"]
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


@pytest.mark.parametrize(
    "pins",
    [
        {"torch": "1.10.2", "torchvision": "0.11.1"},
        {"torch": "1.9.0", "torchvision": "0.2.2"},  # plain Python: it takes any
        {"torch": "2.10.0", "torchaudio": "2.9.1"},  # the stable ABI
        {"torch": "1.0.0", "torchaudio": "0.2"},
        {"torchvision": "0.11.1"},
    ],
)
def test_a_library_of_torch_that_fits_or_is_not_bound_is_no_break(pins: dict[str, str]) -> None:
    assert lines(pins, "3.9") == []


def test_what_only_a_gpu_needs_compiled_breaks_there_alone() -> None:
    pins = {"mmcv-full": "1.4.0", "torch": "2.0.0"}
    assert "mmcv-full>=1.4.6" in [one.line for one in constraints(pins, "3.8", set(), gpu=True)]
    assert "mmcv-full>=1.4.6" not in [one.line for one in constraints(pins, "3.8", set())]
    older = pins | {"torch": "1.10.1"}
    assert "mmcv-full>=1.4.6" not in [one.line for one in constraints(older, "3.8", set(), gpu=True)]


@pytest.mark.parametrize(
    ("pins", "line", "effect"),
    [
        ({"tensorflow": "2.4.1", "tensorflow-io": "0.24.0"}, "tensorflow-io>=0.17.0,<=0.17.1", "break"),
        ({"tensorflow-gpu": "2.4", "tensorflow-addons": "0.17.1"}, "tensorflow-addons>=0.12.0,<=0.14.0", "unsupported"),
        ({"tensorflow": "1.15.0", "tensorflow-probability": "0.9.0"}, "tensorflow-probability>=0.5.0,<=0.8.0", "break"),
        ({"tensorflow": "2.16.1", "tensorflow-addons": "0.23.0"}, None, "unsupported"),
    ],
)  # fmt: skip
def test_libraries_of_tensorflow_go_with_it(pins: dict[str, str], line: str | None, effect: str) -> None:
    name = next(reversed(pins))
    assert (line, effect) in [(one.line, one.effect) for one in constraints(pins, "3.8", set()) if one.package == name]


@pytest.mark.parametrize(
    "pins",
    [
        {"tensorflow": "2.4.0", "tensorflow-io": "0.17.0"},
        {"tensorflow": "2.10.1", "tensorflow-addons": "0.18.0"},
        {"tensorflow": "2.19.0", "tensorflow-probability": "0.25.0"},
        {"tensorflow": "2.12.0rc1", "tensorflow-probability": "0.20.1"},
        {"tensorflow": "2.4.0", "tensorflow-io": "9.9"},
        {"tensorflow-probability": "0.25.0"},
    ],
)
def test_libraries_of_tensorflow_that_go_with_it_are_let_be(pins: dict[str, str]) -> None:
    assert [one for one in constraints(pins, "3.8", set()) if one.package in pins and one.beside == "tensorflow"] == []


def test_apples_tensorflow_is_tensorflow_beside_others() -> None:
    found = constraints({"tensorflow-macos": "2.9.0", "numpy": "2.0.0"}, "3.9", set())
    assert "numpy<2" in [one.line for one in found]
    assert all(one.package != "tensorflow" for one in found)


@pytest.mark.parametrize(
    ("pins", "line"),
    [
        ({"tensorflow-hub": "0.12.0"}, "tensorflow"),
        ({"tensorflow-hub": "0.12.0", "tensorflow-cpu": "2.4.0"}, None),
        ({"keras": "2.2.4"}, "tensorflow"),
        ({"keras": "2.2.4", "theano": "1.0.5"}, None),
        ({"keras": "3.3.0", "torch": "2.3.0"}, None),
        ({"tensorflow-probability": "0.20.0", "jax": "0.4.13", "jaxlib": "0.4.13"}, None),
        ({"tensorflow-datasets": "4.9.4"}, None),
        ({"torch-geometric": "2.2.0", "torch": "1.13.1", "torch-scatter": "2.1.0"}, "torch-sparse"),
    ],
)
def test_what_a_package_imports_without_asking_for_it_is_added(pins: dict[str, str], line: str | None) -> None:
    assert lines({**pins, "setuptools": "65.0"}) == ([] if line is None else [line])
