"""What job a script, command or section does, told by its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import cast

from repotriage.data import table
from repotriage.models.reading import Role

_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[\u4e00-\u9fff]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_JSON_SWITCH = re.compile(r"[\"']do_eval[\"']\s*:\s*true", re.IGNORECASE)  # `--hparams '{"do_eval": true}'`
_JSON_TRAINS = re.compile(r"[\"']do_train[\"']\s*:\s*true", re.IGNORECASE)
_FILE = re.compile(r"[/\\]|\.\w{2,5}$")  # `--test data/test.csv` gives a file, and switches nothing on
# `val_loss` and the like name a split or a measure, `data` often only the object of a verb.
_WEAK: frozenset[Role] = frozenset({"data", "install"})


@cache
def _prefixes() -> tuple[tuple[str, Role], ...]:
    """(prefix, role), longest prefix first."""
    pairs = [(prefix, cast("Role", role)) for role, prefixes in table("roles")["words"].items() for prefix in prefixes]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def _ignored() -> frozenset[str]:
    return frozenset(table("roles")["ignored"]["words"])


@cache
def role_of_word(word: str) -> Role | None:
    """The role that one word of a name tells."""
    low = word.lower()
    if low in _ignored():
        return None
    for prefix, role in _prefixes():
        if _CHINESE.match(prefix):
            if prefix in low:
                return role
        elif low == prefix or (len(prefix) > 3 and low.startswith(prefix)):
            return role
    return None


@cache
def _title_prefixes() -> tuple[tuple[str, Role], ...]:
    rows = table("roles")["titles"].items()
    return tuple((prefix, cast("Role", role)) for role, prefixes in rows for prefix in prefixes)


def role_of_text(text: str) -> Role | None:
    """The role that a title, comment or sentence tells by its verbs; work before preparation."""
    found: list[Role] = []
    parts = re.findall(r"[A-Za-z][A-Za-z-]*|[\u4e00-\u9fff]+", text[:600])
    splits = table("roles")["splits"]
    for word, following in pairwise((*parts, "")):
        low = word.lower()
        if low in _ignored() and low != "generation":
            continue
        if low in splits["words"] and following.lower() in splits["things"]:
            found.append("data")  # "Prepare Training Data" trains nothing
            continue
        for prefix, role in _title_prefixes():
            if (prefix in low) if _CHINESE.match(prefix) else low.startswith(prefix):
                found.append(role)
                break
    return next((role for role in found if role not in _WEAK), found[0] if found else None)


def is_library_name(stem: str) -> bool:
    """Whether a file of this name is imported rather than started: `utils`, `text_rnn_model`; but not `train_model`."""
    library = table("roles")["ignored"]["library"]
    last = words(stem)[-1:]
    return stem.lower() in library or (bool(last) and last[0].lower() in library and role_of_name(stem) is None)


def words(name: str) -> list[str]:
    """The words of an identifier, file name or title."""
    return _WORD.findall(name)


def role_of_name(name: str) -> Role | None:
    """The role that a file name, subcommand or title tells: its first telling word, verbs before `data`."""
    parts = words(name)
    if name.lower() in table("roles")["measures"]["scripts"]:
        return "evaluate"
    beside = [word for word in parts if word.lower() not in table("roles")["measures"]["beside"]]
    if len(beside) == 1 < len(parts) and beside[0].lower() in table("roles")["measures"]["scripts"]:
        return "evaluate"
    makes = table("roles")["makes"]
    if parts and parts[0].lower() == "download":
        return "data"  # `download_kitti_test`
    is_data = len(parts) > 1 and (role_of_word(parts[-1]) == "data" or parts[-1].lower() in makes["objects"])
    if is_data and parts[0].lower() in makes["words"]:
        return "data"
    if len(parts) > 1 and parts[0].lower() in table("roles")["measures"]["words"] and _is_measure(parts[1:]):
        return "evaluate"
    roles = [role for word in parts if (role := role_of_word(word)) is not None]
    # `extract_accuracy`, `install_and_train`, `prepare_data` are told by the strong word where there is one,
    # but `download_train_data` and `data_prepare` begin with what they do.
    if (
        roles
        and roles[0] in _WEAK
        and any(role_of_word(word) == "evaluate" for word in _without_things(parts[1:]))
        and not any(word.lower().startswith("data") for word in parts)
    ):
        return "evaluate"
    return roles[0] if roles else None


def _without_things(parts: Sequence[str]) -> list[str]:
    """The words of a name but those that only tell which set, loader or state is meant: `test` in `train_test_set`."""
    things = table("roles")["things"]["words"]
    return [word for word, following in pairwise((*parts, "")) if following.lower() not in things]


def _is_measure(parts: list[str]) -> bool:
    """Whether the words after `get`, `compute` and the like name a measure: `get_map`, `calc_fid_score`."""
    names = table("metrics")["metrics"]["strong"]
    return any(word.lower() in names or word.lower() in ("metric", "metrics") for word in parts)


def role_of_flags(arguments: Iterable[str]) -> Role | None:
    """The role that the options of a command tell (`--eval`, `--mode test`, `phase=train`), if any."""
    listed = list(arguments)
    found = _roles_of_flags(listed)
    whole = " ".join(listed)[:4000]
    if not found and _JSON_SWITCH.search(whole) and not _JSON_TRAINS.search(whole):
        return "evaluate"
    if "train" in found:
        return "train"
    return next((role for role in ("evaluate", "inference", "export", "demo") if role in found), None)


def evaluates_too(arguments: Iterable[str]) -> bool:
    """Whether a command that trains is told to evaluate as well: `--do_train --do_eval`, `--mode=train_then_eval`."""
    return {"train", "evaluate"} <= _roles_of_flags(list(arguments))


def name_evaluates_too(name: str) -> bool:
    """Whether the name of what trains says that it evaluates as well: `train_test.sh`, `train_and_eval.py`."""
    return any(role_of_word(word) == "evaluate" for word in _without_things(words(name)))


def _roles_of_flags(listed: Sequence[str]) -> set[Role]:
    found: set[Role] = set()
    flags: dict[str, Role] = {
        flag: cast("Role", role) for role, names in table("roles")["flags"].items() for flag in names
    }
    modes = set(table("roles")["modes"]["names"])
    for index, argument in enumerate(listed):
        name, equals, value = argument.partition("=")
        if not name.startswith("-") and not equals:
            continue
        name = name.lstrip("-").replace("-", "_").lower().rpartition(".")[2]
        following = value if equals else (listed[index + 1] if index + 1 < len(listed) else "")
        off = following.lower() in ("false", "0", "no", "none", "off") or _FILE.search(following) is not None
        if name in modes:
            role = role_of_name(following)
            if role is not None and role not in ("data", "install"):
                found.add(role)
            if role == "train" and any(role_of_word(word) == "evaluate" for word in words(following)):
                found.add("evaluate")
        elif name in flags and not off and (argument.startswith("-") or following.lower() in ("true", "1", "yes")):
            found.add(flags[name])
    return found


@cache
def role_of_program(program: str) -> Role | None:
    """The role that the program alone tells (`pip`, `wget`, `pytest`)."""
    for role, names in table("roles")["programs"].items():
        if program in names:
            return cast("Role", role)
    return None
