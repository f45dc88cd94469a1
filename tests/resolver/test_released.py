from __future__ import annotations

import pytest

from repotriage.resolver.released import release_of


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("git+https://github.com/openai/gym.git@v0.7.4#egg=gym", "gym==0.7.4"),
        ("git+git://github.com/facebookresearch/hydra@0.11_branch", "hydra-core==0.11.*"),
        ("git+ssh://git@github.com/deepmind/dm_control", "dm-control"),
        ("https://github.com/cocodataset/cocoapi.git#subdirectory=PythonAPI", "pycocotools"),
        ("git+https://github.com/huggingface/transformers@0123abc", "transformers"),
        ("git+https://github.com/someone/gym.git", None),
        ("git+https://gitlab.com/openai/gym.git", None),
        ("https://github.com/openai/gym/archive/master.zip", None),
    ],
)
def test_what_a_git_address_stands_for(url: str, line: str | None) -> None:
    assert release_of(url) == line
