"""Profiles in the pprof format: what they measured, and how much of it falls on a place of the source."""
