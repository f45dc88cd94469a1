from __future__ import annotations

import pytest

from tests.manifests.conftest import Read, brief


def test_images_commands_and_variables(read: Read) -> None:
    text = """ARG CUDA=11.3
FROM nvidia/cuda:${CUDA}.1-cudnn8-devel-ubuntu20.04 AS base
ENV TORCH=1.10.1
RUN apt-get update && apt-get install -y --no-install-recommends \\
    git \\
    # a comment
    python3.8-dev
RUN pip install torch==${TORCH}+cu113 -f https://x \\
 && pip install --no-cache-dir "numpy<1.20"
FROM base
RUN ["pip", "install", "scipy"]
"""
    assert brief(read("docker/Dockerfile.gpu", text)) == [
        ("cuda", "==11.3.1", "cuda", 2),
        ("cudnn", "==8.*", "cudnn", 2),
        ("ubuntu", "==20.04", "os", 2),
        ("git", "", "system", 5),
        ("python", "==3.8.*", "python", 7),
        ("torch", "==1.10.1+cu113", "runtime", 8),
        ("numpy", "<1.20", "runtime", 9),
        ("scipy", "", "runtime", 11),
    ]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (
            "pytorch/pytorch:1.5-cuda10.1-cudnn7-runtime",
            [("torch", "==1.5.*"), ("cuda", "==10.1.*"), ("cudnn", "==7.*")],
        ),
        ("tensorflow/tensorflow:1.14.0-gpu-py3", [("tensorflow", "==1.14.0")]),
        ("python:3.8-slim", [("python", "==3.8.*")]),
        ("nvidia/cuda:9.0-base", [("cuda", "==9.0.*")]),
        ("ubuntu:focal", [("ubuntu", "==20.04")]),
        ("pytorch/pytorch:latest", [("torch", "")]),
        ("nvcr.io/nvidia/pytorch:20.02-py3", [("python", "==3.6.*"), ("cuda", "==10.2.89"), ("torch", "==1.4.0a0")]),
        ("somebody/thing:1.0", []),
    ],
)
def test_what_an_image_holds(read: Read, image: str, expected: list[tuple[str, str]]) -> None:
    found = read("Dockerfile", f"FROM {image}\n")
    assert [(one.name, one.specifier) for one in found.requirements] == expected


def test_an_image_that_is_filled_in_later_is_unreadable(read: Read) -> None:
    assert [str(one.at) for one in read("Dockerfile", "FROM ${BASE}\n").unreadable] == ["Dockerfile:1"]


def test_a_clone_stays_known_from_one_run_to_the_next(read: Read) -> None:
    text = "FROM scratch\nRUN git clone https://x.org/a/ctcdecode.git\nRUN cd ctcdecode; pip install .\n"
    found = read("Dockerfile", text, {"setup.py": ""})
    assert brief(found) == [("ctcdecode", "", "runtime", 3)]
    assert found.includes == ()


def test_a_word_that_stands_twice_has_its_own_line_each_time(read: Read) -> None:
    text = "FROM scratch\nRUN apt-get install -y \\\n    libxrandr2 \\\n    libxrandr2 \\\n    git\n"
    assert [one[3] for one in brief(read("Dockerfile", text))] == [3, 4, 5]
