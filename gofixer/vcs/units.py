"""What goes into one pull request: the fixes of a run, split as the user asks."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gofixer.engine.model import Finding
from gofixer.vcs.owners import Rule, owners_of


class Split(StrEnum):
    """What each pull request is about."""

    TRANSFORM = "transform"
    FAMILY = "family"
    PACKAGE = "package"
    MODULE = "module"
    CODEOWNERS = "codeowners"


@dataclass(frozen=True, slots=True)
class Site:
    """A fix, with its file relative to the top of the repository."""

    path: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Unit:
    """One pull request's share of the fixes. ``key`` is what it is about, the same in every run; ``name`` for people.

    ``digest`` tells whether the set of fixes is the same as in another run, wherever lines have moved to; ``inputs``
    whether the files that they change are, byte by byte.
    """

    key: str
    name: str
    branch: str
    sites: tuple[Site, ...]
    digest: str
    inputs: str

    @property
    def transforms(self) -> tuple[str, ...]:
        """Names of the transforms, by family and name."""
        return tuple(name for _, name in sorted({(s.finding.family, s.finding.transform) for s in self.sites}))

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files that change, sorted."""
        return tuple(sorted({site.path for site in self.sites}))


def split(
    sites: Sequence[Site],
    by: Split,
    prefix: str,
    blobs: Mapping[str, str],
    modules: Sequence[str] = (),
    owners: Sequence[Rule] = (),
) -> list[Unit]:
    """Group fixes into units, those of the hottest and the largest first.

    ``blobs`` are the object names of the files' contents; ``modules`` the folders of the modules (``""`` for the top).
    """
    groups: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        groups[_name(site, by, modules, owners)].append(site)
    units = [_unit(name, by, prefix, members, blobs) for name, members in groups.items()]
    return sorted(units, key=lambda u: (-max(s.finding.share for s in u.sites), -len(u.sites), u.key))


def _unit(name: str, by: Split, prefix: str, sites: Sequence[Site], blobs: Mapping[str, str]) -> Unit:
    key = f"{by.value}:{name}"
    paths = sorted({site.path for site in sites})
    return Unit(
        key=key,
        name=name,
        branch=prefix + _slug(by, name),
        sites=tuple(sites),
        digest=_digest(_essence(site) for site in sites),
        inputs=_digest(f"{path}\0{blobs[path]}" for path in paths),
    )


def _name(site: Site, by: Split, modules: Sequence[str], owners: Sequence[Rule]) -> str:
    match by:
        case Split.TRANSFORM:
            return site.finding.transform
        case Split.FAMILY:
            return site.finding.family
        case Split.PACKAGE:
            return site.path.rpartition("/")[0] or "."
        case Split.MODULE:
            around = [folder for folder in modules if not folder or site.path.startswith(f"{folder}/")]
            return max(around, key=len, default="") or "."
        case Split.CODEOWNERS:
            return " ".join(sorted(owners_of(site.path, owners))) or "nobody"


_PLAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _slug(by: Split, name: str) -> str:
    """The part of a branch's name behind the prefix: the same for the same unit, and a different one for each.

    Without a further slash, for git has no branch below another.
    """
    if by in (Split.TRANSFORM, Split.FAMILY) and _PLAIN.fullmatch(name):
        return name
    words = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:48].strip("-") or "top"
    return f"{by.value}-{words}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:6]}"


def _essence(site: Site) -> str:
    """What makes a fix this fix: the lines it takes and gives, in a function of a file, wherever they stand."""
    changed = [line for line in site.finding.diff.splitlines() if line[:1] in ("+", "-")]
    return "\0".join([site.finding.transform, site.path, site.finding.function, *changed])


def _digest(parts: Iterable[str]) -> str:
    lines = sorted(parts)
    return hashlib.sha256("\1".join(lines).encode("utf-8", "replace")).hexdigest()[:16]
