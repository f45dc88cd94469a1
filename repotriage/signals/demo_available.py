"""Completeness: something to try before anything is installed."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.assets import evidence_of, lost, usable
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import has_models
from repotriage.signals.registry import bad, good, not_applicable, signal

_APPS = frozenset({"gradio", "streamlit"})


@signal(family="completeness", weight=1)
def demo_available(study: Study) -> Finding:
    """Is there a demo to try first?

    A Colab notebook, a Hugging Face Space, a Replicate model or a web app shows in minutes
    whether the model does what you need, before you spend a day on an environment.

    Good: a demo is linked whose notebook, where it is of this repository, exists; or the code
    has a Gradio or Streamlit app, or a Docker image is described.

    Bad: none was found, or the notebook that a link opens is not there.

    Unknown: the README or the list of files could not be read.

    Not applicable: a library, or code that has no model to show.
    """
    name = "demo-available"
    found = usable(study, "demo")
    if found:
        checked = [asset for asset in found if asset.in_repository]
        first = (checked or found)[0]
        return good(
            name,
            msg("{provider}: its notebook is in the repository", provider=first.provider)
            if first.in_repository
            else msg("{provider}, linked; whether it is alive was not checked", provider=first.provider)
            if first.url is not None
            else msg("{provider}, in the code", provider=first.provider),
            *evidence_of([first, *(asset for asset in found if asset is not first)]),
        )
    apps = [module for module in study.dependencies.imports if module.module in _APPS]
    if apps:
        return good(
            name,
            msg("an app made with {module}", module=apps[0].module),
            *(Evidence(at=place) for place in apps[0].at),
        )
    images = [
        file
        for file in study.snapshot.inside()
        if (base := file.path.rpartition("/")[2].lower()) in {"dockerfile", "cog.yaml"}
        or base.startswith("dockerfile.")
        or base.endswith(".dockerfile")
    ]
    if images:
        return good(
            name,
            msg("a Docker image can be built from {path}", path=images[0].path),
            *(Evidence(at=Location(path=file.path)) for file in images),
        )
    remedy = msg("a demo that opens; until there is one, start with the inference code and the smallest weights")
    gone = lost(study, "demo")
    if gone and has_models(study):
        return bad(
            name,
            msg("the notebook that {provider} should open is not in the repository", provider=gone[0].provider),
            *evidence_of(gone),
            remedy=remedy,
        )
    if not has_models(study):
        return not_applicable(name, msg("there is no model to show"))
    return missing_words(
        study, name, msg("neither a link to a demo nor an app nor a Docker image was found"), remedy=remedy
    )
