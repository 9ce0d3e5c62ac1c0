"""Which fixes survive: each test is one situation in a small module."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from math import log2
from pathlib import Path

from gotree import GoTree

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.verify import Level, Verdict, verify

A = """package a

func A(n int) int {
	one := n + 1
	two := one * 2
	return two
}
"""


def test_a_clean_fix_is_accepted(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    fix = tree.fix("a/a.go", "n + 1", "1 + n")
    verdict = tree.verify()
    assert verdict.accepted == {fix}
    assert not verdict.rejected
    assert not verdict.unproved
    assert verdict.builds == 1
    assert verdict.commands[0].startswith("go list -e -export -test -overlay=")
    assert (tree.root / "a/a.go").read_text() == A


def test_a_compile_error_rejects_its_fix_only(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    good = tree.fix("a/a.go", "n + 1", "1 +\n\t\tn")
    bad = tree.fix("a/a.go", "one * 2", "one * nosuch")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected == {bad: "a/a.go:5: undefined: nosuch"}
    assert verdict.builds == 2


def test_an_error_far_from_the_fix_is_found_by_bisection(tree: GoTree) -> None:
    """``one`` is declared and not used: the compiler points at a line that no fix touched."""
    tree.write({"a/a.go": A})
    bad = tree.fix("a/a.go", "one * 2", "n * 2")
    good = tree.fix("a/a.go", "return two", "return +two")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected.keys() == {bad}
    assert verdict.rejected[bad].startswith("a/a.go:4:2: ")
    assert "declared and not used" in verdict.rejected[bad]


def test_a_fix_that_breaks_the_syntax_is_rejected(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "b/b.go": A.replace("package a", "package b")})
    bad = tree.fix("a/a.go", "n + 1", "n + (1")
    good = tree.fix("b/b.go", "n + 1", "1 + n")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected[bad].startswith("a/a.go:4: syntax error")


PRINTF = """package a

import "fmt"

func A(n int) {
	fmt.Printf("%d\\n", n)
}

func Old(n int) {
	fmt.Printf("%s\\n", n)
}
"""


def test_a_new_vet_finding_rejects(tree: GoTree) -> None:
    tree.write({"a/a.go": PRINTF.replace('"%s', '"%v')})
    bad = tree.fix("a/a.go", '"%d', '"%t')
    good = tree.fix("a/a.go", '"%v', '"%d')
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected[bad].startswith("vet: a/a.go:6: ")
    assert "wrong type int" in verdict.rejected[bad]


def test_a_vet_finding_that_was_there_is_tolerated_when_lines_shift(tree: GoTree) -> None:
    tree.write({"a/a.go": PRINTF})
    fix = tree.fix("a/a.go", "func A", "// A prints.\n//\n// It prints n.\nfunc A")
    assert tree.verify().accepted == {fix}


def test_a_second_finding_like_the_first_is_new(tree: GoTree) -> None:
    tree.write({"a/a.go": PRINTF})
    bad = tree.fix("a/a.go", '"%d', '"%s')
    assert tree.verify().rejected.keys() == {bad}


def test_a_finding_inside_replaced_text_is_matched_with_the_old_one(tree: GoTree) -> None:
    tree.write({"a/a.go": PRINTF})
    fix = tree.fix("a/a.go", 'fmt.Printf("%s\\n", n)', 'x := n\n\tn = x\n\tfmt.Printf("%s\\n", n)')
    assert tree.verify().accepted == {fix}


IMPORTER = 'package b\n\nimport "example.com/m/a"\n\nvar _ = a.A\n'


def vet_importer(tree: GoTree, tmp_path: Path, changed: str = "") -> None:
    """Have `go vet` look at a package that imports another one, which may have other content than on disk."""
    overlay = tmp_path / "overlay.json"
    (tmp_path / "a.go").write_text(changed or (tree.root / "a/a.go").read_text())
    overlay.write_text(json.dumps({"Replace": {str(tree.root / "a/a.go"): str(tmp_path / "a.go")}}))
    flags = [f"-overlay={overlay}"] if changed else []
    assert tree.toolchain.run("vet", *flags, "./b", directory=tree.root).status == 0


def test_an_old_vet_finding_that_go_has_forgotten_is_none_of_ours(tree: GoTree, tmp_path: Path) -> None:
    tree.write({"a/a.go": PRINTF + "\n// Old.\n", "b/b.go": IMPORTER})
    vet_importer(tree, tmp_path)
    fix = tree.fix("a/a.go", "func A", "// A prints.\nfunc A")
    assert tree.verify().accepted == {fix}


def test_a_new_vet_finding_that_go_would_forget_rejects(tree: GoTree, tmp_path: Path) -> None:
    before = PRINTF.replace('"%s', '"%v') + "\n// New.\n"
    tree.write({"a/a.go": before, "b/b.go": IMPORTER})
    vet_importer(tree, tmp_path, before.replace('"%d', '"%t'))
    bad = tree.fix("a/a.go", '"%d', '"%t')
    assert tree.verify().rejected.keys() == {bad}


def test_vet_is_left_out_at_level_build(tree: GoTree) -> None:
    tree.write({"a/a.go": PRINTF})
    bad = tree.fix("a/a.go", '"%d', '"%s')
    verdict = tree.verify(level=Level.BUILD)
    assert verdict.accepted == {bad}
    assert not any(c.startswith("go vet") for c in verdict.commands)


def test_level_none_runs_nothing(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    bad = tree.fix("a/a.go", "n + 1", "n +")
    verdict = tree.verify(level=Level.NONE)
    assert verdict.accepted == {bad}
    assert not verdict.commands


def test_a_package_that_does_not_compile_is_named_and_the_others_are_verified(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "b/b.go": A.replace("package a", "package b") + '\nvar S int = "s"\n'})
    good = tree.fix("a/a.go", "n + 1", "1 + n")
    bad = tree.fix("a/a.go", "one * 2", "one * nosuch")
    left_out = tree.fix("b/b.go", "n + 1", "1 + n")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected.keys() == {bad}
    assert verdict.unproved.keys() == {left_out}
    assert verdict.unproved[left_out].startswith("package b does not compile as it is: b/b.go:9:13: cannot use")
    assert verdict.notes == (verdict.unproved[left_out],)


def test_a_missing_dependency_leaves_only_its_package_out(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": PRINTF,
            "b/b.go": A.replace("package a\n", 'package b\n\nimport _ "example.com/nowhere/x"\n'),
        }
    )
    bad = tree.fix("a/a.go", '"%d', '"%s')
    left_out = tree.fix("b/b.go", "n + 1", "1 + n")
    verdict = tree.verify()
    assert verdict.rejected.keys() == {bad}
    assert "no required module provides package example.com/nowhere/x" in verdict.unproved[left_out]


def test_a_package_on_top_of_a_broken_one_is_left_out(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": A.replace("package a\n", 'package a\n\nimport "example.com/m/b"\n\nvar _ = b.S\n'),
            "b/b.go": 'package b\n\nvar S int = "s"\n',
        }
    )
    fix = tree.fix("a/a.go", "n + 1", "1 + n")
    assert "does not compile as it is: b/b.go:3:13" in tree.verify().unproved[fix]


def test_the_outcome_of_an_earlier_pass_is_part_of_the_unfixed_tree(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/b.go": "package a\n"})
    base = {tree.root / "a/b.go": b'package a\n\nimport "fmt"\n\nfunc B() { fmt.Printf("%d", "") }\n\nvar C = 1\n'}
    good = tree.fix("a/a.go", "n + 1", "n + C")
    bad = tree.fix("a/a.go", "one * 2", "one * D")
    verdict = tree.verify(base=base)
    assert verdict.accepted == {good}
    assert verdict.rejected.keys() == {bad}


def test_test_files_are_compiled_and_vetted(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": A,
            "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {\n\tif A(1) != 4 {\n'
            '\t\tt.Fatalf("%d", A(1))\n\t}\n}\n',
        }
    )
    bad = tree.fix("a/a_test.go", '"%d"', '"%s"')
    worse = tree.fix("a/a_test.go", "A(1) != 4", "A(true) != 4")
    good = tree.fix("a/a.go", "n + 1", "1 + n")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected[bad].startswith("vet: a/a_test.go:7: ")
    assert verdict.rejected[worse].startswith("a/a_test.go:6: cannot use true")


def test_external_tests_of_the_package_are_compiled(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": A,
            "a/x_test.go": 'package a_test\n\nimport (\n\t"testing"\n\n\t"example.com/m/a"\n)\n\n'
            "func TestA(t *testing.T) { _ = a.A(1) }\n",
        }
    )
    bad = tree.fix("a/a.go", "func A(n int) int", "func A(n, _ int) int")
    assert tree.verify().rejected[bad].startswith("a/x_test.go:9:36: not enough arguments in call to a.A")


def test_importers_are_compiled_where_a_declaration_changed(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": A + "\ntype T struct{ F int }\n\nfunc Make() *T { return &T{1} }\n",
            "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nfunc Make() *a.T { return a.Make() }\n',
            "c/c.go": 'package c\n\nimport "example.com/m/b"\n\nvar F int = b.Make().F\n',
        }
    )
    bad = tree.fix("a/a.go", "struct{ F int }", "struct{ F int64 }", declaration=True)
    good = tree.fix("a/a.go", "n + 1", "1 + n")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected[bad].startswith("c/c.go:5:13: cannot use b.Make().F")


def test_importers_are_not_compiled_for_a_change_inside_a_function(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": A,
            "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nvar _ = a.A(1)\n',
        }
    )
    tree.fix("a/a.go", "n + 1", "1 + n")
    assert not any("./b" in c or "./..." in c for c in tree.verify().commands)


def test_a_guilty_fix_behind_a_package_that_does_not_compile_is_found(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": A,
            "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nfunc B() int { return a.A(1) }\n\nvar Two = 2\n',
        }
    )
    first = tree.fix("a/a.go", "one * 2", "one * nosuch")
    second = tree.fix("b/b.go", "a.A(1)", "a.Nosuch(1)")
    good = tree.fix("b/b.go", "Two = 2", "Two = 1 + 1")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected == {
        first: "a/a.go:5: undefined: nosuch",
        second: "b/b.go:5: undefined: a.Nosuch",
    }


def test_fixes_that_are_only_wrong_together(tree: GoTree) -> None:
    tree.write({"a/a.go": A + "\nfunc B() {}\n\nfunc C() {}\n"})
    first = tree.fix("a/a.go", "func B", "func Same")
    second = tree.fix("a/a.go", "func C", "func Same")
    verdict = tree.verify()
    assert verdict.accepted == {first}
    assert verdict.rejected.keys() == {second}


def test_a_fix_that_needs_a_rejected_one_goes_with_it(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    bad = tree.fix("a/a.go", "one * 2", "one * nosuch")
    dependent = tree.fix("a/a.go", "return two", "return +two", requires=frozenset({bad}))
    verdict = tree.verify()
    assert not verdict.accepted
    assert verdict.rejected[dependent] == "it needs a fix that was rejected: a/a.go:5: undefined: nosuch"


def test_a_file_of_another_system_is_verified_under_that_system(tree: GoTree) -> None:
    tree.write({"a/a.go": "package a\n", "a/a_windows.go": A})
    good = tree.fix("a/a_windows.go", "n + 1", "1 + n")
    bad = tree.fix("a/a_windows.go", "one * 2", "one * nosuch")
    tree.variant = Variant(goos="windows", goarch="amd64")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected == {bad: "a/a_windows.go:5: undefined: nosuch"}
    assert verdict.commands[0].startswith("GOOS=windows GOARCH=amd64 go list")


def test_a_file_that_the_configuration_leaves_out_is_not_proved(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/a_windows.go": A.replace("A(", "W(")})
    good = tree.fix("a/a.go", "n + 1", "1 + n")
    fix = tree.fix("a/a_windows.go", "n + 1", "1 + n")
    tree.variant = Variant(goos="linux", goarch="amd64")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.unproved == {fix: "a/a_windows.go is left out by its build constraints here"}


def test_tags_of_the_variant_join_those_of_the_user(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": "//go:build mine && theirs\n\n" + A,
            "a/b.go": "package a\n",
        }
    )
    env = {**tree.toolchain.env, "GOFLAGS": "-tags=mine"}
    tree.toolchain = replace(tree.toolchain, env=env, goflags=("-tags=mine",))
    bad = tree.fix("a/a.go", "n + 1", "nosuch")
    tree.variant = Variant(tags=("theirs",))
    assert tree.verify().rejected.keys() == {bad}


def test_a_configuration_that_cannot_be_built_proves_nothing(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    fix = tree.fix("a/a.go", "n + 1", "1 + n")
    tree.variant = Variant(goos="nosuch", goarch="amd64")
    verdict = tree.verify()
    assert not verdict.accepted
    assert "nosuch/amd64" in verdict.unproved[fix]


def test_a_workspace_finds_importers_in_its_other_modules(tree: GoTree) -> None:
    tree.write(
        {
            "a.go": A,
            "n/go.mod": "module example.com/n\n\ngo 1.21\n\nrequire example.com/m v0.0.0\n",
            "n/n.go": 'package n\n\nimport a "example.com/m"\n\nvar N = a.A(1)\n',
        }
    )
    (tree.root / "go.work").write_text("go 1.21\n\nuse (\n\t.\n\t./n\n)\n")
    bad = tree.fix("a.go", "func A(n int) int", "func A(n, _ int) int", declaration=True)
    assert tree.verify().rejected[bad].startswith("n/n.go:5:13: not enough arguments")


def test_a_module_reached_through_a_symbolic_link(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    link = tree.root.parent / "link"
    link.symlink_to(tree.root, target_is_directory=True)
    tree.root = link
    good = tree.fix("a/a.go", "n + 1", "1 + n")
    bad = tree.fix("a/a.go", "one * 2", "one * nosuch")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected == {bad: "a/a.go:5: undefined: nosuch"}


def test_a_package_folder_and_a_file_that_are_symbolic_links(tree: GoTree) -> None:
    tree.write({"real/real.go": A.replace("package a", "package real"), "shared/a.go.txt": A})
    (tree.root / "a").mkdir()
    (tree.root / "a/a.go").symlink_to("../shared/a.go.txt")
    (tree.root / "alias").symlink_to("real", target_is_directory=True)
    through_file = tree.fix("a/a.go", "one * 2", "one * nosuch")
    through_folder = tree.fix("alias/real.go", "one * 2", "one * nosuch")
    assert tree.verify().rejected.keys() == {through_file, through_folder}


def test_two_verifications_at_once(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    good = tree.fix("a/a.go", "n + 1", "1 + n")
    bad = tree.fix("a/a.go", "one * 2", "one * nosuch")
    verdicts: list[Verdict] = []
    threads = [threading.Thread(target=lambda: verdicts.append(tree.verify())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [v.accepted for v in verdicts] == [{good}, {good}]
    assert [v.rejected.keys() for v in verdicts] == [{bad}, {bad}]


def test_a_go_mod_that_cannot_be_read_leaves_all_unproved(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "go.mod": "module example.com/m\n\nnonsense\n"})
    fix = tree.fix("a/a.go", "n + 1", "1 + n")
    verdict = tree.verify()
    assert "cannot list the packages" in verdict.unproved[fix]


def test_old_toolchains_vet_the_fixed_files(tree: GoTree, old_toolchain: Toolchain) -> None:
    tree.toolchain = old_toolchain
    tree.variant = Variant(tags=("mine",))
    tree.write({"a/a.go": "//go:build mine\n\n" + PRINTF, "a/a_test.go": "package a\n"})
    bad = tree.fix("a/a.go", '"%d', '"%t')
    good = tree.fix("a/a.go", "func A", "// A prints.\nfunc A")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected[bad].startswith("vet: a/a.go:8: ")


def test_every_third_fix_of_two_packages_is_guilty(tree: GoTree) -> None:
    """Searches of packages that do not see each other share their builds."""
    body = "".join(f"func F{n}() int {{\n\tx := {n}\n\treturn x + {n}\n}}\n\n" for n in range(12))
    tree.write({"a/a.go": f"package a\n\n{body}", "b/b.go": f"package b\n\n{body}"})
    guilty = set()
    for name in ("a/a.go", "b/b.go"):
        for n in range(12):
            # Without its use, x is declared and not used: the compiler points at the line above the fix.
            fix = tree.fix(name, f"return x + {n}\n", f"return {n} + {n}\n" if n % 3 == 0 else f"return {n} + x\n")
            guilty |= {fix} if n % 3 == 0 else set()
    verdict = tree.verify(level=Level.BUILD)
    assert verdict.rejected.keys() == guilty
    assert verdict.accepted == {u.id for u in tree.units} - guilty
    assert all("declared and not used" in said for said in verdict.rejected.values())
    assert verdict.builds <= 1 + 4 * (log2(12) + 1)


def test_progress_is_told(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    tree.fix("a/a.go", "n + 1", "1 + n")
    told: list[tuple[str, int, int, str]] = []
    tree.verify(progress=lambda *step: told.append(step))
    assert told == [("verify", 0, 0, "1 packages")]


def test_a_vendored_module(tree: GoTree) -> None:
    tree.write(
        {
            "go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n",
            "vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit; go 1.21\nexample.com/dep\n",
            "vendor/example.com/dep/dep.go": "package dep\n\nconst Two = 2\n",
            "a/a.go": A.replace("package a\n", 'package a\n\nimport "example.com/dep"\n').replace("2", "dep.Two"),
        }
    )
    good = tree.fix("a/a.go", "n + 1", "1 + n")
    bad = tree.fix("a/a.go", "dep.Two", "dep.Three")
    verdict = tree.verify()
    assert verdict.accepted == {good}
    assert verdict.rejected[bad] == "a/a.go:7: undefined: dep.Three"


def test_files_named_outside_the_module_folder_are_found_by_their_real_place(tree: GoTree) -> None:
    tree.write({"a/a.go": A})
    bad = tree.fix("a/a.go", "n + 1", "nosuch")
    link = tree.root.parent / "link"
    link.symlink_to(tree.root, target_is_directory=True)
    units = [u.__class__(u.id, link / "a/a.go", u.order) for u in tree.units]
    verdict = verify(tree.toolchain, Module(tree.root, "example.com/m"), units, tree.render, cache_dir=tree.cache)
    assert verdict.rejected.keys() == {bad}
    assert Path(os.path.realpath(link)) == Path(os.path.realpath(tree.root))
