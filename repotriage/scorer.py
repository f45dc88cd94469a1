"""Findings × profile → score: pure arithmetic, and the words for what it means.

With the weight w of every signal that applies, P what was earned and U what is unknown:
`low = P/W`, `high = (P+U)/W`, `coverage = 1 - U/W`. Inside a family the weights are the
profile's; in the whole each family has its share, split among its signals that apply. What
is not applicable leaves the sums: the others of its family share its weight. A family where
nothing applies leaves the whole.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import Protocol

from pydantic import ValidationError

from repotriage import data
from repotriage.errors import UsageError
from repotriage.models.base import Message, msg
from repotriage.models.finding import FAMILIES, Family, Finding
from repotriage.models.profile import Profile
from repotriage.models.score import Interval, Judged, Score


class Weighed(Protocol):
    """What the arithmetic needs to know of a signal."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def family(self) -> Family:
        """The family that it belongs to."""

    @property
    def weight(self) -> float:
        """What it weighs in its family where a profile says nothing."""


def score(findings: Iterable[Finding], profile: Profile, signals: Sequence[Weighed]) -> Score:
    """Weigh the findings; their order does not matter.

    Raises:
        UsageError: the profile names a signal that does not exist.
    """
    ordered = sorted(findings, key=lambda finding: finding.signal)
    by_name = {signal.name: signal for signal in signals}
    applies = {finding.signal for finding in ordered if finding.verdict != "n/a"}
    check_names(profile, by_name)
    weights = _weights(profile, [signal for signal in signals if signal.name in applies])
    judged = tuple(
        Judged(finding=finding, family=by_name[finding.signal].family, weight=weights.get(finding.signal, 0.0))
        for finding in ordered
    )
    families = {
        family: _interval(
            [
                (finding, _own_weight(profile, by_name[finding.signal]))
                for finding in ordered
                if by_name[finding.signal].family == family
            ]
        )
        for family in FAMILIES
    }
    total = _interval([(one.finding, one.weight) for one in judged])
    return Score(
        profile=profile.name,
        profile_hash=profile_hash(profile, signals),
        total=total,
        families=families,
        judged=judged,
        meaning=_meaning(total, profile.name),
    )


def _interval(weighed: Sequence[tuple[Finding, float]]) -> Interval | None:
    """The interval of these findings, or None when nothing applies or weighs anything."""
    applies = [(finding, weight) for finding, weight in weighed if finding.verdict != "n/a"]
    whole = fsum(weight for _, weight in applies)
    if whole <= 0:
        return None
    earned = fsum(weight * finding.grade for finding, weight in applies if finding.grade is not None)
    open_ = fsum(weight for finding, weight in applies if finding.verdict == "unknown")
    return Interval(
        low=min(1.0, earned / whole),
        high=min(1.0, (earned + open_) / whole),
        coverage=max(0.0, 1 - open_ / whole),
    )


def _meaning(total: Interval | None, profile: str) -> Message:
    """What the number means, judged by `low`: what is sure."""
    if total is None:
        return msg("Nothing that the profile {profile} counts applies to this repository.", profile=profile)
    (low, high), checked = total.points, total.percent_known
    if total.low >= 0.8:
        return msg(
            "{low} of 100 points of the profile {profile} are sure and {high} are possible, with {checked} % checked: "
            "nearly all that it asks for is in place. "
            "This is the share of what was asked for, not the chance that the code runs.",
            low=low,
            high=high,
            checked=checked,
            profile=profile,
        )
    if total.low >= 0.6:
        return msg(
            "{low} of 100 points of the profile {profile} are sure and {high} are possible, with {checked} % checked: "
            "most of what it asks for is in place; expect a few repairs. "
            "This is the share of what was asked for, not the chance that the code runs.",
            low=low,
            high=high,
            checked=checked,
            profile=profile,
        )
    if total.coverage < 0.7:
        return msg(
            "{low} of 100 points of the profile {profile} are sure and {high} are possible, with {checked} % checked: "
            "too much could not be checked to say more. "
            "This is the share of what was asked for, not the chance that the code runs.",
            low=low,
            high=high,
            checked=checked,
            profile=profile,
        )
    if total.low >= 0.35:
        return msg(
            "{low} of 100 points of the profile {profile} are sure and {high} are possible, with {checked} % checked: "
            "important parts of what it asks for are missing; expect to fill them in yourself. "
            "This is the share of what was asked for, not the chance that the code runs.",
            low=low,
            high=high,
            checked=checked,
            profile=profile,
        )
    return msg(
        "{low} of 100 points of the profile {profile} are sure and {high} are possible, with {checked} % checked: "
        "little of what it asks for is in place. "
        "This is the share of what was asked for, not the chance that the code runs.",
        low=low,
        high=high,
        checked=checked,
        profile=profile,
    )


def weights_in_whole(profile: Profile, signals: Sequence[Weighed]) -> Mapping[str, float]:
    """What each signal weighs in the whole, from 0 to 1, when every signal applies.

    Raises:
        UsageError: the profile names a signal that does not exist.
    """
    check_names(profile, {signal.name: signal for signal in signals})
    return _weights(profile, signals)


def _weights(profile: Profile, signals: Sequence[Weighed]) -> dict[str, float]:
    """The shares of the families, split among these signals by their weights."""
    own = {signal.name: _own_weight(profile, signal) for signal in signals}
    sums = {family: fsum(own[signal.name] for signal in signals if signal.family == family) for family in FAMILIES}
    shares = {family: profile.families.get(family, 0.0) if sums[family] else 0.0 for family in FAMILIES}
    whole = fsum(shares.values())
    return {
        signal.name: min(1.0, shares[signal.family] / whole * own[signal.name] / sums[signal.family])
        if whole and sums[signal.family]
        else 0.0
        for signal in signals
    }


def _own_weight(profile: Profile, signal: Weighed) -> float:
    return float(profile.signals.get(signal.name, signal.weight))


def profile_names() -> tuple[str, ...]:
    """The bundled profiles."""
    return data.names("profiles")


def load_profile(name_or_text: str = "default", *, where: str | None = None) -> Profile:
    """A bundled profile by its name, or a profile from TOML text that was read from `where`.

    Raises:
        UsageError: no such profile, or its text is not one; the place is in the message.
    """
    if where is None:
        found = data.text(f"profiles/{name_or_text}.toml") if name_or_text in profile_names() else None
        if found is None:
            near = difflib.get_close_matches(name_or_text, profile_names(), n=1)
            meant = f"did you mean {near[0]}? " if near else ""
            raise UsageError(
                f"no profile is called {name_or_text}",
                hint=f"{meant}bundled: {', '.join(profile_names())}; or name a TOML file",
            )
        name_or_text, where = found, f"profile {name_or_text}"
    hint = "`repotriage signals` lists the names that a profile can weigh"
    try:
        return Profile.model_validate(tomllib.loads(name_or_text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not TOML: {error or 'nested too deeply'}", hint=hint) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise UsageError(f"{where}: {place}: {first['msg']}", hint=hint) from error


def check_names(profile: Profile, signals: Mapping[str, object]) -> None:
    """Hold the signals that a profile names against those that exist.

    Raises:
        UsageError: one does not exist; the hint names what may have been meant.
    """
    for name in profile.signals:
        if name not in signals:
            near = difflib.get_close_matches(name, sorted(signals), n=3)
            raise UsageError(
                f"profile {profile.name}: signals.{name}: there is no such signal",
                hint=f"did you mean {' or '.join(near)}?" if near else "`repotriage signals` lists them",
            )


def profile_hash(profile: Profile, signals: Sequence[Weighed]) -> str:
    """What the number hangs on, in 16 hex digits: the shares and the weight of every signal, defaults included."""
    canonical = {
        "families": {family: float(profile.families.get(family, 0.0)) for family in FAMILIES},
        "signals": {signal.name: [signal.family, _own_weight(profile, signal)] for signal in signals},
    }
    return hashlib.sha256(json.dumps(canonical, sort_keys=True).encode()).hexdigest()[:16]
