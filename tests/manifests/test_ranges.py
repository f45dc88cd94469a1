from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from repotriage.manifests.ranges import disjoint


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (">=3.6", "==3.9.*", False),
        ("==3.6.*", "==3.9.*", True),
        ("==1.7.*", ">=1.9", True),
        ("==1.7.1+cu110", "==1.7.1", False),
        ("==1.7.1+cu110", "==1.7.1+cu101", False),
        ("<2.0", ">=1.9", False),
        ("<1.9", ">=1.9", True),
        (">1.0,<1.0.1", "==1.0.*", False),
        ("", "==1.0", False),
        ("!=1.0", "==1.0", True),
        ("~=1.4", "==1.9.2", False),
        ("not a version", "==1.0", False),
    ],
)
def test_two_sets(first: str, second: str, expected: bool) -> None:
    assert disjoint(first, second) is expected
    assert disjoint(second, first) is expected


versions = st.builds(lambda a, b: f"{a}.{b}", st.integers(0, 4), st.integers(0, 4))
clauses = st.builds(lambda op, v: f"{op}{v}", st.sampled_from(["==", ">=", "<=", ">", "<", "~="]), versions)


@given(clauses, clauses, versions)
def test_never_disjoint_where_a_version_fits_both(first: str, second: str, version: str) -> None:
    if SpecifierSet(first).contains(version) and SpecifierSet(second).contains(version):
        assert not disjoint(first, second)
