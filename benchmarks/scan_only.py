"""gofixer's scan of the working directory, alone: `python benchmarks/scan_only.py ten|all [CACHE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import FIRST_TEN

from gofixer.engine.config import Config
from gofixer.engine.model import Request
from gofixer.engine.registry import shipped
from gofixer.engine.run import scan


def main() -> None:
    transforms = tuple(t for t in shipped() if sys.argv[1] == "all" or t.name in FIRST_TEN)
    cache = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    request = Request(Path.cwd(), (), Config(), transforms, frozenset(), cache=cache is not None)
    files, candidates = scan(request, cache)
    print(f"{files} files, {candidates} with candidates")


if __name__ == "__main__":
    main()
