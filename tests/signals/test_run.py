from collections.abc import Sequence

import pytest

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.registry import Signal, all_signals, bad
from repotriage.signals.run import ask, judge
from tests.builders import gap, github, study


def _verdicts(findings: Sequence[Finding]) -> dict[str, str]:
    return {finding.signal: finding.verdict for finding in findings}


def test_every_signal_answers_about_an_empty_repository_under_its_own_name() -> None:
    findings = judge(study(github=github(stars=0, archived=False, issues=()), commit=None))
    assert [finding.signal for finding in findings] == [signal.name for signal in all_signals()]
    assert all("please report it" not in str(finding.summary) for finding in findings)
    verdicts = _verdicts(findings)
    assert verdicts["code-present"] == "bad"
    assert verdicts["imports-declared"] == "bad"
    assert not {name for name, verdict in verdicts.items() if verdict == "good"} - {"not-archived"}


def test_nothing_is_bad_where_nothing_could_be_read() -> None:
    gaps = tuple(gap(what, "rate_limited") for what in ("files", "github", "history"))
    findings = judge(study(gaps=gaps, commit=None))
    assert {finding.verdict for finding in findings} == {"unknown"}
    assert {str(finding.summary) for finding in findings} == {"not asked: offline"}, "each says why"


def test_every_bad_finding_has_a_remedy() -> None:
    for finding in judge(study({"README.md": "# Great paper\n\nCode coming soon.\n"})):
        assert finding.verdict != "bad" or finding.remedy is not None


def test_a_signal_that_fails_does_not_know_and_says_so() -> None:
    def fails(study: Study) -> Finding:
        raise ZeroDivisionError("secret")

    finding = ask(Signal("breaks", "upkeep", 1.0, "t", "w", {}, fails), study())
    assert finding.verdict == "unknown"
    assert "ZeroDivisionError" in str(finding.summary)
    assert "secret" not in str(finding.summary)


def test_a_signal_needs_to_say_what_its_answers_mean() -> None:
    from repotriage.signals.registry import signal

    def undocumented_signal(study: Study) -> Finding:
        """Is it good?

        Why not.

        Good: yes.
        """
        return bad("x", msg("no"), remedy=msg("do"))

    with pytest.raises(ValueError, match="undocumented-signal"):
        signal(family="upkeep")(undocumented_signal)
