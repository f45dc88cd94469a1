"""Reproducibility: an environment that can be had."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.solution import Attempt
from repotriage.models.study import Study
from repotriage.signals.declared import nothing_to_judge
from repotriage.signals.registry import bad, good, signal, unknown

_BREAKS = 0.3
_COMPILES = 0.8
_PER_CHANGE = 0.1
_CHANGED = 0.7
_SHOWN = 5


@signal(family="reproducibility", weight=6)
def environment_solves(study: Study) -> Finding:
    """Can an environment be had in which the code should run?

    A dependency file says little: of repositories with every pin in place half failed to
    install. So its lines, and the imports that nobody declared, are solved together for the
    Python and the date that fit, and the solution is held against known breaks.

    Good: it solves as it stands, with wheels or pure source for every package, and no break is known.

    Bad: it needs a compiler (80 % of the weight), changed lines (70 %, less for each further one),
    is known to break (30 %), or does not solve at all.

    Unknown: the index or the time was not there, or solving was not asked for.

    Not applicable: the code needs nothing beyond the standard library.
    """
    name = "environment-solves"
    environment = study.environment
    if not study.dependencies.requirements and not study.dependencies.imports:
        return nothing_to_judge(study, name)
    if environment is None:
        return unknown(name, msg("solving was not asked for"))
    best = environment.best
    if environment.verdict == "conflict":
        return _conflict(name, best)
    if best is None or environment.verdict == "unknown":
        why = (best.reason if best else None) or environment.why_best
        return unknown(name, why or msg("it could not be found out"))
    day = best.candidate.clock.cutoff.date().isoformat() if best.candidate.clock.cutoff else None
    if best.changes:
        grade = max(_BREAKS, _CHANGED - _PER_CHANGE * (len(best.changes) - 1))
        return bad(
            name,
            msg(
                "it solves on Python {python} as of {day}; lines changed for it: {n}",
                python=best.candidate.python, day=day, n=len(best.changes),
            ),
            *(Evidence(at=change.at, text=change.before[:400]) for change in best.changes[:_SHOWN]),
            grade=grade,
            remedy=msg("change these lines as `repotriage env` shows"),
        )  # fmt: skip
    if "installs" not in best.levels:
        names = ", ".join(pin.name for pin in best.pins if pin.compiles)
        return bad(
            name,
            msg("it solves, but {names} must be compiled", names=names),
            *(Evidence(at=at) for pin in best.pins if pin.compiles for at in pin.why[:1]),
            grade=_COMPILES,
            remedy=msg("releases that have wheels"),
        )
    return good(
        name,
        msg(
            "{n} packages solve on Python {python} as of {day}",
            n=len(best.pins), python=best.candidate.python, day=day,
        ),
    )  # fmt: skip


def _conflict(name: str, best: Attempt | None) -> Finding:
    if best is not None and best.pins:
        first = best.breaks[0]
        return bad(
            name,
            msg("it resolves and is known to break: {why}", why=str(first.message)),
            *(Evidence(at=one.at, url=None if one.at else one.source) for one in best.breaks[:_SHOWN]),
            grade=_BREAKS,
            remedy=msg("bounds or changes in the code against these breaks; `repotriage env` lists them"),
        )
    conflict = best.conflict if best is not None else None
    if conflict is None:
        return bad(name, msg("it does not solve"), remedy=msg("`repotriage env` shows what stands in the way"))
    return bad(
        name,
        msg("it does not solve: {why}", why=str(conflict.sentence)),
        *(Evidence(at=wish.at, text=wish.line[:400]) for wish in conflict.core[:_SHOWN]),
        remedy=msg("relax one of these lines; `repotriage env` shows the smallest change"),
    )
