from __future__ import annotations

import pytest

from tests.manifests.conftest import Read, brief


def test_lists_variables_strings_and_conditions(read: Read) -> None:
    text = """import sys
from setuptools import setup
V = '1.20'
base = ['numpy>=' + V,
        f'scipy>={V}']
if sys.platform == 'linux':
    base.append('triton')
else:
    base += ['colorama']
extras = {'test': ['pytest'], 'gpu': base[:0] + ['cupy']}
extras['all'] = extras['test'] + extras['gpu']
setup(name='x', python_requires='>=3.6', install_requires=base, extras_require=extras,
      setup_requires='cython\\nwheel', tests_require=["nose"])
"""
    assert brief(read("setup.py", text)) == [
        ("python", ">=3.6", "python", 12),
        ("numpy", ">=1.20", "runtime", 4),
        ("scipy", ">=1.20", "runtime", 5),
        ("triton", "", "runtime", 7),
        ("colorama", "", "runtime", 9),
        ("pytest", "", "test", 10),
        ("cupy", "", "optional", 10),
        ("cython", "", "build", 13),
        ("wheel", "", "build", 13),
        ("nose", "", "test", 13),
    ]


HELPER = """def parse_requirements(fname='req/runtime.txt', v=True):
    with open(fname) as f:
        return list(f)
setup(install_requires=parse_requirements('req/runtime.txt'))
"""
JOINED = """import os
here = os.path.dirname(__file__)
reqs = open(os.path.join(here, 'req', 'runtime.txt')).read().splitlines()
setup(install_requires=reqs)
"""
WITH = """with open('req/runtime.txt') as f:
    reqs = [l.strip() for l in f if l]
setup(install_requires=reqs)
"""
PIP = """from pip.req import parse_requirements
r = parse_requirements('req/runtime.txt', session=False)
setup(install_requires=[str(i.req) for i in r])
"""
PATHLIB = """from pathlib import Path
text = (Path(__file__).parent / 'req/runtime.txt').read_text()
setup(install_requires=text.split())
"""
INSIDE = """def load():
    with open('req/runtime.txt') as f:
        return f.readlines()
setup(install_requires=load())
"""


@pytest.mark.parametrize("code", [HELPER, JOINED, WITH, PIP, PATHLIB, INSIDE])
def test_files_that_it_reads_are_named(read: Read, code: str) -> None:
    found = read("setup.py", f"from setuptools import setup\n{code}\n", {"req/runtime.txt": "numpy\n"})
    assert {one.path for one in found.includes} == {"req/runtime.txt"}
    assert found.unreadable == ()


def test_a_table_of_versions(read: Read) -> None:
    text = """import re
from setuptools import setup
_deps = [
    "numpy>=1.17",
    "torch>=1.4",
]
deps = {b: a for a, b in (re.findall(r"^(([^!=<>~ ]+).*)$", x)[0] for x in _deps)}
def deps_list(*names):
    return [deps[name] for name in names]
setup(install_requires=[deps["numpy"]], extras_require={"torch": deps_list("torch")})
"""
    assert brief(read("setup.py", text)) == [("numpy", ">=1.17", "runtime", 4), ("torch", ">=1.4", "optional", 5)]


def test_extension_modules_need_a_compiler_and_cuda(read: Read) -> None:
    text = """from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CUDAExtension
setup(ext_modules=[
    CUDAExtension('a', ['a.cu']),
    CUDAExtension('b', ['b.cu']),
])
"""
    assert brief(read("setup.py", text)) == [("cuda", "", "cuda", 4), ("c++", "", "compiler", 4)]


def test_what_only_running_would_tell_is_unreadable(read: Read) -> None:
    found = read("setup.py", "from setuptools import setup\nimport x\nsetup(install_requires=x.requirements())\n")
    assert [str(one.at) for one in found.unreadable] == ["setup.py:3"]


def test_python_2_is_read_and_what_no_python_takes_is_named(read: Read) -> None:
    found = read("setup.py", "from setuptools import setup\nprint 'x'\nsetup(install_requires=['a'])\n")
    assert [str(one.at) for one in found.requirements] == ["setup.py:3"]
    found = read("setup.py", "def f(:\nsetup()\n")
    assert [str(one.at) for one in found.unreadable] == ["setup.py:1"]
