"""Options that a script cannot be started without, added to a command that no document gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from shlex import quote

from repotriage.models.base import Message, msg
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module, parse
from repotriage.plan.commands import Written, names_given

_NAME = re.compile(r"--?[A-Za-z][\w-]{0,60}")
_ARGUMENT = re.compile(r"[A-Za-z]\w{0,60}")
_PARSED = frozenset({"args", "opts", "opt", "options"})
_MOST = 12


def with_required(line: Written, snapshot: Snapshot, path: str) -> Written:
    """The command with each option that the script itself demands, its value left to be filled in."""
    module = parse(path, snapshot.text(path) or "") if path.endswith(".py") else None
    if not isinstance(module, Module):
        return line
    words: list[str] = []
    fill_in: list[str] = []
    for option in list(dict.fromkeys(_required(module)))[:_MOST]:
        value = re.sub(r"\W+", "_", option.lstrip("-")).upper()
        words += [option, value] if option.startswith("-") else [value]
        fill_in.append(value)
    if not words:
        return line
    return Written(
        text=" ".join([line.text, *map(quote, words)]),
        fill_in=(*line.fill_in, *fill_in),
        argv=(*line.argv, *words),
    )


def one_of(argv: Sequence[str], snapshot: Snapshot, path: str | None) -> tuple[Message, ...]:
    """That a script demands one of several options, and a command gives none: `assert args.out or args.eval`."""
    module = parse(path, snapshot.text(path) or "") if path is not None and path.endswith(".py") else None
    if not isinstance(module, Module):
        return ()
    given = names_given(argv)
    for assertion in module.of(ast.Assert):
        test = assertion.test
        names = [
            one.attr
            for one in (test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else ())
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in _PARSED
        ]
        if isinstance(test, ast.BoolOp) and 1 < len(names) == len(test.values) and not given & set(names):
            options = ", ".join(f"--{name.replace('_', '-')}" for name in names)
            return (msg("{path} demands at least one of {options}: add one", path=path, options=options),)
    return ()


def _required(module: Module) -> Iterator[str]:
    for call in module.of(ast.Call):
        function = call.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name == "add_argument" and texts:
            yield from _of_argparse(call, texts)
        elif name in ("option", "argument") and texts and (module.dotted(function) or "").startswith("click."):
            if name == "argument" or _is_true(call, "required"):
                yield next((text for text in texts if _NAME.fullmatch(text)), texts[0])
        elif name == "mark_flag_as_required" and texts:
            yield f"--{texts[0]}"
        elif name == "mark_flags_as_required" and call.args and isinstance(call.args[0], ast.List | ast.Tuple):
            for one in call.args[0].elts:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield f"--{one.value}"


def _of_argparse(call: ast.Call, texts: list[str]) -> Iterator[str]:
    options = [text for text in texts if _NAME.fullmatch(text)]
    if options:
        if _is_true(call, "required"):
            yield next((text for text in options if text.startswith("--")), options[0])
    elif _ARGUMENT.fullmatch(texts[0]):
        nargs = next((one.value for one in call.keywords if one.arg == "nargs"), None)
        many = ast.unparse(nargs) if nargs is not None else ""
        if not re.search(r"[?*]|REMAINDER", many):
            yield texts[0]


def _is_true(call: ast.Call, name: str) -> bool:
    value = next((one.value for one in call.keywords if one.arg == name), None)
    return isinstance(value, ast.Constant) and value.value is True
