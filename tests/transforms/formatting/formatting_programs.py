"""Go programs full of formatted texts: verbs by types by values by positions, as functions ``case0``, ``case1``...

Everything is decided by a seed. A case prints what it made of every value, and the calls that it made in their order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gofixer.testing import txtar

HERE = Path(__file__).parent
PRELUDE = (HERE / "prelude.go.txt").read_text()
POSITIONS = {name: body.rstrip() for name, body in txtar.parse((HERE / "positions.go.txt").read_text()).files.items()}
HEADER = """package main

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
)

var _ = bufio.NewWriter
var _ = bytes.NewBuffer
var _ strings.Builder
"""
PER_FILE = 16
ROUNDS = 19  # as many as the longest list of values

VERBS = ("d", "v", "s", "q", "x", "X", "t", "f", "g", "e", "E", "G", "F", "o", "b", "c", "U", "T",
         ".2f", ".0f", ".3g", ".5e", "5d", "08x", "-5s", ".3s", "+d", "#x", "+v", " d")  # fmt: skip
COMMON = ("d", "v", "s", "q", "x", "t", "g", ".2f")
TYPES = ("Int", "Int8", "Int16", "Int32", "Int64", "Uint", "Uint8", "Uint16", "Uint32", "Uint64", "Uintptr",
         "Float64", "Float32", "Complex128", "Bool", "String", "Bytes", "Sum", "Strings", "Any", "Error", "Str", "Num",
         "Wide", "Byte", "Flag", "Share", "Oct", "Spoken", "Shy", "Exact", "Fail", "Loud", "Duration", "Month",
         "Pointer")  # fmt: skip
FITTING = {"d": ("Int", "Int32", "Int64", "Uint8", "Uint32", "Uint64", "Num", "Spoken", "Duration"),
           "v": ("Int", "String", "Bool", "Float64", "Str", "Error", "Wide", "Any"),
           "s": ("String", "Str", "Error", "Bytes"), "q": ("String", "Str"), "t": ("Bool", "Flag"),
           "x": ("Int64", "Uint32", "Bytes", "String", "Sum"), "g": ("Float64", "Float32"), ".2f": ("Float64",),
           **dict.fromkeys(("f", "e", "E", "G", "F"), ("Float64",)), **dict.fromkeys(("o", "b"), ("Int64",)),
           **dict.fromkeys(("5d", "+d", " d", "c", "U", "X", "#x", "08x"), ("Int",))}  # fmt: skip
LITERALS = ("", "-", "/", ":", "key-", "n=", "%%", " of ", "\\n", '\\"', "é", "http://localhost:", "\\xff")

# Operands whose value a call may change, and calls that change them: name and the verb that fits.
SHIFTY = (("gString", "s"), ("gInt", "d"), ("gHolder.String", "s"), ("gHolder.Int", "d"), ("gHolder.Int64", "x"),
          ("gHolder.Bool", "t"), ("gHolder.Sum", "x"), ("gBytes", "s"), ("gBytes", "x"), ("captured", "s"),
          ("counted", "d"), ("nextInt()", "d"), ("nextString()", "s"), ("fillBytes(gBytes)", "s"), ("a", "s"),
          ("n", "d"), ("gHolder.Str", "v"), ("len(gString)", "d"), ("gString[:1]", "s"), ("change()", "s"),
          ("gList[0]", "s"), ("gList[gInt%2]", "s"), ("gList[gInt]", "q"), ('gTable["k"]', "s"), ("*gPlace", "s"),
          ("Str(gString)", "v"), ('gString+"x"', "s"), ("string(gBytes)", "s"), ("gInt/n", "d"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One function of a program: its source, and what it is about."""

    id: int
    position: str
    format: str
    operands: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Text:
    """A format with its operands, and the declarations that the operands need."""

    format: str
    operands: tuple[str, ...]
    setup: tuple[str, ...] = ()

    @property
    def arguments(self) -> str:
        """The arguments of Sprintf, the format first."""
        return ", ".join((f'"{self.format}"', *self.operands))


def make_cases(seed: int, mixed: int, full: bool = False) -> list[Case]:
    """Verbs with types alone; every position with fitting texts; ``mixed`` texts of any kind anywhere.

    ``full`` takes all verbs with all types and all fitting texts, otherwise it is a sample of both.
    """
    rng = random.Random(seed)
    plans: list[tuple[str, Text]] = []
    for verb in VERBS:
        types = TYPES if full else dict.fromkeys((*FITTING.get(verb, ()), *rng.sample(TYPES, 6)))
        plans += [("assignment", Text(f"%{verb}", *_operand(rng, type_, 0))) for type_ in types]
    for position in POSITIONS:
        texts = list(_typical(rng))
        plans += [(position, text) for text in (texts if full else (*texts[:3], *rng.sample(texts[3:], 6)))]
    plans += [(rng.choice(list(POSITIONS)), _mixed(rng)) for _ in range(mixed)]
    return [_case(number, position, text) for number, (position, text) in enumerate(plans)]


def program(cases: list[Case]) -> dict[str, str]:
    """The files of a program that runs some cases."""
    table = "".join(f"\t{case.id}: case{case.id},\n" for case in cases)
    last = max(case.id for case in cases) + 1
    run = f"package main\n\nvar cases = [{last}]func(int){{\n{table}}}\n"
    prelude = PRELUDE.replace("\t\trun(id)\n", "\t\tif run != nil {\n\t\t\trun(id)\n\t\t}\n")
    files = {"prelude.go": prelude, "table.go": run, "go.mod": "module example.com/differential\n\ngo 1.22\n"}
    for start in range(0, len(cases), PER_FILE):
        part = cases[start : start + PER_FILE]
        files[f"cases{start // PER_FILE}.go"] = HEADER + "\n".join(case.source for case in part)
    return files


def _operand(rng: random.Random, type_: str, index: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """An operand that takes all values of a type, round by round: its text and its declaration."""
    name = f"v{index}"
    setup = f"{name} := v{type_}[i%len(v{type_})]\n_ = {name}"
    if type_ == "Error" and rng.random() < 0.7:
        setup = f"{name} := v{type_}[i%len(v{type_})]\nif {name} == nil {{\nreturn\n}}"
    return (name,), (setup,)


def _typical(rng: random.Random) -> Iterator[Text]:
    """Texts that each position should see: one number, one string, both, several, operands that calls change."""
    for format_, types in (("%d", ("Int",)), ("%s", ("String",)), ("n=%d", ("Int64",)), ("%s:%d", ("String", "Uint32")),
                           ("%d-%d", ("Int", "Num")), ("%s/%s", ("String", "Str")), ("/%d/%s", ("Uint8", "String")),
                           ("%q is %t", ("String", "Bool")), ("%v", ("Float64",)), ("%x", ("Bytes",))):  # fmt: skip
        operands, setups = zip(*(_operand(rng, type_, index) for index, type_ in enumerate(types)), strict=True)
        yield Text(format_, tuple(o[0] for o in operands), tuple(s[0] for s in setups))
    yield Text("", ())
    yield Text("plain", ())
    for _ in range(6):
        yield _shifty(rng, 2)


def _shifty(rng: random.Random, count: int) -> Text:
    chosen = [rng.choice(SHIFTY) for _ in range(count)]
    return Text("".join(f"{rng.choice(LITERALS)}%{verb}" for _, verb in chosen), tuple(name for name, _ in chosen))


def _mixed(rng: random.Random) -> Text:
    if rng.random() < 0.3:
        return _shifty(rng, rng.randint(1, 3))
    format_, operands, setups = rng.choice(LITERALS), [], []
    for index in range(rng.randint(0, 4)):
        verb = rng.choice(COMMON if rng.random() < 0.9 else VERBS)
        fitting = FITTING.get(verb, TYPES) if rng.random() < 0.85 else TYPES
        operand, setup = _operand(rng, rng.choice(fitting), index)
        format_ += f"%{verb}{rng.choice(LITERALS)}"
        operands += operand
        setups += setup
    if rng.random() < 0.03:
        format_ += "%d"  # an argument is missing
    return Text(format_, tuple(operands), tuple(setups))


def _case(number: int, position: str, text: Text) -> Case:
    body = POSITIONS[position]
    body = body.replace("$E", f"fmt.Sprintf({text.arguments})")
    body = body.replace("$L", ", ".join((f'"<{text.format}>\\n"', *text.operands)))
    body = body.replace("$F", text.arguments).replace("$N", str(number))
    body = body.replace("$A", text.operands[0] if text.operands else '"text"')
    top = [line.removeprefix("//top ") for line in body.splitlines() if line.startswith("//top ")]
    lines = [
        *top,
        f"func case{number}(id int) {{",
        f"rounds(id, {ROUNDS if text.setup else 2}, func(i int) {{",
        'a, n, captured, counted := "local", i, "before", i',
        'change := func() string { captured, counted = "after", counted+10; return "changed" }',
        "_, _, _, _, _ = a, n, captured, counted, change",
        *text.setup,
        *(line for line in body.splitlines() if not line.startswith("//top ")),
        "})",
        "}",
    ]
    return Case(number, position, text.format, text.operands, _indented("\n".join(lines)))


def _indented(source: str) -> str:
    """The source as gofmt would indent it."""
    depth, lines = 0, []
    for line in source.split("\n"):
        closing = line.startswith(("}", ")", "case ", "default:"))
        lines.append("\t" * (depth - closing) + line)
        depth += line.count("{") + line.count("(") - line.count("}") - line.count(")")
    return "\n".join(lines) + "\n"
