"""What the user is told of an environment, in order, before a format gives it a form."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.models.base import CleanStr, Frozen, Message, msg
from repotriage.models.location import Evidence
from repotriage.models.solution import Attempt, Change, Environment, Pin, Wish
from repotriage.renderers.env_parts import exact
from repotriage.renderers.outline import Item, Section

_OTHERS_SHOWN = 6
_WHO_SHOWN = 3
_CHANGES_SHOWN = 30


class EnvironmentOutline(Frozen):
    """The environment in words; `packages` are rows of version, why, and file."""

    name: CleanStr
    headline: Message
    facts: tuple[Message, ...]
    packages: tuple[tuple[CleanStr, Message, Message], ...]
    more_packages: int
    sections: tuple[Section, ...]


def environment_outline(name: str, environment: Environment, *, every: bool = False) -> EnvironmentOutline:
    """The words for an environment; `every` lists packages that only other packages need, too."""
    best = environment.best
    pins = best.pins if best else ()
    shown = [pin for pin in pins if every or pin.why or pin.compiles or pin.local]
    return EnvironmentOutline(
        name=name,
        headline=_headline(environment),
        facts=tuple(_facts(environment)),
        packages=tuple((exact(pin), _why(pin, environment), _file(pin)) for pin in shown),
        more_packages=len(pins) - len(shown),
        sections=tuple(section for section in _sections(environment, every=every) if section.items),
    )


def _headline(environment: Environment) -> Message:
    best = environment.best
    if best is None:
        why = str(environment.why_best) if environment.why_best else None
        return msg("unknown: {why}", why=why)
    if environment.verdict == "solves":
        return msg("It solves: {n} packages on Python {python}.", n=len(best.pins), python=best.candidate.python)
    if environment.verdict == "solves with changes":
        return msg(
            "It solves with changes ({changes}): {n} packages on Python {python}.",
            changes=len(best.changes), n=len(best.pins), python=best.candidate.python,
        )  # fmt: skip
    if environment.verdict == "unknown":
        return msg("Whether it solves is unknown: {why}.", why=str(best.reason) if best.reason else None)
    if best.pins:
        return msg("It resolves, and will break: known breaks are listed below.")
    if best.conflict is None:
        return msg("It does not solve: none of its lines can be had.")
    return msg("It does not solve: the lines below cannot hold together.")


def _facts(environment: Environment) -> Iterator[Message]:
    best = environment.best
    if best is None:
        return
    candidate = best.candidate
    yield msg("Python {python}: {why}", python=candidate.python, why=str(candidate.reason))
    if candidate.clock.cutoff is not None:
        yield msg(
            "packages as of {day}: {clock}",
            day=candidate.clock.cutoff.date().isoformat(), clock=str(_clock(candidate.clock.name)),
        )  # fmt: skip
    if environment.exempt and any(pin.name in environment.exempt for pin in best.pins):
        yield msg("the date does not bind {names}: the index has no older files", names=", ".join(environment.exempt))
    if environment.host is not None:
        yield msg("planned for {host}", host=environment.host)
    if environment.build_choice is not None:
        yield environment.build_choice
    if best.levels:
        yield msg("what holds: {levels}", levels=", ".join(level.replace("_", " ") for level in best.levels))
    if environment.why_best is not None:
        yield msg("chosen of {n} that were tried: {why}", n=1 + len(environment.others), why=str(environment.why_best))


def _clock(name: str) -> Message:
    return {
        "pins": msg("when all pinned releases and what goes with them were there"),
        "dependency_files": msg("the last change of the dependency files"),
        "code": msg("the last change of the code"),
        "head": msg("the last commit"),
        "now": msg("the day of this report"),
        "as_of": msg("the day that you asked for"),
    }[name]


def _why(pin: Pin, environment: Environment) -> Message:
    wish = next((one for one in environment.wishes if one.at in pin.why and one.at is not None), None)
    if wish is not None and wish.origin == "import":
        return msg("imported at {at}, declared nowhere", at=str(wish.at))
    if pin.why:
        return msg("asked for at {places}", places=", ".join(str(at) for at in pin.why[:_WHO_SHOWN]))
    if not pin.required_by:
        return msg("added, since what needs it does not ask for it")
    return msg("needed by {names}", names=", ".join(pin.required_by[:_WHO_SHOWN]) or None)


def _file(pin: Pin) -> Message:
    place = pin.index_url or pin.find_links
    if place is not None:
        return msg("from {index}", index=place)
    if pin.untold:
        return msg("source, its needs are not told")
    if pin.compiles:
        return msg("source, compiled here")
    return msg("source, pure Python") if pin.sdist_only else msg("wheel")


def _sections(environment: Environment, *, every: bool) -> Iterator[Section]:
    best = environment.best
    if best is None:
        return
    if best.conflict is not None:
        yield Section(
            title=msg("Conflict"),
            note=msg("the smallest set of lines that cannot hold together"),
            items=(
                Item(
                    mark=msg("conflict"),
                    text=best.conflict.sentence,
                    below=(
                        *best.conflict.facts,
                        *(_relaxation(change) for change in (best.conflict.relaxation,) if change is not None),
                    ),
                    evidence=tuple(_evidence(wish) for wish in best.conflict.core),
                ),
            ),
        )
    yield Section(title=msg("On this machine"), items=tuple(_on_this_machine(environment)))
    shown = best.changes if every else best.changes[:_CHANGES_SHOWN]
    more = len(best.changes) - len(shown)
    yield Section(
        title=msg("Changes"),
        note=msg("the first {shown}; {n} more are left out here (--all lists them)", shown=len(shown), n=more)
        if more
        else None,
        items=tuple(
            Item(
                mark=msg("change"),
                text=_changed(change),
                below=(change.reason,),
                evidence=(Evidence(at=change.at),) if change.at else (),
            )
            for change in shown
        ),
    )
    yield Section(
        title=msg("Known breaks"),
        items=tuple(
            Item(
                mark=msg("break"),
                name=f"{one.package} {one.version}",
                text=one.message,
                evidence=(Evidence(at=one.at, url=one.source),) if one.at or one.source else (),
            )
            for one in best.breaks
        ),
    )
    yield Section(
        title=msg("Bounds of ours"),
        items=tuple(
            Item(
                mark=msg("added") if wish.adds else msg("bound"),
                name=wish.line,
                text=wish.reason or msg("by {origin}", origin=wish.origin),
                evidence=(Evidence(at=wish.at, url=wish.source),) if wish.at or wish.source else (),
            )
            for wish in best.added
        ),
    )
    yield Section(
        title=msg("After the lock"),
        items=tuple(
            Item(
                mark=msg("then"),
                name=step.requirement,
                text=step.message,
                evidence=(Evidence(at=step.at),) if step.at else (),
            )
            for step in environment.steps
        ),
    )
    yield Section(
        title=msg("Also tried"),
        items=tuple(_other(one) for one in environment.others[:_OTHERS_SHOWN]),
    )


def _on_this_machine(environment: Environment) -> Iterator[Item]:
    for notice in environment.notices:
        yield Item(
            mark=msg("note"),
            text=notice.message,
            below=(notice.remedy,) if notice.remedy is not None else (),
            evidence=(Evidence(url=notice.source),) if notice.source else (),
        )
    need = environment.cuda
    if need is not None and need.compiles:
        yield Item(
            mark=msg("note"),
            text=msg("what is compiled for the GPU needs nvcc of CUDA {cuda}, that of torch's build", cuda=need.cuda),
        )


def _evidence(wish: Wish) -> Evidence:
    return Evidence(at=wish.at, url=None if wish.at else wish.source, text=wish.line)


def _changed(change: Change) -> Message:
    if change.after is None:
        return msg("{before} is left out", before=change.before)
    return msg("{before} becomes {after}", before=change.before, after=change.after)


def _relaxation(change: Change) -> Message:
    if change.after is None:
        return msg("the smallest change that solves: leave out {before}", before=change.before)
    return msg("the smallest change that solves: {after} for {before}", before=change.before, after=change.after)


def _other(attempt: Attempt) -> Item:
    candidate = attempt.candidate
    day = candidate.clock.cutoff.date().isoformat() if candidate.clock.cutoff else None
    why = attempt.reason or (attempt.conflict.sentence if attempt.conflict else None)
    return Item(
        mark=msg("tried"),
        text=msg(
            "Python {python} as of {day}: {verdict}, lines changed: {n}",
            python=candidate.python, day=day, verdict=attempt.verdict, n=len(attempt.changes),
        ),
        below=(why,) if why is not None else (),
    )  # fmt: skip
