from __future__ import annotations

from repotriage.host import load_host
from repotriage.models.solution import Pin
from repotriage.resolver.cuda_names import renames
from repotriage.resolver.torch_build import choose_build


def lines(host: str, *pinned: str) -> list[str]:
    pins = [Pin(name=name, version=version) for name, _, version in (one.partition("==") for one in pinned)]
    machine = load_host(host)
    return [one.line for one in renames(pins, machine, choose_build(pins, machine))]


def test_the_distribution_is_that_of_the_cuda_of_the_planned_torch() -> None:
    assert lines("a100", "torch==2.0.1", "spconv-cu113==2.3.6") == ["spconv-cu117==2.3.6", "spconv-cu117"]
    assert lines("a100", "torch==2.0.1", "cupy-cuda12x==12.2.0")[-1] == "cupy-cuda11x"


def test_what_fits_or_is_not_known_to_be_wrong_stays() -> None:
    assert lines("a100", "torch==2.0.1", "spconv-cu117==2.3.6", "cupy-cuda11x==12.2.0") == []
    assert lines("a100", "spconv-cu113==2.3.6") == []  # without torch nothing tells the CUDA
    assert lines("cpu-linux", "torch==2.0.1", "cupy-cuda12x==12.2.0") == []  # it has no distribution for the CPU


def test_without_a_gpu_it_is_the_distribution_for_the_cpu() -> None:
    assert lines("cpu-linux", "torch==1.8.1", "dgl-cu102==0.6.1") == ["dgl==0.6.1", "dgl"]
