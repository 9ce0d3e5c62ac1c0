"""Transforms for programs that ask the runtime about itself."""
