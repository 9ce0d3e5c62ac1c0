"""`gofixer undo`: exact contents only, run by run, and a clear sentence where that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.edits.algebra import untouched
from gofixer.errors import UserError
from gofixer.patch import undo as undoing
from gofixer.patch.apply import Write, Written, write_files
from gofixer.patch.undo import Reversal, base_of, recover, save, undo


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def run(root: Path, state: Path, files: dict[str, tuple[bytes, bytes]]) -> Written:
    """What `gofixer fix` does in the end: remember, write, complete."""
    saved = save(state, base_of(root), [Reversal(root / n, b, a, untouched(0)) for n, (b, a) in files.items()])
    written = write_files([Write(root / n, b, a) for n, (b, a) in files.items()], [root])
    saved.complete(written)
    return written


def put(root: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (root / name).write_bytes(content)


ODD = ["a.go", "sub/b c.go", 'quo"te.go', "grün.go", "tab\t.go", "new\nline.go", "\udcff.go", "100%.go"]


def test_what_was_written_is_taken_back_exactly(root: Path, state: Path) -> None:
    contents = [b"a\r\nb", b"\xef\xbb\xbfx\n", b"\xff\x00\xfe\n", b"\f\v\xe2\x80\xa8\n", b"a", b"a\n", b"\r\r\n", b"\n"]
    before = dict(zip(ODD, contents, strict=True))
    put(root, before)
    run(root, state, {name: (content, content + b"new\nlines") for name, content in before.items()})
    assert (root / "a.go").read_bytes() == b"a\r\nbnew\nlines"
    written, base = undo(state, root / "sub")
    assert base == root
    assert sorted(written.done) == sorted(root / name for name in ODD)
    assert {name: (root / name).read_bytes() for name in ODD} == before


def test_a_second_undo_goes_one_run_further_back(root: Path, state: Path) -> None:
    put(root, {"a.go": b"1\n", "b.go": b"1\n"})
    run(root, state, {"a.go": (b"1\n", b"2\n"), "b.go": (b"1\n", b"2\n")})
    run(root, state, {"a.go": (b"2\n", b"3\n")})
    undo(state, root)
    assert ((root / "a.go").read_bytes(), (root / "b.go").read_bytes()) == (b"2\n", b"2\n")
    undo(state, root)
    assert ((root / "a.go").read_bytes(), (root / "b.go").read_bytes()) == (b"1\n", b"1\n")
    with pytest.raises(UserError, match=f"nothing to undo in {root}"):
        undo(state, root)


def test_without_any_run_there_is_nothing_to_undo(root: Path, state: Path) -> None:
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, root)
    assert not state.exists()


@pytest.mark.parametrize("change", ["edit", "delete", "link"])
def test_files_changed_since_are_named_and_nothing_is_undone(root: Path, state: Path, change: str) -> None:
    put(root, {"a.go": b"1\n", "b.go": b"1\n"})
    run(root, state, {"a.go": (b"1\n", b"2\n"), "b.go": (b"1\n", b"2\n")})
    if change == "edit":
        put(root, {"b.go": b"2\nmine\n"})
    else:
        (root / "b.go").rename(root / "elsewhere.go")
    if change == "link":
        (root / "b.go").symlink_to("elsewhere.go")
    with pytest.raises(UserError, match=r"nothing was undone: changed since gofixer wrote them: b\.go"):
        undo(state, root)
    assert (root / "a.go").read_bytes() == b"2\n"
    (root / "b.go").unlink(missing_ok=True)
    put(root, {"b.go": b"2\n"})
    undo(state, root)
    assert (root / "a.go").read_bytes() == b"1\n"


def test_many_changed_files_are_counted(root: Path, state: Path) -> None:
    names = [f"f{number}.go" for number in range(8)]
    put(root, dict.fromkeys(names, b"1\n"))
    run(root, state, dict.fromkeys(names, (b"1\n", b"2\n")))
    put(root, dict.fromkeys(names, b"3\n"))
    with pytest.raises(UserError, match=r"f4\.go and 3 more$"):
        undo(state, root)


def test_a_file_that_the_run_left_alone_does_not_stand_in_the_way(root: Path, state: Path) -> None:
    put(root, {"a.go": b"1\n", "b.go": b"mine\n"})
    written = run(root, state, {"a.go": (b"1\n", b"2\n"), "b.go": (b"1\n", b"2\n")})
    assert list(written.failed) == [root / "b.go"]
    undone, _ = undo(state, root)
    assert undone.done == [root / "a.go"]
    assert (root / "b.go").read_bytes() == b"mine\n"


def test_a_run_that_wrote_nothing_is_not_remembered(root: Path, state: Path) -> None:
    put(root, {"a.go": b"mine\n"})
    assert not run(root, state, {"a.go": (b"1\n", b"2\n")}).done
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, root)


def test_what_is_as_it_was_already_is_said(root: Path, state: Path) -> None:
    put(root, {"a.go": b"0\n"})
    run(root, state, {"a.go": (b"0\n", b"1\n")})
    run(root, state, {"a.go": (b"1\n", b"2\n")})
    put(root, {"a.go": b"1\n"})
    with pytest.raises(UserError, match="already as they were"):
        undo(state, root)
    assert (root / "a.go").read_bytes() == b"1\n"
    undo(state, root)
    assert (root / "a.go").read_bytes() == b"0\n"


def test_a_read_only_file_is_named_and_undo_can_be_repeated(root: Path, state: Path) -> None:
    put(root, {"a.go": b"1\n", "b.go": b"1\n"})
    run(root, state, {"a.go": (b"1\n", b"2\n"), "b.go": (b"1\n", b"2\n")})
    (root / "a.go").chmod(0o444)
    written, _ = undo(state, root)
    assert written.failed == {root / "a.go": "is read-only"}
    assert (root / "b.go").read_bytes() == b"1\n"
    (root / "a.go").chmod(0o644)
    undo(state, root)
    assert (root / "a.go").read_bytes() == b"1\n"


def test_an_interrupted_write_that_went_back_is_forgotten(root: Path, state: Path) -> None:
    put(root, {"a.go": b"1\n"})
    saved = save(state, root, [Reversal(root / "a.go", b"1\n", b"2\n", ())])
    saved.discard()
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, root)


def test_an_interrupted_write_that_could_not_go_back_is_remembered(root: Path, state: Path) -> None:
    put(root, {"a.go": b"1\n"})
    saved = save(state, root, [Reversal(root / "a.go", b"1\n", b"2\n", ())])
    put(root, {"a.go": b"2\n"})
    saved.discard()
    undo(state, root)
    assert (root / "a.go").read_bytes() == b"1\n"


def test_one_writer_at_a_time(root: Path, state: Path) -> None:
    put(root, {"a.go": b"1\n"})
    files = [Reversal(root / "a.go", b"1\n", b"2\n", ())]
    saved = save(state, root, files)
    for attempt in (lambda: save(state, root, files), lambda: undo(state, root)):
        with pytest.raises(UserError, match="another gofixer is writing"):
            attempt()
    (root / ".gofixer-x.tmp").write_bytes(b"")
    recover(state, root)
    assert (root / ".gofixer-x.tmp").exists(), "that belongs to the run that is still writing"
    saved.discard()
    save(state, root, files).discard()


def test_the_next_run_clears_up_after_one_that_was_killed(root: Path, state: Path) -> None:
    put(root, {"sub/a.go": b"1\n"})
    killed = save(state, root, [Reversal(root / "sub/a.go", b"1\n", b"2\n", ())])
    killed._lock.release()
    put(root, {"sub/.gofixer-x.tmp": b"", "sub/.gofixer-x.old.tmp": b""})
    recover(state, root)
    assert [path.name for path in (root / "sub").iterdir()] == ["a.go"]
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, root)


def test_only_the_latest_runs_are_kept(root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "KEPT_RUNS", 2)
    put(root, {"a.go": b"0\n"})
    for number in range(4):
        run(root, state, {"a.go": (b"%d\n" % number, b"%d\n" % (number + 1))})
    undo(state, root)
    undo(state, root)
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, root)
    assert (root / "a.go").read_bytes() == b"2\n"


@pytest.mark.parametrize("damage", ["manifest.json", "reverse.patch", "other names", "other text"])
def test_a_damaged_memory_touches_nothing(root: Path, state: Path, damage: str) -> None:
    put(root, {"a.go": b"1\n"})
    run(root, state, {"a.go": (b"1\n", b"2\n")})
    [patch] = state.rglob("reverse.patch")
    match damage:
        case "other names":
            patch.write_bytes(patch.read_bytes().replace(b"a.go", b"b.go"))
        case "other text":
            patch.write_bytes(patch.read_bytes().replace(b"+1", b"+7"))
        case _:
            patch.with_name(damage).write_bytes(b"{")
    with pytest.raises(UserError, match="saved run"):
        undo(state, root)
    assert (root / "a.go").read_bytes() == b"2\n"


def test_where_nothing_can_be_saved_that_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="nothing was changed"):
        save(tmp_path / "file" / "state", root, [Reversal(root / "a.go", b"1\n", b"2\n", ())])


def test_repositories_do_not_see_each_other(root: Path, state: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    put(root, {"a.go": b"1\n"})
    run(root, state, {"a.go": (b"1\n", b"2\n")})
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, other)


def test_a_file_of_a_run_outside_of_the_repository_is_taken_back_too(root: Path, state: Path, tmp_path: Path) -> None:
    (tmp_path / "x.go").write_bytes(b"1\n")
    saved = save(state, root, [Reversal(tmp_path / "x.go", b"1\n", b"2\n", ())])
    saved.complete(write_files([Write(tmp_path / "x.go", b"1\n", b"2\n")], [tmp_path]))
    undo(state, root)
    assert (tmp_path / "x.go").read_bytes() == b"1\n"


def test_what_runs_are_remembered_for(tmp_path: Path) -> None:
    inner = tmp_path / "m" / "nested" / "deep"
    inner.mkdir(parents=True)
    assert base_of(inner) == inner
    (tmp_path / "m" / "nested" / "go.mod").touch()
    (tmp_path / "m" / "go.mod").touch()
    assert base_of(inner) == tmp_path / "m"
    (tmp_path / ".git").touch()
    assert base_of(inner) == tmp_path
