"""The signals: one pure function per file, from a `Study` to a `Finding`.

To add one: a new file here with a function under `@signal`, and its test. Its docstring's
first line is the good state, a question that yes or no answers; the rest says why a user
should care. `repotriage explain` and the documentation are made from it.
"""
