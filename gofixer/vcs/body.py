"""A request's title and body: what, why, evidence, how it was verified, and how to say no."""

from __future__ import annotations

import os
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gofixer.report.heat import suffix
from gofixer.transform import Applicability, Transform
from gofixer.vcs.units import Site, Split
from gofixer.vcs.wording import cell, code, count, fence, prose, sections, title_of, unwrapped

# GitHub takes 65,536 characters (https://docs.github.com/en/rest), the others more.
MOST_CHARACTERS = 60_000
_MOST_SITES = 100
_TITLE = 120
_SHORT = 600
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Story:
    """What a request tells of: its fixes by transform in the order of the commits, and how they were verified.

    ``modules`` are the folders of the modules by import path; ``commands`` the go commands as they were run, and
    ``cache`` the folder whose name is of no use to others. ``rejected`` counts fixes
    that did not pass; ``tested`` says that tests were run, too.
    """

    name: str
    split: Split
    commits: Sequence[tuple[Transform, Sequence[Site]]]
    go: str
    commands: Sequence[str]
    modules: Sequence[str]
    cache: str
    rejected: int = 0
    tested: bool = False

    @property
    def sites(self) -> list[Site]:
        """All fixes."""
        return [site for _, sites in self.commits for site in sites]


def title(story: Story) -> str:
    """One line: what the fixes do where that is one thing, else whose they are and how many."""
    sites = story.sites
    if len(story.commits) == 1:
        _, own = story.commits[0]
        text = title_of(own)
        if story.split in (Split.TRANSFORM, Split.FAMILY):
            folder = own[0].path.rpartition("/")[0] or own[0].path
            text += f" ({count(len(own), 'place')})" if len(own) > 1 else f" ({folder})"
        else:
            text = f"{story.name}: {text[:1].lower()}{text[1:]}"
    else:
        what = f"{count(len(sites), 'fix', 'fixes')} ({', '.join(t.name for t, _ in story.commits)})"
        text = f"{story.name}: {what}"
    text = " ".join(text.replace("`", "").split())
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 3].rstrip(' ,(')}..."


def body(story: Story) -> str:
    """The body, as Markdown for every forge; longer parts are folded, and cut where the whole would be too long."""
    parts = [_lead(story)]
    for transform, sites in story.commits:
        parts.append("\n\n".join(filter(None, _about(transform, sites, alone=len(story.commits) == 1))))
    end = [_verification(story), _no(story)]
    room = MOST_CHARACTERS - sum(len(part) + 2 for part in (*parts, *end))
    evidence = _evidence(story.sites, room)
    return "\n\n".join(part for part in (*parts, evidence, *end) if part)


def _lead(story: Story) -> str:
    sites = story.sites
    files = len({site.path for site in sites})
    unsafe = any(s.finding.applicability is not Applicability.SAFE for s in sites)
    what = f"**{count(len(sites), 'fix', 'fixes')} in {count(files, 'file')}**"
    proved = f"built and vetted with {story.go}, tests included"
    if len(story.commits) > 1:
        what += f", one commit for each of {len(story.commits)} kinds"
        proved = f"Each commit was {proved}, on top of the one before it."
    else:
        proved = f"The result was {proved}."
    behaviour = (
        "This may change behaviour, in the ways described below; please read it with care."
        if unsafe
        else f"{'It is' if len(sites) == 1 else 'They are'} meant to change what the code costs, not what it does."
    )
    return f"{what}, proposed by gofixer, which finds Go code that pays the runtime for nothing. {behaviour} {proved}"


def _about(transform: Transform, sites: Sequence[Site], *, alone: bool) -> Iterator[str]:
    known = {heading: unwrapped(text) for heading, text in sections(transform).items()}
    yield f"### {prose(title_of(sites))}" if not alone else "### What and why"
    what = known.get("What it does") or f"{prose(transform.summary)}."
    yield what if len(what) <= _SHORT else f"{what.partition(chr(10) * 2)[0].rstrip(':')}."
    yield _example(sites)
    if why := known.get("Why it is slow"):
        yield why
    if measured := known.get("Measured"):
        # Where gofixer's own tests measure it again is of no use here.
        yield f"**Measured:** {re.split(r' (?=`(?:tests|benchmarks)/)', measured)[0]}"
    if safety := known.get("Fix safety"):
        yield f"**Safety:** {safety}"
    yield _table(sites)
    if len(what) > _SHORT:
        yield _folded("Each case of the rewrite", what)


def _example(sites: Sequence[Site]) -> str:
    """The smallest of the changes, as a diff."""
    diff = min((site.finding.diff.rstrip("\n") for site in sites), key=len)
    return f"{fence(diff)}diff\n{diff}\n{fence(diff)}" if diff.count("\n") <= _MOST_LINES else ""


def _table(sites: Sequence[Site]) -> str:
    """Where the fixes are: a row per file where all do the same, else a row per fix, the hottest first."""
    profiled = any(suffix(site.finding) for site in sites)
    ordered = sorted(sites, key=lambda s: (-s.finding.share, s.path, s.finding.line))
    shown = ordered[:_MOST_SITES]
    if not profiled and len({site.finding.message for site in sites}) == 1:
        table = _by_file(shown)
    else:
        rows = ["| where | in | what |" + (" profile |" if profiled else "")]
        rows.append("|---|---|---|" + ("---|" if profiled else ""))
        for site in shown:
            found = site.finding
            inside = code(found.function) if found.function else ""
            cells = [code(f"{site.path}:{found.line}"), inside, prose(found.message)]
            cells += [suffix(found).strip(" []")] if profiled else []
            rows.append(f"| {' | '.join(cell(one) for one in cells)} |")
        table = "\n".join(rows)
    if len(sites) > _MOST_SITES:
        table += f"\n\nand {len(sites) - _MOST_SITES} more, all in the diff."
    return table


def _by_file(sites: Sequence[Site]) -> str:
    places: dict[str, dict[str, list[str]]] = {}
    for site in sites:
        places.setdefault(site.path, {}).setdefault(site.finding.function, []).append(str(site.finding.line))
    rows = []
    for path, functions in places.items():
        found = [
            f"{code(name)}, " * bool(name) + f"{'line' if len(lines) == 1 else 'lines'} {', '.join(lines)}"
            for name, lines in functions.items()
        ]
        rows.append(f"| {cell(code(path))} | {cell('; '.join(found))} |")
    return "\n".join(["| file | where |", "|---|---|", *rows])


# Said of what the standard library's functions do when they panic, once they are inlined.
_NOISE = re.compile(r'"[^"]*" escapes to heap')
_HEAP = ("moved to heap", "escapes to heap", "heap-allocated defer")


def _evidence(sites: Sequence[Site], room: int) -> str:
    """What the compiler says of the changed functions, once each, and the command that asks it again."""
    rows: list[str] = []
    seen = set()
    packages: dict[str, dict[str, None]] = {}
    for site in sites:
        key = site.path, site.finding.function, site.finding.transform
        told = list(_told(site.finding.evidence))
        if key in seen or not told:
            continue
        seen.add(key)
        place = f"{site.path}: {site.finding.function}" if site.finding.function else site.path
        row = f"- {code(place)}: {'; '.join(told)}"
        if sum(map(len, rows)) + len(row) > room - 2000:
            rows.append("- More of it: `gofixer --dry-run --evidence`.")
            break
        rows.append(row)
        for command in _strings(site.finding.evidence.get("commands")):
            line, _, package = command.rpartition(" ")
            packages.setdefault(line, {}).setdefault(package)
    if not rows:
        return ""
    commands = "\n".join(_joined(line, list(names)) for line, names in packages.items())
    text = (
        "\n".join(rows) + f"\n\nTo ask again, before and after:\n\n{fence(commands)}sh\n{commands}\n{fence(commands)}"
    )
    return _folded("Evidence: what the compiler says of the changed functions, before and after", text)


def _joined(line: str, packages: Sequence[str]) -> str:
    """One command for all packages; those in a subshell (``(cd x && ...)``) stay apart."""
    if any(package.endswith(")") for package in packages):
        return "\n".join(f"{line} {package}" for package in packages)
    return f"{line} {' '.join(packages)}"


def _told(evidence: Mapping[str, object]) -> Iterator[str]:
    escape, inline = evidence.get("escape"), evidence.get("inline")
    if isinstance(escape, Mapping):
        for word, key in (("no longer", "disappeared"), ("now", "appeared")):
            said = [
                line
                for line in _strings(escape.get(key))
                if any(w in line for w in _HEAP) and not _NOISE.fullmatch(line)
            ]
            if said:
                yield f"{word} {', '.join(code(line) for line in said)}"
    if isinstance(inline, Mapping) and inline.get("verdict") in ("lost", "gained"):
        yield f"inlining {inline['verdict']}: {code(str(inline.get('before')))}, now {code(str(inline.get('after')))}"


def _strings(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


def _verification(story: Story) -> str:
    parts = [
        "### Verification",
        f"Every package that can see a change was compiled and vetted, with its tests, before and after; only what is "
        f"new counts. Nothing new came up with {story.go}.",
    ]
    if story.tested:
        parts[-1] += " The tests of the changed packages pass as before, and pure code was compared over inputs."
    if story.rejected:
        left = count(story.rejected, "other fix", "other fixes")
        parts[-1] += f" {left} did not pass and {_is(story.rejected)} left out."
    parts.append("To repeat it on this branch:")
    commands = "\n".join(_repeat(story))
    parts.append(f"{fence(commands)}sh\n{commands}\n{fence(commands)}")
    ran = "\n".join(dict.fromkeys(_public(command, story.cache) for command in story.commands))
    if ran:
        about = "`overlay.json` puts the files of a commit in the place of those on disk."
        text = f"{about}\n\n{fence(ran)}\n{ran}\n{fence(ran)}"
        parts.append(_folded("The commands as they were run", text))
    return "\n\n".join(parts)


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _public(command: str, cache: str) -> str:
    """A command line without the folders of the machine that it ran on."""
    return re.sub(rf"{re.escape(cache)}\S*/overlay\.json", "overlay.json", command).replace(cache, "$GOFIXER_CACHE")


def _repeat(story: Story) -> Iterator[str]:
    """``go vet`` of the changed packages, by module: it compiles them and their tests."""
    folders: Mapping[str, set[str]] = defaultdict(set)
    for site in story.sites:
        around = [m for m in story.modules if m in ("", ".") or site.path.startswith(f"{m}/")]
        module = max((m.strip(".") for m in around), key=len, default="")
        package = os.path.relpath(site.path.rpartition("/")[0] or ".", module or ".").replace(os.sep, "/")
        folders[module].add("." if package == "." else f"./{package}")
    for module, packages in sorted(folders.items()):
        line = shlex.join(["go", "vet", *sorted(packages)])
        yield f"(cd {shlex.quote(module)} && {line})" if module else line


def _no(story: Story) -> str:
    names = [transform.name for transform, _ in story.commits]
    listed = ", ".join(f'"{name}"' for name in names)
    return f"""### If you would rather not

- One place: put `//gofixer:ignore {names[0]} the reason` on its line or the line above.
- Everywhere: `ignore = [{listed}]` in `gofixer.toml` at the top of the repository; `[per-file-ignores]` for some paths.
- This request: close it. It stays closed until the set of fixes changes.
- A change of your own: push commits to this branch. They are never overwritten; the request is then left to you.

{_explain(names)} {"tells" if len(names) == 1 else "tell"} when the rewrite is made, when it is refused, and why."""


def _explain(names: Sequence[str]) -> str:
    return " and ".join(f"`gofixer explain {name}`" for name in names[:3])


def _folded(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"
