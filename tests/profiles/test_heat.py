"""What falls on a place: flat and cumulative, inlined and recursive frames, merged files, builds made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gofixer.profiles.heat import Cost, Heat, Share, strangers
from gofixer.profiles.index import Declaration, Source
from gofixer.profiles.kinds import Kind
from gofixer.profiles.read import Profile

from .make import CONTENTION, HEAP, Frame, Maker, cpu

P = "example.com/m/p"
FILE = "example.com/m/p/a.go"
# The functions of p/a.go.
DECLARATIONS = (
    Declaration("F", 10, 19),
    Declaration("(*T).M", 20, 29),
    Declaration("T.M", 30, 39),
    Declaration("init", 40, 44),
    Declaration("init", 45, 49),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("p/a.go", "p/b.go", "cmd/x/main.go", "cmd/y/main.go"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def f(line: int, start: int = 10, name: str = "F", file: str = FILE) -> Frame:
    return f"{P}.{name}", file, line, start


MAIN: Frame = ("main.main", "/src/app/cmd/x/main.go", 5, 3)
MALLOC: Frame = ("runtime.mallocgc", "/usr/local/go/src/runtime/malloc.go", 1000)


def heat(root: Path, *makers: Maker, path: str = "p/a.go", declarations: Iterable[Declaration] = DECLARATIONS) -> Heat:
    profiles = [maker.read(root / f"{number}.pprof") for number, maker in enumerate(makers)]
    return heat_of(root, profiles, path, declarations)


def heat_of(root: Path, profiles: list[Profile], path: str, declarations: Iterable[Declaration]) -> Heat:
    folder = Path(path).parent.as_posix()
    package = "example.com/m" if folder == "." else f"example.com/m/{folder}"
    program = path.endswith("main.go")
    source = Source(root / path, "example.com/m", root, package, program, tuple(declarations))
    return Heat(profiles, [(package, root / path)], lambda _: source)


def lines(heat: Heat, root: Path, first: int, last: int = 0, path: str = "p/a.go") -> tuple[Share | None, Share | None]:
    (cost,) = heat.of_lines(root / path, first, last or first)
    return cost.lines, cost.function


def test_lines_and_the_function_around_them(root: Path) -> None:
    profile = cpu(([f(11), MAIN], 10), ([MALLOC, f(12), MAIN], 30), ([MALLOC, f(13), MAIN], 20), ([MAIN], 40))
    one = heat(root, profile)
    assert lines(one, root, 11) == (Share(10, 10), Share(10, 60))
    assert lines(one, root, 12) == (Share(0, 30), Share(10, 60))
    assert lines(one, root, 11, 13) == (Share(10, 60), Share(10, 60))
    assert lines(one, root, 15) == (Share(0, 0), Share(10, 60))
    assert lines(one, root, 25) == (Share(0, 0), Share(0, 0))
    assert lines(one, root, 5) == (Share(0, 0), None)


def test_recursion_counts_once(root: Path) -> None:
    one = heat(root, cpu(([f(12), f(12), f(13), MAIN], 50), ([f(12), f(13), f(12), MAIN], 25), ([MAIN], 25)))
    assert lines(one, root, 12) == (Share(75, 75), Share(75, 75))
    assert lines(one, root, 13) == (Share(0, 75), Share(75, 75))


def test_inlined_frames_count_where_they_were_written(root: Path) -> None:
    maker = Maker()
    maker.sample([[f(12), f(22, 20, "(*T).M"), MAIN]], 1, 60)  # F in M in main, one instruction
    maker.sample([[f(22, 20, "(*T).M"), MAIN]], 1, 30)
    maker.sample([[MAIN]], 1, 10)
    one = heat(root, maker)
    assert lines(one, root, 12) == (Share(60, 60), Share(60, 60))
    assert lines(one, root, 22) == (Share(30, 90), Share(30, 90))


def test_closures_belong_to_the_function_around_them(root: Path) -> None:
    one = heat(root, cpu(([f(15, 14, "F.func1"), f(12), MAIN], 40), ([f(15, 14, "F.func1.2"), MAIN], 10), ([MAIN], 50)))
    assert lines(one, root, 15) == (Share(50, 50), Share(50, 50))
    assert lines(one, root, 12) == (Share(0, 40), Share(50, 50))


def test_a_closure_of_an_inlined_function_is_named_after_the_caller(root: Path) -> None:
    elsewhere: Frame = ("example.com/m/q.Caller.F.func1", FILE, 15, 14)
    here: Frame = f(15, 14, "Caller.F.func1")
    stranger: Frame = ("example.com/o/q.Caller.F.func1", "example.com/o/p/a.go", 15, 14)
    one = heat(root, cpu(([elsewhere, MAIN], 40), ([here, MAIN], 20), ([stranger, MAIN], 40)))
    assert lines(one, root, 15) == (Share(60, 60), Share(60, 60))


def test_a_closure_of_another_function_stays_there_where_lines_have_moved(root: Path) -> None:
    one = heat(root, cpu(([f(12, 11, "(*T).M.func1"), MAIN], 40), ([MAIN], 60)))
    assert lines(one, root, 12) == (Share(0, 0), Share(0, 0))
    assert lines(one, root, 22) == (None, Share(40, 40))


def test_generic_functions(root: Path) -> None:
    one = heat(root, cpu(([f(12, 10, "F[...]"), MAIN], 40), ([f(22, 20, "(*T[...]).M.func1"), MAIN], 60)))
    assert lines(one, root, 12) == (Share(40, 40), Share(40, 40))
    assert lines(one, root, 22) == (Share(60, 60), Share(60, 60))


def test_methods_of_pointer_and_value_are_two(root: Path) -> None:
    one = heat(root, cpu(([f(22, 20, "(*T).M"), MAIN], 40), ([f(33, 30, "T.M"), MAIN], 60)))
    assert lines(one, root, 20, 29) == (Share(40, 40), Share(40, 40))
    assert lines(one, root, 30, 39) == (Share(60, 60), Share(60, 60))


def test_functions_of_one_name_are_told_apart_by_their_lines(root: Path) -> None:
    one = heat(root, cpu(([f(42, 40, "init.0"), MAIN], 40), ([f(47, 45, "init.1"), MAIN], 60)))
    assert lines(one, root, 42) == (Share(40, 40), Share(40, 40))
    assert lines(one, root, 47) == (Share(60, 60), Share(60, 60))


def test_package_level(root: Path) -> None:
    samples = cpu(([f(3, 3, "init.func1"), MAIN], 20), ([f(4, 0, "init"), MAIN], 30), ([f(3, 3, "glob..func1")], 50))
    one = heat(root, samples)
    assert lines(one, root, 3) == (Share(70, 70), None)
    assert lines(one, root, 4) == (Share(30, 30), None)


@pytest.mark.parametrize(
    "file",
    [
        "example.com/m/p/a.go",
        "example.com/m@v1.2.3/p/a.go",
        "/go/pkg/mod/example.com/m@v1.2.3/p/a.go",
        "/src/app/p/a.go",
        "/build/vendor/example.com/m/p/a.go",
        r"C:\src\app\p\a.go",
        "p/a.go",
        "./a.go",
    ],
)
def test_builds_made_elsewhere(root: Path, file: str) -> None:
    one = heat(root, cpu(([f(12, file=file), MAIN], 25), ([MAIN], 75)))
    assert lines(one, root, 12) == (Share(25, 25), Share(25, 25))


def test_a_package_of_the_same_name_elsewhere_is_another(root: Path) -> None:
    other: Frame = ("example.com/other/p.F", "/src/app/p/a.go", 12, 10)
    longer: Frame = ("example.com/m/v2/p.F", "/src/app/p/a.go", 12, 10)
    below: Frame = ("example.com/m/p/p.F", "/src/app/p/p/a.go", 12, 10)
    one = heat(root, cpu(([other], 25), ([longer], 25), ([below], 25), ([f(12)], 25)))
    assert lines(one, root, 12) == (Share(25, 25), Share(25, 25))


@pytest.mark.parametrize(
    "prefix", ["/src/app", "example.com/m", "/go/pkg/mod/example.com/m@v1.0.0", ".", r"D:\app"], ids=str
)
def test_programs_are_found_by_their_folder(root: Path, prefix: str) -> None:
    x: Frame = ("main.main", f"{prefix}/cmd/x/main.go", 5, 3)
    y: Frame = ("main.main", f"{prefix}/cmd/y/main.go", 5, 3)
    profile = cpu(([x], 25), ([y], 75))
    for name, share in (("x", Share(25, 25)), ("y", Share(75, 75))):
        one = heat(root, profile, path=f"cmd/{name}/main.go", declarations=[Declaration("main", 3, 9)])
        assert lines(one, root, 5, path=f"cmd/{name}/main.go") == (share, share)


def test_a_program_under_test_has_its_import_path(root: Path) -> None:
    frame: Frame = ("example.com/m/cmd/x.run", "/src/app/cmd/x/main.go", 12, 10)
    one = heat(root, cpu(([frame], 1)), path="cmd/x/main.go", declarations=[Declaration("run", 10, 19)])
    assert lines(one, root, 12, path="cmd/x/main.go") == (Share(100, 100), Share(100, 100))


def test_tests_outside_of_the_package(root: Path) -> None:
    (root / "p/a_test.go").touch()
    frame: Frame = ("example.com/m/p_test.BenchmarkF", "/src/app/p/a_test.go", 12, 10)
    one = heat(root, cpu(([frame], 1)), path="p/a_test.go", declarations=[Declaration("BenchmarkF", 10, 19)])
    assert lines(one, root, 12, path="p/a_test.go") == (Share(100, 100), Share(100, 100))


def test_a_function_that_moved_down_is_followed(root: Path) -> None:
    """It started on line 4 when the profile was made and starts on line 10 now."""
    one = heat(root, cpu(([f(6, 4), MAIN], 25), ([f(9, 8, "F.func1"), f(7, 4), MAIN], 50), ([MAIN], 25)))
    assert lines(one, root, 12) == (Share(25, 25), Share(75, 75))
    assert lines(one, root, 15) == (Share(50, 50), Share(75, 75))


@pytest.mark.parametrize(
    "frame",
    [f(90, 0), f(90, 10), f(0), f(0, 0), f(12, file="p/renamed.go"), f(12, file="")],
    ids=["moved", "shortened", "no line", "nothing but the name", "another file", "no file"],
)
def test_where_lines_are_not_those_of_the_file_the_function_decides(root: Path, frame: Frame) -> None:
    one = heat(root, cpu(([frame, MAIN], 40), ([MAIN], 60)))
    (cost,) = one.of_lines(root / "p/a.go", 12, 12)
    assert cost == Cost(Kind.CPU, None, Share(40, 40))
    assert cost.share == 40
    (other,) = one.of_lines(root / "p/a.go", 22, 22)
    assert other == Cost(Kind.CPU, Share(0, 0), Share(0, 0))


def test_a_function_of_that_name_in_another_file_is_another(root: Path) -> None:
    """Two files behind build constraints declare one function."""
    one = heat(root, cpu(([f(12, file="example.com/m/p/b.go"), MAIN], 40), ([f(13), MAIN], 60)))
    assert lines(one, root, 12) == (Share(0, 0), Share(60, 60))


def test_functions_by_name(root: Path) -> None:
    b = "example.com/m/p/b.go"
    samples = cpu(
        ([f(22, 20, "(*T).M"), f(12), MAIN], 20), ([f(5, 5, "(*T).N", b), MAIN], 30), ([f(12)], 10), ([MAIN], 40)
    )
    one = heat(root, samples)
    assert one.of_functions(root / "p/a.go", ["(*T).M", "(*T).N"]) == (Cost(Kind.CPU, None, Share(50, 50)),)
    assert one.of_functions(root / "p/a.go", ["F"]) == (Cost(Kind.CPU, None, Share(10, 30)),)
    assert one.of_functions(root / "p/a.go", ["none"]) == (Cost(Kind.CPU, None, Share(0, 0)),)


def test_several_profiles_of_one_kind_are_one(root: Path) -> None:
    one = heat(root, cpu(([f(12)], 30), ([MAIN], 10)), cpu(([f(12, file="/elsewhere/p/a.go")], 30), ([MAIN], 30)))
    assert lines(one, root, 12) == (Share(60, 60), Share(60, 60))


def test_kinds_stand_beside_each_other(root: Path) -> None:
    allocations = Maker(HEAP, ("space", "bytes"))
    allocations.sample([[f(12)], [MAIN]], 30, 100, 0, 0).sample([[MAIN]], 10, 300, 1, 50)
    waiting = Maker(CONTENTION, ("contentions", "count")).sample(
        [[("sync.(*Mutex).Unlock", "mutex.go", 1)], [f(13)]], 1, 5
    )
    one = heat(root, allocations, cpu(([f(12)], 1)), waiting)
    costs = {cost.kind: cost.lines for cost in one.of_lines(root / "p/a.go", 12, 12)}
    assert list(costs) == [Kind.CPU, Kind.ALLOC, Kind.OBJECTS, Kind.INUSE, Kind.MUTEX]
    assert costs == {
        Kind.CPU: Share(100, 100),
        Kind.ALLOC: Share(25, 25),
        Kind.OBJECTS: Share(75, 75),
        Kind.INUSE: Share(0, 0),
        Kind.MUTEX: Share(0, 0),
    }


def test_nothing_was_sampled(root: Path) -> None:
    assert lines(heat(root, Maker()), root, 12) == (Share(0, 0), Share(0, 0))


def test_profiles_of_others(root: Path) -> None:
    modules = [("example.com/m", root)]
    named = {
        "ours": cpu(([MALLOC, f(12)], 1)),
        "our program": cpu(([MALLOC, MAIN], 1)),
        "another module": cpu(([("example.com/mother/p.F", "/src/mother/p/a.go", 1)], 1)),
        "another program": cpu(([("main.main", "/src/app/cmd/z/other.go", 1)], 1)),
        "the runtime": cpu(([MALLOC], 1)),
    }
    profiles = {name: maker.read(root / "p.pprof") for name, maker in named.items()}
    left = strangers(profiles.values(), modules)
    assert [name for name, profile in profiles.items() if profile in left] == [
        "another module",
        "another program",
        "the runtime",
    ]


# -- for any profile --------------------------------------------------------------------------------------------

FRAMES = [f(11), f(12), f(15, 14, "F.func1"), f(22, 20, "(*T).M"), f(33, 30, "T.M"), f(42, 40, "init.0"), MAIN, MALLOC]
LOCATIONS = st.lists(st.sampled_from(FRAMES), min_size=1, max_size=3)
SAMPLES = st.lists(st.tuples(st.lists(LOCATIONS, min_size=1, max_size=5), st.integers(0, 1000)), max_size=8)


def made(samples: list[tuple[list[list[Frame]], int]]) -> Maker:
    maker = Maker()
    for stack, value in samples:
        maker.sample(stack, 1, value)
    return maker


@given(SAMPLES)
def test_shares_of_any_profile(
    tmp_path_factory: pytest.TempPathFactory, samples: list[tuple[list[list[Frame]], int]]
) -> None:
    root = tmp_path_factory.getbasetemp()
    one = heat(root, made(samples))
    total = sum(value for _, value in samples)
    flat = 0.0
    for declaration in DECLARATIONS:
        whole, function = lines(one, root, declaration.first, declaration.last)
        assert whole == function
        assert function is not None
        assert 0 <= function.flat <= function.cum <= 100
        flat += function.flat
        for line in range(declaration.first, declaration.last + 1):
            part, _ = lines(one, root, line)
            assert part is not None
            assert part.flat <= part.cum <= function.cum
    outside = sum(value for stack, value in samples if stack[0][0] in (MAIN, MALLOC))
    assert flat == pytest.approx(100 * (total - outside) / total if total else 0)


@given(SAMPLES, SAMPLES)
def test_merged_files_say_what_one_file_would(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[list[list[Frame]], int]],
    second: list[tuple[list[list[Frame]], int]],
) -> None:
    root = tmp_path_factory.getbasetemp()
    apart, together = heat(root, made(first), made(second)), heat(root, made([*first, *second]))
    for line in (11, 12, 15, 22, 33, 42):
        for one, other in zip(lines(apart, root, line), lines(together, root, line), strict=True):
            assert one is not None
            assert other is not None
            assert (one.flat, one.cum) == pytest.approx((other.flat, other.cum))
