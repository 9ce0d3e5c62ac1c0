"""Programs print the same before and after collections were taken out, and something else without the guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from collecting import MODULE, OFF, REWRITTEN, files, parts
from gofixer.transforms.gc import _place, manual_gc

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

FAMILY = tuple(transform for transform in shipped() if transform.family == "gc")


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        found = find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")
    if found.version < (1, 24, 0):
        pytest.skip(f"weak pointers and cleanups came with Go 1.24; this is Go {found.text}")
    return found


def module(folder: Path, sources: dict[str, str]) -> Path:
    (folder / "go.mod").write_text(f"module {MODULE}\n\ngo 1.24\n")
    for name, text in sources.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def rewrite(folder: Path) -> Report:
    """Apply the family, unverified: what does not compile has to show."""
    names = frozenset(transform.name for transform in FAMILY)
    report = pipeline.analyse(Request(folder, (), Config(), FAMILY, names, verify=Verify.NONE, cache=False))
    for change in report.changes:
        change.path.write_bytes(change.after)
    return report


def run(folder: Path, toolchain: Toolchain) -> str:
    done = toolchain.run("run", ".", directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    return done.stdout


def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off what knows that a collection is wanted, and what keeps conditions."""
    for name in ("collector_is_watched", "wanted"):
        monkeypatch.setattr(_place, name, lambda *_: None)
    monkeypatch.setattr(manual_gc, "collector_may_be_off", lambda *_: None)
    monkeypatch.setattr("gofixer.transforms.gc._removal._condition", lambda *_: None)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, str]:
    """What the packages print as they are written."""
    return parts(run(module(tmp_path_factory.mktemp("before"), files()), toolchain))


def test_programs_print_the_same(tmp_path: Path, toolchain: Toolchain, printed: dict[str, str]) -> None:
    folder = module(tmp_path, files())
    report = rewrite(folder)
    assert parts(run(folder, toolchain)) == printed
    changed = {f.file.parent.name for f in report.findings if f.outcome is Outcome.PROPOSED}
    assert changed == REWRITTEN
    assert "GC()" not in (folder / "branches" / "branches.go").read_text()


def test_programs_tell_a_wrong_rewrite(
    tmp_path: Path, toolchain: Toolchain, printed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guards every package but those that are rewritten prints something else."""
    folder = module(tmp_path, files())
    unguarded(monkeypatch)
    rewrite(folder)
    after = parts(run(folder, toolchain))
    assert {name for name, text in printed.items() if after[name] != text} == printed.keys() - REWRITTEN


def test_the_only_collections_of_a_program_stay(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = module(tmp_path, OFF)
    before = run(folder, toolchain)
    report = rewrite(folder)
    assert [finding.outcome for finding in report.findings] == [Outcome.SKIPPED]
    assert "turn the collector off" in report.findings[0].reason
    unguarded(monkeypatch)
    rewrite(folder)
    assert run(folder, toolchain) != before == "true\n"
