from repotriage.models.snapshot import Issue
from repotriage.signals.issues_answered import issues_answered
from tests.builders import gap, github, issue, study


def asked(*answered: bool) -> list[Issue]:
    return [issue(n, opened=100, answered=99 if yes else None) for n, yes in enumerate(answered)]


def test_most_answered_is_good_and_tells_by_whom() -> None:
    issues = (*asked(True, True, True, True), issue(9, opened=50, answered=40, by="NONE"))
    finding = issues_answered(study(github=github(issues=issues)))
    assert finding.verdict == "good"
    assert str(finding.summary) == "answered: 5 of 5 recent issues of users; first by the project: 4, by others: 1"


def test_few_answered_are_graded_and_the_silent_ones_shown() -> None:
    finding = issues_answered(study(github=github(issues=tuple(asked(True, False, False, False)))))
    assert finding.grade == 0.25 / 0.8
    assert [one.issue for one in finding.evidence] == [1, 2, 3]


def test_a_bot_is_no_answer_and_the_projects_own_issues_are_no_questions() -> None:
    bots = [issue(n, opened=100, answered=99, author="stale[bot]") for n in range(3)]
    own = [issue(n, opened=100, association="OWNER") for n in range(3, 9)]
    finding = issues_answered(study(github=github(issues=(*bots, *own))))
    assert (finding.verdict, finding.grade) == ("bad", 0)
    assert "of 3 recent" in str(finding.summary)


def test_it_is_not_asked_where_issues_are_off_few_or_fresh() -> None:
    assert issues_answered(study(github=github(issues_enabled=False))).verdict == "n/a"
    assert issues_answered(study(github=github(issues=()))).verdict == "n/a"
    fresh = tuple(issue(n, opened=3) for n in range(9))
    assert issues_answered(study(github=github(issues=fresh))).verdict == "n/a"


def test_what_github_did_not_tell_is_not_known() -> None:
    assert issues_answered(study(gaps=(gap("github", "rate_limited"),))).verdict == "unknown"
    assert issues_answered(study(github=github(), gaps=(gap("github.issues"),))).verdict == "unknown"
    silent = tuple(issue(n, opened=100, answer_known=False, comments=2) for n in range(5))
    finding = issues_answered(study(github=github(issues=silent)))
    assert finding.verdict == "unknown"
    assert "0 of 5" in str(finding.summary)
