from repotriage.models.reading import Paper, Reading
from repotriage.models.snapshot import Release
from repotriage.signals.recent_activity import recent_activity
from tests.builders import CODE, at, commit, days_ago, gap, github, history, study

PAPER = Reading(size=CODE, papers=(Paper(kind="arxiv", identifier="1905.02249", at=at()),))


def test_a_commit_within_the_year_is_good() -> None:
    finding = recent_activity(study(history=history(head=commit(100), last_365_days=7)))
    assert finding.verdict == "good"
    assert "commits in the last 365 days: 7" in str(finding.summary)
    assert finding.evidence[0].commit == "c0ffee0"


def test_a_release_counts_as_well() -> None:
    release = Release(tag="v2", published_at=days_ago(10), url="https://example.org/v2")
    one = study(history=history(head=commit(900)), github=github(releases=(release,)))
    assert recent_activity(one).verdict == "good"


def test_the_grade_falls_with_the_age() -> None:
    young, old, older = (recent_activity(study(history=history(head=commit(days)))) for days in (400, 800, 2000))
    assert (young.grade or 0) > (old.grade or 0) > 0
    assert older.grade == 0


def test_finished_paper_code_is_not_punished() -> None:
    one = study(reading=PAPER, history=history(head=commit(2000), first_commit_at=days_ago(2100)))
    finding = recent_activity(one)
    assert finding.verdict == "n/a"
    assert "judged by its answers" in str(finding.summary)


def test_without_history_it_is_not_known_and_without_a_commit_bad() -> None:
    assert recent_activity(study(gaps=(gap("history", "no_history"),))).verdict == "unknown"
    assert recent_activity(study(commit=None)).verdict == "bad"
