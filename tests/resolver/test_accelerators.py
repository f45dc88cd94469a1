from __future__ import annotations

import pytest

from repotriage.host import load_host
from repotriage.models.solution import Pin
from repotriage.resolver.accelerators import additions, outlook, rename, with_jaxlib


def pins(*lines: str) -> tuple[Pin, ...]:
    return tuple(Pin(name=line.split("==")[0], version=line.split("==")[1]) for line in lines)


def test_tensorflow_1_is_renamed_for_the_gpu_only_where_it_runs() -> None:
    found = rename(pins("tensorflow==1.15.0"), load_host("v100"))
    assert found is not None
    assert found.line == "tensorflow-gpu==1.15.0"
    assert rename(pins("tensorflow==1.15.0"), load_host("h100")) is None
    assert rename(pins("tensorflow==1.15.0"), load_host("cpu-linux")) is None


def test_a_gpu_build_that_cannot_be_imported_here_becomes_the_cpu_s() -> None:
    found = rename(pins("tensorflow-gpu==1.12.0"), load_host("cpu-linux"))
    assert found is not None
    assert found.line == "tensorflow==1.12.0"
    assert "CUDA 9.0" in str(found.reason)


def test_the_cuda_of_the_system_is_told_with_an_image() -> None:
    found = outlook(pins("tensorflow-gpu==1.15.0"), load_host("v100"))
    assert found.cuda is not None
    assert (found.cuda.cuda, found.cuda.image) == ("10.0", "tensorflow/tensorflow:1.15.0-gpu-py3")
    assert "of the system" in str(found.notices[0].message)


@pytest.mark.parametrize(
    ("host", "line", "said"),
    [
        ("rtx3090", "tensorflow==1.15.0", "needs the libraries of CUDA 11"),
        ("h100", "tensorflow==2.4.0", "needs the libraries of CUDA 11.8"),
        ("windows-rtx4090", "tensorflow==2.15.0", "no GPU build for Windows"),
        ("macos-arm64", "tensorflow==2.15.0", "Apple"),
        ("windows-rtx4090", "jaxlib==0.4.30", "no GPU build for Windows"),
        ("h100", "jaxlib==0.1.70", "needs the libraries of CUDA 11.8"),
        ("v100", "jaxlib==99.0", "not known"),
    ],
)
def test_a_gpu_that_is_not_used_is_told(host: str, line: str, said: str) -> None:
    notices = outlook(pins(line), load_host(host)).notices
    assert notices, line
    assert said in str(notices[0].message)
    assert notices[0].remedy is not None


def test_newer_releases_bring_cuda_by_an_extra() -> None:
    assert [wish.line for wish in additions(pins("tensorflow==2.15.0"), load_host("a100"))] == [
        "tensorflow[and-cuda]==2.15.0"
    ]
    assert [wish.line for wish in additions(pins("jax==0.4.30", "jaxlib==0.4.30"), load_host("a100"))] == [
        "jax[cuda12]==0.4.30"
    ]
    assert additions(pins("tensorflow==2.15.0"), load_host("cpu-linux")) == ()


def test_an_old_jaxlib_is_the_cuda_build_of_its_page() -> None:
    asked = pins("jax==0.3.25", "jaxlib==0.3.25")
    found = outlook(asked, load_host("a100"))
    jaxlib = with_jaxlib(asked, found.jaxlib)[1]
    assert jaxlib.local == "cuda11.cudnn82"
    assert jaxlib.find_links == "https://storage.googleapis.com/jax-releases/jax_cuda_releases.html"
    assert found.cuda is not None
    assert (found.cuda.cuda, found.cuda.assembles) == ("11.8", True)
    assert any("ptxas" in str(notice.message) for notice in found.notices)


def test_a_jaxlib_that_only_the_archive_has_is_taken_from_there() -> None:
    gone = Pin(name="jaxlib", version="0.3.25", url="https://us-python.pkg.dev/ml-oss-artifacts-published/jax/simple/j")
    jaxlib = with_jaxlib((gone,), None)[0]
    assert jaxlib.index_url == "https://us-python.pkg.dev/ml-oss-artifacts-published/jax/simple/"
    assert jaxlib.url is None


def test_tensorflow_and_jax_share_one_cuda_where_its_libraries_serve_both() -> None:
    both = outlook(pins("tensorflow==2.9.0", "jax==0.3.25", "jaxlib==0.3.25"), load_host("rtx3090")).cuda
    assert both is not None
    assert (both.cuda, both.cudnn, both.assembles, both.image) == ("11.8", "8.1", True, None)
    apart = outlook(pins("tensorflow==2.4.0", "jax==0.3.25", "jaxlib==0.3.25"), load_host("rtx3090")).cuda
    assert apart is not None
    assert apart.cuda == "11.0"


def test_the_cuda_of_the_system_is_no_older_than_what_a_jaxlib_beside_it_brings() -> None:
    brought = ("nvidia-cudnn-cu11==8.9.4.25", "jax==0.4.14", "jaxlib==0.4.14", "tensorflow==2.11.1")
    found = outlook(pins(*brought), load_host("rtx3090")).cuda
    assert found is not None
    assert (found.cuda, found.image, found.assembles) == ("11.8", None, False)


def test_windows_is_not_sent_to_a_dockerfile() -> None:
    found = outlook(pins("tensorflow-gpu==2.5.0"), load_host("windows-rtx4090"))
    assert [str(notice.remedy) for notice in found.notices] == [
        "use the environment.yml of --write, which has them, or install them"
    ]


def test_apples_plug_in_is_named_in_its_release() -> None:
    for line, metal in (("tensorflow-macos==2.9.2", "0.5.0"), ("tensorflow==2.13.0", "1.0.0")):
        (notice,) = outlook(pins(line), load_host("macos-arm64")).notices
        assert str(notice.remedy) == f"for its GPU add Apple's plug-in: pip install tensorflow-metal=={metal}"
    (unknown,) = outlook(pins("tensorflow==1.15.0"), load_host("macos-arm64")).notices
    assert "is known for TensorFlow 1.15.0" in str(unknown.remedy)


def test_jax_takes_the_cuda_of_a_tensorflow_that_loads_that_of_the_system() -> None:
    asked = ("jax==0.4.14", "jaxlib==0.4.14")
    alone = outlook(pins(*asked), load_host("rtx3090")).jaxlib
    beside = outlook(pins(*asked, "tensorflow==2.11.1"), load_host("rtx3090"))
    assert alone is not None
    assert alone.local == "cuda12.cudnn89"
    assert beside.jaxlib is not None
    assert beside.jaxlib.local == "cuda11.cudnn86"
    assert beside.cuda is not None
    assert (beside.cuda.cuda, beside.cuda.assembles) == ("11.8", True)
    apart = outlook(
        pins(*asked, "tensorflow==2.11.1"), load_host("h100")
    ).jaxlib  # TensorFlow does not use the GPU there
    assert apart is not None
    assert apart.local == "cuda12.cudnn89"
