"""TensorFlow × CUDA and cuDNN of the machine."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.knowledge import tensorflow_release
from repotriage.compat.rules.registry import Case, ok, rule, unknown, version_of, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def tensorflow_cuda(case: Case) -> Iterator[CheckItem]:
    """The CUDA that TensorFlow loads at run time is the one that it was built for."""
    name = next((one for one in ("tensorflow-gpu", "tensorflow") if one in case.pins), None)
    if name is None or not case.gpus:
        return
    version = case.pins[name]
    row = tensorflow_release(version)
    if row is None:
        yield unknown("tensorflow-cuda", msg("TensorFlow {version} is not in the tables", version=version))
    elif row.cuda_extra is not None:
        remedy = msg("install tensorflow[{extra}]=={version}", extra=row.cuda_extra, version=version)
        summary = msg("TensorFlow {version} brings CUDA {cuda} by its extra", version=version, cuda=row.cuda)
        extra = any(pin.startswith("nvidia-cudnn") for pin in case.pins)
        yield (
            ok("tensorflow-cuda", summary, row.source)
            if extra
            else warning("tensorflow-cuda", summary, remedy, row.source)
        )
    else:
        have = version_of(case.host.cuda_home_version)
        if have is not None and have.release[:2] == Version(row.cuda).release[:2]:
            yield ok(
                "tensorflow-cuda",
                msg("CUDA {cuda} is what TensorFlow {version} loads", cuda=str(have), version=version),
                row.source,
            )
            return
        yield warning(
            "tensorflow-cuda",
            msg(
                "TensorFlow {version} loads CUDA {cuda} and cuDNN {cudnn}, found: {have}; without them it uses the CPU",
                version=version, cuda=row.cuda, cudnn=row.cudnn, have="none" if have is None else str(have),
            ),
            msg(
                "conda install cudatoolkit={cuda} cudnn={cudnn}, or use an image that has them",
                cuda=row.cuda, cudnn=row.cudnn,
            ),
            row.source,
        )  # fmt: skip
