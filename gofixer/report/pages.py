"""A transform's page, as Markdown: what `gofixer explain` shows and what docs/transforms holds."""

from __future__ import annotations

from collections.abc import Iterable

from gofixer.transform import Transform


def page(transform: Transform) -> str:
    """The whole page of one transform: its name, its facts and options, its documentation."""
    return f"# {transform.name}\n\n{_facts(transform)}\n\n{transform.documentation or transform.summary}\n"


def index(transforms: Iterable[Transform]) -> str:
    """The list of all pages, as a table; each page is a file ``NAME.md`` beside it."""
    rows = [
        "| transform | family | exercise | applies | gate | Go versions | what it finds |",
        "|---|---|---|---|---|---|---|",
    ]
    for t in transforms:
        cells = (
            f"[{t.name}]({t.name}.md)",
            t.family,
            ", ".join(t.seeds) or "-",
            t.applicability.value,
            t.gate.value,
            t.go,
            t.summary.replace("|", "\\|"),
        )
        rows.append(f"| {' | '.join(cells)} |")
    table = "\n".join(rows)
    return f"# Transforms\n\nWritten by `make docs` from the transforms themselves.\n\n{table}\n"


def _facts(transform: Transform) -> str:
    seeds = ", ".join(transform.seeds) or "none"
    lines = [
        f"family {transform.family}, exercise {seeds}; {transform.applicability.value}, gate {transform.gate.value}, "
        f"Go versions: {transform.go}."
    ]
    lines += [
        f"- option `{name}`: {option.help} (default `{option.default}`"
        + (f"; one of {', '.join(option.choices)})" if option.choices else ")")
        for name, option in transform.options.items()
    ]
    return "\n".join(lines)
