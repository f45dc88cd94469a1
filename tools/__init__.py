"""Scripts for the maintainers: run by hand, not installed."""
