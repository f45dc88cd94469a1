"""The arithmetic of DESIGN.md, and the properties that it must have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.errors import UsageError
from repotriage.models.base import msg
from repotriage.models.finding import FAMILIES, Finding
from repotriage.models.profile import Profile
from repotriage.models.score import Interval, Score
from repotriage.models.study import Study
from repotriage.scorer import load_profile, profile_hash, profile_names, score
from repotriage.signals.registry import Signal, all_signals, bad, good, not_applicable, unknown

CLOSE = 1e-9


def _never_run(study: Study) -> Finding:
    raise AssertionError("the scorer runs no signal")


SIGNALS = tuple(
    Signal(f"{family}-{n}", family, float(n), "title", "why", {}, _never_run) for family in FAMILIES for n in range(4)
)
PROFILE = Profile(name="mine", families=dict.fromkeys(FAMILIES, 25.0))


def finding(name: str, grade: float | str) -> Finding:
    if grade == "unknown":
        return unknown(name, msg("not asked"))
    if grade == "n/a":
        return not_applicable(name, msg("no sense"))
    assert isinstance(grade, float)
    return good(name, msg("yes")) if grade == 1 else bad(name, msg("no"), grade=grade, remedy=msg("do it"))


grades = st.one_of(st.floats(0, 1), st.sampled_from(["unknown", "n/a", 0.0, 1.0]))
all_grades = st.lists(grades, min_size=len(SIGNALS), max_size=len(SIGNALS))
profiles = st.builds(
    Profile,
    name=st.just("any"),
    families=st.fixed_dictionaries({family: st.floats(0.01, 100) for family in FAMILIES}),
    signals=st.dictionaries(st.sampled_from([signal.name for signal in SIGNALS]), st.floats(0, 50)),
)


def scored(given_grades: list[float | str], profile: Profile = PROFILE) -> Score:
    findings = [finding(signal.name, grade) for signal, grade in zip(SIGNALS, given_grades, strict=True)]
    return score(findings, profile, SIGNALS)


def intervals(one: Score) -> list[Interval]:
    return [interval for interval in (one.total, *one.families.values()) if interval is not None]


def test_the_formulas_by_hand() -> None:
    # completeness: weights 1 good, 2 half, 3 unknown, and 0 counts for nothing
    found = score(
        [
            finding("completeness-0", 0.0),
            finding("completeness-1", 1.0),
            finding("completeness-2", 0.5),
            finding("completeness-3", "unknown"),
            finding("upkeep-1", 0.0),
            finding("upkeep-2", "n/a"),
        ],
        PROFILE,
        SIGNALS,
    )
    completeness = found.families["completeness"]
    assert completeness is not None
    assert (completeness.low, completeness.high, completeness.coverage) == pytest.approx((2 / 6, 5 / 6, 0.5))
    assert found.families["popularity"] is None
    assert found.total is not None
    assert (found.total.low, found.total.high) == pytest.approx((1 / 6, 5 / 12)), "two families apply, half each"
    assert sum(one.weight for one in found.judged) == pytest.approx(1)
    assert [one.finding.signal for one in found.losses] == ["upkeep-1", "completeness-2"]
    assert [one.finding.signal for one in found.unknowns] == ["completeness-3"]


def test_where_nothing_applies_there_is_no_number() -> None:
    found = score([finding("upkeep-1", "n/a")], PROFILE, SIGNALS)
    assert found.total is None
    assert "Nothing that the profile mine counts" in str(found.meaning)


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        (1.0, "nearly all that it asks for is in place"),
        (0.7, "expect a few repairs"),
        (0.5, "important parts of what it asks for are missing"),
        (0.1, "little of what it asks for"),
        ("unknown", "too much could not be checked"),
    ],
)
def test_the_meaning_follows_the_lower_end(grade: float | str, words: str) -> None:
    assert words in str(score([finding("upkeep-1", grade)], PROFILE, SIGNALS).meaning)


@given(all_grades, profiles)
def test_bounded_and_in_order(given_grades: list[float | str], profile: Profile) -> None:
    found = scored(given_grades, profile)
    for interval in intervals(found):
        assert 0 <= interval.low <= interval.high + CLOSE <= 1 + CLOSE
        assert interval.high - interval.low == pytest.approx(1 - interval.coverage, abs=1e-6)


@given(all_grades, profiles, st.randoms(use_true_random=False))
def test_independent_of_order_and_the_same_when_computed_again(
    given_grades: list[float | str], profile: Profile, random: object
) -> None:
    findings = [finding(signal.name, grade) for signal, grade in zip(SIGNALS, given_grades, strict=True)]
    shuffled = list(findings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its own Random as object here
    signals = list(SIGNALS)
    random.shuffle(signals)  # type: ignore[attr-defined]
    assert score(shuffled, profile, signals) == score(findings, profile, SIGNALS)


@given(all_grades, profiles, st.integers(0, len(SIGNALS) - 1))
def test_better_never_lowers(given_grades: list[float | str], profile: Profile, at: int) -> None:
    if given_grades[at] == "n/a":
        given_grades[at] = 0.0
    before = scored(given_grades, profile)
    after = scored([*given_grades[:at], 1.0, *given_grades[at + 1 :]], profile)
    for worse, better in zip(intervals(before), intervals(after), strict=True):
        assert better.low >= worse.low - CLOSE
        assert better.high >= worse.high - CLOSE


@given(all_grades, profiles, st.integers(0, len(SIGNALS) - 1))
def test_unknown_widens_and_keeps_the_truth_inside(given_grades: list[float | str], profile: Profile, at: int) -> None:
    if given_grades[at] in ("n/a", "unknown"):
        given_grades[at] = 0.5
    truth = scored(given_grades, profile)
    veiled = scored([*given_grades[:at], "unknown", *given_grades[at + 1 :]], profile)
    for true, wide in zip(intervals(truth), intervals(veiled), strict=True):
        assert wide.low <= true.low + CLOSE
        assert wide.high >= true.high - CLOSE
        assert wide.coverage <= true.coverage + CLOSE


@pytest.mark.parametrize("name", profile_names())
def test_bundled_profiles_name_signals_that_exist(name: str) -> None:
    signals = all_signals()
    profile = load_profile(name)
    assert profile.name == name
    assert profile.families["popularity"] <= 0.1 * sum(profile.families.values()), "popularity has a small share"
    score([], profile, signals)


def test_the_hash_hangs_on_every_weight() -> None:
    same = Profile(name="other", families=dict.fromkeys(FAMILIES, 25.0), signals={"upkeep-2": 2.0})
    other = Profile(name="mine", families=dict.fromkeys(FAMILIES, 25.0), signals={"upkeep-2": 3.0})
    assert profile_hash(PROFILE, SIGNALS) == profile_hash(same, SIGNALS)
    assert profile_hash(PROFILE, SIGNALS) != profile_hash(other, SIGNALS)
    assert profile_hash(PROFILE, SIGNALS) != profile_hash(PROFILE, SIGNALS[1:])


def test_a_users_profile_is_read_from_its_text() -> None:
    profile = load_profile('name = "mine"\n[families]\nupkeep = 1\n[signals]\ntests-present = 9', where="mine.toml")
    assert profile.signals == {"tests-present": 9}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name = ", "mine.toml is not TOML"),
        ('name = "x"\n[families]\nfame = 1', "mine.toml: families.fame"),
        ('name = "x"\n[families]\nupkeep = -1', "mine.toml: families.upkeep"),
        ('name = "x"\n[families]\nupkeep = nan', "mine.toml: families.upkeep"),
        ('name = "x"\n[families]\nupkeep = inf', "mine.toml: families.upkeep"),
        ('name = "x"\n[families]\nupkeep = 0', "mine.toml: the whole"),
        ('name = "x"\nweights = 1\n[families]\nupkeep = 1', "mine.toml: weights"),
        ("a = " + "[" * 5000, "mine.toml is not TOML"),
    ],
)
def test_a_bad_profile_is_told_with_its_place(text: str, place: str) -> None:
    with pytest.raises(UsageError) as told:
        load_profile(text, where="mine.toml")
    assert place in str(told.value)


def test_a_name_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError) as told:
        load_profile("papr")
    assert "did you mean paper?" in str(told.value.hint)
    profile = Profile(name="mine", families={"upkeep": 1}, signals={"test-present": 1})
    with pytest.raises(UsageError, match=r"signals\.test-present") as told:
        score([], profile, all_signals())
    assert "tests-present" in str(told.value.hint)
