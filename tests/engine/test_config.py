"""gofixer.toml: what is read and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.engine.config import find, load
from gofixer.errors import UserError


def write(folder: Path, text: str) -> Path:
    path = folder / "gofixer.toml"
    path.write_text(text)
    return path


def test_all_keys(tmp_path: Path) -> None:
    config = load(
        write(
            tmp_path,
            """
            select = ["timers"]
            ignore = ["manual-gc"]
            exclude = ["third_party/"]
            unsafe = true
            profile = ["cpu.pprof"]
            [per-file-ignores]
            "internal/*" = ["all"]
            [transforms.sprintf-to-append]
            style = "concat"
            [[transform]]
            name = "mine"
            """,
        )
    )
    assert config.select == ("timers",)
    assert config.unsafe
    assert config.per_file_ignores == {"internal/*": ("all",)}
    assert config.options == {"sprintf-to-append": {"style": "concat"}}
    assert config.rules[0]["name"] == "mine"
    assert config.root == tmp_path.resolve()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "unknown key `selct`"),
        ("select = 1", "`select` must be a list"),
        ("unsafe = 'yes'", "`unsafe` must be true or false"),
        ("[transforms]\nx = 1", "`transforms` must be"),
        ("a = ", "not valid TOML"),
        ("[transform]\nname = 'x'", "array of tables"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load(write(tmp_path, text))


def test_the_nearest_file_up_to_the_repository_root(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "pkg"
    inner.mkdir(parents=True)
    write(tmp_path, "")
    (tmp_path / "repo" / ".git").mkdir()
    assert find(inner) is None
    here = write(tmp_path / "repo", "")
    assert find(inner) == here
