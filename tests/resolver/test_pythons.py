from __future__ import annotations

from datetime import UTC, datetime

from repotriage.models.base import msg
from repotriage.models.breakage import BreakageUse
from repotriage.models.location import Location
from repotriage.models.reading import BrokenFile, CodeSize, Reading, SyntaxNeed
from repotriage.models.requirement import Dependencies, Requirement
from repotriage.models.solution import Wish
from repotriage.models.study import Study
from repotriage.resolver.pythons import declared_pythons, python_choices
from tests.builders import study

AT = Location(path="README.md", line=3)
IN_2021 = datetime(2021, 6, 1, tzinfo=UTC)


def python(specifier: str, confidence: float = 1.0) -> Requirement:
    return Requirement(
        name="python", specifier=specifier, kind="python", format="prose", at=AT, raw="x", confidence=confidence
    )


def versions(asked: Study, costs: dict[str, int] | None = None) -> list[str]:
    wish = Wish(name="a", line="a", origin="declared")
    found = python_choices(asked, (wish,), IN_2021, lambda _, version: (costs or {}).get(version, 0))
    return [choice.version for choice in found]


def of(*declared: Requirement, reading: Reading | None = None) -> Study:
    return study({}, dependencies=Dependencies(requirements=declared), reading=reading)


def test_the_usual_python_of_the_time_comes_first() -> None:
    assert versions(of())[0] == "3.8"


def test_the_declared_one_comes_first_and_others_say_that_they_are_not() -> None:
    assert versions(of(python("==3.6.*")))[0] == "3.6"
    assert versions(of(python(">=3.6,<3.8")))[0] == "3.7"


def test_the_environment_that_builds_the_documents_declares_nothing_but_a_document_there_does() -> None:
    conda = python("==3.7.*").model_copy(
        update={"format": "conda", "at": Location(path="docs/environment.yml", line=4)}
    )
    assert versions(of(conda))[0] == "3.8"
    assert versions(of(conda.model_copy(update={"format": "readme"})))[0] == "3.7"


def test_the_less_trusted_of_two_declarations_gives_way() -> None:
    found = declared_pythons(of(python("==3.9.*", 0.6), python("==3.7.*")))
    assert found.allowed == ("3.7",)
    assert [one.specifier for one in found.ignored] == ["==3.9.*"]


def test_what_a_workflow_tests_with_are_several_and_no_bounds() -> None:
    tested = [
        python(specifier).model_copy(update={"format": "workflow", "at": Location(path="ci.yml", line=line)})
        for line, specifier in ((1, "==3.6.*"), (2, "==3.8.*"))
    ]
    found = declared_pythons(of(python(">=3.5"), *tested))
    assert found.allowed == ("3.6", "3.8")
    asked = of(python(">=3.5"), *tested)
    best = python_choices(asked, (), IN_2021, lambda *_: 0)[0]
    assert best.version == "3.8"
    assert str(best.reason) == "ci.yml:2 uses Python 3.8"


def test_what_has_no_files_for_a_python_drives_it_away() -> None:
    assert versions(of(), {"3.8": 2, "3.9": 2})[0] == "3.7"


def test_syntax_sets_the_floor_and_old_syntax_means_python_2() -> None:
    need = SyntaxNeed(python="3.9", what="dict union", at=AT)
    assert versions(of(reading=Reading(syntax=(need,))))[0] == "3.9"
    broken = BrokenFile(at=AT, reason=msg("print"), python2=True)
    assert versions(of(reading=Reading(broken=(broken,)))) == ["2.7"]


def test_a_python_that_lacks_what_the_code_uses_comes_last() -> None:
    use = BreakageUse(
        package="python",
        symbol="collections.Mapping",
        kind="attribute",
        removed_in="3.8",
        replacement="collections.abc",
        at=AT,
        guarded=False,
        source="https://x.example",
    )
    asked = of().model_copy(update={"breakages": (use,)})
    assert versions(asked)[0] == "3.7"


def test_one_old_script_does_not_make_the_rest_python_2() -> None:
    broken = BrokenFile(at=Location(path="tools/old.py", line=3), reason=msg("print"), python2=True)
    reading = Reading(broken=(broken,), size=CodeSize(python_files=40))
    assert versions(of(reading=reading))[0] == "3.8"


def test_keywords_as_names_keep_newer_pythons_away() -> None:
    broken = BrokenFile(at=Location(path="train.py", line=3), reason=msg("async"), mended=True, python_below="3.7")
    assert versions(of(reading=Reading(broken=(broken,))))[0] == "3.6"
    aside = broken.model_copy(update={"at": Location(path="third_party/a.py", line=3)})
    assert versions(of(reading=Reading(broken=(aside,))))[0] == "3.8"
