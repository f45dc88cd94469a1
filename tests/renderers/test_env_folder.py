from __future__ import annotations

import pytest

from repotriage.host import load_host
from repotriage.models.solution import CudaNeed
from repotriage.renderers.env_folder import files, no_container
from tests.renderers.test_env_files import NATIVE, NUMPY, TORCH, environment


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("rtx3090", {"install.sh", "Dockerfile"}),
        ("macos-arm64", {"install.sh"}),
        ("windows-rtx4090", {"install.ps1"}),
    ],
)
def test_a_machine_gets_what_runs_on_it(host: str, names: set[str]) -> None:
    made = files(environment(NUMPY), load_host(host))
    assert set(made) == {"pylock.toml", "requirements.lock", "environment.yml", *names}
    assert (no_container(load_host(host)) is None) is ("Dockerfile" in names)


def test_cuda_code_is_compiled_for_what_the_toolkit_knows() -> None:
    made = environment(NUMPY, TORCH, NATIVE)
    assert "export TORCH_CUDA_ARCH_LIST=8.0\n" in files(made, load_host("rtx3090"))["install.sh"]
    newer = made.model_copy(update={"cuda": CudaNeed(cuda="11.1", compiles=True)})
    assert "export TORCH_CUDA_ARCH_LIST=8.6\n" in files(newer, load_host("rtx3090"))["install.sh"]
    assert "TORCH_CUDA_ARCH_LIST" not in files(environment(NUMPY, NATIVE), load_host("rtx3090"))["install.sh"]
