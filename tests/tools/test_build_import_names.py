from tools.build_import_names import rows


def test_rows_are_the_modules_of_known_distributions_by_rank() -> None:
    tops = [
        ("Pillow", "PIL"),
        ("pillow-simd", "PIL"),
        ("nobody", "PIL"),
        ("Pillow", "tests"),
        ("Pillow", "PIL._imaging"),
    ]
    assert list(rows(tops, {"pillow": 20, "pillow-simd": 900})) == [("PIL", "pillow", 20), ("PIL", "pillow-simd", 900)]
