"""Options that keep a run on the CPU, for a machine without a GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.data import table
from repotriage.models.base import Message, msg
from repotriage.models.reading import Hyperparameter
from repotriage.models.study import Study
from repotriage.plan.configurations import configs_of
from repotriage.plan.devices import devices
from repotriage.plan.runs import Run
from repotriage.plan.shorter import OWN_FLAGS, Limit, own_settings

_ASKS = re.compile(r"\.cuda\(|torch\.device\([\"']cuda|\.to\([\"']cuda|cuda\.set_device|backend\s*=\s*[\"']nccl")
_INSISTS = re.compile(r"assert\s+torch\.cuda\.is_available\(\)|if\s+not\s+torch\.cuda\.is_available\(\):\s*\n\s*raise")
# Weights in 8 or 4 bits, kernels and compilers that work on NVIDIA GPUs alone.
_ONLY_GPU = re.compile(
    r"^\s*(?:import|from)\s+(?:bitsandbytes|flash_attn|apex|deepspeed|xformers|triton|vllm)\b"
    r"|\bload_in_(?:8|4)bit\s*=\s*(?:True|\w+\.)",
    re.MULTILINE,
)
_GPU = re.compile(r"(?:cuda|gpu)(?::\d+)?", re.IGNORECASE)  # a number is an index: `cpu` is none
_NEAR = 80
_ON = re.compile(r"true", re.IGNORECASE)


def on_cpu(study: Study, run: Run) -> tuple[Limit, ...]:
    """What makes a script use the CPU where the machine has no GPU and the script would ask for one."""
    if devices(study) != 0:
        return ()
    return tuple(_own(study, run))[:1] or tuple(_keys(study, run))[:1]


def demands_gpu(study: Study, run: Run) -> tuple[Message, ...]:
    """That a script asks for a GPU which the machine does not have, where no option keeps it on the CPU."""
    if devices(study) != 0 or run.main is None or on_cpu(study, run):
        return ()
    text = study.snapshot.text(run.main) or ""
    only = _ONLY_GPU.search(text)
    if only is not None and "try:" not in text[max(0, only.start() - _NEAR) : only.start()]:
        return (msg("{path} works on a GPU alone: {line}", path=run.main, line=only[0].strip()),)
    if _ASKS.search(text) is None or ("is_available" in text and _INSISTS.search(text) is None):
        return ()
    return (msg("{path} asks for a GPU, and no option was found that keeps it on the CPU", path=run.main),)


def _own(study: Study, run: Run) -> Iterator[Limit]:
    cpu = table("devices")["cpu"]
    for one in own_settings(study, run):
        form = OWN_FLAGS.get(one.source)
        if form is None:
            continue
        value = _value(one)
        if value is not None:
            yield Limit(option=f"--{one.name}", value=value, form=form, was=one.value, at=one.at)
        elif one.name in cpu["switches"] and one.value in ("False", None):
            yield Limit(option=f"--{one.name}", value="", form="switch", at=one.at)


def _keys(study: Study, run: Run) -> Iterator[Limit]:
    """A key of a configuration that hydra reads."""
    if re.search(r"\bhydra\.main\s*\(", study.snapshot.text(run.main or "") or "") is None:
        return
    for file in configs_of(study, run):
        for one in study.reading.hyperparameters:
            value = _value(one) if one.at.path == file.path else None
            if value is not None and "." not in one.name:
                key = ".".join(part for part in (file.group, one.name) if part)
                yield Limit(option=key, value=value, form="equals", was=one.value, at=one.at)


def _value(one: Hyperparameter) -> str | None:
    """The value of the CPU for a setting that names a GPU."""
    value: str | None = table("devices")["cpu"]["values"].get(one.name)
    asks = _ON if value == "False" else _GPU
    return value if value is not None and one.value is not None and asks.fullmatch(one.value) else None
