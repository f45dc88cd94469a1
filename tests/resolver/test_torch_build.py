from __future__ import annotations

import pytest

from repotriage.host import load_host
from repotriage.models.host import Gpu, Host
from repotriage.models.location import Location
from repotriage.models.solution import Pin, Wish
from repotriage.resolver.torch_build import Choice, choose_build, cudas_that_count, fitted, host_bounds, with_build
from repotriage.resolver.wishes import Asked, CudaAsked


def machine(name: str, capability: str, driver: str) -> Host:
    gpu = Gpu(name=name, compute_capability=capability)
    return Host(name="there", os="linux", arch="x86_64", gpus=(gpu,), driver_version=driver)


RTX3090 = machine("GeForce RTX 3090", "8.6", "535.104")
RTX5090 = machine("GeForce RTX 5090", "12.0", "575.57")


def torch(version: str) -> tuple[Pin, ...]:
    return (
        Pin(name="numpy", version="1.19.0"),
        Pin(name="nvidia-cudnn-cu11", version="8.5", required_by=("torch",)),
        Pin(name="torch", version=version, url="https://x.example/t.whl", sha256="0" * 64, required_by=()),
    )


def test_the_build_is_one_whose_kernels_and_driver_fit() -> None:
    choice = choose_build(torch("1.7.1"), RTX3090)
    assert (choice.tag, choice.broken) == ("cu110", None)
    pins = with_build(torch("1.7.1"), choice)
    assert [(pin.name, pin.local, pin.sha256) for pin in pins] == [("numpy", None, None), ("torch", "cu110", None)]
    assert pins[1].index_url == "https://download.pytorch.org/whl/cu110"


def test_the_cuda_that_the_repository_names_goes_first() -> None:
    named = [CudaAsked(specifier=one, at=Location(path="e.yml", line=3)) for one in ("==9.0.*", "==11.8.*")]
    choice = choose_build(torch("2.4.0"), RTX3090, named=named)
    assert choice.tag == "cu118"
    assert str(choice.why) == "cu118 runs on this machine, e.yml:3 names its CUDA"
    assert choose_build(torch("2.4.0"), RTX3090, named=[named[1].model_copy(update={"specifier": ">=11"})]).tag is None
    beside = (*torch("2.4.0"), Pin(name="xformers", version="0.0.27.post2"))
    assert choose_build(beside, RTX3090, named=named).tag is None


def test_where_something_is_compiled_the_build_is_of_the_cuda_of_nvcc() -> None:
    host = RTX3090.model_copy(update={"cuda_home_version": "11.8"})
    asked = [CudaAsked(specifier="==12.1.*", at=Location(path="e.yml", line=3))]
    assert choose_build(torch("2.4.0"), host, named=cudas_that_count(asked, host, compiles=True)).tag == "cu118"
    assert choose_build(torch("2.4.0"), host, named=cudas_that_count(asked, host, compiles=False)).tag is None
    assert cudas_that_count(asked, RTX3090, compiles=True) == tuple(asked)
    minor = host.model_copy(update={"cuda_home_version": "11.4"})
    assert choose_build(torch("2.4.0"), minor, named=cudas_that_count((), minor, compiles=True)).tag == "cu118"


def test_the_plain_index_is_kept_where_it_serves() -> None:
    assert choose_build(torch("2.1.0"), RTX3090).tag is None


def test_a_build_that_is_asked_for_goes_first_if_it_runs() -> None:
    assert choose_build(torch("1.12.1"), RTX3090, [("torch", "cu113")]).tag == "cu113"
    assert choose_build(torch("1.12.1"), RTX3090, [("torch", "cu102")]).tag == "cu116"


def test_a_gpu_without_kernels_is_a_break() -> None:
    choice = choose_build(torch("1.7.1"), RTX5090)
    assert choice.broken is not None
    assert "no kernels for GeForce RTX 5090" in str(choice.broken.message)


def test_what_is_not_in_the_tables_is_not_known() -> None:
    unknown = Host(name="there", os="linux", arch="x86_64", gpus=(Gpu(name="Unheard Of 1"),), driver_version="535.104")
    choice = choose_build(torch("1.7.1"), unknown)
    assert (choice.tag, choice.broken) == (None, None)
    assert "not known" in str(choice.why)
    assert host_bounds(unknown) == ()


@pytest.mark.parametrize(
    ("host", "lines"),
    [(RTX5090, ["torch>=2.7.0", "torch<=2.11.0"]), (machine("Tesla V100", "7.0", "470.82"), ["torch<=2.7.1"])],
)
def test_bounds_of_a_machine(host: Host, lines: list[str]) -> None:
    assert [wish.line for wish in host_bounds(host)] == lines


def test_no_gpu_bounds_nothing() -> None:
    host = Host(name="there", os="linux", arch="x86_64", gpus=())
    assert host_bounds(host) == ()
    assert choose_build(torch("1.7.1"), host, [("torch", "cpu")]).tag == "cpu"


def test_a_torch_that_cannot_run_here_becomes_the_nearest_that_does_with_its_libraries() -> None:
    asked = Asked(
        wishes=(
            Wish(name="torch", line="torch==1.0.*", origin="declared"),
            Wish(name="torchvision", line="torchvision==0.2.2", origin="declared"),
            Wish(name="numpy", line="numpy", origin="declared"),
        )
    )
    hopper = load_host("h100")
    found = fitted(asked, hopper)
    assert [wish.line for wish in found.wishes] == ["torch==2.0.0", "torchvision==0.15.1", "numpy"]
    assert [(change.before, change.after) for change in found.changes] == [
        ("torch==1.0.*", "torch==2.0.0"),
        ("torchvision==0.2.2", "torchvision==0.15.1"),
    ]
    assert fitted(asked, load_host("v100")) == asked  # its builds for CUDA 10.0 have kernels for 7.0
    assert fitted(asked, load_host("cpu-linux")) == asked
    open_ended = Asked(wishes=(Wish(name="torch", line="torch>=1.7", origin="declared"),))
    assert fitted(open_ended, hopper) == open_ended


def test_cuda_13_does_not_run_on_a_windows_driver_of_cuda_12() -> None:
    choice = choose_build((Pin(name="torch", version="2.13.0"),), load_host("windows-rtx4090"))
    assert choice.tag == "cu126"


def test_each_project_is_taken_from_where_its_builds_are() -> None:
    old = [Pin(name="torch", version="1.1.0"), Pin(name="torchvision", version="0.2.2", url="https://x.example/v")]
    torch, torchvision = with_build(old, Choice(tag="cu100"))
    assert (torch.local, torch.find_links) == (None, "https://download.pytorch.org/whl/cu100/torch_stable.html")
    assert torchvision == old[1]  # plain Python: one wheel for all
    newer = [Pin(name="torch", version="1.9.0"), Pin(name="torchaudio", version="0.9.0", url="https://x.example/a")]
    torch, torchaudio = with_build(newer, Choice(tag="cu111"))
    assert (torch.local, torch.index_url) == ("cu111", "https://download.pytorch.org/whl/cu111")
    assert torchaudio == newer[1]  # its builds begin with 0.10
    assert with_build([Pin(name="torchaudio", version="0.10.0")], Choice(tag="cu113"))[0].local == "cu113"


def test_the_plain_wheel_of_an_old_torch_is_of_cuda_9() -> None:
    assert choose_build((Pin(name="torch", version="1.0.1"),), load_host("v100")).tag is None
