"""Compatibility knowledge: tables and the rules over them."""
