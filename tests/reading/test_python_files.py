from repotriage.parsing.python import Module, parse
from repotriage.reading.python_files import PythonFile, python_files


def fact(text: str) -> PythonFile:
    module = parse("a.py", text)
    assert isinstance(module, Module)
    (found,) = python_files(module)
    return found


def test_a_script() -> None:
    found = fact("import argparse\np = argparse.ArgumentParser()\nif __name__ == '__main__':\n    loss.backward()\n")
    assert (found.main_line, found.guarded, found.clis, found.trains) == (3, True, ("argparse",), 1)


def test_a_script_without_a_guard_acts_at_its_top() -> None:
    found = fact("import os\nos.environ.update(a='1')\nfor x in y:\n    model.eval()\n")
    assert (found.main_line, found.guarded, found.infers) == (3, False, 1)


def test_a_library() -> None:
    found = fact("def f():\n    return 1\n")
    assert (found.main_line, found.clis, found.functions) == (None, (), 1)


def test_decorated_commands() -> None:
    assert fact("import hydra\n@hydra.main(config_path='c')\ndef f(cfg): pass\n").clis == ("hydra",)


def test_functions_that_only_prepare_do_not_train() -> None:
    file = fact("state = create_train_state(rng)\nloader = get_test_loader(x)\n")
    assert (file.named_trains, file.named_evaluates) == (0, 0)
    assert fact("train_model(rng)\n").named_trains == 1
