"""The environment problem, solved by uv, and the smallest conflict where nothing fits."""
