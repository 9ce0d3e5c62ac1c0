"""The check that all rules share: what must hold before a template may take the place of a match."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gofixer.match.pattern import Pattern
from gofixer.rules.template import (
    Site,
    Template,
    glued,
    needs_parentheses,
    outermost,
    pattern_sites,
)
from gofixer.transform import DISPLAY, SAFE, Applicability, Context, Edit, Match, Node, Result, Skip, nodes

_HEADS = (nodes.If, nodes.For, nodes.ExpressionSwitch, nodes.TypeSwitch)
_QUIET = (nodes.BlankIdentifier, nodes.FieldIdentifier, nodes.LabelName, nodes.Type, nodes.PackageIdentifier)
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """A rule as a check function: message, applicability, pattern, template, import paths that may become unused."""

    message: str
    applicability: Applicability
    pattern: Pattern
    template: Template
    drops: tuple[str, ...]

    def __call__(self, match: Match, cx: Context) -> Result:
        """Fill the template in, unless a comment or an effect would get lost or happen otherwise."""
        kept = {name for name, _ in self.template.holes}
        if _loses_comment(match, cx, kept):
            return Skip("a comment stands in the code that would be replaced")
        if reason := self._evaluation(match, cx):
            return Skip(reason)
        if reason := self._place(match):
            return Skip(reason)
        filling = self._names(match, cx)
        if isinstance(filling, Skip):
            return filling
        text = self._fill(match, cx, filling)
        if text == cx.source[match.span[0] : match.span[1]]:
            return None
        message = self.message
        if self.applicability is DISPLAY:
            message = f"{message}: `{text.decode('utf-8', 'replace')}`"
        drops = (*self.drops, *_dropped_imports(match, cx, kept))
        return cx.fix(message, Edit(*match.span, text), applicability=self.applicability, drops=drops)

    def _place(self, match: Match) -> str:
        """Why the rewrite cannot stand where an expression stands; empty where it can."""
        if self.pattern.form != "expression":
            return ""
        alone = isinstance(match.node.parent, nodes.ExpressionStatement)
        if self.template.form == "statements":
            return "" if alone else "the value is used here, and the rewrite is a statement"
        root = self.template.root
        receives = isinstance(root, nodes.Unary) and root.operator.str == "<-"
        if alone and not receives and not isinstance(root, nodes.Call):
            return "the value is not used here, and the rewrite cannot stand alone"
        return ""

    # -- evaluation -------------------------------------------------------------------------------------------

    def _evaluation(self, match: Match, cx: Context) -> str:
        """Why evaluating the rewrite could be told from evaluating the match; empty where it could not."""
        before, after = tuple(pattern_sites(self.pattern.roots)), self.template.sites
        effects = {name: effect for name in match.bindings if (effect := _effect(match.many(name), cx))}
        counts = Counter(site.name for site in before), Counter(site.name for site in after)
        for name, effect in effects.items():
            if counts[1][name] > counts[0][name]:
                return f"{effect}, and the rewrite evaluates it again"
            if self.applicability is not SAFE:
                continue
            if counts[1][name] < counts[0][name]:
                return f"{effect}, and the rewrite does not evaluate it"
            if _conditions(before, name) != _conditions(after, name):
                return f"{effect}, and the rewrite evaluates it under other conditions"
        if not effects or self.applicability is not SAFE:
            return ""
        shared = {name for name in match.bindings if name not in effects and _changeable(match.many(name), cx)}
        if _order(before, effects.keys() | shared) != _order(after, effects.keys() | shared):
            return "the rewrite changes the order of evaluation"
        # The order of variable reads and calls is only alike where both are arguments of one call
        # (Go specification, "Order of evaluation").
        if shared and not all(site.parent == "argument_list" for site in (*before, *after)):
            name = min(shared)
            return f"{next(iter(effects.values()))}, which may change what `${name}` reads"
        return ""

    # -- names ------------------------------------------------------------------------------------------------

    def _names(self, match: Match, cx: Context) -> dict[int, bytes] | Skip:
        """Bytes for the template's own names: packages as the file calls them, new variables by fresh names."""
        filling: dict[int, bytes] = {}
        for name in sorted(self.template.predeclared):
            if not cx.predeclared(name, match.node):
                return Skip(f"`{name}` means something else here")
        for path, leaf in self.template.packages:
            local = cx.qualifier(path, match.node)
            if local is None:
                return Skip(f"`{leaf.str}` means something else here")
            filling[leaf.start] = local.encode()
        fresh: dict[str, bytes] = {}
        for name, leaf in self.template.locals:
            if name not in fresh:
                fresh[name] = cx.fresh(match.node, name).encode()
            filling[leaf.start] = fresh[name]
        return filling

    # -- text -------------------------------------------------------------------------------------------------

    def _fill(self, match: Match, cx: Context, names: Mapping[int, bytes]) -> bytes:
        template = self.template
        indent = cx.indent(match.node).encode()
        filling = dict(names)
        cuts: dict[int, tuple[int, int]] = {}
        for name, hole in template.holes:
            found = match.many(name)
            if not found:
                cuts[hole.start] = template.without(hole)
                continue
            text = cx.source[found[0].start : found[-1].end]
            shift = indent + template.indent(hole)
            text = _shifted(text, found, cx.indent(found[0]).encode(), shift, cx.source)
            only = found[0] if len(found) == 1 else None
            if only is not None and (
                needs_parentheses(only, hole.parent, hole)
                or glued(template.tree.source[template.start : hole.start], text)
                or (_opens_block(only) and hole.parent != template.root and _in_head(match.node, hole))
            ):
                text = b"(" + text + b")"
            filling[hole.start] = text
        text = template.render(filling, cx.newline, indent, cuts.values())
        root = outermost(template, match)
        if root is not None and len(match.nodes) == 1 and needs_parentheses(root, match.node.parent, match.node):
            text = b"(" + text + b")"
        return text


def _effect(found: tuple[Node, ...], cx: Context) -> str:
    """The first thing in some captured code that may have an effect, panic or block; empty where nothing can."""
    for node in found:
        if isinstance(node, _QUIET):
            continue
        if not isinstance(node, nodes.Expression):
            return f"`{node.str}` may have an effect"
        if effect := cx.effect(node):
            return effect
    return ""


def _changeable(found: tuple[Node, ...], cx: Context) -> bool:
    """Whether calls beside some code without effects may change what it reads."""
    for node in found:
        info = cx.expr(node)
        if info is not None and info.const is not None:
            continue
        for leaf in (node, *node.descendants(nodes.Identifier)):
            target = cx.types.object(leaf.span) if isinstance(leaf, nodes.Identifier) else None
            if (
                target is not None
                and target.kind == "var"
                and (target.scope == "package" or target.captured or target.address_taken)
            ):
                return True
    return False


def _conditions(sites: tuple[Site, ...], name: str) -> list[tuple[str, ...]]:
    return [site.conditions for site in sites if site.name == name]


def _order(sites: tuple[Site, ...], names: set[str]) -> list[str]:
    return [site.name for site in sites if site.name in names]


def _loses_comment(match: Match, cx: Context, kept: set[str]) -> bool:
    spans = [(found[0].start, found[-1].end) for name in match.bindings if name in kept and (found := match.many(name))]
    return any(
        not any(start <= comment.start and comment.end <= end for start, end in spans)
        for comment in cx.comments(match.span)
    )


def _dropped_imports(match: Match, cx: Context, kept: set[str]) -> Iterator[str]:
    """Import paths that only code which the rewrite throws away may have used."""
    words = {
        word
        for name in match.bindings
        if name not in kept
        for node in match.many(name)
        for word in _WORD.findall(node.str)
    }
    return (path for path, local in cx.facts.imports.items() if local in words)


def _opens_block(node: Node) -> bool:
    """Whether a composite literal in code would be taken for the block of an if, for or switch."""
    return isinstance(node, nodes.CompositeLiteral)


def _in_head(node: Node, hole: Node) -> bool:
    if isinstance(hole.parent, nodes.ArgumentList | nodes.Parenthesized):
        return False
    for ancestor in node.ancestors():
        if isinstance(ancestor, (nodes.Block, nodes.StatementList, nodes.Parenthesized, nodes.ArgumentList)):
            return False
        if isinstance(ancestor, _HEADS):
            return True
    return False


def _shifted(text: bytes, found: tuple[Node, ...], old: bytes, new: bytes, source: bytes) -> bytes:
    """Code that moved to another depth, its further lines indented there; raw strings stay as they are."""
    if old == new or b"\n" not in text:
        return text
    base = found[0].start
    raw = [n.span for node in found for n in (node, *node.descendants()) if isinstance(n, _VERBATIM)]
    lines = text.split(b"\n")
    at = base + len(lines[0]) + 1
    out = [lines[0]]
    for line in lines[1:]:
        inside = any(start < at < end for start, end in raw)
        out.append(new + line[len(old) :] if not inside and line.startswith(old) and line.strip() else line)
        at += len(line) + 1
    return b"\n".join(out)


_VERBATIM = (nodes.RawStringLiteral, nodes.Comment)
