"""Write docs/signals.md from the signals' docstrings: `python -m tools.generate_signal_docs`."""

from __future__ import annotations

from pathlib import Path

from repotriage.models.finding import FAMILIES
from repotriage.scorer import load_profile, profile_names, weights_in_whole
from repotriage.signals.registry import Signal, all_signals

TARGET = Path(__file__).parent.parent / "docs" / "signals.md"
_HEADINGS = {"good": "Good", "bad": "Bad", "unknown": "Unknown", "n/a": "Not applicable"}
_INTRODUCTION = """\
# Signals

Made from the docstrings by `python -m tools.generate_signal_docs`; do not edit by hand.

Every signal asks one question and answers *good*, *bad* (graded from 0 to 1), *unknown* or *not
applicable*. With W the weight of what applies, P what was earned and U what is unknown, the score is
an interval: low = P/W, high = (P+U)/W, coverage = 1 − U/W. What is not applicable leaves the sums:
the other signals of its family share its weight, and a family where nothing applies leaves the whole.

The columns show what each signal weighs in the whole, in percent, under each bundled profile when
every signal applies. A weight of 0 shows a finding and counts it for nothing.
"""


def document() -> str:
    """The text of docs/signals.md."""
    signals = all_signals()
    profiles = [load_profile(name) for name in profile_names()]
    weights = [weights_in_whole(profile, signals) for profile in profiles]
    parts = [_INTRODUCTION]
    parts += [f"- **{profile.name}**: {profile.description}" for profile in profiles]
    parts.append("")
    for family in FAMILIES:
        members = [signal for signal in signals if signal.family == family]
        parts.append(f"## {family.capitalize()}\n")
        parts.append("| signal | " + " | ".join(profile.name for profile in profiles) + " |")
        parts.append("| --- | " + " | ".join("---:" for _ in profiles) + " |")
        for signal in members:
            cells = " | ".join(f"{100 * weight[signal.name]:.1f}" for weight in weights)
            parts.append(f"| [{signal.name}](#{signal.name}) | {cells} |")
        parts.append("")
        parts += [_section(signal) for signal in members]
    return "\n".join(parts).rstrip() + "\n"


def _section(signal: Signal) -> str:
    answers = "\n".join(f"- **{_HEADINGS[verdict]}**: {text}" for verdict, text in signal.answers.items())
    return f"### {signal.name}\n\n**{signal.title}**\n\n{signal.why}\n\n{answers}\n"


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
