"""Step 6: how to watch a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from shlex import quote

from repotriage.models.base import msg
from repotriage.models.location import Evidence
from repotriage.models.plan import Action, Step
from repotriage.models.reading import Logger
from repotriage.models.study import Study

_ARGUMENT = re.compile(r"(?:args|opt|opts|cfg|config|hparams|FLAGS|self\.args)\.(\w+)")
_SHOWN = 3


def step(study: Study) -> Step:
    """Watching."""
    return Step(number=6, name="watch", title=msg("Watch the run"), actions=tuple(_actions(study)))


def _actions(study: Study) -> Iterator[Action]:
    for one in study.reading.loggers[:_SHOWN]:
        where = _folder(study, one)
        place = (
            msg("its output goes to {where}", where=one.output)
            if one.output
            else msg("where its output goes is set at run time")
        )
        if one.name.lower().startswith("tensorboard"):
            yield Action(
                what=msg("Follow the curves in TensorBoard"),
                command=f"tensorboard --logdir {quote(where or 'LOGDIR')}",
                fill_in=() if where else ("LOGDIR",),
                evidence=(Evidence(at=one.at),),
                expect=(place,),
            )
        else:
            yield Action(
                what=msg("Follow the run in {logger}", logger=one.name),
                evidence=(Evidence(at=one.at),),
                expect=(place,),
            )
    if not study.reading.loggers:
        logging = next((one for one in study.reading.stations if one.kind == "logging"), None)
        yield Action(
            what=msg("No experiment logger is used: keep what the run prints (append: 2>&1 | tee run.log)"),
            offered=False,
            evidence=(Evidence(at=logging.at),) if logging else (),
        )
    checkpoint = next((one for one in study.reading.stations if one.kind == "checkpoint"), None)
    if checkpoint is not None:
        yield Action(
            what=msg("See that checkpoints are written: {symbol}", symbol=checkpoint.symbol),
            evidence=(Evidence(at=checkpoint.at),),
        )
    for setting in study.reading.main_hyperparameters:
        if re.fullmatch(
            r"(?:eval|val|test|log|print|save|report)_?(?:freq|interval|every|period|steps|kimg|iters?)",
            setting.name.replace("-", "_"),
            re.IGNORECASE,
        ):
            yield Action(
                what=msg("How often it reports or saves: {name} = {value}", name=setting.name, value=setting.value),
                evidence=(Evidence(at=setting.at),),
            )


def _folder(study: Study, logger: Logger) -> str | None:
    """The folder that the output goes to, where the command or a default gives it."""
    output = logger.output
    if output is None:
        return None
    argument = _ARGUMENT.fullmatch(output)
    if argument is None:
        return output if re.fullmatch(r"[\w./@-]{1,80}", output) and "." not in output[1:] else None
    name = argument[1].replace("_", "-")
    entry = next((one for one in study.reading.entry_points if one.role == "train" and one.rank == 1), None)
    argv = entry.command.argv if entry and entry.command else ()
    for index, word in enumerate(argv):
        option, equals, value = word.partition("=")
        if option.lstrip("-").replace("_", "-") == name and option.startswith("-"):
            found = value if equals else (argv[index + 1] if index + 1 < len(argv) else "")
            if found and not re.search(r"[<>${}]", found):
                return found
    default = next(
        (one.value for one in study.reading.main_hyperparameters if one.name.replace("_", "-") == name), None
    )
    return default if default and re.fullmatch(r"[\w./@-]{1,80}", default) else None
