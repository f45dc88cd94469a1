from __future__ import annotations

from tests.manifests.conftest import Merge, brief

README = """# Demo

![py](https://img.shields.io/badge/python-3.8+-blue)

## Requirements
- Python 3.7
- PyTorch 1.7
- tqdm
- progress

## Install
Run `pip install einops==0.3` or

```bash
conda create -n demo python=3.7
conda install pytorch==1.7.1 cudatoolkit=10.2 -c pytorch
pip install -r requirements.txt \\
    timm==0.4.5 \\
    'numpy<1.20'
git clone https://github.com/NVIDIA/apex
cd apex && pip install -v .
```

## Results
Our PyTorch 1.9 numbers stand in Table 2.1.
"""


def test_commands_lists_badges_and_prose(merged: Merge) -> None:
    found = brief(merged({"README.md": README, "requirements.txt": "scipy\n"}))
    assert ("python", ">=3.8", "python", 3) in found
    assert ("torch", "==1.7.*", "runtime", 7) in found
    assert ("tqdm", "", "runtime", 8) in found
    assert ("progress", "", "runtime", 9) in found
    assert ("einops", "==0.3", "runtime", 12) in found
    assert ("torch", "==1.7.1", "runtime", 16) in found
    assert ("cuda", "==10.2.*", "cuda", 16) in found
    assert ("timm", "==0.4.5", "runtime", 18) in found
    assert ("numpy", "<1.20", "runtime", 19) in found
    assert ("apex", "", "runtime", 21) in found
    assert not [one for one in found if one[3] is not None and one[3] > 21]


def test_settings_in_a_code_block_are_no_requirements(merged: Merge) -> None:
    text = "# Usage\n\n```\nmax_steps=3000\nmax_length=64\n```\n"
    assert brief(merged({"README.md": text})) == []


def test_a_list_in_a_code_block(merged: Merge) -> None:
    text = "# Dependencies\n\n```\npython==3.8\ntorch==1.7\neasydict==1.9\n```\n"
    assert brief(merged({"README.md": text})) == [
        ("python", "==3.8.*", "python", 4),
        ("torch", "==1.7.*", "runtime", 5),
        ("easydict", "==1.9.*", "runtime", 6),
    ]


def test_the_repository_itself_is_no_need_of_its_own(merged: Merge) -> None:
    assert brief(merged({"README.md": "# Install\n\n```\npip install demo\n```\n"})) == [("demo", "", "runtime", 4)]


def test_the_address_of_the_repository_is_the_repository_itself(merged: Merge) -> None:
    text = "# Install\n\n```\npip install git+https://github.com/a/Demo.git@main  # newest\n```\n"
    found = merged({"README.md": text, "setup.py": "from setuptools import setup\nsetup(install_requires=['numpy'])\n"})
    assert [(one.name, one.url) for one in found.requirements] == [("numpy", None)]


def test_a_clone_of_another_repository_is_not_mistaken_for_this_one(merged: Merge) -> None:
    text = "# Install\n\n```\ngit clone https://x.org/a/other.git\ncd other\npip install -r requirements.txt\n```\n"
    found = merged({"README.md": text, "requirements.txt": "numpy\n"})
    assert [file.path for file in found.files if file.why and "README" in str(file.why)] == []


def test_a_list_that_a_sentence_introduces(merged: Merge) -> None:
    text = "# Conda\n\nYou need to install:\n- [Pytorch 1.10](https://x)\n- [Wandb](https://y)\n\nThen:\n- run\n"
    assert brief(merged({"README.md": text})) == [("torch", "==1.10.*", "runtime", 4), ("wandb", "", "runtime", 5)]


def test_a_warning_is_no_requirement(merged: Merge) -> None:
    assert brief(merged({"README.md": "# Install\n\nDo NOT use `pip install bark`.\n"})) == []


def test_a_paragraph_with_one_name_a_line(merged: Merge) -> None:
    text = "# 环境\npython 3.7\npytorch 1.1\ntqdm\nsklearn\n\n# Data\nThis is about tqdm.\n"
    assert [one[0] for one in brief(merged({"README.md": text}))] == ["python", "torch", "tqdm", "scikit-learn"]


def test_an_optional_name_is_optional(merged: Merge) -> None:
    text = "# Requirements\n- torch 1.4\n- apex (optional)\n"
    assert brief(merged({"README.md": text}))[1] == ("apex", "", "optional", 3)


def test_a_heart_is_no_version_and_a_project_has_the_name_of_its_package(merged: Merge) -> None:
    text = "Dependencies:\n\n- [pytorch](https://pytorch.org) <3\n- numpy <3\n- pytorch >=1.7\n"
    found = brief(merged({"README.md": text}))
    assert ("torch", "", "runtime", 3) in found
    assert ("numpy", "", "runtime", 4) in found
    assert ("torch", ">=1.7", "runtime", 5) in found


def test_below_a_date_stands_news_and_no_requirement(merged: Merge) -> None:
    text = "# News\n\n## Feb 1, 2025\n* PyTorch 2.6 and Python 3.13 are tested\n\n# Install\n* PyTorch 1.7\n"
    assert brief(merged({"README.md": text})) == [("torch", "==1.7.*", "runtime", 7)]


def test_what_is_installed_without_its_needs_says_so(merged: Merge) -> None:
    found = merged({"README.md": "```\npip install uni2ts --no-deps\npip install einops\n```\n"})
    assert {one.name: one.no_deps for one in found.requirements} == {"uni2ts": True, "einops": False}
