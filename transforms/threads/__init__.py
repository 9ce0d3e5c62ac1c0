"""Transforms for threads and processors."""
