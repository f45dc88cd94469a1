from __future__ import annotations

from tests.manifests.conftest import Read, brief


def test_poetry_uv_pdm_and_pylock(read: Read) -> None:
    text = '[[package]]\nname = "numpy"\nversion = "1.19.2"\noptional = false\n\n[metadata]\npython-versions = "^3.8"\n'
    found = read("poetry.lock", text)
    assert brief(found) == [("numpy", "==1.19.2", "runtime", 2), ("python", ">=3.8,<4.0", "python", 7)]
    assert all(one.locked for one in found.requirements)
    text = (
        'version = 1\nrequires-python = ">=3.9"\n[[package]]\nname = "demo"\nsource = { virtual = "." }\n'
        '[[package]]\nname = "six"\nversion = "1.16.0"\n'
    )
    assert brief(read("uv.lock", text)) == [("six", "==1.16.0", "runtime", 7), ("python", ">=3.9", "python", 2)]
    assert brief(read("pdm.lock", '[[package]]\nname = "six"\nversion = "1.16.0"\n')) == [
        ("six", "==1.16.0", "runtime", 2)
    ]
    assert brief(read("pylock.toml", '[[packages]]\nname = "six"\nversion = "1.16.0"\n')) == [
        ("six", "==1.16.0", "runtime", 2)
    ]


def test_pipfile_and_its_lock(read: Read) -> None:
    text = (
        '[[source]]\nurl = "https://pypi.org/simple"\n[packages]\nnumpy = "==1.19"\n[dev-packages]\n'
        'pytest = "*"\n[requires]\npython_version = "3.8"\n'
    )
    assert brief(read("Pipfile", text)) == [
        ("numpy", "==1.19", "runtime", 4),
        ("pytest", "", "dev", 6),
        ("python", "==3.8.*", "python", 8),
    ]
    lock = (
        '{\n    "_meta": {},\n    "default": {\n        "six": {\n            "version": "==1.16.0"\n'
        "        }\n    }\n}\n"
    )
    assert brief(read("Pipfile.lock", lock)) == [("six", "==1.16.0", "runtime", 4)]
    assert read("Pipfile.lock", "[" * 100_000).unreadable


def test_conda_lock(read: Read) -> None:
    text = (
        "version: 1\npackage:\n- name: numpy\n  version: 1.19.2\n  manager: conda\n"
        "  platform: linux-64\n- name: six\n  version: 1.16.0\n  manager: pip\n"
    )
    assert brief(read("conda-lock.yml", text)) == [
        ("numpy", "==1.19.2", "runtime", 3),
        ("six", "==1.16.0", "runtime", 7),
    ]


def test_pixi(read: Read) -> None:
    text = (
        '[workspace]\nchannels = ["conda-forge"]\n[dependencies]\npython = "3.9.*"\npytorch = ">=2.0"\n'
        '[pypi-dependencies]\nsix = "==1.16"\n[feature.cuda.system-requirements]\ncuda = "12"\n'
    )
    assert brief(read("pixi.toml", text)) == [
        ("python", "==3.9.*", "python", 4),
        ("torch", ">=2.0", "runtime", 5),
        ("six", "==1.16", "runtime", 7),
        ("cuda", ">=12", "cuda", 9),
    ]
    lock = (
        "version: 6\nenvironments:\npackages:\n"
        "- conda: https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.0-py311_0.conda\n"
        "  sha256: aa\n- pypi: https://files.x/six.whl\n  name: six\n  version: 1.16.0\n"
    )
    assert brief(read("pixi.lock", lock)) == [("numpy", "==1.26.0", "runtime", 4), ("six", "==1.16.0", "runtime", 8)]
