"""Ask every signal about one repository."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.registry import Signal, all_signals, unknown


def judge(study: Study) -> tuple[Finding, ...]:
    """Every signal's finding, in the order of their names."""
    return tuple(ask(signal, study) for signal in all_signals())


def ask(signal: Signal, study: Study) -> Finding:
    """One signal's finding; a signal that fails does not know, and says so."""
    try:
        return signal.run(study)
    except Exception as error:
        return unknown(
            signal.name,
            msg("repotriage failed to judge this ({error}): please report it", error=type(error).__name__),
        )
