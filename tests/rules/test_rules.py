"""Declarative rules: what is read from gofixer.toml, what is refused, and what the rewrite makes of a site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gofixer.engine.config import Config, load
from gofixer.errors import UserError
from gofixer.rules import from_config, read_rules
from gofixer.testing.golden import Case
from gofixer.testing.inline import cases
from gofixer.testing.runner import Result, run_cases
from gofixer.transform import Applicability

RULE = {
    "name": "join-not-sprintf",
    "message": "strings.Join says it",
    "pattern": 'fmt.Sprintf("%s/%s", $a, $b)',
    "where": {"a": "string", "b": "string"},
    "rewrite": '$a + "/" + $b',
}


def config(*tables: Mapping[str, object]) -> Config:
    return Config(path=Path("gofixer.toml"), rules=tuple(tables))


def test_a_rule_of_the_contract() -> None:
    (transform,) = from_config(config(RULE))
    assert transform.name == "join-not-sprintf"
    assert transform.family == "own"
    assert transform.summary == "strings.Join says it"
    assert transform.applicability is Applicability.UNSAFE
    assert transform.declarative


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "JoinNotSprintf"}, "`name` must be kebab-case"),
        ({"name": "time-after-in-loop"}, "`name` exists already"),
        ({"name": "all"}, "`name` exists already"),
        ({"name": 7}, "number 1: `name` must be a text"),
        ({"messag": "x"}, "`messag` is no key of a rule"),
        ({"message": ""}, "`message` must be a text"),
        ({"pattern": "fmt.Sprintf("}, "`pattern` the pattern 'fmt.Sprintf(' is not Go code"),
        ({"pattern": "$x", "where": {}}, "matches everything"),
        ({"pattern": "nosuch.F($a, $b)"}, "`pattern` 'nosuch' in 'nosuch.F($a, $b)' is no package"),
        ({"pattern": "rand.Intn($a) + $b"}, "could be crypto/rand or math/rand"),
        ({"pattern": 'fmt.Sprintf("%s/%s", $a, $b, $_)'}, "`pattern` has $_"),
        ({"where": {"c": "string"}}, "`where` `where` names $c"),
        ({"where": {"a": "string &"}}, "`where.a` 'string &' has an empty type word"),
        ({"where": {"a": "identical(c)"}}, "`where.a` names $c"),
        ({"where": "string"}, "`where` must be a table"),
        ({"rewrite": '$a + "/" + $c'}, "`rewrite` has $c, which the pattern does not bind"),
        ({"rewrite": "$a +"}, "`rewrite` is not Go code"),
        ({"rewrite": "$*a"}, "`rewrite` writes $a"),
        ({"rewrite": "func f() {}"}, "`rewrite` is not Go code where the pattern stands (expression)"),
        ({"rewrite": "other.Join($a, $b)"}, "`rewrite` has other, which is no package"),
        ({"rewrite": 'strings.ToUpper(fmt.Sprintf("%s/%s", $a, $b))'}, "never come to an end"),
        ({"applicability": "perhaps"}, "`applicability` must be safe, unsafe or display"),
        ({"imports": "x/y"}, "`imports` must be a list of texts"),
        ({"tests": [{"before": "x()", "aftr": "y()"}]}, "`tests[1].aftr` is no key of a test"),
        ({"tests": [{"before": "x()"}]}, "`tests[1]` must say either `after` or `unchanged = true`"),
        ({"tests": [{"after": "x()"}]}, "`tests[1]` has `before`"),
    ],
)
def test_a_mistake_is_named_with_its_file_rule_and_key(change: Mapping[str, object], sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        from_config(config({**RULE, **change}), taken=["time-after-in-loop", "timers"])
    assert str(caught.value).startswith("gofixer.toml: [[transform]] ")
    assert sentence in str(caught.value)


def test_two_rules_of_one_name() -> None:
    with pytest.raises(UserError, match="exists already"):
        from_config(config(RULE, RULE))


# -- what a rule makes of a site: every line is a snippet before and after, or a reason ---------------------------


class Sites:
    """Collects snippets and runs them together."""

    def __init__(self) -> None:
        self.tables: list[dict[str, object]] = []
        self.reasons: list[str] = []

    def add(
        self, pattern: str, rewrite: str, before: str, after: str = "", *, given: str, reason: str = "", **keys: object
    ) -> None:
        test = {"before": before, "given": given, **({"unchanged": True} if reason else {"after": after})}
        keys = {"applicability": "safe", **keys}
        name = f"rule-{len(self.tables)}"
        self.tables.append(
            {"name": name, "message": name, "pattern": pattern, "rewrite": rewrite, "tests": [test], **keys}
        )
        self.reasons.append(reason)

    def run(self) -> list[Result]:
        rules = read_rules(config(*self.tables))
        ready = [
            Case(**{**_fields(case), "outcome": "skipped", "reason": reason}) if reason else case
            for case, reason in zip(cases(rules, None), self.reasons, strict=True)
        ]
        return run_cases(ready, [rule.transform for rule in rules])


def _fields(case: Case) -> dict[str, object]:
    return {name: getattr(case, name) for name in case.__dataclass_fields__}


def test_rewrites() -> None:
    sites = Sites()
    join = ('fmt.Sprintf("%s/%s", $a, $b)', '$a + "/" + $b')
    # Parentheses where precedence asks for them, and only there.
    sites.add(*join, 'x := fmt.Sprintf("%s/%s", a, b)', 'x := a + "/" + b', given="var a, b string")
    sites.add(*join, 'x := "<" + fmt.Sprintf("%s/%s", a, b)', 'x := "<" + (a + "/" + b)', given="var a, b string")
    sites.add(*join, 'x := fmt.Sprintf("%s/%s", a, b)[0]', 'x := (a + "/" + b)[0]', given="var a, b string")
    sites.add(*join, 'x := len(fmt.Sprintf("%s/%s", a, b))', 'x := len(a + "/" + b)', given="var a, b string")
    given = "func f(a, b int) int { return a * b }\nvar a, b, c int"
    sites.add(
        "f($a, $b)",
        "$a * $b",
        "x := f(a+b, b-c)",
        "x := (a + b) * (b - c)".replace(" + ", "+").replace(" - ", "-"),
        given=given,
    )
    sites.add("f($a, $b)", "$a * $b", "x := f(a*b, c)", "x := a*b * c", given=given)
    sites.add("f($a, $b)", "$a - $b", "x := f(a, -b)", "x := a - -b", given=given)
    sites.add("f($a, $b)", "$a-$b", "x := f(a, -b)", "x := a-(-b)", given=given)
    sites.add("f($a, $b)", "-$b * $a", "x := f(a, -b)", "x := -(-b) * a", given=given)
    sites.add("f($a, $b)", "$a * $b", "x := f(a, b) * c", "x := a * b * c", given=given)
    sites.add("f($a, $b)", "$a * $b", "x := c / f(a, b)", "x := c / (a * b)", given=given)
    ptr = "type T struct{ n int }\nfunc (t *T) get() int { return t.n }\nfunc get(t *T) int { return t.n }\nvar t T"
    sites.add("get($t)", "$t.get()", "x := get(&t)", "x := (&t).get()", given=ptr)
    # Imports come and go, by the names that the file has for them; a dropped capture takes its import with it.
    sites.add(
        "strings.Index($s, $p) >= 0",
        "strings.Contains($s, $p)",
        'x := strings.Index(a, "b") >= 0',
        'x := strings.Contains(a, "b")',
        given="var a string",
    )
    sites.add(
        "fmt.Sprint($n)",
        "strconv.Itoa($n)",
        "x := fmt.Sprint(n)",
        "x := strconv.Itoa(n)",
        given="var n int",
        where={"n": "int"},
    )
    sites.add(
        "wrap($f, $v)",
        "$v",
        "x := wrap(time.Second, n)",
        "x := n",
        given="func wrap(f any, v int) int { return v }\nvar n int",
    )
    # Runs of arguments, none of them too.
    printer = "func p(a int, rest ...int) int { return a }\nfunc q(rest ...int) int { return 0 }\nvar a, b, c int"
    sites.add("p($a, $*rest)", "q($a, $*rest)", "x := p(a, b, c)", "x := q(a, b, c)", given=printer)
    sites.add("p($a, $*rest)", "q($a, $*rest)", "x := p(a)", "x := q(a)", given=printer)
    sites.add("p($a, $*rest)", "q($*rest, $a)", "x := p(a)", "x := q(a)", given=printer)
    # Statements: indented as their place is, variables of the template by names that are free.
    swap = "var a, b int"
    sites.add("$x = $x + $y", "if $y != 0 {\n\t$x += $y\n}", "a = a + b", "if b != 0 {\n\ta += b\n}", given=swap)
    sites.add(
        "$x, $y = $y, $x",
        "t := $x\n$x = $y\n$y = t",
        "a, b = b, a\nt := 1\n_ = t",
        "t2 := a\na = b\nb = t2\nt := 1\n_ = t",
        given=swap,
        applicability="unsafe",
    )
    loop = "func each(n int, f func(i int)) {}\nfunc use(int) {}"
    sites.add(
        "each($n, func($i int) { $*body })",
        "for $i := range $n {\n\t$*body\n}",
        "each(3, func(i int) {\n\tuse(i)\n\tuse(\n\t\ti,\n\t)\n})",
        "for i := range 3 {\n\tuse(i)\n\tuse(\n\t\ti,\n\t)\n}",
        given=loop,
        applicability="unsafe",
    )  # fmt: skip
    # A comment inside of what is kept is kept.
    sites.add(
        *join,
        'x := fmt.Sprintf("%s/%s", a, f(b /* why */))',
        'x := a + "/" + f(b /* why */)',
        given='var b string\nconst a = ""\nfunc f(s string) string { return s }',
    )
    results = sites.run()
    assert {r.case.name: r.problems for r in results if r.problems} == {}


def test_refusals() -> None:
    sites = Sites()
    given = "var a, b int\nfunc f() int { a++; return a }\n"
    given += "func add(x, y int) int { return x + y }\nfunc one(x int) int { return x }"
    add = "add($x, $y)"
    sites.add(add, "$x + $y + $x", "x := add(f(), b)", given=given, reason="evaluates it again")
    sites.add(add, "$x + $y + $x", "x := add(f(), b)", given=given, reason="evaluates it again", applicability="unsafe")
    sites.add(add, "one($y)", "x := add(f(), b)", given=given, reason="does not evaluate it")
    sites.add(add, "$y + $x", "x := add(f(), f())", given=given, reason="the order of evaluation")
    sites.add(add, "$x + $y", "x := add(a, f())", given=given, reason="may change what `$x` reads")
    both = "func both(p, q bool) bool { return p && q }\nvar p bool\nfunc q() bool { return p }"
    sites.add("both($p, $q)", "$p && $q", "x := both(p, q())", given=both, reason="under other conditions")
    sites.add(
        "both($p, $q)", "$p && $q", "x := both(p, 1 / n > 0)", given=both + "\nvar n int", reason="divide by zero"
    )
    sites.add(add, "$x + $y", "x := add(a, /* not b */ b)", given=given, reason="a comment stands")
    sites.add("one($x)", "$x", "x := one(\n\ta, // the first\n)", given=given, reason="a comment stands")
    sites.add(add, "$x + $y", "add(a, b)", given=given, reason="cannot stand alone")
    sites.add(
        "one($x)",
        "strconv.Itoa($x)",
        "strconv := 1\nprint(one(strconv))",
        given=given,
        reason="`strconv` means something else",
    )
    sites.add("one($x)", "a = $x", "x := one(b)", given=given, reason="the rewrite is a statement")
    sites.add("one($x)", "min($x, 1)", "min := 1\nprint(one(min))", given=given, reason="`min` means something else")
    results = sites.run()
    assert {r.case.name: r.problems for r in results if r.problems} == {}


def test_unsafe_rules_may_drop_and_reorder() -> None:
    sites = Sites()
    given = "func f() int { return 1 }\nfunc add(x, y int) int { return x + y }"
    sites.add("add($x, $y)", "$y + $x", "x := add(f(), f())", "x := f() + f()", given=given, applicability="unsafe")
    sites.add("add($x, $y)", "-$y", "x := add(f(), 2)", "x := -2", given=given, applicability="unsafe")
    results = sites.run()
    assert {r.case.name: r.problems for r in results if r.problems} == {}


def test_a_display_rule_says_what_it_would_write() -> None:
    rules = read_rules(config({**RULE, "applicability": "display"}))
    source = 'package p\n\nimport "fmt"\n\nfunc f(a, b string) string { return fmt.Sprintf("%s/%s", a, b) }\n'
    case = Case("display", RULE["name"], {"input.go": source}, {}, outcome="skipped", reason="shown only")  # type: ignore[arg-type]
    (result,) = run_cases([case], [rules[0].transform])
    assert result.problems == ()


def test_the_rule_of_the_examples(pytestconfig: pytest.Config) -> None:
    path = pytestconfig.rootpath / "examples" / "gofixer.toml"
    rules = read_rules(load(path))
    results = run_cases(list(cases(rules, path)), [rule.transform for rule in rules])
    assert len(results) >= 2
    assert {r.case.name: r.problems for r in results if r.problems} == {}
