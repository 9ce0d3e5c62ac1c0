"""Benchmarks of the user's own, run before and after the fixes: which ones reach them, and what they measure."""
