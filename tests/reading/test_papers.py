from tests.reading import read


def test_each_kind() -> None:
    readme = (
        "[Attention is all you need, a long title](https://arxiv.org/abs/1706.03762)\n\n"
        "doi 10.1000/xyz123. and https://openreview.net/forum?id=AbCdEf12\n\n"
        "```bibtex\n@article{a2020,\n  title={The {Title}},\n}\n```\n"
    )
    cff = "cff-version: 1.2.0\ntitle: Thing\ndoi: 10.5281/zenodo.1\n"
    found = read({"README.md": readme, "CITATION.cff": cff}).papers
    assert [(paper.kind, paper.identifier, str(paper.at)) for paper in found] == [
        ("cff", "10.5281/zenodo.1", "CITATION.cff:3"),
        ("arxiv", "1706.03762", "README.md:1"),
        ("openreview", "AbCdEf12", "README.md:3"),
        ("doi", "10.1000/xyz123", "README.md:3"),
        ("bibtex", "a2020", "README.md:6"),
    ]
    assert [paper.title for paper in found if paper.kind == "bibtex"] == ["The Title"]


def test_silent_without_one() -> None:
    assert read({"README.md": "# X\n\nversion 10.1 of 2020\n"}).papers == ()
