"""`environment.yml`: Python from conda-forge, the packages by pip."""

from __future__ import annotations

import yaml
from packaging.version import Version

from repotriage.compat.gpu_support import conda_has
from repotriage.models.solution import CudaNeed, Environment
from repotriage.renderers.env_parts import exact, parts

FILENAME = "environment.yml"
_OPTIONS = {"--index-url": "--extra-index-url", "--find-links": "--find-links"}


def render(environment: Environment, name: str = "repotriage") -> str:
    """The environment for `conda env create`; compiled packages are left to install.sh."""
    made = parts(environment)
    by_pip = [f"{_OPTIONS[place.option]} {place.address}" for place in made.elsewhere]
    by_pip += [exact(pin) for pin in (*(pin for place in made.elsewhere for pin in place.pins), *made.locked)]
    content = {
        "name": name,
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": [f"python={made.python}", *_cuda(environment.cuda), "pip", {"pip": by_pip}],
    }
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=False)
    return text


def _cuda(need: CudaNeed | None) -> list[str]:
    """The libraries of CUDA that the system would have to have; a toolkit to compile with is another thing."""
    if need is None or need.compiles or not conda_has(need.cuda):
        return []
    cudnn = None if need.cudnn is None else Version(need.cudnn)
    return [
        f"cudatoolkit={Version(need.cuda)}",
        *([] if cudnn is None else [f"cudnn>={cudnn},<{cudnn.major + 1}"]),
        *([f"nvidia::cuda-nvcc={Version(need.cuda).major}"] if need.assembles and _nvidia_has_nvcc(need.cuda) else []),
    ]


def _nvidia_has_nvcc(cuda: str) -> bool:
    """Whether NVIDIA's channel has `cuda-nvcc` (with ptxas) of this major: conda-forge's cudatoolkit is without it."""
    return Version(cuda) >= Version("11")
