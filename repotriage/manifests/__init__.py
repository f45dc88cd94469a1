"""Dependency files, one reader per format: all found and merged, none first match wins."""
