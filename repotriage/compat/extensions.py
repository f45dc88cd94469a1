"""Code of the repository itself that is compiled for the GPU."""

from __future__ import annotations

from repotriage.models.study import Study

_BUILDS_EXTENSIONS = ("CUDAExtension", "cpp_extension.load", "load_inline(", "import cpp_extension")


def own_extension(study: Study) -> str | None:
    """The file of the repository that has torch compile CUDA code, if any."""
    for file in study.snapshot.inside():
        if file.path.endswith(".py") and file.text and any(word in file.text for word in _BUILDS_EXTENSIONS):
            return file.path
    return None
