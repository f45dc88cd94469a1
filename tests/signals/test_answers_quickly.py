from repotriage.signals.answers_quickly import answers_quickly
from tests.builders import gap, github, issue, study


def test_within_a_week_is_good_and_shows_the_middle_one() -> None:
    issues = tuple(issue(n, opened=100, answered=100 - days) for n, days in enumerate((1, 3, 50)))
    finding = answers_quickly(study(github=github(issues=issues)))
    assert finding.verdict == "good"
    assert "3.0 days (n = 3)" in str(finding.summary)
    assert finding.evidence[0].issue == 1


def test_slow_answers_fall_with_the_time() -> None:
    def grade(days: float) -> float:
        issues = tuple(issue(n, opened=500, answered=500 - days) for n in range(3))
        found = answers_quickly(study(github=github(issues=issues)))
        assert found.grade is not None
        return found.grade

    assert 1 > grade(8) > grade(30) > grade(100) > grade(200) == 0


def test_answers_of_strangers_are_not_the_projects() -> None:
    issues = tuple(issue(n, opened=100, answered=99, by="NONE") for n in range(3))
    finding = answers_quickly(study(github=github(issues=issues)))
    assert (finding.verdict, finding.grade) == ("bad", 0)


def test_not_known_and_not_asked() -> None:
    assert answers_quickly(study(gaps=(gap("github"),))).verdict == "unknown"
    assert answers_quickly(study(github=github(issues=()))).verdict == "n/a"
