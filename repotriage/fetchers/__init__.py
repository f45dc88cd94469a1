"""The ports that bring a repository: GitHub, a checkout, a saved snapshot."""
