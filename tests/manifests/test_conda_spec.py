from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from repotriage.manifests.conda_spec import CondaSpec, parse_conda
from repotriage.models.base import Message


@pytest.mark.parametrize(
    ("text", "name", "specifier", "kind"),
    [
        ("python=3.7", "python", "==3.7.*", "python"),
        ("python >= 3.8", "python", ">=3.8", "python"),
        ("pytorch::pytorch==1.7.1=py3.7_cuda10.1_cudnn7_0", "torch", "==1.7.1", "runtime"),
        ("numpy=1.19.2=py37h54aff64_0", "numpy", "==1.19.2", "runtime"),
        ("numpy 1.19.*", "numpy", "==1.19.*", "runtime"),
        ("cudatoolkit=10.2", "cuda", "==10.2.*", "cuda"),
        ("cuda92", "cuda", "", "cuda"),
        ("pytorch-cuda=11.8", "cuda", "==11.8.*", "cuda"),
        ("opencv", "opencv-python", "", "runtime"),
        ("libgcc-ng=9.1.0=hdf63c60_0", "libgcc-ng", "==9.1.0", "system"),
        ("gxx_linux-64=9", "g++", "==9.*", "compiler"),
        ("numpy>=1.11,<2", "numpy", "<2,>=1.11", "runtime"),
        ("foo 1.2|1.4", "foo", "<1.5,>=1.2", "runtime"),
        ("conda-forge::foo[version='>=1.2',build=py_0]", "foo", ">=1.2", "runtime"),
        (
            "https://conda.anaconda.org/conda-forge/noarch/tqdm-4.60.0-pyhd8ed1ab_0.tar.bz2",
            "tqdm",
            "==4.60.0",
            "runtime",
        ),
    ],
)
def test_a_match_specification(text: str, name: str, specifier: str, kind: str) -> None:
    spec = parse_conda(text)
    assert isinstance(spec, CondaSpec)
    assert (spec.known.name, spec.known.kind) == (name, kind)
    assert SpecifierSet(spec.specifier) == SpecifierSet(specifier)


def test_a_name_of_conda_is_said_to_be_another_on_pypi() -> None:
    spec = parse_conda("pytorch")
    assert isinstance(spec, CondaSpec)
    assert str(spec.repairs[0]) == "conda's pytorch is torch on PyPI"


@pytest.mark.parametrize("text", ["", "{{ x }}", "pytorch...", "a" * 600, "foo=not a version"])
def test_a_reason_where_nothing_can_be_read(text: str) -> None:
    assert isinstance(parse_conda(text), Message)


@given(st.text(max_size=60))
def test_total(text: str) -> None:
    spec = parse_conda(text)
    if isinstance(spec, CondaSpec):
        SpecifierSet(spec.specifier)
