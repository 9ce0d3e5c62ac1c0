"""Run as a program in place of vet: exchanges the names of files for those of an overlay, then becomes vet.

Arguments: the toolchain's vet, the overlay's JSON file, then what the go command gives to vet. It starts once
per package, without site packages, and so imports nothing of its own project.
"""

import json
import os
import sys
from pathlib import Path


def main(vet: str, overlay: str, arguments: list[str]) -> None:
    """Rewrites the configuration named last, if there is one, and hands over to ``vet``; does not return."""
    if arguments and arguments[-1].endswith(".cfg"):
        names = json.loads(Path(overlay).read_bytes())["Replace"]
        path = Path(arguments[-1])
        config = json.loads(path.read_bytes())
        for field in ("GoFiles", "NonGoFiles", "IgnoredFiles"):
            config[field] = [names.get(name, name) for name in config.get(field) or ()]
        path.write_text(json.dumps(config), encoding="utf-8")
    os.execv(vet, [vet, *arguments])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
