"""How tests call gofixer without another process."""

from __future__ import annotations

from collections.abc import Callable

# Gives the exit code, what was printed and what was said on the standard error.
Go = Callable[..., tuple[int, str, str]]
