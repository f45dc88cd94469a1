from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from repotriage.index.simple import SimpleIndex
from repotriage.models.base import msg
from repotriage.models.breakage import BreakageUse
from repotriage.models.host import Host
from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, ImportedModule, ManifestFile, Requirement
from repotriage.models.snapshot import BotPin, File, History, Touch
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.models.version_check import VersionCheck
from repotriage.resolver.solve import SolveSettings, solve
from tests.builders import study
from tests.index.house import House

HOST = Host(name="here", os="linux", arch="x86_64", glibc="2.31", gpus=())


def needs(*lines: str, **more: Any) -> Dependencies:
    """A requirements.txt of `name specifier` lines."""
    found = []
    for number, line in enumerate(lines, 1):
        name, _, specifier = line.partition(" ")
        kind = "python" if name == "python" else "runtime"
        found.append(
            Requirement.model_validate(
                {
                    "name": name,
                    "specifier": specifier,
                    "kind": kind,
                    "format": "requirements",
                    "at": Location(path="requirements.txt", line=number),
                    "raw": line,
                }
            )
        )
    files = (ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),)
    return Dependencies(files=files, requirements=tuple(found), **more)


def of(dependencies: Dependencies, code: datetime | None = None) -> Study:
    history = History(last_code_change=Touch(date=code, sha="c")) if code else None
    return study({}, dependencies=dependencies, history=history)


def answer(house: House, asked: Study, host: Host = HOST, **settings: Any) -> Environment:
    index = SimpleIndex(url=house.url)
    try:
        return solve(asked, host, index, SolveSettings(timeout=60, **settings))
    finally:
        index.close()


def pins(environment: Environment) -> dict[str, str]:
    assert environment.best is not None
    return {pin.name: pin.version for pin in environment.best.pins}


def test_pins_solve_on_the_python_that_their_wheels_are_for(house: House) -> None:
    house.wheel("torch", "1.7.1", "numpy", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    house.wheel("torch", "2.0.0", tag="cp311-cp311-manylinux1_x86_64", uploaded="2023-03-15T00:00:00Z")
    house.wheel("numpy", "1.19.0", uploaded="2020-06-20T00:00:00Z")
    house.wheel("numpy", "2.0.0", uploaded="2024-06-16T00:00:00Z")
    found = answer(house, of(needs("torch ==1.7.1", "numpy"), datetime(2020, 12, 1, tzinfo=UTC)))
    assert found.verdict == "solves"
    assert found.best is not None
    assert found.best.candidate.python == "3.8"
    assert pins(found) == {"torch": "1.7.1", "numpy": "1.19.0"}
    numpy = found.best.pins[0]
    assert (numpy.why, numpy.required_by) == ((Location(path="requirements.txt", line=2),), ("torch",))
    assert numpy.url is not None
    assert numpy.url.endswith("/files/numpy-1.19.0-py3-none-any.whl")


def test_a_local_version_is_solved_by_its_public_one(house: House) -> None:
    house.wheel("torch", "1.7.1", tag="cp38-cp38-manylinux1_x86_64")
    found = answer(house, of(needs("torch ==1.7.1+cu110")))
    assert pins(found) == {"torch": "1.7.1"}


def test_a_conflict_has_a_minimal_core_and_a_relaxation_that_solves(house: House) -> None:
    house.wheel("a", "1.0", "b<2")
    house.wheel("b", "1.5")
    house.wheel("b", "2.0")
    house.wheel("c", "1.0")
    found = answer(house, of(needs("c", "a ==1.0", "b ==2.0")))
    assert found.verdict == "solves with changes"
    assert found.best is not None
    conflict = found.best.conflict
    assert conflict is not None
    assert [wish.line for wish in conflict.core] == ["a==1.0", "b==2.0"]
    assert str(conflict.sentence) == "a 1.0 (requirements.txt:2) needs b<2, but requirements.txt:3 asks for b==2.0"
    assert len(found.best.changes) == 1
    assert pins(found)["c"] == "1.0"


def test_what_no_change_can_mend_is_a_conflict(house: House) -> None:
    house.wheel("a", "1.0", "gone")
    house.wheel("b", "1.0")
    found = answer(house, of(needs("a", "b")))
    assert found.verdict == "solves with changes"  # without the line that cannot be had
    assert found.best is not None
    assert found.best.changes[0].after is None
    assert "there is no project gone on the index" in str(found.best.changes[0].reason)
    alone = answer(house, of(needs("a")))
    assert (alone.verdict, pins(alone)) == ("conflict", {})  # nothing of it is left
    assert answer(house, of(needs("nothing-here ==1"))).verdict == "conflict"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("a", "nothing-here"), "there is no project nothing-here on the index"),
        (("a ==9.9",), "no release of a on the index matches ==9.9"),
    ],
)
def test_what_the_index_lacks_is_said(house: House, lines: tuple[str, ...], reason: str) -> None:
    house.wheel("a", "1.0")
    found = answer(house, of(needs(*lines)))
    assert found.verdict == "solves with changes"
    assert found.best is not None
    assert str(found.best.changes[0].reason) == reason
    assert pins(found) == {"a": "1.0"}


def test_an_undeclared_import_is_added_and_marked(house: House) -> None:
    house.wheel("a", "1.0")
    house.wheel("opencv-python", "4.0")
    module = ImportedModule(
        module="cv2", at=(Location(path="m.py", line=3),), count=1, needed=True, context="main",
        distributions=("opencv-python",), source="https://x.example",
    )  # fmt: skip
    found = answer(house, of(needs("a", undeclared=(module,))))
    assert pins(found) == {"a": "1.0", "opencv-python": "4.0"}
    assert [wish.origin for wish in found.wishes] == ["declared", "import"]


def test_the_declared_python_is_kept(house: House) -> None:
    house.wheel("a", "1.0")
    found = answer(house, of(needs("python ==3.7.*", "a")))
    assert found.best is not None
    assert found.best.candidate.python == "3.7"


def test_only_compiled_source_takes_a_compiler(house: House) -> None:
    info = "Metadata-Version: 1.1\nName: a\nVersion: 1.0\n"
    house.sdist("a", "1.0", {"PKG-INFO": info, "a.egg-info/PKG-INFO": info, "a.pyx": ""})
    found = answer(house, of(needs("a ==1.0")))
    assert found.best is not None
    assert (found.verdict, found.best.levels) == ("solves", ("resolves", "no_known_break"))
    assert found.best.pins[0].compiles


def imported(name: str) -> ImportedModule:
    at = Location(path="train.py", line=1)
    return ImportedModule(module=name, at=(at,), count=1, needed=True, context="main", distributions=(name,))


def test_an_import_of_which_only_the_first_release_goes_with_the_lines_is_left_out(house: House) -> None:
    house.wheel("p", "1.0")
    house.wheel("p", "2.0")
    house.wheel("cog", "0.0.3")
    for minor in range(4, 10):
        house.wheel("cog", f"0.{minor}.0", "p<2")
    found = answer(house, of(needs("p ==2.0", undeclared=(imported("cog"),))))
    assert pins(found) == {"p": "2.0"}
    assert found.best is not None
    (change,) = found.best.changes
    assert (change.before, change.after) == ("cog", None)
    assert pins(answer(house, of(needs("p ==2.0", "cog"))))["cog"] == "0.0.3"  # where a line asks for it, it stays


def test_a_distribution_for_another_cuda_gives_way_and_is_told(house: House) -> None:
    house.wheel("dgl", "0.6.1")
    house.wheel("dgl-cu102", "0.6.1")
    found = answer(house, of(needs("dgl-cu102 ==0.6.1")))
    assert pins(found) == {"dgl": "0.6.1"}
    assert found.best is not None
    assert [(change.before, change.after) for change in found.best.changes] == [("dgl-cu102==0.6.1", "dgl==0.6.1")]


def test_another_python_that_has_a_wheel_goes_before_a_compiler(house: House) -> None:
    info = "Metadata-Version: 1.1\nName: b\nVersion: 1.0\n"
    for tag in ("cp38-cp38-manylinux1_x86_64", "cp39-cp39-manylinux1_x86_64"):
        house.wheel("a", "1.0", "b==1.0", tag=tag)
    house.wheel("b", "1.0", tag="cp38-cp38-manylinux1_x86_64")
    files = {"PKG-INFO": info, "b.egg-info/PKG-INFO": info, "b.c": ""}
    house.sdist("b", "1.0", files, uploaded="2020-07-01T00:00:00Z")
    found = answer(
        house, of(needs("a ==1.0"), datetime(2022, 1, 1, tzinfo=UTC)), as_of=datetime(2022, 1, 1, tzinfo=UTC)
    )
    assert found.best is not None
    assert found.best.candidate.python == "3.8"
    assert not any(pin.compiles for pin in found.best.pins)


def test_a_release_that_the_index_no_longer_has_gives_way_to_one_that_it_has(house: House) -> None:
    for name, version in (("scipy", "1.11.0"), ("numpy", "1.25.0"), ("ml-dtypes", "0.2.0")):
        house.wheel(name, version, uploaded="2023-07-01T00:00:00Z")
    house.wheel("jax", "0.4.14", "numpy", uploaded="2023-07-27T00:00:00Z")
    house.wheel("jaxlib", "0.4.13", "numpy", tag="cp310-cp310-manylinux2014_x86_64", uploaded="2023-06-22T00:00:00Z")
    day = datetime(2023, 8, 1, tzinfo=UTC)
    found = answer(house, of(needs("python ==3.10.*", "jax", "jaxlib"), day))
    assert pins(found)["jaxlib"] == "0.4.13"
    pinned = answer(house, of(needs("python ==3.10.*", "jax", "jaxlib ==0.4.14"), day))
    assert pins(pinned)["jaxlib"] == "0.4.14"


def test_nothing_is_known_without_the_index() -> None:
    index = SimpleIndex(url="http://127.0.0.1:9/simple")
    found = solve(of(needs("a")), HOST, index, SolveSettings())
    index.close()
    assert found.verdict == "unknown"
    assert found.best is not None
    assert "the index could not be asked for a" in str(found.best.reason)


def test_nothing_declared_is_unknown(house: House) -> None:
    found = answer(house, of(Dependencies()))
    assert (found.verdict, found.best) == ("unknown", None)


def test_no_date_is_before_the_lowest_release_that_a_line_admits(house: House) -> None:
    house.wheel("a", "1.0", uploaded="2019-01-01T00:00:00Z")
    house.wheel("a", "2.0", uploaded="2021-01-01T00:00:00Z")
    house.wheel("a", "3.0", uploaded="2025-01-01T00:00:00Z")
    found = answer(house, of(needs("a >=1.5"), datetime(2020, 1, 1, tzinfo=UTC)))
    assert (found.verdict, pins(found)) == ("solves", {"a": "2.0"})


def test_a_project_whose_old_files_are_gone_has_a_date_of_its_own(house: House) -> None:
    house.wheel("a", "1.0", uploaded="2018-01-01T00:00:00Z")
    house.wheel("b", "1.0", uploaded="2021-01-01T00:00:00Z")
    house.wheel("b", "9.0", uploaded="2025-01-01T00:00:00Z")
    found = answer(house, of(needs("a", "b"), datetime(2019, 1, 1, tzinfo=UTC)))
    assert (found.verdict, found.exempt) == ("solves", ("b",))
    assert pins(found) == {"a": "1.0", "b": "1.0"}


def test_a_known_break_is_avoided_and_the_bound_is_shown(house: House) -> None:
    house.wheel("torch", "1.13.1", "numpy", tag="cp39-cp39-manylinux1_x86_64")
    house.wheel("numpy", "1.26.0")
    house.wheel("numpy", "2.0.0")
    found = answer(house, of(needs("torch ==1.13.1", "numpy")))
    assert found.verdict == "solves"
    assert pins(found)["numpy"] == "1.26.0"
    assert found.best is not None
    assert [wish.line for wish in found.best.added] == ["numpy<2"]


def test_a_break_that_nothing_avoids_is_no_solution(house: House) -> None:
    house.wheel("torch", "1.13.1", "numpy", tag="cp39-cp39-manylinux1_x86_64")
    house.wheel("numpy", "2.0.0")
    found = answer(house, of(needs("torch ==1.13.1", "numpy")))
    assert found.verdict == "conflict"
    assert found.best is not None
    assert [(one.package, one.version) for one in found.best.breaks] == [("numpy", "2.0.0")]


def test_what_breaks_some_uses_is_avoided_where_that_costs_nothing(house: House) -> None:
    house.wheel("gradio", "4.44.1", "pydantic")
    house.wheel("pydantic", "2.11.7")
    bare = answer(house, of(needs("gradio")))
    assert (bare.verdict, pins(bare)["pydantic"]) == ("solves", "2.11.7")
    house.wheel("pydantic", "2.10.6")
    found = answer(house, of(needs("gradio")))
    assert (found.verdict, pins(found)["pydantic"]) == ("solves", "2.10.6")
    pinned = answer(house, of(needs("gradio", "pydantic ==2.11.7")))
    assert (pinned.verdict, pins(pinned)["pydantic"]) == ("solves", "2.11.7")


def test_a_later_release_of_the_other_package_avoids_a_break_where_a_line_would_have_to_change(house: House) -> None:
    house.wheel("datasets", "2.14.4", "fsspec")
    house.wheel("datasets", "2.19.0", "fsspec<=2024.3.1")
    house.wheel("fsspec", "2023.9.2")
    house.wheel("fsspec", "2024.3.1")
    house.wheel("fsspec", "2025.3.0")
    found = answer(house, of(needs("fsspec >=2024.2.0", "datasets")))
    assert (found.verdict, pins(found)) == ("solves", {"datasets": "2.19.0", "fsspec": "2024.3.1"})


def test_a_notebook_beside_modules_does_not_decide(house: House) -> None:
    house.wheel("numpy", "1.26.0")
    use = BreakageUse(
        package="numpy", symbol="numpy.float", kind="attribute", removed_in="1.24.0", replacement="float",
        at=Location(path="a.ipynb", line=1, cell=1), guarded=False, source="https://x.example/",
    )  # fmt: skip
    asked = of(needs("numpy ==1.26.0"))
    alone = asked.model_copy(update={"breakages": (use,)})
    assert answer(house, alone).verdict == "conflict"
    module = File(path="a.py", size=0, text="")
    beside = alone.model_copy(update={"snapshot": alone.snapshot.model_copy(update={"files": (module,)})})
    assert answer(house, beside).verdict == "solves"


def test_a_document_that_was_edited_later_does_not_move_the_date_of_the_list(house: House) -> None:
    for version, day in (("1.0", "2021-01-01"), ("2.0", "2023-01-01")):
        house.wheel("a", version, uploaded=f"{day}T00:00:00Z")
    house.wheel("b", "1.0", uploaded="2021-01-01T00:00:00Z")
    house.wheel("c", "1.0", uploaded="2021-01-01T00:00:00Z")
    asked = needs("a", "b ==1.0", "c ==1.0")
    told = asked.requirements[2].model_copy(update={"format": "readme", "at": Location(path="README.md", line=1)})
    lists = (one.model_copy(update={"rank": 2, "named_by": "README.md"}) for one in asked.files)
    files = (ManifestFile(path="README.md", format="readme", parsed=True, rank=1), *lists)
    wanted = of(asked.model_copy(update={"requirements": (*asked.requirements[:2], told), "files": files}))
    touched = {
        one.at.path: Touch(date=datetime(year, 6, 1, tzinfo=UTC), sha="s")
        for one, year in ((told, 2025), (asked.requirements[0], 2021))
    }
    snapshot = wanted.snapshot.model_copy(update={"history": History(last_touched=touched)})
    found = answer(house, wanted.model_copy(update={"snapshot": snapshot}))
    assert pins(found) == {"a": "1.0", "b": "1.0", "c": "1.0"}


def test_what_neither_the_code_imports_nor_a_package_needs_does_not_decide(house: House) -> None:
    house.wheel("keras", "2.9.0")
    house.wheel("a", "1.0", "keras")
    listed = needs("keras ==2.9.0")
    assert answer(house, of(listed)).verdict == "conflict"
    assert answer(house, of(listed.model_copy(update={"unused": listed.requirements}))).verdict == "solves"
    needed = needs("keras ==2.9.0", "a")
    needed = needed.model_copy(update={"unused": needed.requirements[:1]})
    assert answer(house, of(needed)).verdict == "conflict"


def test_what_nothing_names_does_not_decide(house: House) -> None:
    house.wheel("numpy", "1.23.5")
    house.wheel("numpy", "1.26.0")
    use = BreakageUse(
        package="numpy", symbol="numpy.float", kind="attribute", removed_in="1.24.0", replacement="float",
        at=Location(path="a.py", line=2), guarded=False, inside=("f",), source="https://x.example/",
    )  # fmt: skip

    def found(lines: str, *texts: str) -> tuple[str, dict[str, str]]:
        files = tuple(File(path=f"{n}.py", size=0, text=text) for n, text in enumerate(texts))
        asked = of(needs(lines)).model_copy(update={"breakages": (use,)})
        snapshot = asked.snapshot.model_copy(update={"files": files})
        got = answer(house, asked.model_copy(update={"snapshot": snapshot}))
        return got.verdict, pins(got)

    assert found("numpy ==1.26.0", "def f():\n    np.float\n") == ("solves", {"numpy": "1.26.0"})
    assert found("numpy ==1.26.0", "def f():\n", "f()\n") == ("solves with changes", {"numpy": "1.23.5"})
    assert found("numpy", "def f():\n    np.float\n") == ("solves", {"numpy": "1.23.5"})


def test_a_line_that_is_read_otherwise_and_then_gives_way_is_one_change(house: House) -> None:
    house.wheel("torch", "1.5.0")
    house.wheel("torchvision", "0.6.1", "torch==1.5.0")
    house.wheel("torchvision", "0.7.0", "torch==1.6.0")
    asked = needs("torch ==1.5.0", "torchvision >=0.7.0")
    wrong = asked.requirements[1].model_copy(
        update={"raw": "torchvision>=0.7.0+cu101", "repairs": (msg("read as {it}", it=">=0.7.0"),)}
    )
    found = answer(house, of(asked.model_copy(update={"requirements": (asked.requirements[0], wrong)})))
    assert found.best is not None
    assert [(one.before, one.after) for one in found.best.changes] == [
        ("torchvision>=0.7.0+cu101", "torchvision==0.6.1")
    ]


def test_a_line_that_the_solution_meets_as_it_was_written_is_no_change(house: House) -> None:
    house.wheel("a", "1.0")
    house.wheel("a", "2.0")
    asked = needs("a ==2.0", "a ==1.0")
    script = tuple(
        one.model_copy(update={"format": "shell", "raw": f"pip install {one.raw}"}) for one in asked.requirements
    )
    found = answer(house, of(asked.model_copy(update={"requirements": script})))
    assert found.best is not None
    assert (pins(found), found.best.changes) == ({"a": "2.0"}, ())


SETUP = (
    "from setuptools import setup\nsetup(name='a', version='1.0', install_requires=open('needs.txt').read().split())\n"
)


def untold(house: House, name: str, version: str) -> None:
    """A release that computes what it needs when it is built."""
    info = f"Metadata-Version: 1.1\nName: {name}\nVersion: {version}\n"
    house.sdist(name, version, {"PKG-INFO": info, "setup.py": SETUP, "needs.txt": "b"})


def test_what_does_not_say_its_needs_makes_the_answer_unknown_and_stays_in_the_plan(house: House) -> None:
    untold(house, "a", "1.0")
    house.wheel("b", "1.0")
    found = answer(house, of(needs("a", "b")), python="3.8")
    assert (found.verdict, pins(found)) == ("unknown", {"a": "1.0", "b": "1.0"})
    assert found.best is not None
    assert [(pin.name, pin.untold) for pin in found.best.pins] == [("a", True), ("b", False)]
    assert found.best.levels == ()
    assert str(found.best.reason) == ("what a 1.0 needs is told only when it is built (--allow-builds lets uv do that)")


def test_a_release_that_says_its_needs_goes_before_one_that_does_not(house: House) -> None:
    untold(house, "a", "2.0")
    house.wheel("a", "1.0")
    assert pins(answer(house, of(needs("a")), python="3.8")) == {"a": "1.0"}


def test_a_framework_moves_beyond_its_minor_version_only_when_no_other_line_can_give_way(house: House) -> None:
    house.wheel("tensorflow", "2.5.0", "c<2", tag="cp38-cp38-manylinux2010_x86_64")
    house.wheel("tensorflow", "2.9.0", "c", tag="cp38-cp38-manylinux2010_x86_64")
    house.wheel("b", "1.0", "c>=2")
    house.wheel("b", "0.9", "c")
    house.wheel("c", "1.0")
    house.wheel("c", "2.0")
    found = answer(house, of(needs("tensorflow ==2.5.0", "b ==1.0")))
    assert pins(found) == {"tensorflow": "2.5.0", "b": "0.9", "c": "1.0"}


def test_what_only_a_part_of_the_lines_asks_for_makes_no_core(house: House) -> None:
    # With c, the conflict is found before d is asked for; alone, a fails only where d may not be compiled.
    info = "Metadata-Version: 1.1\nName: d\nVersion: 1.0\n"
    house.sdist("d", "1.0", {"PKG-INFO": info, "d.egg-info/PKG-INFO": info, "d.pyx": ""})
    house.wheel("a", "1.0", "c<2", "d")
    house.wheel("c", "1.0")
    house.wheel("c", "2.0")
    found = answer(house, of(needs("a ==1.0", "c ==2.0")), python="3.8")
    assert found.best is not None
    assert found.best.conflict is not None
    assert [wish.line for wish in found.best.conflict.core] == ["a==1.0", "c==2.0"]
    assert pins(found) == {"a": "1.0", "c": "1.0", "d": "1.0"}


def test_a_conflict_whatever_is_needed_by_what_does_not_say_so_is_a_conflict(house: House) -> None:
    untold(house, "a", "1.0")
    house.wheel("b", "1.0", "c<2")
    house.wheel("c", "1.0")
    house.wheel("c", "2.0")
    found = answer(house, of(needs("a", "b ==1.0", "c ==2.0")), python="3.8")
    assert found.best is not None
    assert found.best.conflict is not None
    assert [wish.line for wish in found.best.conflict.core] == ["b==1.0", "c==2.0"]
    assert (found.verdict, len(found.best.changes)) == ("unknown", 1)


def test_a_wheel_for_another_python_tells_what_the_release_needs(house: House) -> None:
    untold(house, "a", "1.0")
    house.wheel("a", "1.0", "b", tag="cp37-cp37m-manylinux1_x86_64")
    house.wheel("b", "1.0")
    found = answer(house, of(needs("a ==1.0")), python="3.8")
    assert (found.verdict, pins(found)) == ("solves", {"a": "1.0", "b": "1.0"})
    assert found.best is not None
    assert [(pin.name, pin.compiles) for pin in found.best.pins] == [("a", True), ("b", False)]


def test_the_same_project_pinned_twice_in_a_long_list_of_pins_is_a_conflict(house: House) -> None:
    for name in ("a", "b", "c", "d", "e"):
        house.wheel(name, "1.0")
    house.wheel("a", "2.0")
    listed = [f"{name} ==1.0" for name in ("a", "b", "c", "d", "e")]
    frozen = needs(*listed, "a ==2.0")
    locked = tuple(one.model_copy(update={"locked": True}) for one in frozen.requirements)
    found = answer(house, of(frozen.model_copy(update={"requirements": locked})))
    assert found.verdict == "solves with changes"
    assert found.best is not None
    assert found.best.conflict is not None
    assert str(found.best.conflict.sentence) == (
        "a==1.0 (requirements.txt:1) and a==2.0 (requirements.txt:6) have no release in common"
    )


def test_the_time_that_is_spent_on_the_index_counts(house: House) -> None:
    index = SimpleIndex(url=house.url)
    found = solve(of(needs("a", "b")), HOST, index, SolveSettings(timeout=1e-9))
    index.close()
    assert (found.verdict, house.log) == ("unknown", [])
    assert str(found.why_best) == "looking up 2 packages on the index took all of the time"


BACKEND = """
import os
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    name = "a-1.0.dist-info"
    os.mkdir(os.path.join(folder, name))
    with open(os.path.join(folder, name, "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: a\\nVersion: 1.0\\nRequires-Dist: b\\n")
    return name
def build_wheel(folder, config_settings=None, metadata_directory=None):
    raise SystemExit("not needed")
"""


def test_builds_that_the_user_allows_tell_the_needs(house: House) -> None:
    project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    house.sdist("a", "1.0", {"pyproject.toml": project, "backend.py": BACKEND})
    house.wheel("b", "1.0")
    found = answer(house, of(needs("a")), python="3.11", allow_builds=True)
    assert pins(found) == {"a": "1.0", "b": "1.0"}
    assert found.best is not None
    assert found.best.pins[0].compiles


def test_a_pin_that_a_bot_raised_yields_first_and_goes_back_to_what_people_wrote(house: House) -> None:
    house.wheel("app", "1.0", "lib<2")
    house.wheel("lib", "1.5")
    house.wheel("lib", "1.0")
    house.wheel("lib", "2.0")
    raised = BotPin(
        path="requirements.txt",
        name="lib",
        before="1.0",
        after="2.0",
        by="Dependabot",
        sha="0123456789abcdef",
        date=datetime(2023, 1, 1, tzinfo=UTC),
    )
    asked = of(needs("app ==1.0", "lib ==2.0"))
    history = History(bot_pins=(raised,))
    asked = asked.model_copy(update={"snapshot": asked.snapshot.model_copy(update={"history": history})})
    found = answer(house, asked)
    assert found.verdict == "solves with changes"
    assert pins(found) == {"app": "1.0", "lib": "1.0"}
    assert found.best is not None
    (change,) = found.best.changes
    assert (change.before, change.after) == ("lib==2.0", "lib==1.0")
    assert str(change.reason).startswith("Dependabot raised it from 1.0 in commit 0123456789ab; app 1.0")


def test_what_a_sentence_names_and_no_index_has_is_no_line_to_change(house: House) -> None:
    house.wheel("a", "1.0")
    named = needs("a", "xelatex")
    prose = named.requirements[1].model_copy(update={"format": "prose"})
    found = answer(house, of(named.model_copy(update={"requirements": (named.requirements[0], prose)})))
    assert (found.verdict, pins(found)) == ("solves", {"a": "1.0"})
    found = answer(house, of(named))
    assert found.verdict == "solves with changes"


def test_one_line_against_many_is_left_out_rather_than_many_changed(house: House) -> None:
    house.wheel("a", "1.0", "b<2", "c<2", "d<2")
    for name in ("b", "c", "d"):
        house.wheel(name, "1.0")
        house.wheel(name, "2.0")
    found = answer(house, of(needs("a ==1.0", "b ==2.0", "c ==2.0", "d ==2.0")))
    assert found.best is not None
    assert [(change.before, change.after) for change in found.best.changes] == [("a==1.0", None)]
    assert found.best.conflict is not None
    assert found.best.conflict.relaxation == found.best.changes[0]
    # unless the code cannot be imported without it
    module = ImportedModule(module="a", distributions=("a",), needed=True, at=(), count=1, context="main")
    kept = answer(house, of(needs("a ==1.0", "b ==2.0", "c ==2.0", "d ==2.0", imports=(module,))))
    assert kept.best is not None
    assert {change.before for change in kept.best.changes} == {"b==2.0", "c==2.0", "d==2.0"}


def test_of_two_pairs_each_gives_one_line_and_every_core_is_told(house: House) -> None:
    for one, other in (("a", "b"), ("c", "d")):
        house.wheel(one, "1.0", f"{other}<2")
        house.wheel(other, "1.0")
        house.wheel(other, "2.0")
    found = answer(house, of(needs("a ==1.0", "b ==2.0", "c ==1.0", "d ==2.0")))
    assert found.best is not None
    assert len(found.best.changes) == 2
    assert found.best.conflict is not None
    cores = [found.best.conflict, *found.best.later_conflicts]
    assert sorted([wish.line for wish in one.core] for one in cores) == [["a==1.0", "b==2.0"], ["c==1.0", "d==2.0"]]


def test_a_line_that_the_solution_meets_after_all_is_not_told_as_changed(house: House) -> None:
    # To relax a lets an older a in, which does not hold with c; what c gives way to lets a 1.1 back in.
    house.wheel("a", "1.1", "b<2")
    house.wheel("a", "1.0", "c<2")
    house.wheel("b", "2.0")
    house.wheel("b", "1.0")
    house.wheel("c", "2.0", "b>=2")
    house.wheel("c", "1.0")
    found = answer(house, of(needs("a ==1.1", "c ==2.0")))
    assert found.best is not None
    versions = pins(found)
    for change in found.best.changes:
        name, _, version = change.before.partition("==")
        assert versions.get(name) != version


def test_a_release_that_was_yanked_since_is_had_by_its_version(house: House) -> None:
    house.wheel("torch", "1.0.0", uploaded="2018-12-01T00:00:00Z")
    house.wheel("torch", "1.3.0", uploaded="2019-10-01T00:00:00Z")
    house.wheel("torchvision", "0.2.2", "torch", uploaded="2019-01-01T00:00:00Z", yanked="confuses")
    house.wheel("torchvision", "0.4.1", "torch==1.3.0", uploaded="2019-10-02T00:00:00Z")
    found = answer(house, of(needs("torch ==1.0.0", "torchvision"), datetime(2019, 11, 1, tzinfo=UTC)))
    assert pins(found) == {"torch": "1.0.0", "torchvision": "0.2.2"}


def test_a_neighbour_with_a_wheel_goes_before_compiling(house: House) -> None:
    info = "Metadata-Version: 1.1\nName: fast\nVersion: 1.0\n"
    native = {"PKG-INFO": info, "fast.egg-info/PKG-INFO": info, "fast.c": ""}
    house.sdist("fast", "1.0", native, uploaded="2019-01-01T00:00:00Z")
    house.wheel("fast", "1.1", tag="cp38-cp38-manylinux1_x86_64", uploaded="2021-01-01T00:00:00Z")
    code = datetime(2020, 11, 1, tzinfo=UTC)
    found = answer(house, of(needs("fast >=1"), code), python="3.8", as_of=code)
    assert pins(found) == {"fast": "1.1"}
    assert found.exempt == ("fast",)
    assert found.best is not None
    assert "installs" in found.best.levels
    pinned = answer(house, of(needs("fast ==1.0"), code), python="3.8", as_of=code)
    assert pins(pinned) == {"fast": "1.0"}


def test_what_was_taken_off_the_index_is_left_out_and_named(house: House) -> None:
    house.wheel("outlines", "0.0.46", "pyairports")
    house.wheel("pyairports", "0.0.1")
    found = answer(house, of(needs("outlines")))
    assert pins(found) == {"outlines": "0.0.46"}
    assert [(step.kind, step.name) for step in found.steps] == [("reference", "pyairports")]


def test_a_name_of_conda_in_a_pip_list_is_translated(house: House) -> None:
    house.wheel("msgpack-python", "0.5.0")
    house.wheel("msgpack", "1.0.2")
    found = answer(house, of(needs("msgpack-python ==1.0.2")))
    assert pins(found) == {"msgpack": "1.0.2"}


def test_a_python_on_which_no_release_runs_is_not_tried_first(house: House) -> None:
    house.wheel("attrdict", "2.0.1")
    found = answer(house, of(needs("attrdict"), datetime(2024, 1, 1, tzinfo=UTC)))
    assert found.best is not None
    assert found.best.candidate.python == "3.9"
    assert found.best.breaks == ()


def test_old_sources_are_built_with_what_was_there_then(house: House) -> None:
    house.sdist("a", "1.0", uploaded="2020-09-01T00:00:00Z")
    house.wheel("setuptools", "50.0", uploaded="2020-08-01T00:00:00Z")
    house.wheel("setuptools", "51.0", uploaded="2020-10-01T00:00:00Z")
    house.wheel("setuptools", "70.0", uploaded="2024-05-01T00:00:00Z")
    house.wheel("wheel", "0.35", uploaded="2020-08-01T00:00:00Z")
    found = answer(house, of(needs("a"), datetime(2020, 12, 1, tzinfo=UTC)))
    assert found.built_with == ("setuptools<=50.0", "wheel<=0.37.1")


def test_where_torch_has_to_be_another_its_libraries_go_with_it(house: House) -> None:
    mac = Host(name="mac", os="macos", arch="arm64", os_version="macOS 14.2", gpus=(), mps=True)
    house.wheel("torch", "1.0.1", tag="cp37-cp37m-manylinux1_x86_64", uploaded="2019-02-07T00:00:00Z")
    house.wheel("torch", "1.9.0", tag="cp39-cp39-macosx_11_0_arm64", uploaded="2021-06-15T00:00:00Z")
    house.wheel("torchvision", "0.2.2", "torch", uploaded="2019-02-26T00:00:00Z")
    house.wheel("torchvision", "0.10.0", "torch", tag="cp39-cp39-macosx_11_0_arm64", uploaded="2021-06-15T00:00:00Z")
    found = answer(house, of(needs("torch ==1.0.*", "torchvision ==0.2.2")), mac)
    assert pins(found) == {"torch": "1.9.0", "torchvision": "0.10.0"}
    assert found.best is not None
    assert [(one.before, one.after) for one in found.best.changes] == [
        ("torch==1.0.*", "torch==1.9.0"),
        ("torchvision==0.2.2", "torchvision==0.10.0"),
    ]


def test_a_library_that_went_with_its_torch_is_not_looked_at_again(house: House) -> None:
    mac = Host(name="mac", os="macos", arch="arm64", gpus=(), mps=True)
    house.wheel("torch", "1.1.0", tag="cp37-cp37m-manylinux1_x86_64", uploaded="2019-04-30T00:00:00Z")
    house.wheel("torch", "1.9.0", tag="cp39-cp39-macosx_11_0_arm64", uploaded="2021-06-15T00:00:00Z")
    house.wheel("torchvision", "0.3.0", "torch", tag="cp37-cp37m-manylinux1_x86_64", uploaded="2019-05-22T00:00:00Z")
    house.wheel("torchvision", "0.10.0", "torch", tag="cp39-cp39-macosx_11_0_arm64", uploaded="2021-06-15T00:00:00Z")
    found = answer(house, of(needs("torch ==1.1.0", "torchvision ==0.3.0")), mac)
    assert pins(found) == {"torch": "1.9.0", "torchvision": "0.10.0"}


def test_no_source_is_built_with_a_setuptools_that_the_python_or_pip_refuses(house: House) -> None:
    house.sdist("a", "1.0", uploaded="2011-01-13T00:00:00Z")
    for version, day in (("0.6", "2009-10-08"), ("50.0", "2020-08-01"), ("80.0", "2025-05-01")):
        house.wheel("setuptools", version, uploaded=f"{day}T00:00:00Z")
    on_its_python = answer(house, of(needs("a"), datetime(2018, 8, 1, tzinfo=UTC)))
    assert on_its_python.built_with == ("setuptools<=40.8.0",)
    late = {python: answer(house, of(needs("a")), python=python).built_with for python in ("3.11", "3.13")}
    assert late == {"3.11": ("setuptools<=44.1.1",), "3.13": ("setuptools<=66.1.1",)}


def test_backports_of_what_python_has_are_not_asked_for(house: House) -> None:
    house.wheel("a", "1.0", "futures", "b")
    house.wheel("b", "1.0")
    house.wheel("futures", "3.3.0")
    assert pins(answer(house, of(needs("a")))) == {"a": "1.0", "b": "1.0"}


def test_distributions_of_one_module_are_brought_to_one_release(house: House) -> None:
    house.wheel("opencv-python", "4.3.0.36")
    house.wheel("opencv-python-headless", "4.3.0.36")
    house.wheel("opencv-python-headless", "4.6.0.66")
    house.wheel("albumentations", "1.3.0", "opencv-python-headless>=4.1")
    found = answer(house, of(needs("albumentations", "opencv-python ==4.3.0.36")))
    assert found.verdict == "solves"
    assert pins(found)["opencv-python-headless"] == "4.3.0.36"
    assert found.best is not None
    assert [wish.line for wish in found.best.added] == ["opencv-python-headless==4.3.0.*"]
    # what its maker does not support, and no line may change for, is no new break
    house.wheel("tensorflow", "2.4.1")
    house.wheel("tensorflow-addons", "0.17.1")
    beside = ("tensorflow ==2.4.1", "tensorflow-addons ==0.17.1")
    found = answer(house, of(needs("albumentations", "opencv-python ==4.3.0.36", *beside)))
    assert pins(found)["opencv-python-headless"] == "4.3.0.36"


def test_a_release_that_the_code_refuses_is_not_taken(house: House) -> None:
    for version in ("1.4.0", "1.6.1"):
        house.wheel("mmcv-full", version)
    module = ImportedModule(
        module="mmcv", distributions=("mmcv", "mmcv-full"), needed=True, at=(), count=1, context="main"
    )
    refused = VersionCheck(module="mmcv", specifier="<=1.4.0", at=Location(path="lib/__init__.py", line=20))
    asked = of(needs("mmcv-full", imports=(module,))).model_copy(update={"version_checks": (refused,)})
    found = answer(house, asked)
    assert pins(found) == {"mmcv-full": "1.4.0"}
    assert found.best is not None
    assert [(one.line, one.at) for one in found.best.added] == [("mmcv-full<=1.4.0", refused.at)]
    pinned = asked.model_copy(update={"dependencies": needs("mmcv-full ==1.6.1", imports=(module,))})
    changed = answer(house, pinned).best
    assert changed is not None
    assert [(one.before, one.after) for one in changed.changes] == [("mmcv-full==1.6.1", "mmcv-full==1.4.0")]
    elsewhere = refused.model_copy(update={"at": Location(path="tests/a.py", line=2)})
    assert pins(answer(house, asked.model_copy(update={"version_checks": (elsewhere,)}))) == {"mmcv-full": "1.6.1"}


def test_what_its_maker_supports_is_taken_where_that_changes_nothing(house: House) -> None:
    house.wheel("tensorflow", "2.4.1")
    for version in ("0.14.0", "0.17.1"):
        house.wheel("tensorflow-addons", version)
    found = answer(house, of(needs("tensorflow", "tensorflow-addons")))
    assert pins(found) == {"tensorflow": "2.4.1", "tensorflow-addons": "0.14.0"}
    pinned = answer(house, of(needs("tensorflow", "tensorflow-addons ==0.17.1")))
    assert (pinned.verdict, pins(pinned)["tensorflow-addons"]) == ("solves", "0.17.1")


MAC = Host(name="mac", os="macos", arch="arm64", os_version="macOS 14.2", gpus=(), mps=True)


def test_a_project_is_had_by_its_name_for_the_platform(house: House) -> None:
    house.wheel("tensorflow", "2.8.4", tag="cp39-cp39-manylinux2010_x86_64")
    house.wheel("tensorflow-macos", "2.8.0", tag="cp39-cp39-macosx_11_0_arm64")
    house.wheel("tensorflow-macos", "2.9.0", tag="cp39-cp39-macosx_11_0_arm64")
    found = answer(house, of(needs("tensorflow ==2.8.4")), MAC)
    assert (found.verdict, pins(found)) == ("solves with changes", {"tensorflow-macos": "2.8.0"})
    assert pins(answer(house, of(needs("tensorflow ==2.8.4")))) == {"tensorflow": "2.8.4"}


def test_what_tensorflow_removed_is_missed_under_its_other_names_as_well(house: House) -> None:
    house.wheel("tensorflow-gpu", "1.15.0")
    house.wheel("tensorflow-gpu", "2.4.0")
    use = BreakageUse(
        package="tensorflow", symbol="tensorflow.Session", kind="attribute", removed_in="2.0.0", replacement="x",
        at=Location(path="a.py", line=3), guarded=False, source="https://x.example/",
    )  # fmt: skip
    found = answer(house, of(needs("tensorflow-gpu")).model_copy(update={"breakages": (use,)}))
    assert pins(found) == {"tensorflow-gpu": "1.15.0"}


def test_of_two_bounds_that_avoid_a_break_the_one_that_changes_no_line_is_taken(house: House) -> None:
    for version in ("2023.9.2", "2025.3.0"):
        house.wheel("fsspec", version)
    for version in ("2.14.4", "3.0.0"):
        house.wheel("datasets", version, "fsspec" if version == "2.14.4" else "fsspec<2025.3")
    house.wheel("fsspec", "2024.6.0")
    found = answer(house, of(needs("fsspec >=2024.2", "datasets >=2.14.4")))
    assert (found.verdict, pins(found)) == ("solves", {"fsspec": "2024.6.0", "datasets": "3.0.0"})
    pinned = answer(house, of(needs("fsspec", "datasets ==2.14.4")))
    assert (pinned.verdict, pins(pinned)) == ("solves", {"fsspec": "2023.9.2", "datasets": "2.14.4"})


def test_the_one_release_that_a_line_admits_and_that_was_yanked_is_no_conflict(house: House) -> None:
    house.wheel("torchvision", "0.2.1", yanked="confuses")
    house.wheel("torchvision", "0.4.1")
    found = answer(house, of(needs("torchvision ==0.2.1.*")))
    assert (found.verdict, pins(found)) == ("solves", {"torchvision": "0.2.1"})
    assert found.best is not None
    assert found.best.conflict is None


def test_what_is_installed_without_its_needs_is_solved_without_them(house: House) -> None:
    house.wheel("a", "1.0", "b==1.0", "c")
    house.wheel("b", "1.0")
    house.wheel("b", "2.0")
    house.wheel("c", "1.0")
    asked = needs("b ==2.0", "a")
    alone = asked.requirements[1].model_copy(update={"no_deps": True})
    found = answer(house, of(asked.model_copy(update={"requirements": (asked.requirements[0], alone)})))
    assert found.verdict == "solves"
    assert pins(found) == {"a": "1.0", "b": "2.0"}


def test_what_was_there_on_the_day_and_was_yanked_since_is_taken_by_its_version(house: House) -> None:
    """torchvision before 0.3: all of it was yanked, and nothing else of that day goes with torch 1.0."""
    house.wheel("torch", "1.0.1", uploaded="2019-02-07T00:00:00Z")
    house.wheel("torchvision", "0.2.1", "torch", uploaded="2018-04-24T00:00:00Z", yanked="past its date")
    house.wheel("torchvision", "0.2.2", "torch", uploaded="2019-02-26T00:00:00Z", yanked="past its date")
    found = answer(house, of(needs("torch", "torchvision"), datetime(2019, 3, 12, tzinfo=UTC)))
    assert pins(found) == {"torch": "1.0.1", "torchvision": "0.2.2"}
    assert found.verdict == "solves"  # nothing that is written down had to be changed


def test_what_states_its_needs_in_no_allowed_form_is_built_with_a_setuptools_that_takes_it(house: House) -> None:
    info = "Metadata-Version: 1.1\nName: a\nVersion: 1.0\n"
    files = {"PKG-INFO": info, "a.egg-info/PKG-INFO": info, "a.egg-info/requires.txt": "b>=3.\n"}
    house.sdist("a", "1.0", files, uploaded="2024-01-13T00:00:00Z")
    house.wheel("b", "3.0")
    house.wheel("setuptools", "69.0", uploaded="2024-01-01T00:00:00Z")
    found = answer(house, of(needs("a")))
    assert found.best is not None
    assert any(pin.old_metadata for pin in found.best.pins)
    assert found.built_with == ("setuptools<=66.1.1",)


def test_a_framework_that_is_gone_is_the_next_one_with_its_libraries(house: House) -> None:
    for version in ("1.0.0", "1.10.2"):
        house.wheel("torch", version)
    for version in ("0.2.0", "0.2.1", "0.11.3"):
        house.wheel("torchvision", version, "torch")
    found = answer(house, of(needs("torch ==0.4.1.*", "torchvision ==0.2.1.*")))
    assert pins(found) == {"torch": "1.0.0", "torchvision": "0.2.1"}
    assert found.best is not None
    assert [(one.before, one.after) for one in found.best.changes] == [("torch==0.4.1.*", "torch==1.0.0")]
    other = answer(house, of(needs("torch ==0.4.1.*", "torchvision ==0.2.0.*")))
    assert pins(other) == {"torch": "1.0.0", "torchvision": "0.2.1"}
