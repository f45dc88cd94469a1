from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, ImportedModule, ManifestFile, Requirement
from repotriage.resolver.wishes import pinned, wishes_of, without_local


def need(name: str, specifier: str = "", path: str = "requirements.txt", **fields: Any) -> Requirement:
    fields.setdefault("format", "requirements")
    return Requirement(
        name=name, specifier=specifier, at=Location(path=path, line=1), raw=f"{name}{specifier}", **fields
    )


def lines(
    *requirements: Requirement,
    ranks: Mapping[str, int | None] | None = None,
    named_by: Mapping[str, str] | None = None,
    **fields: Any,
) -> list[str]:
    files = tuple(
        ManifestFile(
            path=path,
            format="readme" if path.endswith(".md") else "requirements",
            parsed=True,
            rank=rank,
            named_by=(named_by or {}).get(path),
        )
        for path, rank in (ranks or {"requirements.txt": 1}).items()
    )
    asked = wishes_of(Dependencies(files=files, requirements=requirements, **fields))
    return [wish.line for wish in asked.wishes]


def imported(module: str, *distributions: str) -> ImportedModule:
    return ImportedModule(
        module=module, at=(Location(path="m.py", line=1),), count=1, needed=True, context="main",
        distributions=distributions,
    )  # fmt: skip


def test_other_files_only_add_what_the_code_imports() -> None:
    found = lines(
        need("a", "==1"), need("a", "==2", "b.txt"), need("b", path="b.txt"), need("c", path="b.txt"),
        ranks={"requirements.txt": 1, "b.txt": None}, imports=(imported("b", "b"),),
    )  # fmt: skip
    assert found == ["a==1", "b"]


def test_only_what_runs_the_code_is_asked_for() -> None:
    assert lines(need("a"), need("pytest", kind="test"), need("pip", format="readme")) == ["a"]


def test_an_installer_that_a_list_of_requirements_names_is_asked_for() -> None:
    assert lines(need("setuptools", "==65.0.2")) == ["setuptools==65.0.2"]
    assert lines(need("setuptools", "==65.0.2", format="conda")) == []


def test_a_dump_of_a_conda_environment_is_cut_to_what_is_imported() -> None:
    dump = [need(f"lib{n}", "==1", format="conda", locked=True) for n in range(30)]
    assert lines(*dump, need("a", "==1", format="conda"), imports=(imported("a", "a"),)) == ["a==1"]


def test_documents_show_alternatives_and_files_do_not() -> None:
    assert lines(need("a", "==1", format="readme"), need("a", "==2", format="readme")) == ["a==1"]
    assert lines(need("a", "==1"), need("a", "==2")) == ["a==1", "a==2"]


def test_the_command_that_a_sentence_introduces_says_more_than_the_sentence() -> None:
    said = need("torch", ">=1.12", "README.md", format="prose")
    shown = need("torch", "==1.12.1+cu113", "README.md", format="readme")
    other = need("torch", "==2.0.1", "b.txt")
    files = {"README.md": 1, "b.txt": 2}
    assert lines(said, shown, need("torch", "", "README.md", format="readme"), other, ranks=files) == ["torch==1.12.1"]
    assert lines(said, need("torch", "==1.7", "README.md", format="readme"), ranks=files) == ["torch>=1.12"]


def test_a_git_address_that_several_files_name_is_one_change() -> None:
    named = [need("b", path=path, url="git+https://x.example/b") for path in ("requirements.txt", "b.txt")]
    gym = [
        need("gym", path=path, url="git+https://github.com/openai/gym@v0.7.4") for path in ("requirements.txt", "b.txt")
    ]
    files = tuple(
        ManifestFile(path=path, format="requirements", parsed=True, rank=rank, named_by=by)
        for path, rank, by in (("requirements.txt", 1, None), ("b.txt", 2, "requirements.txt"))
    )
    renamed = named[1].model_copy(update={"name": "c"}), gym[1].model_copy(update={"name": "d"})
    found = wishes_of(Dependencies(files=files, requirements=(named[0], gym[0], *renamed)))
    assert [one.url for one in found.later] == ["git+https://x.example/b"]
    assert [one.line for one in found.wishes] == ["gym==0.7.4"]
    assert len(found.changes) == 2


def test_of_extras_that_contradict_one_another_the_newer_one_is_asked_for() -> None:
    old, new = need("a", "<1.6,>=1.5", kind="optional"), need("a", "<3,>=2", kind="optional")
    both = (imported("a", "a"),)
    assert lines(need("b"), old, new, imports=both) == ["b", "a<3,>=2"]
    assert lines(need("b"), old, need("a", ">=1.5.1", kind="optional"), imports=both) == [
        "b",
        "a<1.6,>=1.5",
        "a>=1.5.1",
    ]


def test_the_cuda_of_the_file_that_is_followed_goes_first() -> None:
    files = (ManifestFile(path="e.yml", format="conda", parsed=True, rank=1),)
    named = (
        need("cuda", ">=9.0", "README.md", kind="cuda", format="prose"),
        need("cuda", "11.x", "README.md", kind="cuda", format="prose"),
        need("cuda", "==11.3.*", "e.yml", kind="cuda", format="conda"),
    )
    asked = wishes_of(Dependencies(files=files, requirements=named))
    assert [(one.specifier, one.at and one.at.path) for one in asked.cudas][:2] == [
        ("==11.3.*", "e.yml"),
        (">=9.0", "README.md"),
    ]


def test_a_script_that_pins_several_releases_installs_one_of_them() -> None:
    script = [
        need("a", "==1.0+cu118", format="shell"), need("a", "==2.0", format="shell"), need("b", format="shell"),
        need("c", "==1", format="shell"), need("c", "==1", format="shell"),
    ]  # fmt: skip
    files = (ManifestFile(path="requirements.txt", format="shell", parsed=True, rank=1),)
    asked = wishes_of(Dependencies(files=files, requirements=tuple(script)))
    assert [wish.line for wish in asked.wishes] == ["a<=2.0,>=1.0", "b", "c==1"]
    assert [(change.before, change.after) for change in asked.changes] == [("a==1.0+cu118", "a<=2.0,>=1.0")]


def test_direct_references_come_later_and_are_named() -> None:
    asked = wishes_of(
        Dependencies(
            files=(ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),),
            requirements=(need("clip", url="git+https://x.example/clip"),),
        )
    )
    assert (asked.wishes, asked.later[0].name, asked.changes[0].after) == ((), "clip", None)


def test_dead_names_become_their_successors() -> None:
    found = wishes_of(
        Dependencies(
            files=(ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),),
            requirements=(need("sklearn", "==0.0"), need("gone")),
            successors={"sklearn": "scikit-learn", "gone": ""},
        )
    )
    assert [wish.line for wish in found.wishes] == ["scikit-learn"]
    assert [change.after for change in found.changes] == ["scikit-learn", None]


def test_a_successor_with_the_same_numbers_keeps_the_version() -> None:
    found = wishes_of(
        Dependencies(
            files=(ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),),
            requirements=(need("pytorch", "==1.3.1"),),
            successors={"pytorch": "torch"},
        )
    )
    assert [wish.line for wish in found.wishes] == ["torch==1.3.1"]
    assert found.changes[0].after == "torch==1.3.1"


def test_another_file_adds_nothing_under_a_wrong_name() -> None:
    found = lines(
        need("tensorflow", "==2.1"), need("tensorflow-gpu", "==2.0", "b.txt"),
        ranks={"requirements.txt": 1, "b.txt": 2},
        imports=(imported("tensorflow", "tensorflow", "tensorflow-gpu"),), successors={"tensorflow-gpu": "tensorflow"},
    )  # fmt: skip
    assert found == ["tensorflow==2.1"]


def test_a_release_takes_the_place_of_a_git_address() -> None:
    asked = wishes_of(
        Dependencies(
            files=(ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),),
            requirements=(need("gym", url="git+https://github.com/openai/gym@v0.7.4"),),
        )
    )
    assert [wish.line for wish in asked.wishes] == ["gym==0.7.4"]
    assert (asked.later, asked.changes[0].after) == ((), "gym==0.7.4")


def test_an_import_whose_name_on_the_index_is_another_project_is_not_asked_for() -> None:
    asked = wishes_of(Dependencies(undeclared=(imported("apex", "apex"),)))
    assert asked.wishes == ()
    assert [(change.before, change.after) for change in asked.changes] == [("apex", None)]


def test_a_group_gives_what_the_code_imports() -> None:
    extra = need("a", ">=1", kind="optional", group="train")
    beside = need("b", kind="optional", group="train")
    assert lines(need("c"), extra, beside, imports=(imported("a", "a"),)) == ["c", "a>=1"]


def test_a_line_that_pip_refuses_is_a_change_and_a_translation_is_not() -> None:
    files = (ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),)
    repaired = need("a", "==1", repairs=(msg("= is =="),))
    translated = need("torch", "==1", repairs=(msg("pytorch is torch"),), format="conda")
    found = wishes_of(Dependencies(files=files, requirements=(repaired, translated)))
    assert [change.after for change in found.changes] == ["a==1"]


def test_an_import_is_added_unless_one_of_its_names_is_there() -> None:
    undeclared = (imported("cv2", "opencv-python", "opencv-python-headless"), imported("x"))
    assert lines(need("a"), undeclared=undeclared) == ["a", "opencv-python"]
    assert lines(need("opencv-python-headless"), undeclared=undeclared) == ["opencv-python-headless"]


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [("==1.7.1+cu110", ("==1.7.1", "cu110")), (">=1,<2", ("<2,>=1", None)), ("nonsense", ("", None))],
)
def test_local_versions(specifier: str, expected: tuple[str, str | None]) -> None:
    assert without_local(specifier) == expected


def test_pins() -> None:
    assert str(pinned("a==1.0")) == "1.0"
    assert pinned("a==1.*") is None
    assert pinned("a>=1") is None


def test_the_repository_itself_is_not_installed_from_the_index() -> None:
    assert lines(need("pix"), need("torch"), own=("pix",)) == ["torch"]


def test_of_distributions_that_bring_the_same_module_one_is_installed() -> None:
    files = (ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),)
    requirements = (need("mmcv", "==1.3.9"), need("a"), need("mmcv-full"))
    asked = wishes_of(Dependencies(files=files, requirements=requirements))
    assert [wish.line for wish in asked.wishes] == ["a", "mmcv-full==1.3.9"]
    (change,) = asked.changes
    assert (change.before, change.after) == ("mmcv==1.3.9", "mmcv-full==1.3.9")
    assert lines(need("mmcv", "==2.0.1")) == ["mmcv==2.0.1"]


def test_distributions_that_go_together_in_one_release_are_left_as_they_are() -> None:
    assert lines(need("opencv-python", "==4.5.5.64"), need("opencv-python-headless")) == [
        "opencv-python==4.5.5.64", "opencv-python-headless",
    ]  # fmt: skip
    pinned_apart = (need("opencv-python-headless", "==4.8.0.74"), need("opencv-python", "==4.5.5.64"))
    assert lines(*pinned_apart) == ["opencv-python==4.5.5.64"]


def test_an_extra_of_the_first_file_goes_before_the_line_of_a_later_file() -> None:
    found = lines(
        need("a", "==1"), need("b", "==2", kind="optional"), need("b", "==1", "b.yaml"),
        ranks={"requirements.txt": 1, "b.yaml": 2}, imports=(imported("b", "b").model_copy(update={"needed": False}),),
    )  # fmt: skip
    assert found == ["a==1", "b==2"]


README = {"README.md": 1, "requirements.txt": 2, "other.txt": 3}


def test_what_a_readme_has_a_user_install_is_asked_for_whole() -> None:
    """A README that names one package and `-r requirements.txt`: the list counts with its versions."""
    listed = (need("torch", path="README.md", format="readme"), need("torch", "==1.13.1"), need("tensorboard", "==2"))
    assert lines(*listed, ranks=README, named_by={"requirements.txt": "README.md"}) == [
        "torch", "torch==1.13.1", "tensorboard==2",
    ]  # fmt: skip
    ways = {"requirements.txt": "README.md", "other.txt": "README.md"}  # the second is another way, or for more
    assert lines(*listed, need("b", path="other.txt"), ranks=README, named_by=ways)[-1] == "tensorboard==2"
    chain = {"requirements.txt": "README.md", "other.txt": "requirements.txt"}
    assert lines(*listed, need("b", path="other.txt"), ranks=README, named_by=chain)[-1] == "b"


def test_a_list_that_nothing_leads_to_tells_the_version_of_what_a_readme_leaves_open() -> None:
    listed = (need("torch", path="README.md", format="readme"), need("torch", "==1.13.1"), need("tensorboard"))
    assert lines(*listed, ranks=README, imports=(imported("torch", "torch"),)) == ["torch", "torch==1.13.1"]


def test_a_line_against_an_earlier_one_of_its_name_adds_nothing() -> None:
    listed = (need("torch", "==1.7", "README.md", format="readme"), need("torch", "==1.13.1"), need("a", "<2"))
    ways = {"requirements.txt": "README.md"}
    assert lines(*listed, ranks=README, named_by=ways) == ["torch==1.7", "a<2"]
    narrower = (need("torch", ">=1.7", "README.md", format="readme"), need("torch", "==1.13.1"))
    assert lines(*narrower, ranks=README, named_by=ways) == ["torch>=1.7", "torch==1.13.1"]


def test_what_is_no_fault_to_leave_undeclared_is_installed_all_the_same() -> None:
    found = lines(need("a"), imports=(imported("IPython", "ipython"), imported("pkg_resources", "setuptools")))
    assert found == ["a", "ipython", "setuptools"]
