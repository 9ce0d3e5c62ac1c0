"""Programs with deferred closures: ways to declare, assign and alias a variable before and after the defer."""

from __future__ import annotations

import random
from dataclasses import dataclass

HEAD = """package main

import (
	"fmt"
	"sync/atomic"
)

type pair struct {
	a, b int
	text string
}

func (p *pair) bump() { p.a++ }

func (p pair) sum() int { return p.a + p.b }

func say(values ...any) { fmt.Println(values...) }

func add(v *int64) { atomic.AddInt64(v, 1) }

func run(f func()) int {
	f()
	return 1
}
"""


@dataclass(frozen=True)
class Kind:
    """A kind of variable `v`: its type, a first value, statements that change it, expressions that read it."""

    type: str
    value: str
    changes: tuple[str, ...]
    reads: tuple[str, ...]


KINDS = (
    Kind("int", "n", ("v++", "v = v * 3", "v, w = w, v", "for v = range 4 {\n}"), ("v", "v + w")),
    Kind("int64", "int64(n)", ("atomic.AddInt64(&v, 5)", "add(&v)", "v += 2"), ("v", "v * 2")),
    Kind("string", '"s"', ('v += "x"', "v = fmt.Sprint(v, n)"), ("v", "len(v)", "v[:1]")),
    Kind("pair", "pair{n, 2, `t`}", ("v.a = 7", "v = pair{}", "v.bump()", "v.b++"), ("v.sum()", "v.text", "v")),
    Kind("*pair", "&pair{a: n}", ("v.a++", "v = &pair{a: 40}", "v.bump()"), ("v.a", "v.sum()", "v != nil")),
    Kind("[3]int", "[3]int{1, n}", ("v[1]++", "v = [3]int{}", "{\ns := v[:]\ns[0] = 9\n}"), ("v[1]", "v", "len(v)")),
    Kind("[]int", "[]int{1, n}", ("v[0]++", "v = append(v, n)", "v = v[:1]"), ("v[0]", "len(v)", "v")),
    Kind("map[string]int", 'map[string]int{"k": n}', ('v["k"]++', "v = map[string]int{}"), ('v["k"]', "len(v)")),
    Kind("func() int", "func() int { return n }", ("v = func() int { return n * 10 }",), ("v()", "v == nil")),
    Kind("any", "any(n)", ("v = `other`", "v = nil"), ("v", "v == nil")),
)

LOOPS = (
    ("", ""),
    ("for k := 0; k < 3; k++ {\nsay(`k`, k)", "}"),
    ("for k := range 3 {\nsay(`k`, k)", "}"),
    ("for _, k := range []int{4, 5} {\nsay(`k`, k)", "}"),
    ("for k := 0; k < 2; k++ {\nfor range 2 {\nsay(`k`, k)", "}\n}"),
    ("rounds := 0\nagain:\n{", "}\nrounds++\nif rounds < 3 {\ngoto again\n}"),
    ("for range 2 {\nfunc() {", "}()\n}"),
    ("say(`run`, run(func() {", "}))"),
    ("later := func() {", "}\nlater()\nlater()"),
)


def generate(count: int, seed: int) -> str:
    """A program of that many functions, each called with 0, 1 and 2."""
    chance = random.Random(seed)
    functions = [_function(f"f{number}", chance) for number in range(count)]
    calls = "".join(f"f{number}(n)\n" for number in range(count))
    return f"{HEAD}\n{''.join(functions)}\nfunc main() {{\nfor n := range 3 {{\n{calls}}}\n}}\n"


def _function(name: str, chance: random.Random) -> str:
    kind = chance.choice(KINDS)
    opening, closing = chance.choice(LOOPS)
    declaration = chance.choice((f"v := {kind.value}", f"var v {kind.type}\nv = {kind.value}"))
    first, early, late, last = ([_change(kind, chance)] if chance.random() < 0.25 else [] for _ in range(4))
    if (alias := chance.random()) < 0.12:
        first = [f"set := func() {{\n{chance.choice(kind.changes)}\n}}", *first]
        chance.choice((early, late, last)).append("set()")
    elif alias < 0.24:
        first = ["p := &v", *first]
        chance.choice((early, late, last)).append(f"*p = {kind.value}")
    before, inside, after = [], [*early, _defer(name, kind, chance), *late, "_ = v"], last
    place = chance.choice(("parameter", "outside", "inside"))
    if place == "inside":
        inside, after = [declaration, *first, *inside, *last], []
    else:
        before = first if place == "parameter" else [declaration, *first]
    body = "\n".join(["w := n + 1", "say(w)", *before, opening, *inside, closing, *after])
    if place == "parameter":
        caller = f"func {name}(n int) {{\n{name}v(n, {kind.value})\n}}\n\n"
        return f"{caller}func {name}v(n int, v {kind.type}) {{\n{body}\n}}\n\n"
    return f"func {name}(n int) {{\n{body}\n}}\n\n"


def _defer(name: str, kind: Kind, chance: random.Random) -> str:
    reads = ", ".join(chance.sample(kind.reads, k=chance.randint(1, len(kind.reads))))
    more = chance.choice(("", "", "if n > 1 {\nsay(`big`)\n}\n"))
    parameters, arguments, names = chance.choice((("", "", ""), ("", "", ""), ("m, o int", "n, w", ", m, o")))
    return f"defer func({parameters}) {{\n{more}say(`{name}`, {reads}{names})\n}}({arguments})"


def _change(kind: Kind, chance: random.Random) -> str:
    change = chance.choice(kind.changes)
    return f"if w > 1 {{\n{change}\n}}" if chance.random() < 0.3 else change
