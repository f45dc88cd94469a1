from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.manifests.formats.requirements import read_requirements
from repotriage.manifests.registry import Context
from tests.manifests.conftest import Read, brief


def test_lines_comments_continuations_and_hashes(read: Read) -> None:
    text = "# head\r\nnumpy==1.19 # why\r\n\r\ntorch \\\r\n  ==1.7\r\nidna==2.8 \\\r\n    --hash=sha256:ab\r\n"
    assert brief(read("requirements.txt", text)) == [
        ("numpy", "==1.19", "runtime", 2),
        ("torch", "==1.7", "runtime", 4),
        ("idna", "==2.8", "runtime", 6),
    ]


def test_options_are_facts_and_never_obeyed(read: Read) -> None:
    text = "-i https://a\n--extra-index-url=https://b\n-f https://c\n--no-index\n--pre\nnumpy\n"
    found = read("requirements.txt", text)
    assert [(one.kind, one.value) for one in found.indexes] == [
        ("index-url", "https://a"),
        ("extra-index-url", "https://b"),
        ("find-links", "https://c"),
        ("no-index", ""),
        ("other", "--pre"),
    ]
    assert [one.name for one in found.requirements] == ["numpy"]


def test_includes_and_local_projects(read: Read) -> None:
    others = {"req/base.txt": "", "constraints.txt": "", "setup.py": ""}
    found = read(
        "requirements.txt", "-r req/base.txt\n-c constraints.txt\n-e .\n-e git+https://x.org/a/b.git#egg=b\n", others
    )
    assert [(one.path, one.how, one.at.line) for one in found.includes] == [
        ("req/base.txt", "reads", 1),
        ("constraints.txt", "bounds", 2),
        ("setup.py", "installs", 3),
    ]
    assert brief(found) == [("b", "", "runtime", 4)]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("requirements.txt", "runtime"),
        ("requirements-dev.txt", "dev"),
        ("requirements/tests.txt", "test"),
        ("requirements/readthedocs.txt", "docs"),
        ("docs/requirements.txt", "docs"),
        ("requirements/build.txt", "build"),
        ("requirements/optional.txt", "optional"),
        ("requirements/mminstall.txt", "runtime"),
        ("requirements_gpu.in", "runtime"),
    ],
)
def test_the_name_of_a_file_tells_its_kind(read: Read, path: str, kind: str) -> None:
    assert [one.kind for one in read(path, "numpy\n").requirements] == [kind]


def test_lists_exported_by_conda(read: Read) -> None:
    text = (
        "# This file may be used to create an environment using:\n"
        "# $ conda create --name <env> --file <this>\nnumpy=1.19.2=py37_0\n"
    )
    found = read("requirements.txt", text)
    assert brief(found) == [("numpy", "==1.19.2", "runtime", 3)]
    assert found.requirements[0].locked


def test_python_and_cuda_in_a_list_are_what_they_are(read: Read) -> None:
    assert [one.kind for one in read("requirements.txt", "python==3.7\ncudatoolkit==10.2\n").requirements] == [
        "python",
        "cuda",
    ]


def test_a_sentence_is_listed_as_unreadable(read: Read) -> None:
    found = read("requirements.txt", "Please install the following packages\n")
    assert found.requirements == ()
    assert [str(one.at) for one in found.unreadable] == ["requirements.txt:1"]


@given(st.text(max_size=200))
def test_nothing_gets_lost(text: str) -> None:
    found = read_requirements("requirements.txt", text, Context(lambda _: None, frozenset()))
    lines = [line for line in text.splitlines() if line.split("#")[0].strip()]
    if lines and "\\" not in text:
        assert found.requirements or found.unreadable or found.indexes


def test_an_endless_list_is_cut_and_said(read: Read) -> None:
    found = read("requirements.txt", "six\n" * 10_050)
    assert len(found.requirements) <= 10_000
    assert "the rest is not read" in str(found.unreadable[-1].reason)
