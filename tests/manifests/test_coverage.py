from __future__ import annotations

import json

from repotriage.manifests import coverage, imports
from repotriage.manifests.coverage import Coverage
from repotriage.models.location import Location
from repotriage.models.requirement import Requirement
from repotriage.models.snapshot import File, Snapshot
from repotriage.parsing.walk import walk
from tests.builders import TAKEN_AT, files


def requirement(name: str, specifier: str = "", **fields: object) -> Requirement:
    values = {"format": "requirements", "at": Location(path="requirements.txt", line=1), "raw": name, **fields}
    return Requirement.model_validate({"name": name, "specifier": specifier, **values})


def covered(
    texts: dict[str, str], *requirements: Requirement, extra: tuple[File, ...] = (), entry_paths: tuple[str, ...] = ()
) -> Coverage:
    tree = tuple(sorted((*files(texts), *extra), key=lambda file: file.path))
    snapshot = Snapshot(source="checkout", name="owner/name", taken_at=TAKEN_AT, files=tree)
    facts = walk(snapshot, [imports.visit])
    return coverage.cover(snapshot, facts, requirements, entry_paths)


def undeclared(texts: dict[str, str], *requirements: Requirement, extra: tuple[File, ...] = ()) -> list[str]:
    return [module.module for module in covered(texts, *requirements, extra=extra).undeclared]


def test_an_import_that_no_line_brings_is_undeclared_with_its_place() -> None:
    (missing,) = covered({"train.py": "import torch\nimport yaml\n"}, requirement("torch")).undeclared
    assert (missing.module, missing.distributions, str(missing.at[0])) == ("yaml", ("pyyaml",), "train.py:2")


def test_any_distribution_of_a_module_declares_it() -> None:
    assert undeclared({"a.py": "import cv2\n"}, requirement("opencv-python-headless")) == []


def test_the_standard_library_is_that_of_the_declared_python() -> None:
    texts = {"a.py": "import dataclasses\nimport os\nimport urllib2\n"}
    assert [m.module for m in covered(texts).imports] == []
    old = requirement("python", ">=3.6", kind="python")
    assert [m.module for m in covered(texts, old).imports] == ["dataclasses", "urllib2"]


def test_own_modules_are_those_that_python_would_find_first() -> None:
    texts = {
        "train.py": "import datasets\nimport utils.misc\n",
        "datasets/__init__.py": "",
        "utils/misc.py": "",
    }
    assert undeclared(texts) == []


def test_a_folder_that_python_would_not_search_does_not_hide_a_known_distribution() -> None:
    texts = {"train.py": "import datasets\n", "src/data/datasets/cifar.py": ""}
    assert undeclared(texts) == ["datasets"]


def test_a_folder_added_to_the_search_path_is_searched() -> None:
    texts = {"train.py": "import sys\nsys.path.append('src/data')\nimport datasets\n", "src/data/datasets/c.py": ""}
    assert undeclared(texts) == []


def test_vendored_copies_submodules_and_built_extensions_are_the_repositorys_own() -> None:
    texts = {
        "run.py": "import pointops_cuda\nimport rasterizer\nimport mystery\n",
        "setup.py": "setup(ext_modules=[CUDAExtension('pointops_cuda', ['a.cu'])])\n",
        "third_party/x/mystery/__init__.py": "",
    }
    submodule = File(path="submodules/rasterizer", size=0, mode="submodule", kind="unread")
    found = covered(texts, extra=(submodule,))
    assert [m.module for m in found.imports if m.context == "main"] == []


def test_guarded_and_test_imports_are_not_needed() -> None:
    texts = {
        "a.py": "try:\n    import apex\nexcept ImportError:\n    pass\n",
        "tests/test_a.py": "import pytest\n",
    }
    found = covered(texts)
    assert found.undeclared == ()
    assert {m.module: m.context for m in found.imports} == {"apex": "guarded", "pytest": "test"}


def test_an_unknown_module_is_shown_and_nothing_is_guessed() -> None:
    found = covered({"a.py": "import frobnicate_xyz\n"})
    assert [(m.module, m.distributions) for m in found.imports] == [("frobnicate_xyz", ())]
    assert found.undeclared == ()


def test_an_unknown_module_is_what_the_repository_asks_for_by_that_name() -> None:
    found = covered({"a.py": "import very_odd_name_x\n"}, requirement("very-odd-name-x"))
    assert found.imports[0].distributions == ("very-odd-name-x",)
    assert found.undeclared == ()


def test_another_distribution_of_a_module_counts_where_the_repository_asks_for_it() -> None:
    (clip,) = covered({"a.py": "import clip\n"}, requirement("clip-anytorch")).imports
    assert clip.distributions == ("clip", "clip-anytorch")
    assert undeclared({"a.py": "import clip\n"}, requirement("clip-anytorch")) == []
    assert covered({"a.py": "import clip\n"}).imports[0].distributions == ("clip",)


def test_what_a_script_for_another_program_imports_is_not_needed() -> None:
    texts = {"train.py": "import torch\n", "render.py": "import bpy\nfrom mathutils import Vector\n"}
    found = {module.module: module.context for module in covered(texts).imports}
    assert found == {"torch": "main", "bpy": "auxiliary", "mathutils": "auxiliary"}
    assert undeclared(texts, requirement("bpy")) == ["mathutils", "torch"]


def test_examples_alone_set_no_code_apart() -> None:
    texts = {"lib/ppo.py": "import jax\nif __name__ == '__main__':\n    pass\n", "examples/walk.py": "import flax\n"}
    found = {module.module: module.needed for module in covered(texts, entry_paths=("examples/walk.py",)).imports}
    assert found == {"jax": True, "flax": False}


def test_a_namespace_is_told_by_its_parts() -> None:
    found = covered({"a.py": "from google.protobuf import text_format\nfrom google.colab import drive\n"})
    assert {m.module: m.distributions for m in found.imports} == {
        "google.protobuf": ("protobuf",),
        "google.colab": (),
    }


def test_a_module_that_needs_another_distribution_says_so() -> None:
    found = covered({"a.py": "from torch.utils.tensorboard import SummaryWriter\n"}, requirement("torch"))
    assert [(m.module, m.distributions[0]) for m in found.undeclared] == [("torch.utils.tensorboard", "tensorboard")]
    nightly = covered(
        {"a.py": "from torch.utils.tensorboard import SummaryWriter\n"}, *map(requirement, ("torch", "tb-nightly"))
    )
    assert nightly.undeclared == ()


def test_unused_lines_are_those_whose_modules_are_known_and_never_imported() -> None:
    found = covered(
        {"a.py": "import torch\n"},
        requirement("torch"),
        requirement("pandas"),
        requirement("some-plugin-nobody-knows"),
        requirement("scipy", locked=True),
    )
    assert [r.name for r in found.unused] == ["pandas"]


def test_wrong_names_come_with_what_to_install_instead() -> None:
    found = covered(
        {"a.py": ""},
        requirement("sklearn"),
        requirement("tensorflow-gpu", "==1.14.0"),
        requirement("dataclasses", marker='python_version < "3.7"'),
    )
    assert dict(found.successors) == {"sklearn": "scikit-learn"}


def test_a_former_name_whose_own_module_is_imported_is_right() -> None:
    old = (requirement("pytorch-transformers", "==1.2.0"), requirement("sklearn"))
    assert dict(covered({"a.py": "import pytorch_transformers, sklearn\n"}, *old).successors) == {
        "sklearn": "scikit-learn"
    }
    assert set(covered({"a.py": "import transformers\n"}, *old).successors) == {"pytorch-transformers", "sklearn"}


def test_what_only_scripts_beside_the_main_job_import_is_not_needed() -> None:
    texts = {
        "train.py": "from lib import net\nif __name__ == '__main__':\n    pass\n",
        "lib/__init__.py": "",
        "lib/net.py": "import torch\nfrom . import ops\ndef load():\n    from .jaxed import weights\n",
        "lib/ops.py": "import einops\n",
        "lib/jaxed.py": "import jax\n",
        "lib/by_name.py": "import kornia\n",
        "convert/from_mxnet.py": "import mxnet\nif __name__ == '__main__':\n    pass\n",
    }
    found = covered(texts, entry_paths=("train.py",))
    assert {m.module: m.context for m in found.imports} == {
        "torch": "main",
        "einops": "main",
        "kornia": "main",  # nothing imports the file, and it is no script: it may be loaded by its name
        "jax": "auxiliary",
        "mxnet": "auxiliary",
    }
    assert [m.module for m in covered(texts).undeclared] == ["einops", "jax", "kornia", "mxnet", "torch"]


def test_every_file_of_the_package_that_bears_the_projects_name_is_for_its_users() -> None:
    texts = {
        "train.py": "import name.core\n",
        "name/__init__.py": "",
        "name/core.py": "import torch\n",
        "name/text/__init__.py": "from .basic import clean\n",
        "name/text/basic.py": "import regex\n",
        "name/tests/test_core.py": "import pytest\n",
        "name/convert.py": "import mxnet\nargs = parser.parse_args()\n",
    }
    found = covered(texts, entry_paths=("train.py",))
    assert [m.module for m in found.undeclared] == ["regex", "torch"]


def test_what_only_the_files_own_run_imports_is_not_needed_by_those_that_import_it() -> None:
    texts = {"train.py": "import net\n", "net.py": "import torch\nif __name__ == '__main__':\n    import ipdb\n"}
    assert [m.module for m in covered(texts, entry_paths=("train.py",)).undeclared] == ["torch"]
    assert [m.module for m in covered(texts, entry_paths=("net.py",)).undeclared] == ["ipdb", "torch"]
    assert undeclared(texts) == ["ipdb", "torch"]


def test_ipython_comes_with_what_runs_a_notebook() -> None:
    cell = {"cell_type": "code", "source": ["from IPython import display\n"], "metadata": {}, "outputs": []}
    notebook = json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}, indent=1)
    assert undeclared({"demo.ipynb": notebook}) == []
    assert undeclared({"demo.ipynb": notebook, "a.py": "import IPython\n"}) == ["IPython"]


def test_a_sentence_may_call_a_project_by_any_name() -> None:
    assert covered({"a.py": ""}, requirement("sklearn", format="prose")).misnamed == ()
