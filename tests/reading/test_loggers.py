import pytest

from tests.reading import read


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "from torch.utils.tensorboard import SummaryWriter\nw = SummaryWriter('runs/x')\n",
            ("TensorBoard", 1, "runs/x"),
        ),
        ("from tensorboardX import SummaryWriter\nw = SummaryWriter(args.out)\n", ("tensorboardX", 1, "args.out")),
        (
            "from torch.utils.tensorboard import SummaryWriter\nw = SummaryWriter(comment='x')\n",
            ("TensorBoard", 1, "./runs"),
        ),
        ("from tensorboardX import SummaryWriter\nw = SummaryWriter(**where)\n", ("tensorboardX", 1, None)),
        ("import wandb\nwandb.init(project='p')\n", ("wandb", 1, "p")),
        ("import tensorflow as tf\n\ntf.summary.scalar('x', 1)\n", ("TensorBoard", 3, None)),
        ("from clu import metric_writers\nmetric_writers.write()\n", ("CLU metric writers", 1, None)),
        ("hooks = [dict(type='TextLoggerHook'), dict(type='TensorboardLoggerHook')]\n", ("TensorBoard", 1, None)),
        ("vis_backends = [dict(type='WandbVisBackend')]\n", ("wandb", 1, None)),
        ("C = {'target': 'pytorch_lightning.loggers.WandbLogger'}\n", ("wandb", 1, None)),
        ("import pytorch_lightning as pl\nC = {pl.loggers.TestTubeLogger: {}}\n", ("TestTube", 2, None)),
        ("from pytorch_lightning.loggers import CSVLogger\nCSVLogger('logs')\n", ("CSV", 2, "logs")),
    ],
)
def test_loggers(code: str, expected: tuple[str, int, str | None]) -> None:
    (logger,) = read({"train.py": code}).loggers
    assert (logger.name, logger.at.line, logger.output) == expected


@pytest.mark.parametrize(
    "code", ["import logging\nlogging.info('x')\n", "from torch.utils.tensorboard import SummaryWriter\nrun()\n"]
)
def test_silent_without_one(code: str) -> None:
    assert read({"train.py": code}).loggers == ()


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("recipes/sft.yaml", "lr: 1\nreport_to: wandb\n", ("wandb", 2)),
        ("recipes/sft.yaml", "report_to:\n- none\n- swanlab # ours\nseed: 1\n", ("SwanLab", 3)),
        ("args.json", '{\n  "report_to": ["tensorboard"]\n}\n', ("TensorBoard", 2)),
        ("options/x.yml", "logger:\n  use_tb_logger: true\n", ("TensorBoard", 2)),
        ("configs/x.yaml", "hooks:\n  - type: MlflowLoggerHook\n", ("mlflow", 2)),
        ("README.md", "```bash\npython train.py --report_to wandb\n```\n", ("wandb", 2)),
    ],
)
def test_loggers_that_settings_ask_for(path: str, text: str, expected: tuple[str, int]) -> None:
    (logger,) = read({path: text, "train.py": "x = 1\n"}).loggers
    assert (logger.name, logger.at.line) == expected


@pytest.mark.parametrize("text", ["report_to: none\n", "report_to: []\n", "logger:\n  use_tb_logger: false\n"])
def test_settings_that_ask_for_none(text: str) -> None:
    assert read({"configs/x.yaml": text}).loggers == ()


def test_one_entry_for_each_logger_at_the_entry_point() -> None:
    main = "import wandb\nif __name__ == '__main__':\n    loss.backward()\n    wandb.log(x)\n"
    (logger,) = read({"a.py": "import wandb\nwandb.init(project='p')\n", "z/train.py": main}).loggers
    assert (str(logger.at), logger.output) == ("z/train.py:1", "p")


def test_tensorflow_that_a_star_brings() -> None:
    code = (
        "from ops import *\nclass M:\n    def build(self):\n        self.writer = tf.summary.FileWriter(self.log_dir)\n"
    )
    (logger,) = read({"model.py": code}).loggers
    assert (logger.name, str(logger.at), logger.output) == ("TensorBoard", "model.py:4", "self.log_dir")
