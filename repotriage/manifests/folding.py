"""Folding of constants in a setup script: what its lists of strings must be, without running it.

Every string keeps the line where it is written. What comes out of a file of the repository
is a `Files`; what cannot be known is an `Unknown` that keeps the strings that went into it.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from packaging.utils import canonicalize_name

from repotriage.models.base import Message
from repotriage.parsing.python import Module

MAX_STEPS = 20_000
MAX_DEPTH = 30
MAX_ITEMS = 5_000
MAX_TEXT = 100_000

_LIST_FILE = re.compile(r".*(?:\.(?:txt|in|pip|req)|requirements?[\w-]*)\Z", re.IGNORECASE | re.DOTALL)
_NOT_A_LIST = re.compile(
    r"(?i)(?:.*/)?(?:readme|license|version|authors|history|changelog|changes|description)[\w.-]*\Z"
)


class Text(str):
    """A string and the line where it is written, None when it was put together of nothing written."""

    __slots__ = ("line",)
    line: int | None

    def __new__(cls, value: str, line: int | None = None) -> Text:
        """A string that remembers its line."""
        made = super().__new__(cls, value)
        made.line = line
        return made


@dataclass(slots=True)
class Files:
    """What is read from these files of the repository; `missing` tells why one could not be found."""

    paths: tuple[str, ...]
    missing: tuple[Message, ...] = ()


@dataclass(slots=True)
class Unknown:
    """A value that only running would tell, and the strings that went into it.

    `empty` when it is known to hold nothing of interest (None, a number, a flag).
    """

    strings: list[Text] = field(default_factory=list)
    empty: bool = False


Value: TypeAlias = Union[Text, list["Value"], dict[str, "Value"], Files, Unknown]  # noqa: UP007 - it names itself
Scope: TypeAlias = dict[str, Value]


class _Enough(Exception):  # noqa: N818 - not an error: the budget is spent
    pass


class Folder:
    """Folds the values of one script. `resolve` turns a path as written into one of the repository, or a reason."""

    def __init__(self, module: Module, resolve: Callable[[str], str | Message]) -> None:
        self._module = module
        self._resolve = resolve
        self._steps = 0
        self._functions = {one.name: one for one in module.of(ast.FunctionDef)}
        self._scope: Scope = {}
        self._depth = 0

    def run(self) -> None:
        """Fold the statements of the module, and those of functions that call `setup`."""
        with contextlib.suppress(_Enough, RecursionError):
            self._block(self._module.tree.body, self._scope)

    def keywords(self, call: ast.Call) -> Iterator[tuple[str, Value, int]]:
        """(name, value, line) of the keywords of `call`, those of a `**mapping` included."""
        scope = self._scope_of(call)
        self._steps = 0
        for keyword in call.keywords:
            if keyword.arg is not None:
                yield keyword.arg, self._safe(keyword.value, scope), keyword.value.lineno
                continue
            value = self._safe(keyword.value, scope)
            if isinstance(value, dict):
                for key, inner in value.items():
                    yield key, inner, _line(inner) or keyword.value.lineno

    def _scope_of(self, call: ast.Call) -> Scope:
        node: ast.AST | None = call
        while node is not None and not isinstance(node, ast.FunctionDef):
            node = self._module.parent(node)
        if not isinstance(node, ast.FunctionDef):
            return self._scope
        scope = dict(self._scope)
        with contextlib.suppress(_Enough, RecursionError):
            self._block(node.body, scope)
        return scope

    def _safe(self, node: ast.expr, scope: Scope) -> Value:
        try:
            return self._fold(node, scope)
        except (_Enough, RecursionError):
            return Unknown()

    def _spend(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise _Enough

    # Statements

    def _block(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._statement(statement, scope)

    def _statement(self, node: ast.stmt, scope: Scope) -> None:
        self._spend()
        if isinstance(node, ast.Assign):
            value = self._fold(node.value, scope)
            for target in node.targets:
                self._assign(target, value, scope)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, self._fold(node.value, scope), scope)
        elif isinstance(node, ast.AugAssign):
            before = self._fold(node.target, scope)
            self._assign(node.target, _joined(before, self._fold(node.value, scope)), scope)
        elif isinstance(node, ast.Expr):
            self._fold(node.value, scope)
        elif isinstance(node, ast.If):
            self._branches([node.body, node.orelse], scope)
        elif isinstance(node, ast.Try):
            self._block(node.body, scope)
            for handler in node.handlers:
                self._branches([handler.body, []], scope)
            self._block(node.orelse, scope)
            self._block(node.finalbody, scope)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                value = self._fold(item.context_expr, scope)
                if item.optional_vars is not None:
                    self._assign(item.optional_vars, value, scope)
            self._block(node.body, scope)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._loop(node, scope)
        elif isinstance(node, ast.While):
            self._block(node.body, scope)

    def _branches(self, bodies: list[list[ast.stmt]], scope: Scope) -> None:
        """Whichever branch is taken: a list holds what any of them puts into it."""
        results: list[Scope] = []
        for body in bodies:
            inner = {name: _copy(value) for name, value in scope.items()}
            self._steps += sum(len(value) for value in scope.values() if isinstance(value, (list, dict))) // 20
            self._block(body, inner)
            results.append(inner)
        for name in {name for result in results for name in result}:
            values = [result[name] for result in results if name in result]
            scope[name] = values[0] if len(values) == 1 else _either(values[0], values[1])

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        over = self._fold(node.iter, scope)
        if isinstance(over, dict):
            over = [Text(key) for key in over]
        if isinstance(over, list) and len(over) <= 200:
            for item in over:
                self._assign(node.target, item, scope)
                self._block(node.body, scope)
            return
        self._assign(node.target, over, scope)
        self._block(node.body, scope)

    def _assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            items = value if isinstance(value, list) and len(value) == len(target.elts) else None
            for number, element in enumerate(target.elts):
                self._assign(element, items[number] if items else _tainted([value]), scope)
        elif isinstance(target, ast.Subscript):
            holder = self._fold(target.value, scope)
            key = self._fold(target.slice, scope)
            if isinstance(holder, dict) and isinstance(key, Text) and len(holder) < MAX_ITEMS:
                holder[str(key)] = value

    # Expressions

    def _fold(self, node: ast.expr, scope: Scope) -> Value:
        self._spend()
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH * 4:
                return Unknown()
            return self._expression(node, scope)
        finally:
            self._depth -= 1

    def _expression(self, node: ast.expr, scope: Scope) -> Value:
        if isinstance(node, ast.Constant):
            return Text(node.value, _text_line(node)) if isinstance(node.value, str) else Unknown(empty=True)
        if isinstance(node, ast.Name):
            return scope.get(node.id, self._scope.get(node.id, Unknown(empty=node.id == "__file__")))
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self._items(node.elts, scope)
        if isinstance(node, ast.Dict):
            return self._mapping(node, scope)
        if isinstance(node, ast.JoinedStr):
            return self._joined_string(node, scope)
        if isinstance(node, ast.BinOp):
            return self._operation(node, scope)
        if isinstance(node, ast.Subscript):
            return self._item(node, scope)
        if isinstance(node, ast.IfExp):
            return _either(self._fold(node.body, scope), self._fold(node.orelse, scope))
        if isinstance(node, ast.BoolOp):
            values = [self._fold(value, scope) for value in node.values]
            known = [value for value in values if not isinstance(value, Unknown)]
            return known[0] if known else _tainted(values)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
            return self._comprehension(node, scope)
        if isinstance(node, ast.DictComp):
            values = [self._fold(one.iter, scope) for one in node.generators]
            return _tainted(values)
        if isinstance(node, ast.Call):
            return self._call(node, scope)
        if isinstance(node, ast.Attribute):
            return _tainted([self._fold(node.value, scope)])
        if isinstance(node, ast.Starred):
            return self._fold(node.value, scope)
        if isinstance(node, ast.NamedExpr):
            value = self._fold(node.value, scope)
            self._assign(node.target, value, scope)
            return value
        return Unknown(empty=isinstance(node, (ast.Compare, ast.UnaryOp, ast.Lambda)))

    def _items(self, elements: list[ast.expr], scope: Scope) -> Value:
        found: list[Value] = []
        for element in elements[:MAX_ITEMS]:
            value = self._fold(element, scope)
            if isinstance(element, ast.Starred) and isinstance(value, list):
                found.extend(value)
            else:
                found.append(value)
        return found

    def _mapping(self, node: ast.Dict, scope: Scope) -> Value:
        found: dict[str, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            folded = self._fold(value, scope)
            if key is None:
                if isinstance(folded, dict):
                    found.update(folded)
                continue
            name = self._fold(key, scope)
            if isinstance(name, Text):
                found[name] = folded
        return found

    def _joined_string(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts: list[str] = []
        for part in node.values:
            value = self._fold(part.value if isinstance(part, ast.FormattedValue) else part, scope)
            if not isinstance(value, Text):
                return _tainted([value])
            parts.append(value)
        return _text("".join(parts), node.lineno)

    def _operation(self, node: ast.BinOp, scope: Scope) -> Value:
        left, right = self._fold(node.left, scope), self._fold(node.right, scope)
        if isinstance(node.op, ast.Add):
            if isinstance(left, Text) and isinstance(right, Text):
                return _text(left + right, left.line)
            return _joined(left, right)
        if isinstance(node.op, ast.Mod) and isinstance(left, Text):
            values = right if isinstance(right, list) else [right]
            texts = [value for value in values if isinstance(value, Text)]
            if len(texts) == len(values) == left.count("%s") == left.count("%"):
                return _text(left.replace("%s", "{}").format(*texts) if "{" not in left else left, left.line)
        if isinstance(node.op, ast.Div) and isinstance(right, Text):
            return right  # pathlib: the last part of a path is what is looked for
        return _tainted([left, right])

    def _item(self, node: ast.Subscript, scope: Scope) -> Value:
        holder = self._fold(node.value, scope)
        if isinstance(node.slice, ast.Slice):
            return _sliced(holder, node.slice)
        key = self._fold(node.slice, scope)
        if isinstance(holder, dict) and isinstance(key, Text) and key in holder:
            return holder[key]
        if isinstance(key, Text) and not isinstance(holder, dict):
            # A table made of requirement strings (`deps["numpy"]` out of a list): the one of that name.
            for text in _strings(holder):
                if _name(text) == _name(key):
                    return text
        if isinstance(holder, list) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
            index = node.slice.value
            return holder[index] if -len(holder) <= index < len(holder) else Unknown()
        return _tainted([holder])

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Value:
        over = self._fold(node.generators[0].iter, scope)
        if isinstance(over, Files):
            return over
        if isinstance(over, dict):
            over = [Text(key) for key in over]
        if not isinstance(over, list) or len(node.generators) > 2 or len(over) > 500:
            nested = [self._fold(one.iter, scope) for one in node.generators[1:]]
            return _tainted([over, *nested])
        found: list[Value] = []
        for item in over:
            inner = dict(scope)
            self._assign(node.generators[0].target, item, inner)
            if len(node.generators) == 2:
                second = self._fold(node.generators[1].iter, inner)
                for one in second if isinstance(second, list) else [second]:
                    self._assign(node.generators[1].target, one, inner)
                    found.append(self._fold(node.elt, inner))
            else:
                found.append(self._fold(node.elt, inner))
        return found

    # Calls

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        arguments = [self._fold(one, scope) for one in node.args]
        named = {one.arg: self._fold(one.value, scope) for one in node.keywords if one.arg}
        name = self._module.dotted(node.func) or ""
        last = name.rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
        if name in self._functions and not _shadowed(name, scope):
            return self._function(self._functions[name], arguments, named)
        if isinstance(node.func, ast.Attribute):
            holder = self._fold(node.func.value, scope)
            method = self._method(holder, node.func.attr, arguments, node.func.value, scope)
            if method is not None:
                return method
        if name in ("open", "io.open", "codecs.open", "os.open") or last in ("open", "read_text", "read"):
            reached = arguments[:1] or list(named.values())[:1]
            return self._open(reached or [self._holder(node, scope)])
        if last in ("join", "abspath", "Path", "PurePath", "realpath", "normpath", "joinpath"):
            texts = [one for one in arguments if isinstance(one, Text)]
            parts = [part for part in texts if part not in (".", "..", "")]
            if parts:
                return Text("/".join(part.strip("/") if i else part for i, part in enumerate(parts)), parts[-1].line)
            return Unknown()
        if last == "parse_requirements" and arguments:
            return self._open(arguments[:1]) if isinstance(arguments[0], Text) else _tainted(arguments)
        if name in ("list", "set", "sorted", "tuple", "reversed", "frozenset", "filter", "map", "str", "dict", "sum"):
            return self._builtin(name, arguments, named)
        if last == "from_iterable" or name in ("itertools.chain", "chain"):
            return _flat(arguments)
        if name in ("dict", "OrderedDict", "collections.OrderedDict", "collections.defaultdict", "defaultdict"):
            return dict(named)
        return _tainted([*arguments, *named.values(), self._holder(node, scope)])

    def _holder(self, node: ast.Call, scope: Scope) -> Value:
        return self._fold(node.func.value, scope) if isinstance(node.func, ast.Attribute) else Unknown(empty=True)

    def _builtin(self, name: str, arguments: list[Value], named: dict[str, Value]) -> Value:
        if name == "dict":
            found: dict[str, Value] = dict(arguments[0]) if arguments and isinstance(arguments[0], dict) else {}
            return {**found, **named}
        if name == "sum" or (name in ("filter", "map") and len(arguments) > 1):
            over = arguments[0] if name == "sum" else arguments[1]
            return _flat([over]) if name == "sum" else over
        if not arguments:
            return Unknown(empty=True) if name == "str" else []
        first = arguments[0]
        if isinstance(first, dict) and name != "str":
            return [Text(key) for key in first]
        return first

    def _method(
        self, holder: Value, method: str, arguments: list[Value], target: ast.expr, scope: Scope
    ) -> Value | None:
        """A method of a known value; None when it is not one that is understood."""
        if isinstance(holder, Files):
            return holder
        if isinstance(holder, list):
            if method in ("append", "extend", "insert", "add", "update") and arguments:
                value = arguments[-1]
                if method in ("extend", "update") and isinstance(value, (Files, Unknown, list)):
                    self._assign(target, _joined(holder, value), scope)
                elif len(holder) < MAX_ITEMS:
                    holder.append(value)
                return Unknown(empty=True)
            if method == "copy":
                return list(holder)
        if isinstance(holder, dict):
            if method == "values":
                return list(holder.values())
            if method == "keys":
                return [Text(key) for key in holder]
            if method == "items":
                return [[Text(key), value] for key, value in holder.items()]
            if method == "update" and arguments and isinstance(arguments[0], dict):
                holder.update(arguments[0])
                return Unknown(empty=True)
            if method in ("get", "pop", "setdefault") and arguments and isinstance(arguments[0], Text):
                return holder.get(arguments[0], arguments[1] if len(arguments) > 1 else Unknown(empty=True))
            if method == "copy":
                return dict(holder)
        if isinstance(holder, Text):
            return self._string_method(holder, method, arguments)
        return None

    def _string_method(self, text: Text, method: str, arguments: list[Value]) -> Value | None:
        if method in ("split", "splitlines"):
            if method == "splitlines" or (arguments and arguments[0] == "\n"):
                return [Text(part, text.line + i if text.line else None) for i, part in enumerate(text.split("\n"))]
            separator = arguments[0] if arguments and isinstance(arguments[0], Text) else None
            return [Text(part, text.line) for part in text.split(separator or None)[:MAX_ITEMS]]
        if method in ("strip", "lstrip", "rstrip", "lower"):
            moved = len(text) - len(text.lstrip()) if method in ("strip", "lstrip") else 0
            line = text.line + text[:moved].count("\n") if text.line else None
            return Text(str(getattr(str, method)(text)), line)
        if method == "replace" and len(arguments) == 2 and all(isinstance(one, Text) for one in arguments):
            return _text(str.replace(text, str(arguments[0]), str(arguments[1])), text.line)
        if method == "format" and "{" in text:
            texts = [one for one in arguments if isinstance(one, Text)]
            simple = re.fullmatch(r"[^{}]*(?:\{\d?\}[^{}]*)*", text)
            if len(texts) == len(arguments) and simple and texts:
                try:
                    return _text(text.format(*texts), text.line)
                except (IndexError, ValueError):
                    return _tainted([text])
            return _tainted([text, *arguments])
        if method == "join" and arguments and isinstance(arguments[0], list):
            parts = [part for part in arguments[0] if isinstance(part, Text)]
            if len(parts) == len(arguments[0]):
                return _text(str.join(text, parts), parts[0].line if parts else None)
        return None

    def _open(self, arguments: list[Value]) -> Value:
        found: list[str] = []
        missing: list[Message] = []
        for argument in arguments:
            if isinstance(argument, Files):
                return argument
            for text in _strings(argument):
                if _NOT_A_LIST.match(text) or not _LIST_FILE.match(text):
                    continue
                path = self._resolve(text)
                if isinstance(path, str):
                    found.append(path)
                else:
                    missing.append(path)
        if found or missing:
            return Files(tuple(dict.fromkeys(found)), () if found else tuple(missing))
        return Unknown(empty=True)

    def _function(self, function: ast.FunctionDef, arguments: list[Value], named: dict[str, Value]) -> Value:
        """A function of the script: its return value, or the files that it reads."""
        scope: Scope = {}
        parameters = [*function.args.posonlyargs, *function.args.args]
        defaults = function.args.defaults
        for parameter, default in zip(parameters[len(parameters) - len(defaults) :], defaults, strict=True):
            scope[parameter.arg] = self._fold(default, self._scope)
        for keyword_only, kw_default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
            if kw_default is not None:
                scope[keyword_only.arg] = self._fold(kw_default, self._scope)
        for parameter, value in zip(parameters, arguments, strict=False):
            scope[parameter.arg] = value
        if function.args.vararg is not None:
            scope[function.args.vararg.arg] = list(arguments[len(parameters) :])
        scope.update({key: value for key, value in named.items() if any(one.arg == key for one in parameters)})
        if _reads_files(function):
            constants = [
                Text(one.value, one.lineno)
                for one in ast.walk(function)
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and _LIST_FILE.match(one.value)
                and len(one.value) < 200
            ]  # fmt: skip
            reached = self._open([*scope.values()])
            if isinstance(reached, Files):
                return reached
            reached = self._open(list(constants))
            if isinstance(reached, Files):
                return reached
        if self._depth > MAX_DEPTH:
            return Unknown()
        self._depth += 5
        try:
            self._block(function.body, scope)
            returned = [
                self._fold(one.value, scope)
                for one in _own_nodes(function)
                if isinstance(one, ast.Return) and one.value is not None
            ]
        finally:
            self._depth -= 5
        if not returned:
            return Unknown(empty=True)
        value = returned[0]
        for other in returned[1:]:
            value = _either(value, other)
        return value


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions in it."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            continue
        yield node
        stack.extend(ast.iter_child_nodes(node))


def _reads_files(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in ("open", "read_text", "read", "readlines", "parse_requirements"):
                return True
    return False


def _shadowed(name: str, scope: Scope) -> bool:
    return name in scope


def _text(value: str, line: int | None) -> Value:
    return Text(value, line) if len(value) <= MAX_TEXT else Unknown()


def _text_line(node: ast.Constant) -> int:
    """The line where the text of a constant begins; implicit concatenation begins with its first part."""
    return node.lineno


def _line(value: Value) -> int | None:
    if isinstance(value, Text):
        return value.line
    if isinstance(value, list):
        return next((line for line in map(_line, value) if line), None)
    return None


def _strings(value: Value, depth: int = 0) -> list[Text]:
    if isinstance(value, Text):
        return [value]
    if isinstance(value, Unknown):
        return value.strings
    if depth < 5 and isinstance(value, list):
        return [text for item in value for text in _strings(item, depth + 1)][:MAX_ITEMS]
    if depth < 5 and isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item, depth + 1)][:MAX_ITEMS]
    return []


def _name(text: str) -> str:
    head = re.match(r"\s*([A-Za-z0-9][\w.-]*)", text)
    return canonicalize_name(head[1]) if head else ""


def _tainted(values: list[Value]) -> Value:
    """What comes of values by an operation that is not understood: files stay files."""
    files = [value for value in values if isinstance(value, Files)]
    if files:
        return Files(
            tuple(dict.fromkeys(path for one in files for path in one.paths)),
            tuple(reason for one in files for reason in one.missing),
        )
    strings = [text for value in values for text in _strings(value)][:MAX_ITEMS]
    return Unknown(strings, empty=False)


def _flat(values: list[Value]) -> Value:
    found: list[Value] = []
    for value in values:
        for item in value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]:
            found.extend(item if isinstance(item, list) else [item])
    return found[:MAX_ITEMS]


def _sliced(holder: Value, node: ast.Slice) -> Value:
    """A part of a list, when its ends are plain numbers; else the whole, which holds no less."""
    ends: list[int | None] = []
    for end in (node.lower, node.upper):
        if end is None:
            ends.append(None)
        elif isinstance(end, ast.Constant) and isinstance(end.value, int):
            ends.append(end.value)
    if isinstance(holder, list) and node.step is None and len(ends) == 2:
        return holder[ends[0] : ends[1]]
    return holder


def _joined(left: Value, right: Value) -> Value:
    """`left + right`: lists are joined, and a file or unknown part stays an item of its own."""
    if isinstance(left, Text) and isinstance(right, Text):
        return _text(left + right, left.line)
    first = left if isinstance(left, list) else [left]
    second = right if isinstance(right, list) else [right]
    return [*first, *second][:MAX_ITEMS]


def _either(first: Value, second: Value) -> Value:
    """A value that is one of two."""
    if isinstance(first, Unknown) and first.empty:
        return second
    if (isinstance(second, Unknown) and second.empty) or first == second:
        return first
    if isinstance(first, dict) and isinstance(second, dict):
        keys = {**first, **second}
        return {
            key: _either(first[key], second[key]) if key in first and key in second else value
            for key, value in keys.items()
        }
    found: list[Value] = []
    seen: set[tuple[str, int | None]] = set()
    for value in (first, second):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Text):
                if (item, item.line) in seen:
                    continue
                seen.add((item, item.line))
            found.append(item)
    return found[:MAX_ITEMS]


def _copy(value: Value) -> Value:
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    return value
