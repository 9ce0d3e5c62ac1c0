"""Words that commits, titles and bodies share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gofixer.transform import Transform
from gofixer.vcs.units import Site


def sections(transform: Transform) -> dict[str, str]:
    """The sections of a transform's page, by heading."""
    pieces = re.split(r"^## (.+)$", transform.documentation, flags=re.MULTILINE)
    return {title.strip(): text.strip() for title, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def count(number: int, one: str, many: str = "") -> str:
    """``1 fix``, ``2 fixes``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def title_of(sites: Sequence[Site]) -> str:
    """The fixes of one transform on one line: what each of them does, or most of them."""
    (said, number), *_ = Counter(site.finding.message for site in sites).most_common(1)
    return said if number == len(sites) else f"{said}, and the like"


def unwrapped(markdown: str) -> str:
    """Markdown with each paragraph and list item on one line: forges break the lines of a body where it does.

    Tables and code stay as they are.
    """
    lines: list[str] = []
    code, joins = False, False
    for line in markdown.splitlines():
        fenced = line.lstrip().startswith("```")
        plain = not (code or fenced or line.startswith(("|", "#", "    ")) or not line.strip())
        starts = re.match(r"\s*([-*+]|\d+\.) ", line) is not None
        if plain and joins and not starts:
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
        code ^= fenced
        joins = plain
    return "\n".join(lines)


def fence(text: str) -> str:
    """A code fence that no line of the text closes."""
    return "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)


def code(text: str) -> str:
    """Text as a code span, on one line."""
    text = " ".join(text.split())
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def cell(text: str) -> str:
    """Text in a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def prose(text: str) -> str:
    """Text in which Markdown, HTML and @mentions mean nothing; code spans stay."""
    pieces = re.split(r"(`[^`\n]+`)", text)
    quoted = (re.sub(r"([\\*_\[\]<>#|~])", r"\\\1", p).replace("@", "@\u200b") for p in pieces[::2])
    spans = iter(pieces[1::2])
    return "".join(part + next(spans, "") for part in quoted)
