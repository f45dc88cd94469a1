from __future__ import annotations

from tools.generate_cli_docs import TARGET, commands, document


def test_the_documentation_of_the_commands_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run: make docs"


def test_every_command_and_option_has_its_words() -> None:
    for name, command in commands():
        assert command.help, f"{' '.join(name)} says nothing of itself"
        for option in command.params:
            assert option.help or "--install-completion" in option.opts, f"{' '.join(name)}: {option.opts} has no help"
