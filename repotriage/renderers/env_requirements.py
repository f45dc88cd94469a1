"""`requirements.lock`: exact versions with hashes, for `pip install --no-deps --require-hashes -r`."""

from __future__ import annotations

from repotriage.models.solution import Environment
from repotriage.renderers.env_parts import exact, parts, summary

FILENAME = "requirements.lock"


def render(environment: Environment) -> str:
    """The packages of the plain index; those of a build's own index and compiled ones are left to install.sh."""
    made = parts(environment)
    best = environment.best
    assert best is not None  # noqa: S101  # parts() has seen to it
    lines = [f"# {line}" for line in summary(environment, best)]
    lines += [f"# from {place.address}: {exact(pin)}" for place in made.elsewhere for pin in place.pins]
    lines += [f"# compiled from source: {exact(pin)}" for pin in made.compiled]
    lines += [f"# left out, compiled with nvcc for a GPU: {exact(pin)}" for pin in made.gpu_only]
    for pin in made.locked:
        lines.append(exact(pin) + (f" --hash=sha256:{pin.sha256}" if pin.sha256 else ""))
    return "\n".join(lines) + "\n"
