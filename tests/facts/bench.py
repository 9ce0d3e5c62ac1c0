"""Small modules and questions about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from trees import write

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import find_module
from gofixer.facts.oracle import Oracle
from gofixer.facts.types import ExprInfo, FileTypes, Object, Span, Type, Unknown


def _place(text: str, source: bytes) -> Span:
    pattern = re.escape(text.encode())
    if text[0].isalnum():
        pattern = rb"(?<!\w)" + pattern
    if text[-1].isalnum():
        pattern += rb"(?!\w)"
    found = [match.span() for match in re.finditer(pattern, source)]
    assert len(found) == 1, f"{text!r} must stand there once, not {len(found)} times"
    return found[0]


class Answered:
    """The answer about one file, asked by pieces of its text instead of spans."""

    def __init__(self, source: bytes, types: FileTypes) -> None:
        self.source = source
        self.types = types

    def span(self, text: str, within: str = "") -> Span:
        """Span of a text (words as a whole) that stands there once, or once in another text that stands there once."""
        start, end = _place(within or text, self.source)
        if within:
            inner, end = _place(text, self.source[start:end])
            start, end = start + inner, start + end
        return start, end

    def expr(self, text: str, within: str = "") -> ExprInfo:
        found = self.types.expr(self.span(text, within))
        assert found is not None, f"nothing known of {text!r}"
        return found

    def type(self, text: str, within: str = "") -> Type:
        found = self.expr(text, within).type
        assert found is not None, f"{text!r} has no type"
        return found

    def object(self, text: str, within: str = "") -> Object:
        found = self.types.object(self.span(text, within))
        assert found is not None, f"no object for {text!r}"
        return found


class Workbench:
    """Writes files below a folder and asks about them."""

    def __init__(self, root: Path, oracle: Oracle) -> None:
        self.root = root
        self.oracle = oracle

    def write(self, files: Mapping[str, str | bytes]) -> None:
        write(self.root, files)

    def ask(
        self,
        *names: str,
        overlay: Mapping[str, str | bytes] | None = None,
        variant: Variant = Variant(),  # noqa: B008  (frozen)
    ) -> dict[str, FileTypes | Unknown]:
        changed = {
            self.root / name: content if isinstance(content, bytes) else content.encode()
            for name, content in (overlay or {}).items()
        }
        wanted = {}
        for name in names:
            path = self.root / name
            content = changed[path] if path in changed else path.read_bytes()
            wanted[path] = [(0, len(content))]
        module = find_module(self.root / names[0])
        assert module is not None
        answers = self.oracle.query(module, wanted, changed, variant)
        assert answers.keys() == wanted.keys()
        return {name: answers[self.root / name] for name in names}

    def known(self, name: str, *others: str, variant: Variant = Variant()) -> Answered:  # noqa: B008
        answer = self.ask(name, *others, variant=variant)[name]
        assert isinstance(answer, FileTypes), answer
        return Answered((self.root / name).read_bytes(), answer)

    def unknown(self, name: str, variant: Variant = Variant()) -> str:  # noqa: B008
        answer = self.ask(name, variant=variant)[name]
        assert isinstance(answer, Unknown)
        return answer.reason

    def file(self, source: str | bytes, go: str = "1.21") -> Answered:
        """A module with one file."""
        self.write({"go.mod": f"module example.com/m\n\ngo {go}\n", "a.go": source})
        return self.known("a.go")
