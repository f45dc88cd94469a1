from packaging.version import Version

from repotriage.index.facts import CoreMetadata, IndexFile, NoMetadata, Project
from tools.refresh_knowledge import companions_of_torch, jax, tensorflow


class SmallIndex:
    """An index of a few wheels, each with the torch that it pins."""

    def __init__(self, *wheels: tuple[str, str | None]) -> None:
        self.files = [(_file(name), pin) for name, pin in wheels]

    def project(self, name: str) -> Project:
        return Project(name, tuple(file for file, _ in self.files if file.filename.startswith(f"{name}-")))

    def metadata(self, file: IndexFile, *, native: bool = False) -> CoreMetadata | NoMetadata:  # noqa: ARG002 -- the protocol has it
        pin = next(pin for known, pin in self.files if known == file)
        requires = () if pin is None else (f"torch=={pin}",)
        return CoreMetadata(name=file.filename.partition("-")[0], version=str(file.version), requires=requires)


def _file(name: str) -> IndexFile:
    return IndexFile(
        filename=name,
        url=f"https://files.example/{name}",
        kind="wheel",
        version=Version(name.split("-")[1]),
        told={"upload-time": "2023-05-08T00:00:00Z"},
    )


def test_a_pin_that_the_table_has_is_no_difference() -> None:
    assert list(companions_of_torch(SmallIndex(("torchtext-0.15.2-cp310-cp310-any.whl", "2.0.1")))) == []


def test_another_pin_and_a_new_release_are_told() -> None:
    index = SmallIndex(
        ("torchtext-0.15.2-cp310-cp310-any.whl", "2.1.0"), ("torchtext-0.99.0-py3-none-any.whl", "2.2.0")
    )
    assert list(companions_of_torch(index)) == [
        "torchtext 0.15.2: ==2.0.1 in the table, 2.1.0 on the index",
        "torchtext 0.99.0: pins torch 2.2.0, not in the table",
    ]


def test_a_python_that_the_table_lacks_is_told() -> None:
    tag = "manylinux2014_x86_64.whl"
    found = list(tensorflow(SmallIndex((f"tensorflow-1.15.5-cp99-cp99-{tag}", None))))
    assert found[0] == "tensorflow 1.15 python: 9.9 on the index alone"
    assert list(jax(SmallIndex((f"jaxlib-0.4.5-cp310-cp310-{tag}", None)))) == ["jaxlib 0.4.5: not in the table"]
