"""How to write a variable's type at another place of its file."""

from __future__ import annotations

import re

from gofixer.transform import Context, Node, Object, nodes

# A name of a type, with the import path of its package before the last dot.
_NAME = re.compile(r"[^\s\[\](){}*,;<>.\"~|-][^\s\[\](){}*,;<>\"|]*")
# What package os only has an alias for, and most files know by that name.
_ALIASES = {f"io/fs.{name}": f"os.{name}" for name in ("DirEntry", "FileInfo", "FileMode", "PathError")}
_KEYWORDS = frozenset({"chan", "func", "interface", "map", "struct"})


def spell(variable: Object, at: Node, cx: Context) -> str | None:
    """Text of a variable's type as it can be written at ``at``; None where it cannot.

    The words of the declaration are taken where it has a type, else those of the type checker with the file's own
    names of packages (a package of the standard library is imported). A name that a local declaration of the same
    function may hide, an unexported name of another package and a struct or interface without a name are refused.
    """
    if variable.type is None or variable.type.contains_typeparam:
        return None
    text = _declared(variable, cx)
    if text is None:
        text = _qualified(variable.type.string, at, cx)
    if text is None or "{" in text.replace("struct{}", "").replace("interface{}", "") or "\n" in text:
        return None
    words = {word for name in _NAME.findall(text) for word in name.split(".")} - _KEYWORDS
    return None if any(_hidden(word, at, cx) for word in words) else text


def _declared(variable: Object, cx: Context) -> str | None:
    """The type in the variable's own declaration."""
    around = cx.declaration(cx.match.node)
    typed: list[nodes.ParameterDeclaration | nodes.VarSpec] = [*around.descendants(nodes.ParameterDeclaration)]
    typed += around.descendants(nodes.VarSpec)
    for node in typed:
        if node.type is not None and variable.decl in [name.span for name in node.name]:
            return node.type.str
    return None


def _qualified(text: str, at: Node, cx: Context) -> str | None:
    """A type checker's text with local names in place of import paths."""
    if "·" in text or "_Ctype_" in text:
        return None
    unknown = False

    def replace(match: re.Match[str]) -> str:
        nonlocal unknown
        known = "io/fs" in cx.facts.imports or "os" not in cx.facts.imports
        path, _, name = (match[0] if known else _ALIASES.get(match[0], match[0])).rpartition(".")
        if not path or path == cx.types.package:
            unknown = unknown or (not path and name in cx.types.package_names)
            return name
        parts = path.split("/")
        imported = path in cx.facts.imports or ("." not in parts[0] and not {"internal", "vendor"} & set(parts))
        qualifier = cx.qualifier(path, at) if name[0].isupper() and imported else None
        unknown = unknown or qualifier is None
        return f"{qualifier}.{name}"

    written = _NAME.sub(replace, text)
    return None if unknown else re.sub(r"\[\]uint8\b", "[]byte", written)


def _hidden(word: str, at: Node, cx: Context) -> bool:
    """Whether some local declaration of the enclosing top-level declaration uses a name."""
    for name in cx.declaration(at).descendants(nodes.Identifier, nodes.TypeIdentifier):
        if name.str == word:
            found = cx.types.object(name.span)
            if found is None or found.scope == "local":
                return True
    return False
