import pytest

from repotriage.models.reading import AssetLink
from tests.reading import read


def assets(readme: str, **fields: object) -> list[AssetLink]:
    return list(read({"README.md": readme}, **fields).assets)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Download the [pretrained model](https://drive.google.com/file/d/1).", "weights"),
        ("Download the [dataset](https://drive.google.com/file/d/1).", "dataset"),
        ("| name | model |\n|---|---|\n| r50 | [link](https://drive.google.com/file/d/1) |", "weights"),
        ("## Dataset\n\nGet it [here](https://pan.baidu.com/s/1).", "dataset"),
        ("[x](https://a.org/r50.pth)", "weights"),
        ("[Demo](https://demo.a.org)", "demo"),
        ("Download [r50.pth](https://drive.google.com/file/d/1) first.", "weights"),
        ("| model | ckpt |\n|---|---|\n| r50 | Pretrained models: [a](https://a.org/x) |", "weights"),
        ("Get ImageNet by [ImageNet](https://www.tensorflow.org/datasets/catalog/imagenet2012).", "dataset"),
        ("Demo: [here](https://a.org/play)", "demo"),
        ("Try [it](https://a.org/demo)", "demo"),
        ("Colab for test: https://colab.sandbox.google.com/github/a/b/blob/main/c.ipynb", "demo"),
        ("The [VGG-16](http://download.tensorflow.org/models/vgg_16_2016_08_28.tar.gz)", "weights"),
        ("| name | trained |\n|---|---|\n| r50 | [0.771](https://drive.google.com/file/d/1) |", "weights"),
        ("Two datasets released by [A](https://github.com/a/b/tree/master/annotations)", "dataset"),
        ("Get the [Faces dataset](https://github.com/a/b/blob/main/README.md#faces-dataset)", "dataset"),
        ("## Data\n### Step 1\nDownload it [here](http://a.edu/qa/) for CNN and Daily Mail.", "dataset"),
        ("| set | Download path |\n|---|---|\n| Memes | [images, annotations](https://github.com/a/b) |", "dataset"),
        ("台達資料集 Reading Dataset (DRCD)(https://github.com/a/b) 屬於", "dataset"),
        ("Download the dataset as in [MPR](https://github.com/a/b/blob/main/x/Datasets/README.md)", "dataset"),
        ("预训练模型[下载](https://pan.baidu.com/s/1)", "weights"),
        ("Set up the Rooms dataset by [the guide](https://github.com/a/Rooms#rooms-data)", "dataset"),
        ("[[Data]](https://a.edu/b/)", "dataset"),
        ("| Training Sets | n |\n|---|---|\n| [P3](https://github.com/a/P3) | 7 |", "dataset"),
        ("### dataset list\n1. CLUE: https://github.com/a/CLUE", "dataset"),
        ("All trained models are in the [modelzoo](https://github.com/owner/name/wiki/Modelzoo)", "weights"),
        ("Links to [corpora](https://github.com/owner/name/wiki/Pretraining-data)", "dataset"),
        ("### Online apps\nRun the [annotation app](https://a.ai/apps/7).", "demo"),
        ("We have an [API](https://a.ai/models/b/playground)", "demo"),
        ("A checkpoint is trained on the [Tabula](https://a.org/) dataset", "dataset"),
        ("We give the [download link](https://drive.google.com/file/d/1) to\n- 4 pretrained models", "weights"),
        ("Download via https://doi.org/10.13012/B2IDB-1_V1", "dataset"),
        ("To start, download data from http://www.cs.edu/~a/race/, then run it.", "dataset"),
        (
            "## Evaluation\nFirst download the following datasets:\n- [TAP](https://github.com/deepmind/tapnet)",
            "dataset",
        ),
        ("1. Download ScanNet v2 data [HERE](https://github.com/ScanNet/ScanNet).", "dataset"),
        ("We use dataset splits provided by https://github.com/a/planetoid.", "dataset"),
        ("Model: [ToonYou](https://civitai.com/models/30240/toonyou)", "weights"),
        ("Trained on [COCO-CN](https://github.com/a/coco-cn).", "dataset"),
        (
            "Pretrained models are there. Download them from [GitHub](https://github.com/a/b/releases/tag/v1.0)",
            "weights",
        ),
        (
            "# Bilateral Reference for High-Resolution Binary Image Segmentation\n[HF](https://huggingface.co/a/b)",
            "weights",
        ),
    ],
)
def test_the_words_around_a_link_tell_what_it_is(line: str, kind: str) -> None:
    (asset,) = assets(line)
    assert asset.kind == kind


@pytest.mark.parametrize(
    "line",
    [
        "[Paper](https://arxiv.org/abs/2001.00001)",
        "[Code](https://github.com/a/b)",
        "![logo](https://drive.google.com/x.png)",
        "[docs](https://huggingface.co/docs/x)",
        "plain words",
        "| model | samples |\n|---|---|\n| r50 | [zip](https://drive.google.com/file/d/1) |",
        "The weights are in [v1.2.0](https://github.com/a/b/releases/tag/v1.2.0)",
        "## Data\n### Step 2\nDownload CoreNLP [here](http://a.edu/nlp/) and unzip it.",
        "> [Demo] <br>\n> [A. Author](https://author.github.io/)",
        "## Nemo models\nInstall it first (see [latest containers](https://github.com/a/b/releases)).",
        "The data can be downloaded with [gsutil](https://cloud.google.com/storage/docs/gsutil).",
        "[Demo](#demo)\n[Somebody](https://somebody.github.io/)",
        "A [Docker image](https://hub.docker.com/r/rocm/pytorch/tags) is recommended.",
        "See [什么是语言模型](https://github.com/owner/name/wiki/统计语言模型原理)",
        "## Pretrained Models\n[Presentation video](https://drive.google.com/file/d/1)",
        "| Task | Visualization Results |\n|---|---|\n| weights | [gdrive](https://drive.google.com/file/d/1) |",
        "## Data\nThe inference results on benchmark datasets are at [Drive](https://drive.google.com/file/d/1)",
        "Data lies in GCS buckets of the form `gs://mybucket-us-central1`.",
        "## Data\nBuckets are named gs://mybucket-us-central1 and the like.",
        "## Projects using it\n* https://github.com/a/COCO-DATASET-CHALLENGE",
        "## Trained models\n[DOI](https://doi.org/10.5281/zenodo.1)",
        "The weights are in [v0.0.1-alpha](https://github.com/a/b/releases/tag/v0.0.1-alpha).",
        "# References\n[HF](https://huggingface.co/a/b)",
    ],
)
def test_other_links_are_no_assets(line: str) -> None:
    assert assets(line) == []


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://colab.research.google.com/github/owner/name/blob/main/demo.ipynb", True),
        ("https://colab.research.google.com/github/owner/name/blob/main/gone.ipynb", False),
        ("https://colab.research.google.com/github/someone/else/blob/main/demo.ipynb", None),
        ("https://colab.research.google.com/drive/1", None),
    ],
)
def test_whether_the_notebook_of_a_colab_link_is_there(url: str, there: bool | None) -> None:
    (asset,) = read({"README.md": f"[Colab]({url})", "demo.ipynb": "{}"}).assets
    assert (asset.kind, asset.provider, asset.in_repository) == ("demo", "Colab", there)


def test_the_size_beside_a_link_is_kept() -> None:
    (asset,) = assets("Download the [weights](https://drive.google.com/file/d/1) (1.2 GB).")
    assert asset.size == "1.2 GB"


def kinds(readme: str) -> dict[str, str]:
    return {str(asset.url): asset.kind for asset in assets(readme)}


def test_mirrors_on_a_line_of_their_own_are_what_the_line_above_says() -> None:
    lines = "Download `trained weights`.\n(\n[google drive](https://drive.google.com/1) |\n[onedrive](https://1drv.ms/u/2)\n)\n"
    assert kinds(f"## Evaluation\n\n{lines}") == {
        "https://drive.google.com/1": "weights",
        "https://1drv.ms/u/2": "weights",
    }
    lines = "VOC数据集下载地址如下：\n链接: https://pan.baidu.com/s/1\n提取码: abcd\n"
    assert kinds(f"训练所需的权重可以下载。\n\n{lines}") == {"https://pan.baidu.com/s/1": "dataset"}


def test_the_words_right_before_a_link_tell_more_than_its_line() -> None:
    line = "Data: [link](https://drive.google.com/1), models: [link](https://drive.google.com/2)"
    assert kinds(line) == {"https://drive.google.com/1": "dataset", "https://drive.google.com/2": "weights"}


def test_in_a_table_the_title_of_the_column_and_of_the_table_tell_before_the_row() -> None:
    rows = "| 模型 | 语料 | 百度网盘 |\n|---|---|---|\n| BERT | 通用数据 | [下载](https://pan.baidu.com/s/1) |\n"
    assert kinds(f"## 中文模型下载\n\n{rows}") == {"https://pan.baidu.com/s/1": "weights"}
    rows = "| Dataset | top-1 acc | Download |\n|---|---|---|\n| COCO | 76.1 | [link](https://1drv.ms/u/1) |\n"
    assert kinds(f"## Results\n\n{rows}") == {"https://1drv.ms/u/1": "weights"}
    rows = "| Dataset | Size | Download |\n|---|---|---|\n| COCO | 20G | [link](https://1drv.ms/u/1) |\n"
    assert kinds(f"## Downloads\n\n{rows}") == {"https://1drv.ms/u/1": "dataset"}


@pytest.mark.parametrize(
    "line",
    [
        "- [Video](https://a.org/video.pth)",  # a file of weights, whatever it is called
        "## Checkpoints\n\n- [QM9](https://cloud.a.edu/index.php/s/8IhyGE4giIW1wV3)",
        "[r50](https://download.pytorch.org/models/resnet50-19c8e357.pth)",
    ],
)
def test_weights_whatever_their_host_is(line: str) -> None:
    assert [asset.kind for asset in assets(line)] == ["weights"]


@pytest.mark.parametrize(
    "line",
    [
        "Prepare the [ImageNet](https://some.org/imagenet) images.",
        "The [FooBar dataset](https://github.com/a/foobar) holds 10k images.",
        "We test on [LCQMC](https://a.edu/lcqmc).",
        "See [here](http://host.robots.ox.ac.uk/pascal/VOC/).",
        "[**CMRC 2018数据集**](https://github.com/a/cmrc2018)是阅读理解数据。",
    ],
)
def test_pages_of_datasets(line: str) -> None:
    assert [asset.kind for asset in assets(line)] == ["dataset"]


@pytest.mark.parametrize(
    "line",
    [
        "Follow the [dataset preparation guide](https://github.com/a/b).",
        "The code is based on [X](https://github.com/a/b); see also its [demo](https://b.org).",
        "## Acknowledgements\n\nWe thank the authors of the [FooBar dataset](https://foo.org).",
        "The [dataset loader](https://foo.org/loader) is fast.",
        "~~https://drive.google.com/gone~~",
    ],
)
def test_guides_tools_and_the_work_of_others_are_no_assets(line: str) -> None:
    assert assets(line) == []


def test_simulators_are_no_data_to_get() -> None:
    assert assets("Tested on [MuJoCo](http://www.mujoco.org/) control tasks.") == []


def test_a_chinese_word_for_weights() -> None:
    text = "训练所需的权值可在百度网盘中下载。\n链接: https://pan.baidu.com/s/1\n提取码: abcd\n"
    assert [asset.kind for asset in assets(text)] == ["weights"]


def test_another_host_of_the_same_thing() -> None:
    lines = (
        "We used the [VCTK corpus](http://a.edu/vctk.html) (around 10.4GB, [Alternative host](http://b.org/x.html)).\n"
    )
    assert kinds(lines) == {"http://a.edu/vctk.html": "dataset", "http://b.org/x.html": "dataset"}


def test_a_page_of_releases_under_a_sentence_about_data() -> None:
    text = "We support these datasets:\n* [HyperNeRF](https://github.com/a/b/releases/tag/v0.1): [script](./x.py)\n"
    assert kinds(text) == {"https://github.com/a/b/releases/tag/v0.1": "dataset"}


def test_links_of_one_sentence_do_not_tell_of_each_other() -> None:
    readme = (
        "## Model Zoo\nDatasets are best had from their pages. Or get the packaged "
        "[DIS](https://drive.google.com/file/d/1), [COD](https://drive.google.com/file/d/2), "
        "[Backbones](https://drive.google.com/file/d/3)."
    )
    assert [asset.kind for asset in assets(readme)] == ["dataset", "dataset", "weights"]


def test_a_heading_of_the_own_readme_is_no_place_of_data() -> None:
    line = "[training data](https://github.com/{}/net#download-dataset-for-training)\n"
    assert read({"README.md": line.format("somebody")}, name="somebody+net").assets == ()
    assert len(read({"README.md": line.format("somebody").replace("net#", "other#")}, name="somebody+net").assets) == 1
