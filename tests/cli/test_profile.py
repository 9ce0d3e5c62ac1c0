"""--profile and --min-share: from the command line and the configuration to the request, and to what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import Go

from gofixer import pipeline
from gofixer.engine.model import Report, Request
from gofixer.errors import ExitCode


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Request]:
    made: list[Request] = []

    def analyse(request: Request) -> Report:
        made.append(request)
        return Report(go="go1.26.8", modules=(), findings=(), changes=(), notes=(), files=0, seconds=0.1)

    monkeypatch.setattr(pipeline, "analyse", analyse)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return made


def test_without_profiles(requests: list[Request], go: Go) -> None:
    assert go("--dry-run")[0] == ExitCode.OK
    assert (requests[0].profiles, requests[0].min_share) == ((), None)


def test_options(requests: list[Request], go: Go) -> None:
    assert go("--dry-run", "--profile", "cpu.pprof", "--profile", "heap", "--min-share", "2.5")[0] == ExitCode.OK
    assert (requests[0].profiles, requests[0].min_share) == ((Path("cpu.pprof"), Path("heap")), 2.5)


def test_the_configuration_names_files_beside_itself(requests: list[Request], go: Go, tmp_path: Path) -> None:
    (tmp_path / "gofixer.toml").write_text('profile = ["prof/cpu.pprof"]\nmin-share = 3\nhot-share = 0.5\n')
    (tmp_path / "sub").mkdir()
    go("--dry-run", "sub")
    assert (requests[0].profiles, requests[0].min_share) == ((tmp_path / "prof/cpu.pprof",), 3)
    assert requests[0].config.hot_share == 0.5
    go("--dry-run", "--profile", "other", "--min-share", "0")
    assert (requests[1].profiles, requests[1].min_share) == ((Path("other"),), 0)


def test_a_share_of_nothing(requests: list[Request], go: Go, tmp_path: Path) -> None:
    code, out, err = go("--min-share", "2")
    assert (code, out) == (ExitCode.USAGE, "")
    assert err == "gofixer: error: --min-share is a share of a profile: give one with --profile FILE\n"
    assert requests == []
    (tmp_path / "gofixer.toml").write_text("min-share = 3\n")  # for those who give a profile
    assert go("--dry-run")[0] == ExitCode.OK
    assert requests[0].min_share is None


@pytest.mark.parametrize("share", ["-1", "100.5", "nan", "much"])
def test_what_is_no_percentage(requests: list[Request], go: Go, share: str) -> None:
    code, out, err = go("--profile", "cpu.pprof", "--min-share", share)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "--min-share" in err
    assert err.count("\n") == 1
    assert requests == []


def test_a_profile_that_is_not_there(go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = go("--dry-run", "--profile", "cpu.pprof")
    assert (code, out) == (ExitCode.USAGE, "")
    assert err == "gofixer: error: cpu.pprof: cannot be read: No such file or directory\n"
