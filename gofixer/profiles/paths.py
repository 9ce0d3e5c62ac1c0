"""Which file of a module a profile's file name means, wherever the program was built."""

from __future__ import annotations

import re
from pathlib import Path

_VERSIONED = re.compile(r"^(?P<module>.*?)@v\d[^/]*/(?P<rest>.+)$")
_UPPER = re.compile(r"!([a-z])")


def base_name(file: str) -> str:
    """Last element of a file name written on any system."""
    return file.replace("\\", "/").rpartition("/")[2]


def in_module(file: str, module_path: str, root: Path) -> str | None:
    """The path relative to a module's root that a profile's file name means; None where it is not of that module.

    Understood are absolute paths of this machine, import paths (``-trimpath``), paths of the module cache with a
    version, and, by the longest suffix that exists in the module, relative paths and those of other machines.
    """
    file = file.replace("\\", "/")
    if not file or file.startswith("<"):
        return None
    if versioned := _VERSIONED.match(file):
        module = _UPPER.sub(lambda m: m[1].upper(), versioned["module"])
        return versioned["rest"] if module == module_path or module.endswith(f"/{module_path}") else None
    home = f"{root.as_posix()}/"
    if file.startswith(home):
        return file.removeprefix(home)
    if file.startswith(f"{module_path}/"):
        return file.removeprefix(f"{module_path}/")
    parts = [part for part in file.split("/") if part not in ("", ".", "..")]
    if not file.startswith(("/", "./", "../")) and "." in parts[0] and len(parts) > 1:
        return None  # the import path of another module
    for start in range(len(parts)):
        suffix = "/".join(parts[start:])
        if (root / suffix).is_file():
            return suffix
    return None
