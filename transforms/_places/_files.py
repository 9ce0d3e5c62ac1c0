"""Other files of the package and of the module."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from gofixer.transform import Context

_LEFT_OUT = ("vendor", "testdata", "node_modules")


def other_files(cx: Context) -> Iterator[tuple[Path, bytes]]:
    """The other files of the package, tests and files of other platforms too."""
    return ((path, source) for path, source in cx.package_sources().items() if path != cx.facts.path)


def named_elsewhere(name: str, cx: Context) -> bool:
    """Whether another file of the package, of any platform, mentions a name."""
    word = re.compile(rb"\b%s\b" % re.escape(name.encode()))
    return any(word.search(source) for _, source in other_files(cx))


def go_files(root: Path, *, nested: bool = False) -> Iterator[Path]:
    """The Go files below a module's folder, without tests, what is vendored and (unless ``nested``) other modules."""
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _LEFT_OUT
            and not name.startswith((".", "_"))
            and (nested or not (here / name / "go.mod").exists())
        )
        yield from (here / name for name in sorted(files) if name.endswith(".go") and not name.endswith("_test.go"))
