"""Step 7: read the code in the guide's order, and extend it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from shlex import quote

from repotriage.models.base import msg
from repotriage.models.location import Evidence
from repotriage.models.plan import Action, Step
from repotriage.models.study import Study
from repotriage.plan.jobs import training_run
from repotriage.plan.runs import is_guest, section

_MODELS = re.compile(
    r"model|arch|net|backbone|head|detector|segmentor|encoder|decoder|agent|policy|_target_", re.IGNORECASE
)
_PARTS = re.compile(r"data|pipeline|transform|task|loss|criteri|trainer|env|registry|layer|block|module", re.IGNORECASE)
_ASIDE = re.compile(r"backend|file|logger|hook|scheduler|optim|metric|augment|func|aug_|storage|writer", re.IGNORECASE)


def step(study: Study, target: str) -> Step:
    """Reading."""
    return Step(number=7, name="read", title=msg("Read the code and extend it"), actions=tuple(_actions(study, target)))


def _actions(study: Study, target: str) -> Iterator[Action]:
    reading = study.reading
    yield Action(what=msg("Draw the map"), command=f"repotriage map {quote(target)}")
    first = {one.kind: one for one in reversed(reading.stations)}
    for kind in dict.fromkeys(one.kind for one in reading.stations):
        one = first[kind]
        text = {
            "evaluation": msg("Read the evaluation: {symbol}", symbol=one.symbol),
            "data": msg("Read how data are read: {symbol}", symbol=one.symbol),
            "transforms": msg("Read what the model is given: {symbol}", symbol=one.symbol),
            "model": msg("Read the model: {symbol}", symbol=one.symbol),
            "forward": msg("Read the forward pass: {symbol}", symbol=one.symbol),
            "backward": msg("Read the backward pass: {symbol}", symbol=one.symbol),
            "loss": msg("Read the loss: {symbol}", symbol=one.symbol),
            "update": msg("Read the weight update: {symbol}", symbol=one.symbol),
            "metrics": msg("Read the metrics: {symbol}", symbol=one.symbol),
            "checkpoint": msg("Read what a checkpoint holds: {symbol}", symbol=one.symbol),
            "visualisation": msg("Read the visualisation: {symbol}", symbol=one.symbol),
            "logging": msg("Read the logging: {symbol}", symbol=one.symbol),
        }[kind]
        yield Action(what=text, evidence=(Evidence(at=one.at),))
    name = _registry(study)
    if name is not None:
        example = next(one for one in reading.registered if one.registry == name)
        yield Action(
            what=msg("Add your own class as {name} is added to {registry}", name=example.name, registry=name),
            command=f"repotriage map {quote(target)} --name {quote(example.name)}",
            evidence=tuple(Evidence(at=place) for place in (*example.via[-1:], example.at)),
        )


def _registry(study: Study) -> str | None:
    """The registry that one extends: of models before others, of the part that trains, none of mere conditions."""
    run = training_run(study)
    part = section(study.snapshot, run.main or run.path) if run is not None else ""
    found = Counter(
        one.registry
        for one in study.reading.registered
        if (len(one.via) > 1 or one.registry.isupper())
        and not one.registry.endswith("()")
        and not is_guest(study.snapshot, one.at.path)
        and section(study.snapshot, one.at.path) in ("", part)
        and (_MODELS.search(one.registry) or _PARTS.search(one.registry))
        and not _ASIDE.search(one.registry)
    )
    ranked = sorted(found, key=lambda name: (_MODELS.search(name) is None, -found[name], name))
    return ranked[0] if ranked else None
