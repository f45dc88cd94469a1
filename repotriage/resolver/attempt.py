"""One candidate, from the lines to a solution: decided by facts, solved, repaired where it must be, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.compat.knowledge import torch_libraries, torch_release
from repotriage.index.facts import CoreMetadata, Missing, NoMetadata, Project
from repotriage.index.metadata import is_refused, parsed
from repotriage.index.release import UNTOLD
from repotriage.index.target import Target
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.location import Location
from repotriage.models.snapshot import BotPin
from repotriage.models.solution import (
    Attempt,
    Break,
    Candidate,
    Change,
    Conflict,
    EnvironmentVerdict,
    Level,
    Pin,
    Wish,
)
from repotriage.resolver.accelerators import Rename
from repotriage.resolver.bench import OURS, Bench
from repotriage.resolver.binding import binding
from repotriage.resolver.choose import cost_of
from repotriage.resolver.conflict import Undecided, minimal_core
from repotriage.resolver.decide import first_uploaded, is_forsaken, matching_versions, uploaded_by
from repotriage.resolver.explain import explain
from repotriage.resolver.gateway import Sources
from repotriage.resolver.loosen import looser
from repotriage.resolver.other_names import other_names
from repotriage.resolver.question import Solved, Unsolved
from repotriage.resolver.same_release import in_one_release
from repotriage.resolver.wheels import is_a_burden, with_wheel
from repotriage.resolver.wishes import Asked, pinned

_ROUNDS = 8
_ENOUGH_PINS = 5
_NAMES_SHOWN = 8
_MOST_YANKED = 4  # releases of one project, the newest, that are tried by their exact version
_MUCH_LATER = timedelta(days=300)
_MAIN = frozenset({"torch", "tensorflow", "tensorflow-gpu", "jax", "jaxlib", "keras", "numpy", "transformers"})


class Known(Frozen):
    """A known break of a solution, and the constraint that avoids it, if one does."""

    found: Break
    avoided_by: Wish | None = None
    or_by: Wish | None = None  # another that avoids it, where the first does not go with the lines as they are
    only_better: bool = False  # no break of the main job: what avoids it is taken where nothing else changes for it


Judge = Callable[[Sequence[Pin], Target], Sequence[Known]]
"""Tells the known breaks of a solution."""


_Saved = tuple[list[Wish], list[Change], dict[str, int], list[Conflict], Sources]


class Completion(Frozen):
    """What a solution lacks on this machine: other names for projects, and packages to add."""

    renames: tuple[Rename, ...] = ()  # those of one project are tried until one goes with the rest
    additions: tuple[Wish, ...] = ()


Complete = Callable[[Sequence[Pin]], Completion]
"""Tells what a solution lacks so that it uses the machine's GPU."""


def as_it_is(_: Sequence[Pin]) -> Completion:
    """Nothing is lacking."""
    return Completion()


class _State:
    """What changes while a candidate is worked on."""

    def __init__(self, asked: Asked, below: int | None) -> None:
        self._below = below
        self.wishes = list(asked.wishes)
        self.changes = list(asked.changes)
        self.needed = asked.needed
        self.given = len(asked.changes)  # these were made before anything was asked
        self.raised = raised_by_bots(asked)
        self.relaxed: dict[str, int] = {}  # line as it is now → place in `changes`
        self.conflicts: list[Conflict] = []
        self.sources: Sources = "pure"
        self.keeps_lines = False  # no line may be left out: set while bounds of ours are tried

    def saved(self) -> _Saved:
        """What to go back to."""
        return list(self.wishes), list(self.changes), dict(self.relaxed), list(self.conflicts), self.sources

    def restore(self, saved: _Saved) -> None:
        """Go back."""
        wishes, changes, relaxed, conflicts, self.sources = saved
        self.wishes, self.changes, self.relaxed, self.conflicts = (
            list(wishes), list(changes), dict(relaxed), list(conflicts),
        )  # fmt: skip

    def change_of(self, wish: Wish, line: str | None, reason: Message) -> Change:
        """The change of a line, or that it is left out."""
        imported = line is None and canonicalize_name(wish.name) in self.needed
        return Change(at=wish.at, before=wish.line, after=line, reason=reason, imported=imported)

    @property
    def cost(self) -> int:
        """What the changes cost so far."""
        return sum(map(cost_of, self.changes))

    def replace(self, wish: Wish, line: str | None, reason: Message) -> None:
        """Put a looser line in the place of `wish`, or leave it out, and report it."""
        at = next(place for place, one in enumerate(self.wishes) if one is wish)
        place = self.relaxed.pop(wish.line, None)
        if place is None:
            place = len(self.changes)
            self.changes.append(self.change_of(wish, line, reason))
            if self._below is not None and self.cost >= self._below:
                raise TooManyChanges
        else:
            update = {"after": line, "imported": self.change_of(wish, line, reason).imported}
            self.changes[place] = self.changes[place].model_copy(update=update)
        if line is None:
            del self.wishes[at]
        else:
            self.wishes[at] = wish.model_copy(update={"line": line, "name": Requirement(line).name})
            self.relaxed[line] = place


class TooManyChanges(Exception):  # noqa: N818  # a result, not an error
    """The candidate costs as much as one that is there already."""


def attempt(
    bench: Bench,
    candidate: Candidate,
    target: Target,
    asked: Asked,
    judges: Judge,
    *,
    complete: Complete = as_it_is,
    below: int | None = None,
) -> Attempt:
    """Work on one candidate until it solves without known breaks, or nothing more can be done.

    Raises:
        TooManyChanges: its changes cost `below` or more.
    """
    state = _State(asked, below)
    try:
        possible = _decide(bench, state, target, candidate)
        answer = _settle(bench, state, target, candidate) if possible else None
        known: Sequence[Known] = ()
        given_up: set[str] = set()
        for _ in range(_ROUNDS):
            if answer is None:
                break
            answer, known = _bettered(bench, state, target, candidate, answer, judges)
            tried = given_up | {wish.line for wish in state.wishes}
            avoiding = {one.avoided_by.line: one.avoided_by for one in known if one.avoided_by is not None}
            new = [wish for line, wish in avoiding.items() if line not in tried]
            if not new:
                break
            new = _agreeable(bench, state, target, candidate, new, known)
            again = _bounded(bench, state, target, candidate, new)
            if again is None and len(new) > 1:
                again = _bounded(bench, state, target, candidate, new[:1])
                new = new[:1]
            if again is None:
                # The bound costs more than it gives: keep the solution and name its break.
                given_up |= {wish.line for wish in new}
            else:
                answer = again
        if answer is not None:
            answer, known = _without_first_releases(bench, state, target, candidate, answer, (judges, known))
            answer, known = _with_wheels(bench, state, target, candidate, answer, (judges, known))
            answer, known = _in_one_release(bench, state, target, candidate, answer, (judges, known))
            answer, known = _completed(bench, state, target, candidate, answer, known, judges, complete)
    except Undecided as undecided:
        return Attempt(candidate=candidate, verdict="unknown", changes=tuple(state.changes), reason=undecided.reason)
    if answer is None:
        return Attempt(
            candidate=candidate,
            verdict="conflict",
            changes=tuple(state.changes),
            conflict=next(iter(state.conflicts), None),
            later_conflicts=tuple(state.conflicts[1:]),
        )
    pins = pins_of(bench, answer, state, target)
    changes = _changes(state, pins)
    conflicts = [_resolved(one, changes) for one in state.conflicts] if changes else []
    breaks = tuple(one.found for one in known)
    untold = [f"{pin.name} {pin.version}" for pin in pins if pin.untold]
    return Attempt(
        candidate=candidate,
        verdict=_verdict(changes, pins, breaks, untold=bool(untold)),
        pins=pins,
        changes=changes,
        breaks=breaks,
        conflict=next(iter(conflicts), None),
        later_conflicts=tuple(conflicts[1:]),
        added=binding(state.wishes, pins, changes[state.given :], bench.project, candidate.clock.cutoff),
        levels=levels_of(pins, breaks, untold=bool(untold)),
        reason=_needs_a_build(untold) if untold else None,
    )


def _verdict(
    changes: Sequence[Change], pins: Sequence[Pin], breaks: Sequence[Break], *, untold: bool
) -> EnvironmentVerdict:
    if breaks or not pins:  # where no line could be kept there is no environment
        return "conflict"
    if untold:
        return "unknown"
    return "solves with changes" if changes else "solves"


def _changes(state: _State, pins: Sequence[Pin]) -> tuple[Change, ...]:
    """The changes that the solution needs: a line that it meets as it was, since others gave way later, is none."""
    versions = {pin.name: pin.version for pin in pins}
    read, made = state.changes[: state.given], state.changes[state.given :]
    kept: list[Change] = []
    for change in read:
        # what was read otherwise and then gave way is one change of one line
        later = next((one for one in made if one.at == change.at and one.before == change.after), None)
        if later is not None:
            made[made.index(later)] = later.model_copy(update={"before": change.before})
        elif change.after is None or not _is_met(change, versions):
            kept.append(_with_version(change, pins))
    return (*kept, *(_with_version(change, pins) for change in made if not _is_met(change, versions)))


def _is_met(change: Change, versions: Mapping[str, str]) -> bool:
    """Whether the solution has what a line asked for before it was changed."""
    try:
        before = Requirement(change.before)
    except InvalidRequirement:
        return False
    version = versions.get(canonicalize_name(before.name))
    if version is None or before.extras or before.url is not None:
        return False
    return before.specifier.contains(version, prereleases=True)


def _resolved(conflict: Conflict, changes: Sequence[Change]) -> Conflict:
    """The conflict with the change that the solution has made of one of its lines."""
    places = [conflict.relaxation.at] if conflict.relaxation is not None else []
    places += [wish.at for wish in conflict.core if wish.at is not None]
    made = next((change for at in places for change in changes if at is not None and change.at == at), None)
    return conflict if made is None else conflict.model_copy(update={"relaxation": made})


def levels_of(pins: Sequence[Pin], breaks: Sequence[Break], *, untold: bool) -> tuple[Level, ...]:
    """What holds of a solution."""
    if untold or not pins:
        return ()
    found: list[Level] = ["resolves"]
    if not any(pin.compiles for pin in pins):
        found.append("installs")
    if not breaks:
        found.append("no_known_break")
    return tuple(found)


def _needs_a_build(untold: Sequence[str]) -> Message:
    return msg(
        "what {names} needs is told only when it is built (--allow-builds lets uv do that)",
        names=", ".join(untold[:_NAMES_SHOWN]),
    )


def _bettered(
    bench: Bench, state: _State, target: Target, candidate: Candidate, answer: Solved, judges: Judge
) -> tuple[Solved, Sequence[Known]]:
    """The solution with what is better and costs nothing, and the breaks that it has."""
    known = judges(pins_of(bench, answer, state, target), target)
    found = answer
    tried = {wish.line for wish in state.wishes}
    for wish in [one.avoided_by for one in known if one.only_better and one.avoided_by is not None]:
        again = bench.ask([*state.wishes, wish], target, candidate.clock.cutoff, state.sources)
        if isinstance(again, Solved) and wish.line not in tried:
            state.wishes.append(wish)
            found = again
    if found is not answer:
        known = judges(pins_of(bench, found, state, target), target)
    return found, _breaks(known)


def _breaks(known: Sequence[Known]) -> Sequence[Known]:
    return [one for one in known if not one.only_better]


def _no_worse(
    bench: Bench,
    state: _State,
    target: Target,
    candidate: Candidate,
    wishes: Sequence[Wish],
    judged: tuple[Judge, Sequence[Known]],
) -> tuple[Solved, Sequence[Known], Sequence[Pin]] | None:
    """The solution of other wishes with its breaks and pins; None where there is none, or it has more breaks."""
    judges, known = judged
    found = bench.ask(wishes, target, candidate.clock.cutoff, state.sources)
    if not isinstance(found, Solved):
        return None
    pins = pins_of(bench, found, state, target)
    breaks = _breaks(judges(pins, target))
    return (found, breaks, pins) if len(breaks) <= len(known) else None


def _without_first_releases(
    bench: Bench,
    state: _State,
    target: Target,
    candidate: Candidate,
    answer: Solved,
    judged: tuple[Judge, Sequence[Known]],
) -> tuple[Solved, Sequence[Known]]:
    """The same solution without imports of ours for which nothing but the first release ever was left.

    It says nothing of what it needs, so it goes with everything; the code was not written for it.
    """
    judges, known = judged
    cutoff = candidate.clock.cutoff
    for pin in pins_of(bench, answer, state, target):
        wish = next((one for one in state.wishes if one.origin == "import" and one.name == pin.name), None)
        if wish is None or wish.line != wish.name or pin.required_by or bench.time_is_up:
            continue
        if not is_forsaken(bench.project(pin.name), Version(pin.version), cutoff):
            continue
        left = [one for one in state.wishes if one is not wish]
        again = bench.ask(left, target, cutoff, state.sources)
        if isinstance(again, Solved):
            reason = msg(
                "of {name} only the first release, {version}, goes with the rest", name=pin.name, version=pin.version
            )
            state.replace(wish, None, reason)
            answer = again
            known = _breaks(judges(pins_of(bench, answer, state, target), target))
    return answer, known


def _with_wheels(
    bench: Bench,
    state: _State,
    target: Target,
    candidate: Candidate,
    answer: Solved,
    judged: tuple[Judge, Sequence[Known]],
) -> tuple[Solved, Sequence[Known]]:
    """The same solution with neighbours that the index has a wheel of in the place of burdens, where that solves."""
    judges, known = judged
    cutoff = candidate.clock.cutoff
    burdens = [pin for pin in pins_of(bench, answer, state, target) if is_a_burden(pin)]
    for pin in burdens:
        for wish in with_wheel(bench, pin, state.wishes, target, cutoff):
            if bench.time_is_up:
                return answer, known
            again = _no_worse(bench, state, target, candidate, [*state.wishes, wish], (judges, known))
            names = set() if again is None else {one.name for one in again[2] if is_a_burden(one)}
            if again is not None and pin.name not in names and names <= {one.name for one in burdens}:
                state.wishes.append(wish)
                answer, known, _ = again
                break
    return answer, known


def _in_one_release(
    bench: Bench,
    state: _State,
    target: Target,
    candidate: Candidate,
    answer: Solved,
    judged: tuple[Judge, Sequence[Known]],
) -> tuple[Solved, Sequence[Known]]:
    """The same solution with the distributions of one module at one release, where that solves."""
    pins = pins_of(bench, answer, state, target)
    compiled = {pin.name for pin in pins if pin.compiles}
    for wishes in in_one_release(pins):
        if bench.time_is_up:
            break
        again = _no_worse(bench, state, target, candidate, [*state.wishes, *wishes], judged)
        if again is not None and {pin.name for pin in again[2] if pin.compiles} <= compiled:
            state.wishes += wishes
            return again[:2]
    return answer, judged[1]


def _completed(
    bench: Bench,
    state: _State,
    target: Target,
    candidate: Candidate,
    answer: Solved,
    known: Sequence[Known],
    judges: Judge,
    complete: Complete,
) -> tuple[Solved, Sequence[Known]]:
    """The solution with what it lacks for the GPU; as it was where that does not go with the rest."""
    lacking = complete(pins_of(bench, answer, state, target))
    for rename in lacking.renames:
        answer, known = _renamed(bench, state, target, candidate, answer, known, judges, rename)
    if lacking.renames:
        lacking = complete(pins_of(bench, answer, state, target))
    if lacking.additions:
        before = state.saved()
        state.wishes += lacking.additions
        found = _no_worse(bench, state, target, candidate, state.wishes, (judges, known))
        if found is not None:
            return found[:2]
        state.restore(before)
    return answer, known


def _renamed(
    bench: Bench,
    state: _State,
    target: Target,
    candidate: Candidate,
    answer: Solved,
    known: Sequence[Known],
    judges: Judge,
    rename: Rename,
) -> tuple[Solved, Sequence[Known]]:
    """The solution with a project under its other name, if nothing else asks for the first."""
    before = state.saved()
    name = Requirement(rename.line).name
    named = [wish for wish in state.wishes if canonicalize_name(wish.name) == rename.old and wish.origin not in OURS]
    for wish in named:
        state.wishes[state.wishes.index(wish)] = wish.model_copy(update={"name": name, "line": rename.line})
    found = _no_worse(bench, state, target, candidate, state.wishes, (judges, known)) if named else None
    if found is not None and all(chosen.name != rename.old for chosen in found[0].packages):
        state.changes += [
            Change(at=wish.at, before=wish.line, after=rename.line, reason=rename.reason)
            for wish in named
            if wish.origin == "declared"
        ]
        return found[:2]
    state.restore(before)
    return answer, known


def _agreeable(
    bench: Bench, state: _State, target: Target, candidate: Candidate, bounds: list[Wish], known: Sequence[Known]
) -> list[Wish]:
    """The bounds, or those that may stand in their place where only these go with the lines as they are."""
    others = {one.avoided_by.line: one.or_by for one in known if one.avoided_by is not None and one.or_by is not None}
    swapped = [others.get(wish.line, wish) for wish in bounds]
    if swapped == bounds:
        return bounds
    ways = (bounds, swapped)
    cutoff = candidate.clock.cutoff
    solved = (isinstance(bench.ask([*state.wishes, *way], target, cutoff, state.sources), Solved) for way in ways)
    return next((way for way, good in zip(ways, solved, strict=True) if good), bounds)


def _bounded(
    bench: Bench, state: _State, target: Target, candidate: Candidate, bounds: Sequence[Wish]
) -> Solved | None:
    """Solve once more within bounds of ours; None, and nothing changed, when that is not possible."""
    before = state.saved()
    state.wishes += bounds
    state.keeps_lines = True
    answer = _settle(bench, state, target, candidate)
    state.keeps_lines = False
    if answer is None:
        state.restore(before)
    return answer


def _decide(bench: Bench, state: _State, target: Target, candidate: Candidate) -> bool:
    """Settle by index facts, before uv is asked, the lines that cannot be had as they stand; False: all in vain."""
    cutoff = candidate.clock.cutoff
    bench.gather(wish.name for wish in state.wishes)
    if bench.time_is_up:
        raise Undecided(msg("the time for solving is spent"))
    for wish in tuple(wish for wish in state.wishes if wish.origin not in OURS):
        if all(one is not wish for one in state.wishes):
            continue  # it went with its torch
        found = bench.judge(wish.line, target, cutoff)
        if found.standing in ("offline", "unreadable"):
            raise Undecided(found.reason)
        if found.standing == "yanked" and found.newest is not None and pinned(wish.line) is None:
            # the one release that the line admits is had only by its exact version
            exact = wish.model_copy(update={"line": _with_pin(wish.line, found.newest)})
            state.wishes[state.wishes.index(wish)] = exact
        if found.possible:
            continue
        if found.standing == "no_such_project" and wish.said:
            state.wishes.remove(wish)  # a program or a data set that a sentence names
            continue
        lines = (
            *other_names(wish.line, target),
            *_yanked_since(bench, wish, target, cutoff),
            *_nearest_above(bench, wish, target, cutoff),
            *looser(wish.line),
        )
        ways = ((line, bench.judge(line, target, cutoff)) for line in lines)
        nearest, judged = next(((line, one) for line, one in ways if one.possible), (None, found))
        if nearest is None and _is_main(wish):
            state.conflicts.append(Conflict(core=(wish,), sentence=found.reason))
            return False
        # what was yanked since was there on the day, and no other line of that day would do
        state.replace(wish, nearest, judged.reason if judged.standing == "yanked" else found.reason)
        if canonicalize_name(wish.name) == "torch" and nearest is not None:
            _with_partners(bench, state, target, candidate, wish, nearest, found.reason)
    return True


def _nearest_above(bench: Bench, wish: Wish, target: Target, cutoff: datetime | None) -> Iterator[str]:
    """The next release of a framework that can be had, where a line names one that cannot."""
    project, asked = bench.project(wish.name), _named(wish.line)
    if asked is None or not _is_main(wish) or not isinstance(project, Project):
        return
    requirement = Requirement(wish.line)
    for version in sorted(project.by_version):
        if version > asked and not version.is_prerelease:
            requirement.specifier = SpecifierSet(f"=={version}")
            if bench.judge(str(requirement), target, cutoff).standing == "available":
                yield str(requirement)
                return


def _named(line: str) -> Version | None:
    """The release that a line names, `1.0` of `==1.0.*` as well."""
    exact = [one for one in Requirement(line).specifier if one.operator == "=="]
    return Version(exact[0].version.removesuffix(".*")) if len(exact) == 1 else None


def _with_partners(
    bench: Bench, state: _State, target: Target, candidate: Candidate, torch: Wish, line: str, why: Message
) -> None:
    """Let the libraries that are named for a torch go with it where it leaves its minor version."""
    before, now = _named(torch.line), _named(line)
    if before is not None and now is not None and before.release[:2] == now.release[:2] and now.release[1:]:
        return
    row = None if now is None else torch_release(str(now))
    partners = {} if row is None else {"torchvision": row.torchvision, "torchaudio": row.torchaudio}
    for name in (one.name for one in torch_libraries()):
        for wish in tuple(state.wishes):
            if wish.name != name or wish.origin != "declared" or _named(wish.line) is None:
                continue
            partner = partners.get(name)
            if partner is not None and Requirement(wish.line).specifier.contains(partner):
                continue
            exact = f"{name}=={partner}"
            there = partner is not None and bench.judge(exact, target, candidate.clock.cutoff).possible
            reason = msg("{name} is made for one torch, and that changes: {why}", name=name, why=str(why))
            state.replace(wish, exact if there else name, reason)


def _settle(bench: Bench, state: _State, target: Target, candidate: Candidate) -> Solved | None:
    """Solve what is left: with lines relaxed one by one, or without the one line that is against all the others.

    None, when neither helps.
    """
    others: list[_WayOut] = []
    try:
        answer = _relaxed(bench, state, target, candidate, others)
    except TooManyChanges:
        if not others:
            raise
        answer = None
    if others and (answer is None or state.cost > others[0].cost):
        way = others[0]
        state.restore(way.saved)
        state.conflicts.append(way.conflict)
        state.replace(way.wish, None, way.conflict.sentence)
        without = bench.ask(state.wishes, target, candidate.clock.cutoff, state.sources)
        return without if isinstance(without, Solved) else None
    return answer


@dataclass(frozen=True, slots=True)
class _WayOut:
    """That everything solves without one line, from a state on, at a cost."""

    saved: _Saved
    wish: Wish
    conflict: Conflict
    cost: int


def _relaxed(bench: Bench, state: _State, target: Target, candidate: Candidate, others: list[_WayOut]) -> Solved | None:
    """Solve, relaxing one line of each conflict; `others` gets the first line without which everything solves."""
    cutoff = candidate.clock.cutoff
    for _ in range(_ROUNDS + 2):  # twice more can be offered
        answer = bench.ask(state.wishes, target, cutoff, state.sources)
        if isinstance(answer, Solved):
            return answer
        _undecided_unless_no_solution(answer)
        _stop_if_offline(bench)
        if _widened(bench, state, target):
            continue
        conflict, relaxed, alone = _relax(bench, state, target, candidate)
        if _widened(bench, state, target):
            continue  # a part of the lines asked for what the whole did not get to: the core may rest on that
        if alone is not None and not others:
            change = state.change_of(alone, None, conflict.sentence)
            told = conflict.model_copy(update={"relaxation": change})
            others.append(_WayOut(state.saved(), alone, told, state.cost + cost_of(change)))
        state.conflicts.append(conflict)
        if relaxed is None:
            return None
        wish, line, reason = relaxed
        state.replace(wish, line, reason)
    return None


def _widened(bench: Bench, state: _State, target: Target) -> bool:
    """Offer more, where what was asked for in vain is there as source; False when nothing more can be offered."""
    if state.sources == "pure" and _was_refused(bench, target, "compiled"):
        state.sources = "any"
    elif state.sources in ("pure", "any") and _was_refused(bench, target, *UNTOLD):
        # Built, they tell; else what no assumption about them mends is a conflict all the same.
        state.sources = "build" if bench.allow_builds else "blind"
    else:
        return False
    return True


def _relax(
    bench: Bench, state: _State, target: Target, candidate: Candidate
) -> tuple[Conflict, tuple[Wish, str | None, Message] | None, Wish | None]:
    """The smallest core of the conflict, and the smallest change of one of its lines that solves it.

    A change that solves the whole problem goes before one that solves the core alone. Where only
    the latter is there, the third is a line without which the whole solves, if there is one.
    """
    cutoff, sources = candidate.clock.cutoff, state.sources

    def holds(wishes: Sequence[Wish]) -> bool:
        return bench.holds(wishes, target, cutoff, sources)

    core = minimal_core(state.wishes, holds)
    sentence, facts = explain(core, bench, target, cutoff)
    conflict = Conflict(core=tuple(core), facts=facts, sentence=sentence)
    raised = _raised_later(bench, state.wishes) | state.raised.keys()
    ladders = sorted(
        (
            (step, _importance(wish, raised), wish, line)
            for wish in core
            if wish.origin not in OURS
            for step, line in enumerate(_ladder(bench, state, wish, core, target, cutoff))
        ),
        # a framework moves within its minor version like any other, and further only when nobody else can
        key=lambda item: (
            _goes(item[2], item[3]),
            item[1][0],
            item[3] is None,
            item[1][1] if item[0] else 0,
            item[0],
            item[1],
        ),
    )
    alone: Wish | None = None
    ways = [(state.wishes, False), (core, False), (core, True)]
    for whole, out in ways[:2] if state.keeps_lines else ways:
        if whole is core and alone is None and not state.keeps_lines and len(core) < len(state.wishes):
            against = [wish for _, _, wish, line in ladders if line is None]
            alone = next((one for one in against if holds([w for w in state.wishes if w is not one])), None)
        for _, _, wish, line in ladders:
            if line is None and state.keeps_lines:
                continue
            if _goes(wish, line) != out:
                continue
            rest = [other for other in whole if other is not wish]
            changed = rest if line is None else [*rest, wish.model_copy(update={"line": line})]
            if holds(changed):
                reason = _why_changed(state, wish, line, sentence)
                change = state.change_of(wish, line, reason)
                return conflict.model_copy(update={"relaxation": change}), (wish, line, reason), alone
    return conflict, None, alone


def _ladder(
    bench: Bench, state: _State, wish: Wish, core: Sequence[Wish], target: Target, cutoff: datetime | None
) -> tuple[str | None, ...]:
    """What may stand in the place of a line, the smallest change first; None leaves it out."""
    bot = state.raised.get(wish.line)
    written = () if bot is None else (_with_pin(wish.line, bot.before),)
    yanked = _yanked_since(bench, wish, target, cutoff)
    return (*written, *_at_our_bound(wish, core), *yanked, *looser(wish.line), *_left_out(wish))


def _why_changed(state: _State, wish: Wish, line: str | None, sentence: Message) -> Message:
    bot = state.raised.get(wish.line)
    if bot is None or line != _with_pin(wish.line, bot.before):
        return sentence
    return msg(
        "{bot} raised it from {before} in commit {commit}; {why}",
        bot=bot.by, before=bot.before, commit=bot.sha[:12], why=str(sentence),
    )  # fmt: skip


def raised_by_bots(asked: Asked) -> dict[str, BotPin]:
    """The lines whose pin a bot raised and nobody has changed since."""
    raised = {(one.path, one.name, one.after): one for one in asked.raised}
    found: dict[str, BotPin] = {}
    for wish in asked.wishes:
        version = pinned(wish.line)
        if wish.at is not None and version is not None:
            bot = raised.get((wish.at.path, canonicalize_name(wish.name), str(version)))
            if bot is not None:
                found[wish.line] = bot
    return found


def _with_pin(line: str, version: str) -> str:
    requirement = Requirement(line)
    requirement.specifier = SpecifierSet(f"=={version}")
    return str(requirement)


def _goes(wish: Wish, line: str | None) -> bool:
    """Whether a line that counts is left out, the last resort; one of another file goes before the first is changed."""
    return line is None and not wish.optional


def _left_out(wish: Wish) -> tuple[None, ...]:
    """The last step of relaxing, leaving the line out: not for what the code is built on."""
    return () if _is_main(wish) else (None,)


def _is_main(wish: Wish) -> bool:
    return canonicalize_name(wish.name) in _MAIN


def _at_our_bound(wish: Wish, core: Sequence[Wish]) -> tuple[str, ...]:
    """The lowest version that a constraint of ours admits: of all changes it is the smallest."""
    requirement = Requirement(wish.line)
    found: list[str] = []
    for ours in core:
        if ours.origin in OURS and canonicalize_name(ours.name) == canonicalize_name(wish.name):
            for clause in Requirement(ours.line).specifier:
                if clause.operator in (">=", "<="):
                    requirement.specifier = SpecifierSet(f"=={clause.version}")
                    found.append(str(requirement))
    return tuple(found)


def _yanked_since(bench: Bench, wish: Wish, target: Target, cutoff: datetime | None) -> Iterator[str]:
    """Releases that a line admits and that were yanked since: they are had only by their exact version."""
    project, requirement = bench.project(wish.name), Requirement(wish.line)
    if not isinstance(project, Project) or cutoff is None:
        return
    versions = [
        version
        for version in matching_versions(project, requirement.specifier)
        if any(
            file.yanked is not None and file.kind == "wheel" and target.fits(file) and uploaded_by(file, cutoff)
            for file in project.by_version[version]
        )
    ]
    for version in versions[: -_MOST_YANKED - 1 : -1]:
        requirement.specifier = SpecifierSet(f"=={version}")
        yield str(requirement)


def _importance(wish: Wish, raised: frozenset[str]) -> tuple[int, int, int]:
    """What yields last: what the first file pinned with the others, then the frameworks, then what is pinned."""
    return (
        int(wish.line not in raised and not wish.optional),
        int(_is_main(wish)),
        int(pinned(wish.line) is not None),
    )


def _raised_later(bench: Bench, wishes: Sequence[Wish]) -> frozenset[str]:
    """Pins far younger than most of their neighbours: a bot or a later hand raised them alone."""
    dates: dict[str, datetime] = {}
    for wish in wishes:
        project, version = bench.project(wish.name), pinned(wish.line)
        if isinstance(project, Project) and version is not None:
            first = first_uploaded(project.by_version.get(version, ()))
            if first is not None:
                dates[wish.line] = first
    if len(dates) < _ENOUGH_PINS:
        return frozenset()
    usual = sorted(dates.values())[len(dates) // 2]
    return frozenset(line for line, date in dates.items() if date - usual > _MUCH_LATER)


def _undecided_unless_no_solution(answer: Unsolved) -> None:
    if answer.kind != "no_solution":
        raise Undecided(msg("the solver gave no answer: {why}", why=answer.text[:300]))


def _stop_if_offline(bench: Bench) -> None:
    """A conflict that rests on what could not be looked up is none."""
    lacking = sorted(name for name, one in bench.gateway.missing.items() if one.reason != "no_such_project")
    if lacking:
        raise Undecided(msg("the index could not be asked for {names}", names=", ".join(lacking[:8])))
    refused = [
        one
        for found in bench.gateway.refused.values()
        for one in found.values()
        if one.why.reason in ("offline", "network")
    ]
    if refused:
        names = sorted({f"{one.project} {one.version}" for one in refused})
        why = refused[0].why.detail or refused[0].why.reason
        raise Undecided(msg("the metadata of {names} could not be had: {why}", names=", ".join(names[:8]), why=why))


def _was_refused(bench: Bench, target: Target, *reasons: str) -> bool:
    return any(one.why.reason in reasons for one in bench.gateway.refused.get(target.key, {}).values())


def _with_version(change: Change, pins: Sequence[Pin]) -> Change:
    """Name the version that took the place of a loosened line."""
    if change.after is None:
        return change
    try:
        name = canonicalize_name(Requirement(change.after).name)
    except InvalidRequirement:
        return change
    version = next((pin.version for pin in pins if pin.name == name), None)
    return change if version is None else change.model_copy(update={"after": f"{name}=={version}"})


def pins_of(bench: Bench, answer: Solved, state: _State, target: Target) -> tuple[Pin, ...]:
    """The packages of an answer with their real files, and who asks for each."""
    asked: dict[str, list[Location]] = {}
    for wish in state.wishes:
        if wish.at is not None and wish.origin not in OURS:
            asked.setdefault(canonicalize_name(wish.name), []).append(wish.at)
    needed: dict[str, list[str]] = {}
    pins: list[Pin] = []
    for chosen in answer.packages:
        offer = bench.gateway.offer(target, state.sources, chosen.name, chosen.filename)
        if offer is None or isinstance(bench.project(chosen.name), Missing):
            continue
        found = bench.gateway.needs(chosen.name, offer.file)
        if isinstance(found, CoreMetadata):
            for line in found.requires:
                requirement = parsed(line)
                if requirement.marker is None or target.applies(requirement.marker):
                    needed.setdefault(canonicalize_name(requirement.name), []).append(chosen.name)
        file = offer.file
        pins.append(
            Pin(
                name=chosen.name,
                version=chosen.version,
                url=file.url,
                sha256=file.sha256,
                sdist_only=file.kind == "sdist",
                old_metadata=isinstance(found, CoreMetadata) and is_refused(found),
                compiles=file.kind == "sdist"
                and isinstance(bench.gateway.needs(chosen.name, file, native=False), NoMetadata),
                cuda=isinstance(found, CoreMetadata) and found.cuda,
                untold=state.sources != "build" and isinstance(found, NoMetadata),
                uploaded=file.uploaded.date() if file.uploaded else None,
            )
        )
    return tuple(
        pin.model_copy(
            update={
                "why": tuple(asked.get(pin.name, ())),
                "required_by": tuple(sorted(set(needed.get(pin.name, ())))),
            }
        )
        for pin in pins
    )
