"""Completeness: trained weights."""

from __future__ import annotations

import re

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.assets import evidence_of, has_suffix, lost, usable
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import has_models, speaks_of_models
from repotriage.signals.promises import promises
from repotriage.signals.registry import bad, good, not_applicable, signal

_WEIGHTS = (
    ".pth", ".pt", ".ckpt", ".h5", ".hdf5", ".safetensors", ".onnx", ".pth.tar", ".pdparams", ".caffemodel",
    ".tflite", ".msgpack", ".gguf",
)  # fmt: skip
_TESTS = frozenset({"test", "tests", "testing", "unittests"})  # what is there checks the code
_OTHER_LINK = re.compile(r"licen[cs]e", re.IGNORECASE)  # a link to the terms of a model, not to the model
_ARCHIVES = (*_WEIGHTS, ".bin", ".pkl", ".npz", ".zip", ".tar", ".tar.gz", ".tgz")


@signal(family="completeness", weight=2)
def weights_available(study: Study) -> Finding:
    """Can trained weights be had?

    With weights the published numbers can be checked in an hour; without them only after a
    training that may take weeks of GPU time.

    Good: a link, a release asset, a hub or a file of the repository gives trained weights.

    Bad: none was found, or the path that is named is not there. Weights that only the code
    loads, no document named, earn half: they are mostly those of a backbone. A promise is shown.

    Unknown: the README or the list of files could not be read.

    Not applicable: a library, or code that has no model.
    """
    name = "weights-available"
    if not speaks_of_models(study):
        return not_applicable(name, msg("there is no model that needs weights"))
    named = [asset for asset in usable(study, "weights") if not _OTHER_LINK.search(asset.name)]
    found = [asset for asset in named if not asset.at.path.endswith(".py")]
    if found or (named and not has_models(study)):
        found = found or list(named)
        return good(
            name,
            msg("weights from {provider}; places found: {n}", provider=found[0].provider, n=len(found)),
            *evidence_of(found),
        )
    github = study.snapshot.github
    attached = [
        asset
        for release in (github and github.releases) or ()
        for asset in release.assets
        if has_suffix(asset.name, _ARCHIVES)
    ]
    if attached and has_models(study):
        return good(
            name,
            msg("attached to a release: {name}", name=attached[0].name),
            *(Evidence(url=asset.url, text=asset.name) for asset in attached),
        )
    stored = [
        file
        for file in study.snapshot.inside()
        if file.kind in ("binary", "lfs")
        and has_suffix(file.path, _WEIGHTS)
        and not _TESTS.intersection(file.path.lower().split("/")[:-1])
    ]
    if stored:
        return good(
            name,
            msg("in the repository: {path}", path=stored[0].path),
            *(Evidence(at=Location(path=file.path)) for file in stored),
        )
    if not has_models(study):
        return not_applicable(name, msg("there is no model that needs weights"))
    remedy = msg("a link to trained weights; until there is one, ask the authors or plan the full training")
    if named:
        return bad(
            name,
            msg(
                "only the code loads weights, from {provider}: they may be those of a backbone only",
                provider=named[0].provider,
            ),
            *evidence_of(named),
            grade=0.5,
            remedy=remedy,
        )
    gone = lost(study, "weights")
    if gone:
        return bad(
            name,
            msg("the weights that are named are not in the repository: {name}", name=gone[0].url or gone[0].name),
            *evidence_of(gone),
            remedy=remedy,
        )
    return missing_words(
        study,
        name,
        msg("no link, release or file gives trained weights"),
        *promises(study, "weights"),
        remedy=remedy,
    )
