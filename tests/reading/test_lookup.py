from repotriage.reading.lookup import look_up
from tests.reading import read

READING = read(
    {
        "a.py": "@register_model\ndef Net_B(): pass\n@register_model\nclass Other: pass\n",
        "configs/base.py": "x = dict(type='Other')\n",
        "configs/sub/top.py": "_base_ = ['../base.py']\ny = dict(type='Net_B')\n",
    }
)


def test_exact_comes_before_any_case() -> None:
    assert look_up(READING, "Net_B").how == "exact"
    found = look_up(READING, "net_b")
    assert (found.how, [one.symbol for one in found.hits]) == ("case-insensitive", ["Net_B"])


def test_a_configuration_leads_to_its_classes_and_those_of_its_bases() -> None:
    found = look_up(READING, "configs/sub/top.py")
    assert (found.how, found.inherited) == ("config", ("configs/base.py",))
    assert {one.name for one in found.hits} == {"Net_B", "Other"}


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    found = look_up(READING, "net_c")
    assert (found.how, found.nearest) == ("none", ("Net_B",))
    assert look_up(READING, "zzz").nearest == ()
