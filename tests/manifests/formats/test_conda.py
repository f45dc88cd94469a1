from __future__ import annotations

from tests.manifests.conftest import Read, brief

TEXT = """name: demo
channels:
  - pytorch
  - conda-forge
dependencies:
  - python=3.7
  - pytorch=1.7.1=py3.7_cuda10.1.243_cudnn7.6.3_0
  - conda-forge::cudatoolkit=10.1
  - libgcc-ng
  - pip:
    - torchvision==0.8.2  # why
    - -r more.txt
    - git+https://github.com/openai/CLIP.git
    - --extra-index-url https://x
"""


def test_packages_channels_and_the_pip_section(read: Read) -> None:
    found = read("environment.yml", TEXT, {"more.txt": ""})
    assert brief(found) == [
        ("python", "==3.7.*", "python", 6),
        ("torch", "==1.7.1", "runtime", 7),
        ("cuda", "==10.1.*", "cuda", 8),
        ("libgcc-ng", "", "system", 9),
        ("torchvision", "==0.8.2", "runtime", 11),
        ("clip", "", "runtime", 13),
    ]
    assert {one.group for one in found.requirements} == {"demo"}
    assert [one.value for one in found.indexes if one.kind == "channel"] == ["pytorch", "conda-forge", "conda-forge"]
    assert [one.path for one in found.includes] == ["more.txt"]


def test_other_yaml_of_a_like_name_is_left_alone(read: Read) -> None:
    assert brief(read("configs/env.yaml", "env:\n  name: CartPole\n")) == []


def test_broken_yaml_is_named(read: Read) -> None:
    found = read("environment.yml", "dependencies:\n  - a: [\n")
    assert [str(one.at) for one in found.unreadable] == ["environment.yml"]
