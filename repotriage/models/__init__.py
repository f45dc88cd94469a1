"""Frozen models: what passes between the parts. Nothing here does I/O."""
