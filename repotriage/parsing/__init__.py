"""Parsers without a domain: bytes, Python, notebooks, documents and shell lines become typed values."""
