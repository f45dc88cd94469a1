from tools.generate_signal_docs import TARGET, document


def test_the_documentation_of_the_signals_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run: python -m tools.generate_signal_docs"
