from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.manifests.prose import mentions


def told(text: str, context: float = 0.9) -> list[tuple[str, str]]:
    return [(one.known.name, one.specifier) for one in mentions(text, context=context)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Python 3.6+", [("python", ">=3.6")]),
        ("PyTorch 1.0", [("torch", "==1.0.*")]),
        ("torchvision 0.2.2 (older versions are not compatible with this code)", [("torchvision", "==0.2.2")]),
        ("CUDA 10.2 以上", [("cuda", ">=10.2")]),
        ("tested on Ubuntu 18.04, gcc 7.5, 4×V100", [("ubuntu", "==18.04"), ("gcc", "==7.5.*")]),
        ("Python 3.8-3.9 (not yet 3.10)", [("python", ">=3.8,<3.10")]),
        ("Python >=3.7.1,<3.11", [("python", ">=3.7.1,<3.11")]),
        ("Linux or macOS with Python ≥ 3.7", [("python", ">=3.7")]),
        ("PyTorch 1.3, 1.4 or 1.5", [("torch", ">=1.3,<1.6")]),
        ("TensorFlow 1.x", [("tensorflow", "==1.*")]),
        ("Tesla V100: CUDA 11.1 + PyTorch 1.8.0", [("cuda", "==11.1.*"), ("torch", "==1.8.0")]),
        ("其中 transformers 库版本推荐为 4.27.1，但理论上", [("transformers", "==4.27.1")]),
        ("numpy version 1.14.3 or newer", [("numpy", ">=1.14.3")]),
        ("Python version: 3.8", [("python", "==3.8.*")]),
        ("fairseq=1.0.0a0+af0389f", [("fairseq", "==1.0.0a0")]),
        ("gcc & g++ ≥ 5.4", [("g++", ">=5.4")]),
        ("需要Python3.7及以上", [("python", ">=3.7")]),
        ("运行微调需要4.27.1版本的transformers。", [("transformers", "==4.27.1")]),
        ("requires version 4.27.1 of transformers", [("transformers", "==4.27.1")]),
        ("supports Tensorflow from version 1.4 to 1.14", [("tensorflow", ">=1.4,<1.15")]),
        (
            "Test on ubuntu20.04, python3.8(conda), cuda_11.4",
            [("ubuntu", "==20.04"), ("python", "==3.8.*"), ("cuda", "==11.4.*")],
        ),
        ("The version of the VTK is 8.2.0.", [("vtk", "==8.2.0")]),
        ("python3 (>=3.5) with the development headers", [("python", ">=3.5")]),
    ],
)
def test_a_name_and_a_version(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "our Python code reproduces Table 2.1",
        "YOLOv5 and ResNet-50 with BERT 1.1",
        "TensorFlow 2.x is not supported",
        "We dropped support for Python 3.6",
        "python3 train.py --lr 0.1",
        "If you use PyTorch 1.8, add a flag",
        "[2021.03.04] PyTorch 1.8 is supported",
        "CUDA 12 GB",
        "For Tensorflow 2.0 support, please use another branch",
        "Add support for pytorch1.11",
        "please use the pytorch1.6 branch",
        "[ ] use torch.compile of PyTorch 2.0",
        "uses 3 GPUs and numpy 5 times",
        "numpy <3",
        "Python 3.4 introduced pathlib",
    ],
)
def test_no_requirement(text: str) -> None:
    assert told(text) == []


def test_elsewhere_the_sentence_must_speak_of_a_need() -> None:
    assert told("This code requires PyTorch 1.8.", 0.5) == [("torch", "==1.8.*")]
    assert told("A note on PyTorch 1.8 and its history in our field of work", 0.5) == []


@given(st.text(max_size=200))
def test_total(text: str) -> None:
    list(mentions(text, context=0.9))
