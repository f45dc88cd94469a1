"""One file for each way to register: each has `visit(module)` that yields `Registration`s, found by its place here."""
