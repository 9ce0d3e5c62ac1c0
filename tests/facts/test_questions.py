"""Batches of questions that are asked before the earlier ones are answered."""

from __future__ import annotations

from pathlib import Path

from gofixer.facts.modules import Module, find_module
from gofixer.facts.oracle import Oracle
from gofixer.facts.types import FileTypes, Span, Unknown

from .bench import Workbench


def modules(bench: Workbench, *names: str) -> list[Module]:
    """Modules of two packages each, in which the second one imports the first."""
    made = []
    for name in names:
        bench.write(
            {
                f"{name}/go.mod": f"module example.com/{name}\n\ngo 1.21\n",
                f"{name}/p/p.go": f"package p\n\nvar In = {len(made)}\n",
                f"{name}/q/q.go": f'package q\n\nimport "example.com/{name}/p"\n\nvar Of = p.In\n',
            }
        )
        module = find_module(bench.root / name / "p" / "p.go")
        assert module is not None
        made.append(module)
    return made


def whole(*files: Path) -> dict[Path, list[Span]]:
    return {file: [(0, len(file.read_bytes()))] for file in files}


def test_all_batches_are_answered(bench: Workbench) -> None:
    wanted = []
    with bench.oracle.questions() as questions:
        for module in modules(bench, "one", "two", "three", "four", "five", "six"):
            p, q = module.root / "p" / "p.go", module.root / "q" / "q.go"
            with questions.about(module, [p, q], {}) as ask:
                ask(whole(p))
                ask(whole(q))
            wanted += [p, q]
        answers = dict(questions.answers())
        assert questions.owed == 0
    assert sorted(answers) == sorted(wanted)
    assert all(isinstance(answer, FileTypes) and answer.path == path for path, answer in answers.items())


def test_a_batch_without_questions(bench: Workbench) -> None:
    (module,) = modules(bench, "m")
    with bench.oracle.questions() as questions:
        with questions.about(module, [module.root / "p" / "p.go"], {}):
            pass
        assert list(questions.answers()) == []


def test_a_module_that_cannot_be_listed_stands_beside_one_that_can(bench: Workbench) -> None:
    good, bad = modules(bench, "good", "bad")
    (bad.root / "go.mod").write_text("module example.com/bad\n\nnonsense\n")
    with bench.oracle.questions() as questions:
        for module in (bad, good):
            file = module.root / "q" / "q.go"
            with questions.about(module, [file], {}) as ask:
                ask(whole(file))
        answers = dict(questions.answers())
    said = answers[bad.root / "q" / "q.go"]
    assert isinstance(said, Unknown)
    assert said.whole
    assert isinstance(answers[good.root / "q" / "q.go"], FileTypes)


def test_the_overlay_is_read_although_nobody_waits(bench: Workbench) -> None:
    (module,) = modules(bench, "m")
    q = module.root / "q" / "q.go"
    changed = b'package q\n\nimport "example.com/m/p"\n\nvar Of = float64(p.In)\n'
    with bench.oracle.questions() as questions:
        with questions.about(module, [q], {q: changed}) as ask:
            ask({q: [(0, len(changed))]})
        answer = dict(questions.answers())[q]
    assert isinstance(answer, FileTypes)
    at = changed.index(b"float64(p.In)")
    found = answer.expr((at, at + len(b"float64(p.In)")))
    assert found is not None
    assert found.type is not None
    assert found.type.string == "float64"


def test_answers_that_nobody_takes_do_not_reach_the_next_question(bench: Workbench, oracle: Oracle) -> None:
    (module,) = modules(bench, "m")
    p, q = module.root / "p" / "p.go", module.root / "q" / "q.go"
    with oracle.questions() as questions, questions.about(module, [p], {}) as ask:
        ask(whole(p))
    assert list(oracle.query(module, whole(q))) == [q]
