"""Differential proof: old and new code side by side over many inputs, where inputs and results are of basic types."""
