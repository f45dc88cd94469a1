"""The commands, one file each: the only printing, environment reading and exit codes.

To add one: a new file here with `register(app)`.
"""
