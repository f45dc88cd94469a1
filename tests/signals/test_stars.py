import pytest

from repotriage import data
from repotriage.models.snapshot import Parent
from repotriage.signals.stars import percentile, popular_in_its_field
from tests.builders import days_ago, gap, github, study

TABLE = data.table("cohorts")["cohort"][0]["percentiles"]


def test_the_percentile_meets_the_table_and_rises() -> None:
    assert percentile(0, TABLE) == 0
    assert percentile(22, TABLE) == pytest.approx(0.5)
    assert percentile(91, TABLE) == pytest.approx(0.75)
    assert percentile(1_000_000, TABLE) == 0.99
    places = [percentile(stars, TABLE) for stars in range(0, 7000, 7)]
    assert places == sorted(places)


def test_many_stars_are_good_and_the_sample_is_named() -> None:
    finding = popular_in_its_field(study(github=github(stars=400)))
    assert finding.verdict == "good"
    assert "code of NeurIPS 2019 papers (n = 200)" in str(finding.summary)


def test_few_stars_are_graded_and_a_young_age_is_told() -> None:
    finding = popular_in_its_field(study(github=github(stars=22, created_at=days_ago(90))))
    assert finding.grade == pytest.approx(0.5 / 0.75)
    assert "after 3 months" in str(finding.summary)
    assert popular_in_its_field(study(github=github(stars=0))).grade == 0


def test_the_stars_of_a_fork_belong_to_its_parent() -> None:
    parent = Parent(full_name="first/one", stars=5000, url="https://github.com/first/one")
    finding = popular_in_its_field(study(github=github(stars=1, fork=True, parent=parent)))
    assert finding.verdict == "good"
    assert "5000 stars of first/one, from which it was forked (1 of its own)" in str(finding.summary)
    orphan = popular_in_its_field(study(github=github(stars=1, fork=True)))
    assert orphan.verdict == "unknown"
    assert "1 stars of its own" in str(orphan.summary)


def test_without_github_it_is_not_known() -> None:
    finding = popular_in_its_field(study(gaps=(gap("github", "no_token"),)))
    assert (finding.verdict, str(finding.summary)) == ("unknown", "not asked: offline")
