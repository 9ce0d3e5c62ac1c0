"""Write docs/transforms from the transforms themselves: `make docs`."""

from __future__ import annotations

from pathlib import Path

from gofixer.engine.registry import shipped
from gofixer.report.pages import index, page

FOLDER = Path(__file__).parent / "transforms"


def contents() -> dict[str, str]:
    """The files that belong into the folder, by name."""
    return {"README.md": index(shipped()), **{f"{t.name}.md": page(t) for t in shipped()}}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    wanted = contents()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for stale in FOLDER.glob("*.md"):
        if stale.name not in wanted:
            stale.unlink()


if __name__ == "__main__":
    main()
