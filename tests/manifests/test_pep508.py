from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from repotriage.manifests.pep508 import Spec, parse_requirement
from repotriage.models.base import Message


@pytest.mark.parametrize(
    ("text", "name", "specifier", "repaired"),
    [
        ("torch==1.7.1+cu110", "torch", "==1.7.1+cu110", False),
        ("Scikit_Learn", "scikit-learn", "", False),
        ("tensorflow (>0.12)", "tensorflow", ">0.12", False),
        ("opencv_python=4.5", "opencv-python", "==4.5", True),
        ("numpy=1.19.2=py37h54aff64_0", "numpy", "==1.19.2", True),
        ("numpy>=1.0.*", "numpy", ">=1.0", True),
        ("numpy~=1.4.*", "numpy", "==1.4.*", True),
        ("scipy~=1", "scipy", "==1.*", True),
        ("torch>=2.1.1+cu121", "torch", ">=2.1.1", True),
        ("numpy≥1.19", "numpy", ">=1.19", True),
        ("numpy=>1.19", "numpy", ">=1.19", True),
        ("scipy 1.2", "scipy", "==1.2", True),
        ("torch-1.7.0", "torch", "==1.7.0", True),
        ("foo>=1 <2", "foo", "<2,>=1", True),
        ("pytz==2004d", "pytz", "", True),
        ("h5py==", "h5py", "", True),
        ("'numpy==1.2',", "numpy", "==1.2", True),
        ("torch==1.8.0+cu111 -f https://download.pytorch.org/whl/torch_stable.html", "torch", "==1.8.0+cu111", True),
        ("idna==2.8 --hash=sha256:aa --hash=sha256:bb", "idna", "==2.8", False),
        ("certifi @ file:///tmp/build/80754af9/certifi_1606407365434/work", "certifi", "", True),
        ("foo @ file:///dist/foo-1.2.3-py3-none-any.whl", "foo", "==1.2.3", True),
        ("https://x.org/whl/torch-1.10.0%2Bcu113-cp38-cp38-linux_x86_64.whl", "torch", "==1.10.0+cu113", True),
        ("git+https://github.com/openai/CLIP.git", "clip", "", True),
        ("git+https://github.com/a/b.git@v1.0#egg=real-name&subdirectory=x", "real-name", "", False),
        ("git+ssh://git@github.com/a/repo@feature/x", "repo", "", True),
        ("https://github.com/a/b/archive/master.zip", "b", "", True),
    ],
)
def test_what_people_write_becomes_pep_508(text: str, name: str, specifier: str, repaired: bool) -> None:
    spec = parse_requirement(text)
    assert isinstance(spec, Spec)
    assert spec.name == name
    assert SpecifierSet(spec.specifier) == SpecifierSet(specifier)
    assert bool(spec.repairs) is repaired


def test_markers_and_extras_are_kept() -> None:
    spec = parse_requirement('uvicorn[standard,dev]>=0.2 ; python_version<"3.8"')
    assert isinstance(spec, Spec)
    assert spec.extras == ("dev", "standard")
    assert spec.marker == 'python_version < "3.8"'


def test_an_invalid_marker_is_left_out_and_said() -> None:
    spec = parse_requirement("numpy==1.0; python is old")
    assert isinstance(spec, Spec)
    assert spec.marker is None
    assert "marker" in str(spec.repairs[0])


@pytest.mark.parametrize("text", ["", "==1.0", "a b c d", "x\0y", "a" * 5000, "numpy===", "requirements.txt >2"])
def test_what_cannot_be_understood_is_a_reason_or_a_repair(text: str) -> None:
    spec = parse_requirement(text)
    assert isinstance(spec, Message) or spec.repairs


@given(st.text(max_size=80))
def test_total_on_any_text(text: str) -> None:
    spec = parse_requirement(text)
    if isinstance(spec, Spec):
        assert spec.name == canonicalize_name(spec.name)
        SpecifierSet(spec.specifier)


@given(
    st.from_regex(r"[a-z]{1,8}[ =<>!~.*0-9+\-;@\[\],()a-z'\"#/:]{0,30}", fullmatch=True),
)
def test_total_on_near_misses(text: str) -> None:
    spec = parse_requirement(text)
    if isinstance(spec, Spec):
        SpecifierSet(spec.specifier)
