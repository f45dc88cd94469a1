"""Weights, data and demos that a repository points to, stores or fetches."""
