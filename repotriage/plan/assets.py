"""Step 2: weights and data, where they come from and where the code expects them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence
from repotriage.models.plan import Action, Step
from repotriage.models.reading import AssetLink
from repotriage.models.study import Study
from repotriage.plan.commands import started
from repotriage.plan.failures import issues

_ISSUE = re.compile(
    r"download|link|dataset|weights?|checkpoint|pretrained|drive|expired|404|下载|数据集|权重", re.IGNORECASE
)
_SHOWN = 5
_HARDWARE = frozenset({"disk"})


def step(study: Study) -> Step:
    """The assets."""
    return Step(number=2, name="assets", title=msg("Fetch weights and data"), actions=tuple(_actions(study)))


def _actions(study: Study) -> Iterator[Action]:
    reading = study.reading
    failures = issues(study, _ISSUE)
    prepare = [one for one in reading.entry_points if one.role == "data"][:2]
    datasets = _of(reading.assets, "dataset")
    if prepare:
        datasets = [one for one in datasets if one.provider != "script"]  # they follow below, with their command
    for one in datasets[:_SHOWN]:
        yield _fetch(one, msg("Get the data: {what}", what=_what(one)), study)
    for entry in prepare:
        line = started(entry, study.snapshot)
        if line is not None:
            yield Action(
                what=msg("Prepare the data by {path}", path=entry.path),
                command=line.text,
                fill_in=line.fill_in,
                evidence=(Evidence(at=entry.documented_at),) if entry.documented_at else (),
                cost=tuple(
                    msg("stated: {text}", text=fact.text) for fact in reading.hardware if fact.kind in _HARDWARE
                ),
                fails=failures,
            )
    if not datasets and not prepare:
        yield Action(
            what=msg(
                "No data and no script that fetches them were found; look for the datasets of the results in the paper"
            ),
            offered=False,
            evidence=(
                *(Evidence(at=one.at) for one in reading.results[:1]),
                *(Evidence(at=one.at) for one in reading.papers[:1]),
            ),
        )
    weights = _of(reading.assets, "weights")
    for number, one in enumerate(weights[:_SHOWN]):
        action = _fetch(one, msg("Get the weights: {what}", what=_what(one)), study)
        yield action.model_copy(update={"fails": failures}) if number == 0 and not prepare else action
    if len(weights) > _SHOWN:
        yield Action(
            what=msg("Further weights that the repository names: {n}; take the smallest first", n=len(weights) - _SHOWN)
        )
    if not weights:
        yield Action(
            what=msg("The repository offers no weights: you can only compare with numbers after training"),
            offered=False,
            fails=failures if not prepare else (),
        )


def _of(assets: tuple[AssetLink, ...], kind: str) -> list[AssetLink]:
    """The assets of a kind, each address once; those that documents name come first."""
    found = {one.url or f"{one.provider} {one.name}": one for one in reversed(assets) if one.kind == kind}
    return sorted(
        found.values(),
        key=lambda one: (one.at.path.endswith(".py"), one.at.path.count("/"), one.at.path, one.at.line or 0),
    )


def _what(one: AssetLink) -> str:
    return " ".join(part for part in (one.provider, one.name if one.name != one.url else "", one.url or "") if part)


def _fetch(one: AssetLink, what: Message, study: Study) -> Action:
    expect = []
    if one.expected_at:
        expect.append(msg("the code looks for it at {path}", path=one.expected_at))
    if one.in_repository:
        expect.append(msg("it is part of the repository"))
    elif one.in_repository is False:
        expect.append(msg("the repository names it as its own file, and does not hold it"))
    release = next(
        (
            asset
            for r in (study.snapshot.github.releases if study.snapshot.github else None) or ()
            for asset in r.assets
            if asset.url == one.url
        ),
        None,
    )
    cost = []
    if one.size:
        cost.append(msg("size: {size}", size=one.size))
    elif release is not None and release.size:
        cost.append(msg("size: {mib:,.1f} MiB", mib=release.size / 2**20))
    return Action(what=what, evidence=(Evidence(at=one.at),), expect=tuple(expect), cost=tuple(cost))
