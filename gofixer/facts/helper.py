"""Builds the Go helper, once per toolchain and source, into the user's cache."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from gofixer.errors import ExitCode, UserError
from gofixer.facts.toolchain import Toolchain

SOURCES = Path(__file__).parent / "oracle_go"
_NAME = "gofixer-oracle.exe" if os.name == "nt" else "gofixer-oracle"


def cache_root() -> Path:
    """The cache folder: $GOFIXER_CACHE, else the user's cache folder for gofixer."""
    named = os.environ.get("GOFIXER_CACHE")
    return Path(named).absolute() if named else Path(platformdirs.user_cache_dir("gofixer"))


def build_helper(toolchain: Toolchain, cache: Path) -> Path:
    """The helper's binary for a toolchain, built unless the cache has it.

    A folder that cannot be written is replaced by one in the system's temporary folder. Two runs may build at the
    same time: the binary appears whole, by a rename. Raises `UserError` (exit 3) where it cannot be built.
    """
    name = _key(toolchain)
    for folder in (cache / "oracle", Path(tempfile.gettempdir()) / f"gofixer-{_user()}" / "oracle"):
        binary = folder / name / _NAME
        if _usable(binary):
            return binary
        try:
            binary.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            work = Path(tempfile.mkdtemp(prefix="build-", dir=binary.parent))
        except OSError:
            continue
        try:
            built = _build(toolchain, work)
            built.replace(binary)
        except OSError as error:
            raise UserError(f"cannot keep the type oracle in {folder}: {error.strerror}", ExitCode.TOOLCHAIN) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return binary
    raise UserError("no folder to build the type oracle in: set GOFIXER_CACHE", ExitCode.TOOLCHAIN)


def _key(toolchain: Toolchain) -> str:
    digest = hashlib.sha256(str(toolchain.goroot).encode())
    for source in sorted(SOURCES.glob("*.go")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    host = toolchain.host
    return f"go{toolchain.text}-{host.hostos}-{host.hostarch}-{digest.hexdigest()[:16]}"


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _usable(binary: Path) -> bool:
    """Whether the binary is there and nobody else could have put it there."""
    with contextlib.suppress(OSError):
        status = binary.stat()
        mine = not hasattr(os, "getuid") or status.st_uid in (os.getuid(), 0)
        return mine and status.st_size > 0 and os.access(binary, os.X_OK)
    return False


def _build(toolchain: Toolchain, work: Path) -> Path:
    for source in SOURCES.glob("*.go"):
        shutil.copy(source, work / source.name)
    major, minor, _ = toolchain.version
    # The defaults of GODEBUG follow this line: the helper should see aliases as its toolchain does.
    (work / "go.mod").write_text(f"module gofixer.invalid/oracle\n\ngo {major}.{minor}\n")
    target = work / ("out-" + _NAME)
    output = toolchain.run("build", "-trimpath", "-o", str(target), ".", directory=work, env=_neutral(toolchain))
    if output.status != 0 or not target.is_file():
        lines = [line for line in output.stderr.splitlines() if line and not line.startswith("#")]
        detail = lines[0] if lines else f"exit status {output.status}"
        raise UserError(f"cannot build the type oracle with {toolchain.go}: {detail}", ExitCode.TOOLCHAIN)
    return target


def _neutral(toolchain: Toolchain) -> Mapping[str, str]:
    """An environment in which settings for the user's own code do not reach the build of the helper."""
    return {
        "GOFLAGS": "",
        "GO111MODULE": "on",
        "GOWORK": "off",
        "GOOS": toolchain.host.hostos,
        "GOARCH": toolchain.host.hostarch,
        "CGO_ENABLED": "0",
        "GOEXPERIMENT": "",
        "GODEBUG": "",
        "GOTOOLCHAIN": "local",
    }
