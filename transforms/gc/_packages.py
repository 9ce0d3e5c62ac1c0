"""What other packages of the module have to do with a collection: their finalizers, their measures, their settings.

Packages of other modules are not read: that a dependency of theirs waits for the collector cannot be seen here.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from gofixer.transforms._places._files import go_files

from gofixer.transform import Context, Node, nodes

_FINALIZERS = re.compile(rb'\b(SetFinalizer|AddCleanup)\b|"(weak)"')
# Any percentage but a positive number that is written down: -1 and 0 turn the collector off, a name may be -1.
_OFF = re.compile(rb"\bSetGCPercent\((?!\s*[1-9]\d*\s*\))")


def finalizers_imported(cx: Context) -> str | None:
    """A package of the module that the file imports has finalizers, cleanups or weak pointers."""
    for path in cx.facts.imports:
        for file, source in _package(path, cx):
            if found := _FINALIZERS.search(source):
                name = next(filter(None, found.groups())).decode()
                what = "a weak pointer" if name == "weak" else name
                return f"the imported package {path} has {what} ({file.name}): a collection may be part of what it does"
    return None


def called_elsewhere(declaration: Node, cx: Context) -> Iterator[tuple[str, bytes]]:
    """Functions of the module's other packages that a declaration names: what it calls them, and their text."""
    names = {local: path for path, local in cx.facts.imports.items()}
    for selector in declaration.descendants(nodes.Selector):
        path = names.get(selector.operand.str)
        if path is None or selector.field is None:
            continue
        body = re.compile(rb"(?ms)^func [^\n]*\b%s\(.*?^}" % re.escape(selector.field.text))
        for _, source in _package(path, cx):
            for found in body.finditer(source):
                yield selector.str, found[0]


def collector_may_be_off(cx: Context) -> str | None:
    """A package of the module turns the collector off, or may: then a collection by hand is the only one.

    Reads the whole module, so it is the last question to ask.
    """
    for path in go_files(cx.facts.module.root) if cx.facts.module else ():
        with contextlib.suppress(OSError):
            if _OFF.search(cx.read(path)):
                return f"SetGCPercent in {path.name} may turn the collector off: then this collection is the only one"
    return None


def _package(path: str, cx: Context) -> Iterator[tuple[Path, bytes]]:
    """The files of a package of the file's own module, without tests; none for other packages."""
    module = cx.facts.module
    if module is None or not (path == module.path or path.startswith(f"{module.path}/")):
        return
    for file in sorted((module.root / path[len(module.path) + 1 :]).glob("*.go")):
        if not file.name.endswith("_test.go"):
            with contextlib.suppress(OSError):
                yield file, cx.read(file)
