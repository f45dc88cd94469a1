from repotriage.reading.lookup import look_up
from tests.builders import files
from tests.reading import read

TEXTS = {
    "a.py": (
        "@register_model\ndef Net_B(): pass\n@register_model\nclass Other: pass\nclass Plain:\n    def go(self): pass\n"
    ),
    "configs/base.py": "x = dict(type='Other')\n",
    "configs/sub/top.py": "_base_ = ['../base.py']\ny = dict(type='Net_B')\nz = dict(type='mmx.FarAway')\n",
    "nets/Times.py": "class Part: pass\nclass Model: pass\n",
    "pkg/sub.py": "@MODELS.register_module()\nclass Scoped: pass\n",
}
READING = read(TEXTS)


def test_exact_comes_before_any_case() -> None:
    assert look_up(READING, "Net_B").how == "exact"
    found = look_up(READING, "net_b")
    assert (found.how, [one.symbol for one in found.hits]) == ("case-insensitive", ["Net_B"])


def test_a_configuration_leads_to_its_classes_and_those_of_its_bases() -> None:
    found = look_up(READING, "configs/sub/top.py")
    assert (found.how, found.inherited) == ("config", ("configs/base.py",))
    assert {one.name for one in found.hits} == {"Net_B", "Other"}
    assert [str(one.via[0]) for one in found.hits] == ["configs/sub/top.py:2", "configs/base.py:1"]
    assert [(name, str(at)) for name, at in found.missing] == [("mmx.FarAway", "configs/sub/top.py:3")]


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    found = look_up(READING, "net_c")
    assert (found.how, found.nearest) == ("none", ("Net_B",))
    assert look_up(READING, "zzz").nearest == ()


def test_what_no_registry_knows_is_found_where_it_is_defined() -> None:
    assert [str(one.at) for one in look_up(READING, "Plain").hits] == ["a.py:5"]
    assert look_up(READING, "Plain").how == "definition"
    assert [one.symbol for one in look_up(READING, "Plain.go").hits] == ["Plain.go"]
    assert [str(one.at) for one in look_up(READING, "plain").hits] == ["a.py:5"]


def test_a_module_stands_for_its_model() -> None:
    found = look_up(READING, "Times")
    assert (found.how, found.hits[0].symbol, str(found.hits[0].at)) == ("module", "Model", "nets/Times.py:2")


def test_a_scope_is_left_out_where_it_is_of_this_repository() -> None:
    assert [one.symbol for one in look_up(READING, "pkg.Scoped").hits] == ["Scoped"]
    assert [one.symbol for one in look_up(READING, "pkg.sub.Scoped").hits] == ["Scoped"]
    assert look_up(READING, "elsewhere.Scoped").how == "none"
    assert look_up(READING, "hf-hub:owner/Net_B").hits[0].symbol == "Net_B"


def test_words_may_be_joined_in_another_way() -> None:
    reading = read({"a.py": "@register_problem\nclass MaskRcnnX: pass\nclass PlainThing: pass\n"})
    assert [one.symbol for one in look_up(reading, "mask_rcnn_x").hits] == ["MaskRcnnX"]
    assert [one.symbol for one in look_up(reading, "plain-thing").hits] == ["PlainThing"]


def test_a_name_that_is_only_written_somewhere_is_told() -> None:
    texts = {"a.py": "x = 1\nKNOWN = ['net-b0']\n", "b.yaml": "a: 1\nname: net-b0\n", "c.py": "'my net-b0x'\n"}
    found = look_up(read(texts), "net-b0", files(texts))
    assert (found.how, [str(place) for place in found.mentions]) == ("none", ["a.py:2", "b.yaml:2"])


def test_a_module_is_found_by_its_dotted_name() -> None:
    reading = read(
        {"src/pkg/run/train.py": "def helper(): pass\ndef main(): pass\n", "train.py": "def other(): pass\n"}
    )
    found = look_up(reading, "pkg.run.train")
    assert (found.how, found.hits[0].symbol, str(found.hits[0].at)) == ("module", "main", "src/pkg/run/train.py:2")


def test_what_has_the_name_itself_comes_before_what_a_mapping_gives_for_it() -> None:
    texts = {
        "a.py": "import nets\nDECODERS = {'Hgcn': nets.Decoder}\nnet = getattr(nets, args.model)()\n",
        "nets.py": "class Decoder: pass\nclass Hgcn: pass\n",
    }
    assert [one.symbol for one in look_up(read(texts), "Hgcn").hits] == ["Hgcn", "Decoder"]
