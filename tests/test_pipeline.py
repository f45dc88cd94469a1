from repotriage.models.snapshot import Snapshot
from repotriage.pipeline import study
from tests.builders import TAKEN_AT, files

README = "# Net\n\nSee [data](data/README.md).\n\n```\npython train.py\n```\n"
SCRIPT = "\nif __name__ == '__main__':\n    main()\n"


def undeclared(texts: dict[str, str]) -> list[str]:
    tree = tuple(sorted(files(texts), key=lambda file: file.path))
    snapshot = Snapshot(source="checkout", name="owner/name", taken_at=TAKEN_AT, files=tree)
    return [module.module for module in study(snapshot).dependencies.undeclared]


def test_the_main_job_is_what_the_readme_and_the_documents_it_links_to_run() -> None:
    texts = {
        "README.md": README,
        "train.py": f"import torch{SCRIPT}",
        "data/README.md": "```\npython data/prepare.py\n```\n",
        "data/prepare.py": f"import h5py{SCRIPT}",
        "metrics/README.md": "```\npython metrics/evaluate.py\n```\n",
        "metrics/evaluate.py": f"import dlib{SCRIPT}",
    }
    assert undeclared(texts) == ["h5py", "torch"]
    without = {path: text for path, text in texts.items() if path not in ("README.md", "data/README.md")}
    assert undeclared(without) == ["dlib", "torch"]


def test_without_documents_the_likeliest_start_of_each_job_counts() -> None:
    assert undeclared({"train.py": f"import torch{SCRIPT}", "notes.py": "import yaml\n"}) == ["torch", "yaml"]
