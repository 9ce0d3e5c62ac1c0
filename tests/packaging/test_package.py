"""The distribution: what is in it, and that it runs where nothing else of the project is."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


def test_the_wheel_holds_what_runs(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    python = {
        f"{package}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, package in (("gofixer", "gofixer"), ("transforms", "gofixer/transforms"))
        for path in (ROOT / folder).rglob("*.py")
    }
    data = {f"gofixer/facts/oracle_go/{path.name}" for path in (ROOT / "gofixer/facts/oracle_go").iterdir()}
    assert python | data | {"gofixer/py.typed", "gofixer/syntax/node-types.json"} <= names
    assert not any(name.startswith(("tests/", "transforms/")) for name in names)


def test_the_sdist_holds_what_people_read(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "docs/writing-transforms.md"} <= names


def test_the_installed_wheel_runs(dist: Path, tmp_path: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    bin_ = tmp_path / "env" / "bin"
    run(bin_ / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    assert run(bin_ / "gofixer", "--version", cwd=tmp_path).startswith("gofixer ")
    assert "time-after-in-loop" in run(bin_ / "gofixer", "list", cwd=tmp_path)
    module = tmp_path / "m"
    module.mkdir()
    (module / "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
    (module / "p.go").write_text('package p\n\nimport "fmt"\n\nfunc F(n int) string { return fmt.Sprintf("%d", n) }\n')
    assert "+func F(n int) string { return strconv.Itoa(n) }" in run(bin_ / "gofixer", "--dry-run", cwd=module)
