"""Settings with their values: command-line defaults, dataclasses, configurations, README commands."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal

import yaml

from repotriage.models.location import Location
from repotriage.models.reading import Command, Hyperparameter
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module
from repotriage.reading.python_files import main_guard
from repotriage.reading.symbols import SymbolTable

Source = Literal["argparse", "click", "typer", "absl", "fire", "dataclass", "config", "command", "constant", "hydra"]
_MAX_PER_FILE = 400
_MAX_CONFIGS = 150
_MAX_CONFIG = 60_000
_MAX_DEPTH = 30
_CONFIG_PLACE = re.compile(
    r"(?:^|/)(?:\w*configs?|config_files|cfgs?|confs?|options?|params|hparams|experiments?|exps?|hydra|settings|yamls?|recipes?)(?:/|$)"
    r"|(?:config|hparams|params|settings|options|hyp)[\w.\-]*\.(?:ya?ml|json)$",
    re.IGNORECASE,
)
_CONFIG_MODULE = re.compile(
    r"(?:^|/)(?:configs?|cfgs?|confs?|hparams|options|experiments?)/"
    r"|(?:^|/)\w*(?:config|hparams|settings|constants|hyperparams?|opts?|options)\w*\.py$",
    re.IGNORECASE,
)
_CONFIG_FUNCTION = re.compile(r"(?:config|cfg|hparams|settings)s?$", re.IGNORECASE)
_NOT_CONFIG = re.compile(
    r"(?:^|/)(?:\.github|\.circleci|docs?|tests?|node_modules|third_party)/"
    r"|environment[\w.-]*\.ya?ml|package(?:-lock)?\.json|tsconfig|\.pre-commit|mkdocs|docker-compose|_config\.yml"
    r"|tokenizer|vocab",
    re.IGNORECASE,
)
_WITH_DEFAULT = frozenset({"argparse", "absl", "click", "typer", "fire"})
_SYMBOL = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z][A-Z0-9_]+")  # a constant, as code writes it
_LARGEST = 1e18
_DATACLASSES = frozenset(
    {"dataclasses.dataclass", "dataclass", "attr.s", "attrs.define", "attr.dataclass", "flax.struct.dataclass"}
    | {"pydantic.dataclasses.dataclass", "simple_parsing.helpers.dataclass", "chex.dataclass"}
)
_SETTINGS_CLASS = re.compile(r"(?:arg|config|cfg|hparam|param|option|setting|hyper|flags)", re.IGNORECASE)
_DEFINES = re.compile(
    r"(?:.*\.)?(?:flags|FLAGS)\.(DEFINE_(?:string|integer|float|bool|boolean|enum|list|multi_\w+|spaceseplist))$"
)
_SETTINGS_TABLE = re.compile(
    r"(?:\w+_)?(?:params|hparams|hyper_?params|hyper_?parameters|config|cfg|settings|hps|opts?|train_args)(?:_dict)?",
    re.IGNORECASE,
)
_KNOWN_CONSTANT = re.compile(
    r"(?:lr|learning_rate|batch_?size|n?_?epochs?|num_epochs|max_?iters?|weight_decay|momentum|seed|dropout|hidden_(?:size|dim)|warmup\w*"
    r"|gamma|alpha|beta\d?|beta1|beta2|lambda\w*|temperature|n_layers?|n_heads?|n_embd|block_size|num_workers|eval_interval|eval_iters"
    r"|grad_clip|gradient_accumulation_steps|min_lr|lr_decay_iters|image_size|img_size|max_(?:len|length|steps|epochs)|embed\w*|decay_lr)$",
    re.IGNORECASE,
)


def hyperparameters(module: Module) -> Iterator[Hyperparameter]:
    """What one Python file sets."""
    yield from islice(_of_module(module), _MAX_PER_FILE)


def _of_module(module: Module) -> Iterator[Hyperparameter]:
    for call, dotted in module.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument":
            yield from _argparse(module, call)
        elif dotted is not None and _may_define(dotted):
            define = _DEFINES.match(dotted)
            if define or (dotted.startswith("absl.flags.DEFINE_")):
                yield from _absl(module, call, define[1] if define else dotted)
            elif dotted.endswith("FLAGS.set_default") and len(call.args) == 2:
                yield from _absl(module, call, dotted)  # a script's own default for a flag of a module
            elif dotted in ("click.option", "rich_click.option"):
                yield from _click(module, call)
    yield from _classes(module)
    yield from _functions(module)
    yield from _constants(module)


@lru_cache(maxsize=20_000)
def _may_define(dotted: str) -> bool:
    """Whether a call of this name can define an option; most calls of a file are of names that cannot."""
    return "DEFINE_" in dotted or dotted.endswith(("set_default", ".option"))


def value_of(node: ast.expr | None) -> str | None:
    """A literal as it would be written, strings without quotes; None for what is not a literal."""
    if node is None:
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return _converted(node.func.id, node.args[0])
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        repeated = _repeated(node)
        if repeated is not None:
            return repeated
        value = _arithmetic(node)
        if value is None:
            return None
    if isinstance(value, set):  # whose own order changes from run to run
        return f"{{{', '.join(sorted(map(repr, value)))}}}"[:300]
    text = value if isinstance(value, str) else repr(value)
    return text[:300]


def _converted(kind: str, node: ast.expr) -> str | None:
    """`int(1e5)`, `float(1)`, `str("a")`."""
    value = node.value if isinstance(node, ast.Constant) else None
    if kind == "int" and isinstance(value, float) and abs(value) < _LARGEST:
        return str(int(value))
    return value_of(node) if kind in ("int", "float", "str", "bool") and value is not None else None


def default_of(module: Module, node: ast.expr | None) -> str | None:
    """The value of a default: a literal, a constant of the file (`SIZE`, `Kind.RESNET`), else as it is written."""
    value = value_of(node)
    if value is not None or node is None:
        return value
    body: Sequence[ast.stmt] = module.tree.body
    written = node.id if isinstance(node, ast.Name) else ""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner, written = node.value.id, node.attr
        body = next((one.body for one in module.of(ast.ClassDef) if one.name == owner), ())
    for statement in body if written else ():
        value = next((given for name, given in assigned(statement) if name == written), value)
    return value if value is not None else module.dotted(node) or _source(node)


def assigned(statement: ast.stmt) -> Iterator[tuple[str, str | None]]:
    """(name, value) of `LR = 0.1`, `LR: float = 0.1`, `A, B = 1, 2` and `A, B = "a b".split()`."""
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id, value_of(statement.value)
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        yield statement.targets[0].id, value_of(statement.value)
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
        values = [value_of(one) for one in getattr(statement.value, "elts", ())] or words_split(statement.value)
        for target, value in zip(statement.targets[0].elts, values, strict=False):
            if isinstance(target, ast.Name):
                yield target.id, value


def words_split(node: ast.expr) -> list[str | None]:
    """The words of `"resnet shake".split()`."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "split"
        and not node.args
    ):
        text = value_of(node.func.value)
        return list((text or "").split())
    return []


def _repeated(node: ast.expr) -> str | None:
    """`["self", "cross"] * 4`, as it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.left, ast.List | ast.Tuple):
        return _source(node) if value_of(node.left) is not None and value_of(node.right) is not None else None
    return None


def _arithmetic(node: ast.expr) -> float | None:
    """`64 * 1024`, `2 ** 20`, `1 / 255`: small sums as people write them in defaults."""
    if not isinstance(node, ast.BinOp) or not all(
        isinstance(side, ast.Constant) and isinstance(side.value, int | float) for side in (node.left, node.right)
    ):
        return None
    left, right = ast.literal_eval(node.left), ast.literal_eval(node.right)
    try:
        match node.op:
            case ast.Mult():
                return left * right  # type: ignore[no-any-return]
            case ast.Div():
                return left / right  # type: ignore[no-any-return]
            case ast.Pow() if abs(left) <= 1000 and abs(right) <= 64:
                return left**right  # type: ignore[no-any-return]
            case ast.LShift() if isinstance(left, int) and isinstance(right, int) and 0 <= right <= 64:
                return left << right
            case _:
                return None
    except (ArithmeticError, ValueError):
        return None


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _argparse(module: Module, call: ast.Call) -> Iterator[Hyperparameter]:
    names = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if not names:
        return
    name = next((name for name in names if name.startswith("--")), names[0]).lstrip("-")
    destination = value_of(_keyword(call, "dest"))
    default = _keyword(call, "default")
    action = value_of(_keyword(call, "action"))
    value = default_of(module, default)
    if default is None and action in ("store_true", "store_false"):
        value = "False" if action == "store_true" else "True"
    yield Hyperparameter(
        name=name or destination or names[0], value=value, source="argparse", at=module.at(call), help=_help(call)
    )


def _source(node: ast.expr) -> str | None:
    try:
        return ast.unparse(node)[:120]
    except (RecursionError, ValueError):
        return None


def _help(call: ast.Call) -> str | None:
    text = value_of(_keyword(call, "help"))
    return " ".join(text.split())[:300] if text else None


def _absl(module: Module, call: ast.Call, define: str) -> Iterator[Hyperparameter]:
    del define
    name = value_of(call.args[0]) if call.args else value_of(_keyword(call, "name"))
    if not name:
        return
    default = call.args[1] if len(call.args) > 1 else _keyword(call, "default")
    text = value_of(call.args[-1]) if len(call.args) > 2 else value_of(_keyword(call, "help"))
    yield Hyperparameter(
        name=name,
        value=default_of(module, default),
        source="absl",
        at=module.at(call),
        help=" ".join(text.split())[:300] if text else None,
    )


def _click(module: Module, call: ast.Call) -> Iterator[Hyperparameter]:
    names = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if not names:
        return
    name = next((name for name in names if name.startswith("--")), names[0])
    yield Hyperparameter(
        name=name.partition("/")[0].strip().lstrip("-"),
        value=default_of(module, _keyword(call, "default")),
        source="click",
        at=module.at(call),
        help=_help(call),
    )


def _classes(module: Module) -> Iterator[Hyperparameter]:
    for node in module.of(ast.ClassDef):
        decorators = (item.func if isinstance(item, ast.Call) else item for item in node.decorator_list)
        dataclass = any((module.dotted(item) or "") in _DATACLASSES for item in decorators)
        bases = [module.dotted(base) or "" for base in node.bases]
        tap = any(base in ("tap.Tap", "pydantic.BaseModel", "typing.NamedTuple") for base in bases)
        if not ((dataclass or tap) and _SETTINGS_CLASS.search(node.name)) and not (
            _SETTINGS_CLASS.search(node.name)
            and not node.bases
            and not any(isinstance(b, ast.FunctionDef) for b in node.body)
        ):
            continue
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                default = statement.value
                if isinstance(default, ast.Call):
                    inner = _keyword(default, "default") or _keyword(default, "default_factory")
                    value = value_of(inner) if inner is not None else None
                else:
                    value = value_of(default)
                yield Hyperparameter(name=statement.target.id, value=value, source="dataclass", at=module.at(statement))
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                value = value_of(statement.value)
                if value is not None and not statement.targets[0].id.startswith("__"):
                    yield Hyperparameter(
                        name=statement.targets[0].id, value=value, source="dataclass", at=module.at(statement)
                    )


def _functions(module: Module) -> Iterator[Hyperparameter]:
    """Defaults of functions that fire or typer turn into commands."""
    started: dict[str, Source] = {}
    for call, dotted in module.calls():
        if (
            dotted in ("fire.Fire", "typer.run", "jsonargparse.CLI", "tyro.cli")
            and call.args
            and isinstance(call.args[0], ast.Name)
        ):
            started[call.args[0].id] = "typer" if dotted == "typer.run" else "fire"
    for function in module.of(ast.FunctionDef):
        source = started.get(function.name)
        if source is None:
            for decorator in function.decorator_list:
                target = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(target, ast.Attribute) and target.attr in ("command", "callback"):
                    owner = module.dotted(target.value) or ""
                    if "typer" in " ".join(module.names.values()) and not owner.startswith("click"):
                        source = "typer"
        if source is None:
            continue
        arguments = [*function.args.posonlyargs, *function.args.args]
        defaults: list[ast.expr | None] = [None] * (len(arguments) - len(function.args.defaults))
        defaults += function.args.defaults
        pairs = [
            *zip(arguments, defaults, strict=True),
            *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True),
        ]
        for argument, default in pairs:
            if isinstance(default, ast.Call):
                default = default.args[0] if default.args else _keyword(default, "default")
            yield Hyperparameter(name=argument.arg, value=value_of(default), source=source, at=module.at(argument))


def _tables(module: Module) -> Iterator[Hyperparameter]:
    """`params = {"dim": 300}`, `ConfigDict({...})`: settings as a mapping, at the top or where a script starts.

    What absl's `DEFINE_config_dict("model", table)` makes an option has the option's name.
    """
    options = {
        call.args[1].id: value_of(call.args[0])
        for call, dotted in module.calls()
        if dotted is not None and dotted.endswith("DEFINE_config_dict") and len(call.args) > 1
        and isinstance(call.args[1], ast.Name)
    }  # fmt: skip
    guard = main_guard(module)
    mains = [one for one in module.tree.body if isinstance(one, ast.FunctionDef) and one.name in ("main", "train")]
    bodies = [module.tree.body, guard.body if isinstance(guard, ast.If) else [], *(one.body for one in mains)]
    for node in (one for body in bodies for one in body):
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            continue
        name = node.targets[0].id
        if name not in options and not _SETTINGS_TABLE.fullmatch(name):
            continue
        value = node.value
        if isinstance(value, ast.Call) and (module.dotted(value.func) or "").endswith("ConfigDict") and value.args:
            value = value.args[0]
        plain = isinstance(value, ast.Dict) or (isinstance(value, ast.Call) and module.dotted(value.func) == "dict")
        for one in _nested(module, options.get(name) or name, value, 0) if plain else ():
            yield one.model_copy(update={"source": "absl" if name in options else "constant"})


def _constants(module: Module) -> Iterator[Hyperparameter]:
    config = _CONFIG_MODULE.search(module.path) is not None
    if not config:
        yield from _tables(module)
    statements = list(module.tree.body)
    for function in module.tree.body if config else ():
        if isinstance(function, ast.FunctionDef) and _CONFIG_FUNCTION.search(function.name):
            # `config.lr = 0.1` in `def get_config():`
            statements += [
                one
                for one in function.body
                if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Attribute)
            ]
    for node in statements:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, value_node = node.target.id, node.value
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                name, value_node = target.id, node.value
            elif config and isinstance(target, ast.Attribute) and (dotted := _below(target)):
                name, value_node = dotted, node.value  # `_C.SOLVER.LR = 0.1`
            else:
                continue
        else:
            continue
        if name.startswith("__") or not (config or _KNOWN_CONSTANT.match(name)):
            continue
        if config and isinstance(value_node, ast.Call | ast.Dict):
            yield from _nested(module, name, value_node, 0)
            continue
        value = value_of(value_node)
        if value is not None:
            yield Hyperparameter(name=name, value=value, source="config" if config else "constant", at=module.at(node))


def _below(node: ast.expr) -> str | None:
    """`SOLVER.LR` of `cfg.SOLVER.LR`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed(parts)) if isinstance(node, ast.Name) else None


def _nested(module: Module, prefix: str, node: ast.expr, depth: int) -> Iterator[Hyperparameter]:
    """`optimizer = dict(type='SGD', lr=0.1)`: `optimizer.lr`."""
    pairs: list[tuple[str, ast.expr]] = []
    if isinstance(node, ast.Dict):
        pairs = [
            (str(key.value), value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        ]
    elif isinstance(node, ast.Call):
        pairs = [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
    for name, value in pairs:
        if isinstance(value, ast.Tuple) and len(value.elts) == 2 and isinstance(node, ast.Dict):
            help_text = value_of(value.elts[1]) or ""
            if " " in help_text or (isinstance(value.elts[1], ast.Constant) and help_text == ""):
                # `{"lr": (0.01, "learning rate")}`: a table of options
                yield Hyperparameter(
                    name=name, value=value_of(value.elts[0]), source="config", at=module.at(value), help=help_text
                )
                continue
        if isinstance(value, ast.Dict | ast.Call) and depth < 6:
            yield from _nested(module, f"{prefix}.{name}", value, depth + 1)
        else:
            text = value_of(value)
            if text is not None:
                yield Hyperparameter(name=f"{prefix}.{name}", value=text, source="config", at=module.at(value))


def resolved(found: Iterable[Hyperparameter], names: SymbolTable) -> Iterator[Hyperparameter]:
    """With the values of defaults that are constants of other files: `default=config.BATCH_SIZE`."""
    for one in found:
        value = one.value
        if value is not None and one.source in _WITH_DEFAULT and _SYMBOL.fullmatch(value):
            constant = names.text(one.at.path, value)
            yield one if constant is None else one.model_copy(update={"value": constant})
        else:
            yield one


def named_files(settings: Iterable[Hyperparameter], commands: Iterable[Command]) -> frozenset[str]:
    """The YAML and JSON files that defaults of options and words of commands name, as they would stand in the tree."""
    words = [one.value or "" for one in settings if one.source in _WITH_DEFAULT]
    words += [word.rpartition("=")[2] for command in commands for word in command.argv[1:]]
    files = (word for word in words if word.endswith((".yaml", ".yml", ".json")) and not _NOT_CONFIG.search(word))
    return frozenset(posixpath.normpath(word) for word in files)


def config_hyperparameters(snapshot: Snapshot, named: Container[str] = ()) -> Iterator[Hyperparameter]:
    """YAML and JSON configurations, by their dotted keys; at most 150 files of at most 60,000 characters.

    They are known by their folder or name, or because they are among the `named` ones.
    """
    count = 0
    for file in sorted(snapshot.inside(), key=lambda file: (file.path.count("/"), file.path)):
        if file.text is None or not file.path.endswith((".yaml", ".yml", ".json")) or len(file.text) > _MAX_CONFIG:
            continue
        if _NOT_CONFIG.search(file.path) or not (file.path in named or _CONFIG_PLACE.search(file.path)):
            continue
        count += 1
        if count > _MAX_CONFIGS:
            return
        hydra = bool(re.search(r"^defaults:|_target_:", file.text, re.MULTILINE))
        yield from _of_yaml(file.path, file.text, "hydra" if hydra else "config")


def _of_yaml(path: str, text: str, source: Source) -> Iterator[Hyperparameter]:
    """Scalars and lists of the first document, as events: aliases are not followed, so nothing can grow."""
    stack: list[list[str | int | None]] = []  # per open collection: [key or index or None, is mapping]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    listed: _Listed | None = None
    count = 0
    lines = text.count("\n")
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentEndEvent):
                return
            # An empty value at the end of the file is marked on the line after it.
            mark = event.start_mark.line if event.start_mark else 0
            at = Location(path=path, line=min(mark, lines) + 1)
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                if stack and stack[-1][1] == "sequence":
                    stack[-1][0] = int(stack[-1][0] if stack[-1][0] is not None else -1) + 1
                if len(stack) >= _MAX_DEPTH:
                    return
                mapping = isinstance(event, yaml.MappingStartEvent)
                if listed is None and not mapping and stack:
                    listed = _Listed(Hyperparameter(name=_name_of(stack), value="", source=source, at=at), len(stack))
                if listed is not None:
                    listed.open(plain=not mapping)
                stack.append([None, "mapping" if mapping else "sequence"])
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
                if listed is not None:
                    listed.close()
                    if len(stack) == listed.depth:
                        yield from listed.settings()
                        listed = None
                if stack and stack[-1][1] == "mapping":
                    stack[-1][0] = None
            elif isinstance(event, yaml.ScalarEvent) and stack:
                frame = stack[-1]
                if frame[1] == "mapping" and frame[0] is None:
                    frame[0] = event.value[:120]
                    continue
                if frame[1] == "sequence":
                    frame[0] = int(frame[0] if frame[0] is not None else -1) + 1
                count += 1
                if count > _MAX_PER_FILE:
                    return
                one = Hyperparameter(name=_name_of(stack), value=event.value[:300], source=source, at=at)
                if listed is not None:
                    listed.add(one)
                else:
                    yield one
                if frame[1] == "mapping":
                    frame[0] = None
            elif isinstance(event, yaml.AliasEvent) and stack:
                frame = stack[-1]
                if frame[1] == "mapping":
                    frame[0] = None if frame[0] is not None else "*"
    except (yaml.YAMLError, ValueError, RecursionError):
        return


def _name_of(stack: Sequence[Sequence[str | int | None]]) -> str:
    return ".".join(str(part[0]) for part in stack if part[0] is not None)[:200]


class _Listed:
    """A list of a configuration: one setting where it holds only values, else each of its values by its index."""

    def __init__(self, whole: Hyperparameter, depth: int) -> None:
        self.depth = depth
        self._whole = whole
        self._each: list[Hyperparameter] = []
        self._text = ""
        self._plain = True

    def open(self, *, plain: bool) -> None:
        self._plain &= plain
        self._text += "[" if self._text.endswith("[") or not self._text else ", ["

    def close(self) -> None:
        self._text += "]"

    def add(self, one: Hyperparameter) -> None:
        self._each.append(one)
        self._text += one.value or "" if self._text.endswith("[") else f", {one.value}"

    def settings(self) -> Iterator[Hyperparameter]:
        if self._plain and self._each:
            yield self._whole.model_copy(update={"value": self._text[:300]})
        else:
            yield from self._each


def command_hyperparameters(commands: Iterable[Command]) -> Iterator[Hyperparameter]:
    """Options with a value that training and evaluation commands give; each once per file."""
    seen: set[tuple[str, str, str]] = set()
    for command in commands:
        if command.role not in ("train", "evaluate", "inference") or command.script is None:
            continue
        for name, value in options(command):
            if not value.endswith(".sh") and (command.at.path, name, value) not in seen:
                seen.add((command.at.path, name, value))
                yield Hyperparameter(name=name[:120], value=value[:300], source="command", at=command.at)


def options(command: Command | None) -> Iterator[tuple[str, str]]:
    """(name, value) of `--lr 0.1`, `--lr=0.1`, `lr=0.1` and `+lr=0.1` in a command."""
    arguments = command.argv if command is not None else ()
    for index, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name.startswith("--"):
            if not equals:
                following = arguments[index + 1] if index + 1 < len(arguments) else "--"
                value = "" if following.startswith("--") else following
        elif not (equals and re.fullmatch(r"\+{0,2}[A-Za-z_][\w.]*", name)):
            continue
        name = name.lstrip("-+")
        if name and value:
            yield name, value


def flags(command: Command | None) -> Iterator[tuple[str, str]]:
    """(name, "") of each option of a command that no value follows: `--amp`."""
    arguments = command.argv if command is not None else ()
    for word, following in zip(arguments, (*arguments[1:], "--"), strict=False):
        if word.startswith("--") and len(word) > 2 and "=" not in word and following.startswith("--"):
            yield word.lstrip("-"), ""
