"""One look at each Python file and notebook: how it is started, and what it does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

from repotriage.data import table
from repotriage.models.base import Frozen
from repotriage.models.reading import Role
from repotriage.parsing.python import Module
from repotriage.reading.roles import role_of_word, words

_CLIS = {
    "argparse.ArgumentParser": "argparse",
    "click.command": "click",
    "click.group": "click",
    "typer.Typer": "typer",
    "typer.run": "typer",
    "fire.Fire": "fire",
    "absl.app.run": "absl",
    "tensorflow.app.run": "absl",
    "tensorflow.compat.v1.app.run": "absl",
    "hydra.main": "hydra",
    "tyro.cli": "tyro",
    "docopt.docopt": "docopt",
    "argbind.parse_args": "argbind",
    "simple_parsing.ArgumentParser": "argparse",
    "transformers.HfArgumentParser": "argparse",
    "optparse.OptionParser": "optparse",
    "pytorch_lightning.cli.LightningCLI": "lightning",
    "pytorch_lightning.utilities.cli.LightningCLI": "lightning",
    "lightning.pytorch.cli.LightningCLI": "lightning",
    "jsonargparse.CLI": "jsonargparse",
    "draccus.wrap": "draccus",
    "chz.entrypoint": "chz",
}


@cache
def _calls(role: str) -> frozenset[str]:
    return frozenset(table("roles")["calls"][role])


# Modules whose functions say nothing of what the project does, such as `np.testing`.
_FOREIGN = frozenset({"numpy", "os", "sys", "torch", "tensorflow", "sklearn", "time", "json", "random", "pandas", "re"})
_RUNNER = re.compile(
    r"(?:trainer|learner|runner|engine|estimator|experiment|solver|agent|algo|exp)\w{0,10}$", re.IGNORECASE
)


@lru_cache(maxsize=20_000)
def _roles(name: str) -> frozenset[Role | None]:
    """The jobs that the words of a function's name speak of; `create_train_state` and `get_test_loader` have none."""
    parts = words(name)
    things = table("roles")["things"]["words"]
    return frozenset(
        role_of_word(word) for word, following in pairwise((*parts, "")) if following.lower() not in things
    )


@lru_cache(maxsize=20_000)
def _tells(last: str) -> bool:
    """Whether a call of this name tells what a file does; most calls of a file are of names that do not."""
    jobs = frozenset[Role | None](("train", "evaluate"))
    return bool(_roles(last) & jobs) or any(last in _calls(role) for role in ("train", "evaluate", "infer", "load"))


class PythonFile(Frozen):
    """What one `.py` file or notebook is and does.

    `main_line` is the line of `if __name__ == "__main__"`, or of the first statement that
    does something when the file is run without one. `trains`, `evaluates`, `infers` and `loads` count
    calls that do so. `imports` are the modules imported, with a dot for each level of relative ones, and what
    is taken from them, which may be modules too.
    """

    path: str
    notebook: bool = False
    main_line: int | None = None
    guarded: bool = False
    clis: tuple[str, ...] = ()
    trains: int = 0
    evaluates: int = 0
    infers: int = 0
    loads: int = 0
    named_trains: int = 0  # calls of functions whose name tells the role
    named_evaluates: int = 0
    own_evaluates: int = 0  # methods of its own that do, by their names
    code_lines: int = 0
    functions: int = 0
    classes: int = 0
    test_functions: int = 0
    imports: tuple[str, ...] = ()
    shell_lines: tuple[tuple[int | None, str], ...] = ()  # `!python train.py` in a notebook

    @property
    def does(self) -> Role | None:
        """The job that the code does, where it can be told: training before evaluation."""
        if self.trains or self.named_trains:
            return "train"
        if self.evaluates or self.named_evaluates:
            return "evaluate"
        return "inference" if self.infers and self.loads else None


def python_files(module: Module) -> Iterable[PythonFile]:
    """The fact of one file."""
    trains = evaluates = infers = loads = named_trains = named_evaluates = own_evaluates = 0
    clis: dict[str, None] = {}
    training, evaluating, inferring, loading = map(_calls, ("train", "evaluate", "infer", "load"))
    for call, dotted in module.calls():
        last = call.func.attr if isinstance(call.func, ast.Attribute) else (dotted or "").rpartition(".")[2]
        if not _tells(last) and dotted not in _CLIS:
            continue
        trains += last in training
        evaluates += last in evaluating
        infers += last in inferring
        loads += last in loading
        if dotted:
            cli = _CLIS.get(dotted)
            if cli:
                clis[cli] = None
            first = dotted.partition(".")[0]
            if isinstance(call.func, ast.Name) or dotted.startswith("."):
                roles = _roles(last)
            elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                # `procedure.train_epoch(...)`, `trainer.train()`; but `model.train()` only sets a mode.
                owner = call.func.value.id
                known = owner in module.names and first not in _FOREIGN
                roles = _roles(last) if known or _RUNNER.search(owner) else frozenset()
                own_evaluates += owner == "self" and "evaluate" in _roles(last)
                trains += last == "train" and not known and len(call.args) + len(call.keywords) > 1
            else:
                roles = frozenset()
            named_trains += "train" in roles
            named_evaluates += "evaluate" in roles
    decorated = [node.decorator_list for node in module.of(ast.FunctionDef)]
    decorated += [node.decorator_list for node in module.of(ast.ClassDef)]
    for decorators in decorated:
        for decorator in decorators:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            cli = _CLIS.get(module.dotted(target) or "")
            if cli:
                clis[cli] = None
    guard = main_guard(module)
    names = [function.name for function in module.of(ast.FunctionDef)]
    names += [function.name for function in module.of(ast.AsyncFunctionDef)]
    notebook = module.path.endswith(".ipynb")
    main = guard or _top_level_action(module)
    yield PythonFile(
        path=module.path,
        notebook=notebook,
        main_line=None if main is None else module.at(main).line,
        guarded=guard is not None,
        clis=tuple(clis),
        trains=trains,
        evaluates=evaluates,
        infers=infers,
        loads=loads,
        named_trains=named_trains,
        named_evaluates=named_evaluates,
        own_evaluates=own_evaluates,
        code_lines=sum(1 for line in module.text.split("\n") if (bare := line.lstrip()) and bare[0] != "#"),
        functions=len(names),
        classes=len(module.of(ast.ClassDef)),
        test_functions=sum(name.startswith("test_") for name in names),
        imports=tuple(dict.fromkeys(_imports(module))),
        shell_lines=tuple(_shell_lines(module)) if notebook else (),
    )


def _imports(module: Module) -> Iterator[str]:
    for imported in module.of(ast.Import):
        yield from (alias.name for alias in imported.names)
    for node in module.of(ast.ImportFrom):
        origin = "." * node.level + (node.module or "")
        yield origin
        yield from (f"{origin}.{alias.name}" if node.module else f"{origin}{alias.name}" for alias in node.names)


def main_guard(module: Module) -> ast.If | None:
    """`if __name__ == "__main__":`."""
    for node in module.tree.body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
            sides = [node.test.left, *node.test.comparators]
            names = {side.id for side in sides if isinstance(side, ast.Name)}
            values = {side.value for side in sides if isinstance(side, ast.Constant)}
            if "__name__" in names and "__main__" in values:
                return node
    return None


def _top_level_action(module: Module) -> ast.stmt | None:
    """The first loop, `with` or bare call at the top that does more than set things up."""
    for node in module.tree.body:
        if isinstance(node, ast.For | ast.While):
            return node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            dotted = module.dotted(node.value.func) or ""
            if not dotted.startswith(
                ("sys.", "os.", "warnings.", "matplotlib.", "logging.", "random.", "torch.manual")
            ):
                return node
        if isinstance(node, ast.With | ast.Try) and any(
            isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call) for inner in node.body
        ):
            return node
    return None


def _shell_lines(module: Module) -> Iterator[tuple[int | None, str]]:
    for number, line in enumerate(module.text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("pass  # !"):
            yield module.line(number).line, bare[len("pass  # ") :]
