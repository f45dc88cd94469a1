"""The files of an environment for its machine: what installs it there, and a container of the same system."""

from __future__ import annotations

from collections.abc import Mapping

from repotriage.compat.knowledge import compile_target, cuda_of_build
from repotriage.models.base import Message, msg
from repotriage.models.host import Host
from repotriage.models.solution import Environment
from repotriage.renderers import (
    env_conda,
    env_dockerfile,
    env_install,
    env_install_windows,
    env_pylock,
    env_requirements,
)


def files(environment: Environment, host: Host) -> Mapping[str, str]:
    """Each file's text by its name.

    Raises:
        UnwritableError: a name, version or address is not in its form.
        ValueError: the environment has no solution.
    """
    installer = env_install_windows if host.os == "windows" else env_install
    made = {
        env_pylock.FILENAME: env_pylock.render(environment),
        env_requirements.FILENAME: env_requirements.render(environment),
        env_conda.FILENAME: env_conda.render(environment),
        installer.FILENAME: installer.render(environment, _targets(environment, host)),
    }
    if no_container(host) is None:
        made[env_dockerfile.FILENAME] = env_dockerfile.render(environment)
    return made


def no_container(host: Host) -> Message | None:
    """Why there is no Dockerfile: the system in a container is Linux, and the lock's files are not."""
    if host.os == "linux":
        return None
    if host.os == "windows":
        return msg(
            "no Dockerfile: a container runs Linux, and these files are for Windows; to get one plan for Linux, "
            "with --host cpu-linux or in WSL2"
        )
    return msg(
        "no Dockerfile: a container runs Linux, and these files are for macOS; to get one plan for Linux, "
        "with --host cpu-linux"
    )


def _targets(environment: Environment, host: Host) -> list[str]:
    """The compute capabilities that extensions of torch are compiled for; empty where there is no torch."""
    torch = next((pin for pin in environment.best.pins if pin.name == "torch"), None) if environment.best else None
    if torch is None:
        return []
    has = {gpu.compute_capability for gpu in host.gpus or () if gpu.compute_capability}
    cuda = environment.cuda.cuda if environment.cuda is not None and environment.cuda.compiles else None
    cuda = cuda or (None if torch.local is None else cuda_of_build(torch.local))
    return sorted(has if cuda is None else {compile_target(one, cuda) for one in has})
