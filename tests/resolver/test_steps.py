from __future__ import annotations

from datetime import UTC, datetime

from repotriage.models.base import msg
from repotriage.models.host import Host
from repotriage.models.solution import Attempt, Candidate, Change, Clock, Pin
from repotriage.resolver.steps import steps_of
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
