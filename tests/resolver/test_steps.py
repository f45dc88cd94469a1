from __future__ import annotations

from datetime import UTC, datetime

from repotriage.host import load_host
from repotriage.models.base import msg
from repotriage.models.host import Host
from repotriage.models.location import Location
from repotriage.models.requirement import Requirement
from repotriage.models.solution import Attempt, Candidate, Change, Clock, Pin
from repotriage.resolver.steps import from_pages, steps_of
from repotriage.resolver.wishes import Asked

CPU = Host(name="here", os="linux", arch="x86_64", gpus=())
TORCH = Pin(name="torch", version="1.10.1")


def best(*pins: Pin, changes: tuple[Change, ...] = ()) -> Attempt:
    clock = Clock(name="code", cutoff=datetime(2022, 1, 1, tzinfo=UTC))
    candidate = Candidate(python="3.8", clock=clock, reason=msg("usual"))
    return Attempt(candidate=candidate, verdict="solves", pins=pins, changes=changes)


def test_a_companion_comes_from_the_page_for_this_torch() -> None:
    (step,) = steps_of(best(TORCH, Pin(name="mmcv-full", version="1.4.0", compiles=True)), Asked(), CPU, "cu113")
    assert (step.kind, step.requirement) == ("extension", "mmcv-full==1.4.0")
    assert step.find_links is not None
    assert "/cu113/torch1.10" in step.find_links


def test_a_wheel_of_a_page_takes_the_place_of_what_would_be_compiled() -> None:
    source = Pin(
        name="mmcv-full", version="1.4.0", compiles=True, sdist_only=True, url="https://x.example/a", sha256="0"
    )
    pins, left = from_pages((TORCH, source), steps_of(best(TORCH, source), Asked(), CPU, "cu113"))
    assert left == ()
    assert (pins[1].compiles, pins[1].url, pins[1].sha256) == (False, None, None)
    assert pins[1].find_links == "https://download.openmmlab.com/mmcv/dist/cu113/torch1.10/index.html"


def test_wheels_are_for_the_system_of_the_machine() -> None:
    source = Pin(name="mmcv-full", version="1.6.1", compiles=True)
    torch = Pin(name="torch", version="1.7.0")
    windows = CPU.model_copy(update={"os": "windows"})
    (step,) = steps_of(best(torch, source), Asked(), CPU, "cu110")
    assert step.find_links is not None
    (step,) = steps_of(best(torch, source), Asked(), windows, "cu110")
    assert (step.find_links, step.variables) == (None, ("MMCV_WITH_OPS=1",))
    (step,) = steps_of(best(torch, source), Asked(), windows, "cpu")
    assert step.find_links is not None


def test_cuda_code_is_forced_only_where_there_is_a_gpu() -> None:
    source = Pin(name="tinycudann", version="1.7", compiles=True)
    torch = Pin(name="torch", version="1.7.0")
    (step,) = steps_of(best(torch, source), Asked(), load_host("rtx3090"), "cu110")
    assert step.variables == ("TCNN_CUDA_ARCHITECTURES=80",)
    (step,) = steps_of(best(torch, source), Asked(), CPU, "cpu")
    assert step.variables == ()


def test_what_is_no_companion_is_compiled() -> None:
    (step,) = steps_of(best(TORCH, Pin(name="pysptk", version="0.1.18", compiles=True)), Asked(), CPU, None)
    assert (step.kind, step.find_links) == ("compiled", None)


def test_what_is_for_cuda_alone_takes_nvcc() -> None:
    pin = Pin(name="adam-atan2", version="0.0.3", compiles=True, cuda=True)
    (step,) = steps_of(best(TORCH, pin), Asked(), CPU, None)
    assert (step.kind, step.needs_cuda, step.no_build_isolation) == ("extension", True, True)


def test_a_companion_that_the_index_lacks_is_installed_afterwards() -> None:
    change = Change(before="detectron2", after=None, reason=msg("there is no project detectron2 on the index"))
    (step,) = steps_of(best(TORCH, changes=(change,)), Asked(), CPU, "cu113")
    assert step.name == "detectron2"
    other = Change(before="nothing-like-it", after=None, reason=msg("not there"))
    assert steps_of(best(TORCH, changes=(other,)), Asked(), CPU, "cu113") == ()


def test_an_address_of_a_companion_is_told_with_its_wheels() -> None:
    url = "git+https://github.com/facebookresearch/detectron2.git"
    at = Location(path="README.md", line=3)
    asked = Requirement(name="detectron2", url=url, format="readme", at=at, raw=f"pip install {url}")
    (step,) = steps_of(best(TORCH), Asked(later=(asked,)), CPU, "cu113")
    assert (step.kind, step.requirement) == ("reference", url)
    assert step.find_links == "https://dl.fbaipublicfiles.com/detectron2/wheels/cu113/torch1.10/index.html"
    (plain,) = steps_of(best(Pin(name="torch", version="2.1.0")), Asked(later=(asked,)), CPU, "cu121")
    assert (plain.kind, plain.find_links) == ("reference", None)
