"""Repositories on GitHub and GitHub Enterprise."""
