import re

import polib

from repotriage.models.base import msg
from repotriage.models.location import Evidence
from repotriage.models.plan import Action
from repotriage.translation import in_language, translate
from tools.extract_messages import CATALOGUE, missing, templates

FIELD = re.compile(r"\{([A-Za-z_]\w*)")


def test_untranslated_sentences_are_found() -> None:
    found = missing(polib.pofile(str(CATALOGUE)))
    assert found == [], f"run `python -m tools.extract_messages` and translate: {found}"
    assert "commit {commit}" in missing(polib.POFile())


def test_every_entry_of_the_catalogue_is_translated() -> None:
    assert [entry.msgid for entry in polib.pofile(str(CATALOGUE)) if not entry.msgstr] == []


def test_translations_have_the_fields_of_their_templates() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        if entry.msgstr:
            assert set(FIELD.findall(entry.msgstr)) == set(FIELD.findall(entry.msgid)), entry.msgid


def test_templates_are_found_by_syntax() -> None:
    assert "commit {commit}" in {template for template, _ in templates()}


def test_a_message_is_translated_and_its_values_are_kept() -> None:
    message = msg("commit {commit}", commit="abc")
    assert translate(message, "en") is message
    assert str(translate(message, "zh")) == "提交 abc"
    assert str(translate(msg("no such sentence {x}", x=1), "zh")) == "no such sentence 1"


def test_a_word_alone_is_translated_and_others_are_not() -> None:
    assert str(translate(msg("{verdict}", verdict="good"), "zh")) == "好"
    assert str(translate(msg("{path}", path="main.py"), "zh")) == "main.py"


def test_models_are_translated_through_and_through() -> None:
    action = Action(what=msg("commit {commit}", commit="a"), evidence=(Evidence(issue=1),))
    assert in_language(action, "en") is action
    found = in_language(action, "zh")
    assert (str(found.what), found.evidence) == ("提交 a", action.evidence)
