from __future__ import annotations

from repotriage.models.solution import Conflict
from tests.index.house import House
from tests.resolver.test_solve import answer, needs, of


def conflict(house: House, *lines: str, python: str = "3.8") -> Conflict:
    found = answer(house, of(needs(*lines)), python=python)
    assert found.best is not None
    assert found.best.conflict is not None
    return found.best.conflict


def told(house: House, *lines: str, python: str = "3.8") -> tuple[str, list[str]]:
    found = conflict(house, *lines, python=python)
    return str(found.sentence), [str(fact) for fact in found.facts]


def test_two_lines_of_one_project(house: House) -> None:
    house.wheel("a", "1.0")
    house.wheel("a", "2.0")
    assert told(house, "a ==1.0", "a >=2") == (
        "a==1.0 (requirements.txt:1) and a>=2 (requirements.txt:2) have no release in common", [],
    )  # fmt: skip


def test_what_one_line_needs_and_another_asks_for(house: House) -> None:
    house.wheel("a", "1.0", "b<2")
    house.wheel("b", "1.0")
    house.wheel("b", "2.0")
    assert told(house, "a ==1.0", "b ==2.0") == (
        "a 1.0 (requirements.txt:1) needs b<2, but requirements.txt:2 asks for b==2.0", [],
    )  # fmt: skip


def test_what_two_lines_need(house: House) -> None:
    house.wheel("a", "1.0", "c<2")
    house.wheel("b", "1.0", "c>=2")
    house.wheel("c", "1.0")
    house.wheel("c", "2.0")
    assert told(house, "a ==1.0", "b ==1.0")[0] == (
        "a 1.0 (requirements.txt:1) needs c<2, but b 1.0 (requirements.txt:2) needs c>=2"
    )


def test_other_releases_of_an_unpinned_line_do_not_serve_either(house: House) -> None:
    for version in ("1.0", "1.1"):
        house.wheel("a", version, "b<2")
    house.wheel("b", "1.0")
    house.wheel("b", "2.0")
    assert told(house, "a", "b ==2.0") == (
        "a 1.1 (requirements.txt:1) needs b<2, but requirements.txt:2 asks for b==2.0",
        ["no other release that a (requirements.txt:1) admits goes together with the rest either"],
    )


def test_a_chain_names_every_step(house: House) -> None:
    house.wheel("a", "1.0", "b>=2")
    house.wheel("b", "2.0", "c<2")
    house.wheel("c", "1.0")
    house.wheel("c", "2.0")
    assert told(house, "a ==1.0", "c ==2.0") == (
        "b 2.0 (a 1.0, requirements.txt:1) needs c<2, but requirements.txt:2 asks for c==2.0",
        ["a 1.0 needs b>=2"],
    )


def test_three_lines_that_hold_together_two_by_two(house: House) -> None:
    house.wheel("a", "1.0", "d!=1.0")
    house.wheel("b", "1.0", "d!=2.0")
    house.wheel("c", "1.0", "d!=3.0")
    for version in ("1.0", "2.0", "3.0"):
        house.wheel("d", version)
    found = conflict(house, "x", "a ==1.0", "b ==1.0", "c ==1.0")
    assert [str(wish.at) for wish in found.core] == ["requirements.txt:2", "requirements.txt:3", "requirements.txt:4"]
    assert str(found.sentence) == (
        "no release of d for Python 3.8 is all of this: d!=1.0 (a 1.0, requirements.txt:2), "
        "d!=2.0 (b 1.0, requirements.txt:3), d!=3.0 (c 1.0, requirements.txt:4)"
    )


def test_a_line_whose_own_needs_contradict_each_other(house: House) -> None:
    house.wheel("a", "1.0", "b<2", "c")
    house.wheel("c", "1.0", "b>=2")
    house.wheel("b", "1.0")
    house.wheel("b", "2.0")
    house.wheel("d", "1.0")
    assert told(house, "d", "a ==1.0") == (
        (
            "no release of b for Python 3.8 is all of this: b<2 (a 1.0, requirements.txt:2), "
            "b>=2 (c 1.0, a 1.0, requirements.txt:2)"
        ),
        ["a 1.0 needs c"],
    )


def test_a_need_that_this_python_cannot_have(house: House) -> None:
    house.wheel("a", "1.0", "b>=2")
    house.wheel("b", "1.0")
    house.wheel("b", "2.0", requires_python=">=3.10")
    house.wheel("d", "1.0")
    sentence, _ = told(house, "d", "a ==1.0")
    assert sentence == (
        "a==1.0 (requirements.txt:2) cannot be had on Python 3.8: a 1.0 needs b>=2, and b>=2 needs Python >=3.10"
    )


def test_a_need_that_this_platform_cannot_have(house: House) -> None:
    house.wheel("a", "1.0", "b>=2")
    house.wheel("b", "2.0", tag="cp38-cp38-win_amd64")
    house.wheel("d", "1.0")
    sentence, _ = told(house, "d", "a ==1.0")
    assert sentence.endswith("a 1.0 needs b>=2, and b>=2 has no wheel for linux x86_64")
