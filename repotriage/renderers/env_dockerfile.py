"""`Dockerfile`: the same environment in a container, on a base image that matches."""

from __future__ import annotations

import re

from repotriage.compat.knowledge import apt_name, base_image, image_instead_of_python, system_library
from repotriage.models.solution import CudaNeed, Environment
from repotriage.renderers.env_parts import Parts, parts

FILENAME = "Dockerfile"
_OLDEST = "16.04"
"""The Ubuntu of an image of which that is not known: its names stay for some releases."""
_IMAGE = re.compile(r"[a-z0-9./-]+:[A-Za-z0-9._-]+")
_MICROMAMBA = (
    "# The plan's Python, from conda-forge: that of the image is another.",
    "COPY --from=mambaorg/micromamba:latest /bin/micromamba /usr/local/bin/micromamba",
    "RUN micromamba create --yes --prefix /opt/python --channel conda-forge python={python} pip",
    "ENV PATH=/opt/python/bin:$PATH",
)
_KEYS = (
    "# The keys of NVIDIA's package lists were changed in 2022: images older than that cannot read them any more.",
    "RUN rm -f /etc/apt/sources.list.d/cuda*.list /etc/apt/sources.list.d/nvidia*.list",
)


def render(environment: Environment) -> str:
    """The file; its base image has CUDA where that comes from the system or something is compiled for a GPU."""
    made = parts(environment)
    need = environment.cuda
    image = None if need is None else _image(need)
    compiles = bool(made.compiled or made.references) or (need is not None and need.compiles)
    needs = [*(["build-essential"] if compiles else []), "git", *made.system_packages, *_libraries(made, need, image)]
    head = ["# Made by repotriage; build it in the folder that holds install.sh and requirements.lock."]
    if need is not None:
        head += _about(need, image)
    plain = image_instead_of_python(made.python) if image is None else None
    return "\n".join(
        [
            *head,
            f"FROM {image or plain or f'python:{made.python}-slim'}",
            "COPY --from=ghcr.io/astral-sh/uv:latest /uv /usr/local/bin/uv",
            *(_KEYS if image else ()),
            "RUN apt-get update \\",
            f" && apt-get install -y --no-install-recommends ca-certificates {' '.join(dict.fromkeys(needs))} \\",
            " && rm -rf /var/lib/apt/lists/*",
            *(line.format(python=made.python) for line in (_MICROMAMBA if image or plain else ())),
            "WORKDIR /work",
            "COPY install.sh requirements.lock /work/",
            "RUN sh install.sh /opt/env",
            "ENV PATH=/opt/env/bin:$PATH",
            "",
        ]
    )


def _libraries(made: Parts, need: CudaNeed | None, image: str | None) -> list[str]:
    """What the packages need of the system, by its names in the image."""
    pins = (*made.locked, *made.compiled, *(pin for place in made.elsewhere for pin in place.pins))
    known = [row for pin in pins if (row := system_library(pin.name)) is not None]
    found = dict.fromkeys(one for row in known for one in row.apt)
    if image is None:
        return list(found)  # of Debian, whose names the table has
    base = None if need is None else base_image(need.cuda, need.cudnn)
    ubuntu = base.ubuntu if base is not None and image in (base.devel, base.runtime) else _OLDEST
    return [apt_name(one, ubuntu) for one in found]


def _image(need: CudaNeed) -> str | None:
    if need.image is not None and not need.compiles and _IMAGE.fullmatch(need.image):
        return need.image
    row = base_image(need.cuda, need.cudnn)
    if row is None:
        return None
    return row.devel if need.compiles or need.assembles or row.runtime is None else row.runtime


def _about(need: CudaNeed, image: str | None) -> list[str]:
    if image is None:
        return [f"# It needs CUDA {need.cuda}, and no image that we know has it: put it in before install.sh runs."]
    return [f"# The image has CUDA {need.cuda} or a later one of its major. Run it with: docker run --gpus all"]
