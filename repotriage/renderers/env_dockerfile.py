"""`Dockerfile`: the same environment in a container, on a base image that matches."""

from __future__ import annotations

from repotriage.models.solution import Environment
from repotriage.renderers.env_parts import parts

FILENAME = "Dockerfile"


def render(environment: Environment, base: str | None = None) -> str:
    """The file; `base` is an image with the CUDA toolkit where something is compiled for a GPU."""
    made = parts(environment)
    needs = ["build-essential", "git"] if made.compiled or made.references else ["git"]
    return "\n".join(
        [
            "# Made by repotriage; build it in the folder that holds install.sh and requirements.lock.",
            f"FROM {base or f'python:{made.python}-slim'}",
            "COPY --from=ghcr.io/astral-sh/uv:latest /uv /usr/local/bin/uv",
            "RUN apt-get update \\",
            f" && apt-get install -y --no-install-recommends ca-certificates {' '.join(needs)} \\",
            " && rm -rf /var/lib/apt/lists/*",
            "WORKDIR /work",
            "COPY install.sh requirements.lock /work/",
            "RUN sh install.sh /opt/env",
            "ENV PATH=/opt/env/bin:$PATH",
            "",
        ]
    )
