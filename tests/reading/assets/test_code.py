from tests.reading import read


def test_code_that_fetches() -> None:
    code = (
        "import torch\nfrom torchvision import datasets\nfrom transformers import AutoModel\n"
        "AutoModel.from_pretrained('org/name')\n"
        "datasets.CIFAR10('x', download=True)\n"
        "datasets.CIFAR10('x', download=False)\n"
        "torch.hub.load_state_dict_from_url('https://a.org/m.pth')\n"
        "URLS = {'r50': 'https://b.org/r50.pth'}\n"
    )
    found = {(a.kind, a.provider, a.url, a.at.line) for a in read({"a.py": code}).assets}
    assert found == {
        ("weights", "Hugging Face", "https://huggingface.co/org/name", 4),
        ("dataset", "torchvision", None, 5),
        ("weights", "torch.hub", "https://a.org/m.pth", 7),
        ("weights", "b.org", "https://b.org/r50.pth", 8),
    }


def test_what_is_no_weights_and_no_dataset() -> None:
    code = (
        "from transformers import AutoModel, AutoTokenizer\nfrom datasets import load_dataset\n"
        "AutoTokenizer.from_pretrained('org/name')\n"
        "AutoModel.from_pretrained('MODEL_NAME')\nAutoModel.from_pretrained('path/to_model')\n"
        "load_dataset('csv', data_files='x.csv')\n"
    )
    assert read({"a.py": code}).assets == ()


def test_a_repository_of_data_on_the_hub() -> None:
    code = (
        "from huggingface_hub import snapshot_download\nfrom datasets import load_dataset\n"
        "snapshot_download('org/data', repo_type='dataset')\nload_dataset('org/text')\n"
    )
    found = [(asset.kind, asset.url) for asset in read({"a.py": code}).assets]
    assert found == [
        ("dataset", "https://huggingface.co/datasets/org/data"),
        ("dataset", "https://huggingface.co/datasets/org/text"),
    ]


def test_a_class_of_datasets_whose_name_is_not_written_out_is_known_by_its_own() -> None:
    code = "from torch_geometric.datasets import PascalVOCKeypoints as VOC\nVOC(path, category, train=True)\n"
    assert [(one.provider, one.name) for one in read({"a.py": code}).assets] == [
        ("PyTorch Geometric", "PascalVOCKeypoints")
    ]
