"""Build constraints: which configurations select a file.

The rules are those of go/build (``Context.MatchFile``): the file's name, its ``//go:build`` line or ``// +build``
lines, and for files that import "C" that cgo is on.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gofixer.facts import buildexpr
from gofixer.facts.buildexpr import And, ConstraintError, Expr, Tag
from gofixer.facts.toolchain import Host


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# internal/syslist: every name that was ever meant for a port counts in file names.
KNOWN_OS = _names(
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1"
    " windows zos"
)
UNIX_OS = _names("aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris")
KNOWN_ARCH = _names(
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc"
    " ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
)
# Ports of the Go toolchain (`go tool dist list`), for each system the usual processor first.
PORTS = {
    "linux": "amd64 arm64 386 arm loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x",
    "darwin": "arm64 amd64",
    "windows": "amd64 arm64 386",
    "freebsd": "amd64 386 arm arm64",
    "openbsd": "amd64 386 arm arm64 ppc64 riscv64",
    "netbsd": "amd64 386 arm arm64",
    "dragonfly": "amd64",
    "solaris": "amd64",
    "illumos": "amd64",
    "aix": "ppc64",
    "plan9": "amd64 386 arm",
    "js": "wasm",
    "wasip1": "wasm",
    "android": "arm64 amd64 386 arm",
    "ios": "arm64 amd64",
}
_IMPLIED = {"android": "linux", "illumos": "solaris", "ios": "darwin"}
_RELEASE = re.compile(r"go1\.(\d+)")
_IMPORT_C = re.compile(rb'^(?:import)?[ \t(]*"C"', re.MULTILINE)
_MAX_FREE_TAGS = 8


@dataclass(frozen=True, slots=True)
class Variant:
    """A build configuration, as far as it differs from the host's: an empty member means "as on this machine".

    ``tags`` are tags to add to those that the user sets.
    """

    goos: str = ""
    goarch: str = ""
    tags: tuple[str, ...] = ()
    cgo: bool | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A whole build configuration. ``go`` is the toolchain's version; the compiler is gc."""

    goos: str
    goarch: str
    cgo: bool
    tags: frozenset[str]
    go: tuple[int, int]

    def has(self, tag: str) -> bool:
        """Whether a build tag is set (go/build, ``Context.matchTag``)."""
        if release := _RELEASE.fullmatch(tag):
            minor = int(release[1])
            if str(minor) == release[1] and minor >= 1:
                return (1, minor) <= self.go or tag in self.tags
        return (
            tag in (self.goos, self.goarch, "gc", _IMPLIED.get(self.goos))
            or (tag == "cgo" and self.cgo)
            or (tag == "unix" and self.goos in UNIX_OS)
            or tag in self.tags
        )


def configuration(host: Host, variant: Variant = Variant()) -> Configuration:
    """The configuration that a variant means on a host. When cross-compiling cgo is off unless asked for."""
    goos, goarch = variant.goos or host.goos, variant.goarch or host.goarch
    native = (goos, goarch) == (host.goos, host.goarch)
    cgo = variant.cgo if variant.cgo is not None else host.cgo and native
    return Configuration(goos, goarch, cgo, frozenset((*host.tags, *variant.tags)), host.go)


def name_constraint(name: str) -> Expr | None:
    """The constraint in a file's name: ``x_GOOS``, ``x_GOARCH``, ``x_GOOS_GOARCH``, with or without ``_test``.

    What stands before the first underscore does not count (go/build, ``goodOSArchFile``).
    """
    parts = name.partition(".")[0].split("_")[1:]
    if parts and parts[-1] == "test":
        parts.pop()
    if len(parts) >= 2 and parts[-2] in KNOWN_OS and parts[-1] in KNOWN_ARCH:
        return And(Tag(parts[-2]), Tag(parts[-1]))
    if parts and (parts[-1] in KNOWN_OS or parts[-1] in KNOWN_ARCH):
        return Tag(parts[-1])
    return None


def file_constraint(path: Path, source: bytes) -> Expr | None:
    """All that must hold for a file to be part of its package, None where it always is.

    Raises `ConstraintError` where its ``//go:build`` line cannot be read.
    """
    parts = [name_constraint(path.name), buildexpr.read(source)]
    if imports_c(source):
        parts.append(Tag("cgo"))
    result: Expr | None = None
    for part in parts:
        if part is not None:
            result = part if result is None else And(result, part)
    return result


def imports_c(source: bytes) -> bool:
    """Whether a file imports "C" (a line that looks like it in a raw string or a comment counts too)."""
    return b'"C"' in source and _IMPORT_C.search(source) is not None


def selects(config: Configuration, path: Path, source: bytes) -> bool:
    """Whether a configuration makes a file part of its package. Raises `ConstraintError`."""
    if path.name.startswith(("_", ".")):
        return False
    named = name_constraint(path.name)
    if named is not None and not buildexpr.holds(named, config.has):
        return False  # what is written inside is not looked at
    expr = file_constraint(path, source)
    return expr is None or buildexpr.holds(expr, config.has)


def variant_for(path: Path, source: bytes, host: Host) -> Variant | None:
    """A configuration that makes a file part of its package: the host's, else the one with the fewest changes.

    None where there is none: the file is ignored by name, its constraint cannot be read or contradicts itself, asks
    for a later Go version or another compiler, or for the absence of a tag that the user sets.
    """
    if path.name.startswith(("_", ".")):
        return None
    try:
        expr = file_constraint(path, source)
    except ConstraintError:
        return None
    if expr is None:
        return Variant()
    for variant in _candidates(frozenset(buildexpr.tags(expr)), host):
        if buildexpr.holds(expr, configuration(host, variant).has):
            return variant
    return None


def _candidates(mentioned: frozenset[str], host: Host) -> Iterator[Variant]:
    """Variants to try, those with fewer changes first."""
    systems = [host.goos, *(s for s in PORTS if s != host.goos and s in mentioned)]
    if "unix" in mentioned or mentioned & KNOWN_OS or mentioned & KNOWN_ARCH:
        # One more of each sort will do: what is not mentioned makes no difference.
        systems += [s for s in ("linux", "darwin", "freebsd", "windows", "js", "plan9") if s not in systems]
    systems += [s for s, base in _IMPLIED.items() if base in mentioned and s not in systems]
    free = [
        tag
        for tag in sorted(mentioned)
        if tag not in KNOWN_OS | KNOWN_ARCH | {"unix", "cgo", "gc", "gccgo", "ignore"}
        and not _RELEASE.fullmatch(tag)
        and tag not in host.tags
    ]
    # "ignore" is an ordinary tag that by custom nobody sets: the last one to try.
    free += ["ignore"] if "ignore" in mentioned else []
    switches: list[bool | None] = [None, True, False] if "cgo" in mentioned else [None]
    found = [
        Variant("" if goos == host.goos else goos, "" if goarch == host.goarch else goarch, chosen, cgo)
        for goos in systems
        for goarch in _processors(goos, mentioned, host)
        for cgo in switches
        for count in range(len(free[:_MAX_FREE_TAGS]) + 1)
        for chosen in itertools.combinations(free[:_MAX_FREE_TAGS], count)
    ]
    found.sort(key=_changes)
    return iter(found)


def _processors(goos: str, mentioned: frozenset[str], host: Host) -> list[str]:
    ports = PORTS.get(goos, "").split()
    if goos == host.goos and host.goarch not in ports:
        ports = [host.goarch, *ports]
    chosen = [arch for arch in ports if arch == host.goarch or arch in mentioned]
    other = [arch for arch in ports if arch not in mentioned]
    return list(dict.fromkeys([*chosen, *other[:1]]))


def _changes(variant: Variant) -> tuple[int, bool]:
    changes = [variant.goos, variant.goarch, variant.cgo is not None, *variant.tags]
    return sum(bool(change) for change in changes), "ignore" in variant.tags


def go_line_version(text: str) -> tuple[int, int] | None:
    """Major and minor of a Go version as go.mod writes it ("1.23.4", "1.24rc1"), None for anything else."""
    match = re.match(r"(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else None


def build_line_version(source: bytes) -> tuple[int, int] | None:
    """The lowest Go version that a file's ``//go:build`` line implies, None where it implies none."""
    if b"//go:build" not in source:
        return None
    try:
        expr = buildexpr.read(source)
    except ConstraintError:
        return None
    return buildexpr.go_version(expr) if expr is not None else None
