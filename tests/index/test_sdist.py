from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from repotriage.index.facts import CoreMetadata, NoMetadata
from repotriage.index.sdist import as_text, read_sdist, read_wheel
from tests.index.house import sdist_bytes, wheel_bytes

INFO = "Metadata-Version: 1.1\nName: a\nVersion: 1\n"


def read(files: dict[str, str]) -> CoreMetadata | NoMetadata:
    return read_sdist("a-1.tar.gz", io.BytesIO(sdist_bytes("a", "1", files)))


def test_setuptools_writes_what_it_requires() -> None:
    found = read({"PKG-INFO": INFO, "a.egg-info/PKG-INFO": INFO, "a.egg-info/requires.txt": "b>=1\n[x]\nc\n"})
    assert isinstance(found, CoreMetadata)
    assert found.requires == ("b>=1", 'c; extra == "x"')
    assert found.native is None


def test_metadata_2_2_speaks_for_itself() -> None:
    found = read({"PKG-INFO": "Metadata-Version: 2.2\nName: a\nVersion: 1\nRequires-Dist: b\n"})
    assert isinstance(found, CoreMetadata)
    assert found.requires == ("b",)


def test_a_script_that_makes_extensions_for_cuda_alone_says_so() -> None:
    info = {"PKG-INFO": "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n", "csrc/a.cu": ""}
    imports = "from torch.utils.cpp_extension import (\n  CppExtension,\n  CUDAExtension,\n)\n"
    alone = read(info | {"setup.py": imports + "setup(ext_modules=[CUDAExtension('a', ['csrc/a.cu'])])"})
    either = read(info | {"setup.py": "make = CUDAExtension if cuda else CppExtension\nCUDAExtension('a', [])"})
    assert isinstance(alone, CoreMetadata)
    assert isinstance(either, CoreMetadata)
    assert (alone.cuda, either.cuda) == (True, False)


def test_native_code_is_named_but_not_that_of_tests() -> None:
    found = read({"PKG-INFO": INFO, "a.egg-info/PKG-INFO": INFO, "tests/x.c": "", "src/fast.pyx": ""})
    assert isinstance(found, CoreMetadata)
    assert found.native == "src/fast.pyx"
    swig = read({"PKG-INFO": INFO, "a.egg-info/PKG-INFO": INFO, "a/fast.i": ""})
    assert isinstance(swig, CoreMetadata)
    assert swig.native == "a/fast.i"


def test_a_setup_py_that_computes_is_unstated() -> None:
    found = read({"PKG-INFO": INFO, "setup.py": "setup(install_requires=open('r').read())"})
    assert found == NoMetadata("unstated", "setup.py computes what it requires")


def test_a_setup_py_of_constants_is_read_as_a_tree() -> None:
    script = "needs = ['b>=1']\nsetup(install_requires=needs + ['c'], extras_require={'x': ['d']})"
    found = read({"PKG-INFO": INFO, "setup.py": script})
    assert isinstance(found, CoreMetadata)
    assert (found.requires, found.extras) == (("b>=1", "c", 'd; extra == "x"'), ("x",))


def test_a_list_that_setup_py_reads_is_read_too() -> None:
    script = "setup(install_requires=open('requirements.txt').read().splitlines())"
    found = read({"PKG-INFO": INFO, "setup.py": script, "requirements.txt": "b>=1  # why\n-r other\n"})
    assert isinstance(found, CoreMetadata)
    assert found.requires == ("b>=1",)


def test_an_empty_list_is_no_requirement() -> None:
    found = read({"PKG-INFO": INFO, "setup.py": "setup(install_requires=[])"})
    assert found == CoreMetadata("a", "1")


def test_without_pkg_info_the_name_of_the_archive_tells_the_release() -> None:
    assert read({"setup.py": "from distutils.core import setup\nsetup(name='a')"}) == CoreMetadata("a", "1")
    assert read({"a.py": ""}) == NoMetadata("unstated", "no PKG-INFO")


def test_what_setup_cfg_says_alone_is_unstated() -> None:
    found = read({"PKG-INFO": INFO, "setup.py": "setup()", "setup.cfg": "[options]\ninstall_requires =\n    b\n"})
    assert isinstance(found, NoMetadata)


@given(st.binary(max_size=400), st.sampled_from(["a-1.tar.gz", "a-1.zip", "a-1.tar.bz2"]))
def test_broken_archives_are_unreadable(data: bytes, name: str) -> None:
    assert isinstance(read_sdist(name, io.BytesIO(data)), NoMetadata)


def test_wheel_and_back() -> None:
    found = read_wheel(io.BytesIO(wheel_bytes("a", "1", ["b<2"])))
    assert isinstance(found, CoreMetadata)
    assert "Requires-Dist: b<2" in as_text(found)
    assert read_wheel(io.BytesIO(b"PK")) == NoMetadata("unreadable", "File is not a zip file")
