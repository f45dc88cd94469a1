import pytest

from tests.reading import read


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import torch.nn as nn\nimport sklearn\n", "pytorch"),
        ("import tensorflow as tf\nx = tf.placeholder(tf.float32)\n", "tensorflow1"),
        ("import tensorflow as tf\nx = tf.keras.Model()\n", "tensorflow"),
        ("from flax import linen\n", "jax"),
        ("import sklearn\n", "sklearn"),
        ("import os\n", None),
    ],
)
def test_frameworks(code: str, expected: str | None) -> None:
    assert read({"a.py": code}).framework == expected
