"""Package facts from an index."""
