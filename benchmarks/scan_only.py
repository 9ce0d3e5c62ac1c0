"""gofixer's scan of the working directory, alone: `python benchmarks/scan_only.py [CACHE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from gofixer.engine.config import Config
from gofixer.engine.model import Request
from gofixer.engine.registry import shipped
from gofixer.engine.run import scan


def main() -> None:
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    request = Request(Path.cwd(), (), Config(), shipped(), frozenset(), cache=cache is not None)
    files, candidates = scan(request, cache)
    print(f"{files} files, {candidates} with candidates")


if __name__ == "__main__":
    main()
