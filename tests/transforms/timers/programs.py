"""Random Go programs that wait: loops, selects with timeouts, branches, labels and jumps in any mixture.

Every loop and every jump back asks ``w.More()``, so that all programs end; labels are always used, as Go wants it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

_DURATIONS = (
    "{ms} * time.Millisecond",
    "{ms} * time.Millisecond",
    "fixed",
    "w.Idle",
    "varying",
    "{ms}*time.Millisecond - time.Duration(len(seen))*time.Microsecond",
    "fixed + time.Duration({ms})",
)


@dataclass
class _Writer:
    """Writes one function; ``loops`` are the labels of the loops around the current place, innermost last."""

    choose: random.Random
    lines: list[str] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    labels: int = 0
    selects: int = 0

    def put(self, depth: int, text: str) -> None:
        self.lines.append("\t" * depth + text)

    def block(self, depth: int, fuel: int) -> None:
        """A few statements."""
        for _ in range(self.choose.randint(1, 3)):
            self.statement(depth, fuel)

    def statement(self, depth: int, fuel: int) -> None:
        """One statement; with little fuel a simple one."""
        simple = (self.log, self.work, self.jump, self.change)
        nested = (self.select, self.select, self.select, self.loop, self.loop, self.branch, self.literal, self.back)
        self.choose.choice(simple if fuel <= 0 else (*simple[:2], *nested))(depth, fuel - 1)

    def log(self, depth: int, fuel: int) -> None:
        self.put(depth, f'w.Log("{len(self.lines)}")')

    def work(self, depth: int, fuel: int) -> None:
        self.put(depth, f"w.Work({len(self.lines)})")

    def change(self, depth: int, fuel: int) -> None:
        self.put(depth, self.choose.choice(("varying += time.Millisecond", "w.Idle += 3 * time.Millisecond")))

    def jump(self, depth: int, fuel: int) -> None:
        """Leave or continue a loop, or the function, sometimes."""
        words = ["return"]
        if self.loops:
            label = self.choose.choice(self.loops)
            words += [f"break {label}", f"continue {label}", f"continue {label}", "continue"]
        word = self.choose.choice(words)
        self.used |= set(word.split()[1:])
        self.put(depth, f"if len(seen)%{self.choose.randint(2, 5)} == 1 {{")
        self.put(depth + 1, word)
        self.put(depth, "}")

    def duration(self) -> str:
        return self.choose.choice(_DURATIONS).format(ms=self.choose.randint(5, 60))

    def select(self, depth: int, fuel: int) -> None:
        """Wait for an event or for a time that may stand in a variable, now and then for two."""
        self.selects += 1
        if helped := self.choose.random() < 0.1:
            self.put(depth, "{")
            depth += 1
            self.put(depth, f"timeout := time.After({self.duration()})")
        arms = ["case <-timeout:" if helped else f"case <-time.After({self.duration()}):"]
        arms += ["case v := <-w.In:", "case <-w.Stop:"]
        if self.choose.random() < 0.4:
            arms.append("case v := <-w.Other:")
        if not helped and self.choose.random() < 0.15:
            arms.append(f"case now := <-time.After(w.Idle + {self.choose.randint(1, 999)}):")
        self.choose.shuffle(arms)
        self.put(depth, "select {")
        for arm in arms:
            self.put(depth, arm)
            if arm == "case <-w.Stop:":
                self.put(depth + 1, "return")
                continue
            value = "v" if "v :=" in arm else "w.At(now)" if "now :=" in arm else "-1"
            self.put(depth + 1, f'w.Log("{len(self.lines)}", {value})')
            if "v :=" in arm:
                self.put(depth + 1, "seen = append(seen, v)")
            if self.choose.random() < 0.6:
                self.block(depth + 1, fuel - 1)
            if self.choose.random() < 0.15:
                self.put(depth + 1, "break")
        self.put(depth, "}")
        if helped:
            self.put(depth - 1, "}")

    def loop(self, depth: int, fuel: int) -> None:
        """A loop with a label, where something uses it."""
        self.labels += 1
        label, at = f"loop{self.labels}", len(self.lines)
        self.loops.append(label)
        head = ("for w.More()", "for i := 0; i < 4 && w.More(); i++", "for range 3", "for")
        chosen = self.choose.choice(head)
        self.put(depth, f"{chosen} {{")
        if chosen == "for":
            self.put(depth + 1, "if !w.More() {\n" + "\t" * (depth + 2) + "break\n" + "\t" * (depth + 1) + "}")
        self.block(depth + 1, fuel)
        self.put(depth, "}")
        self.loops.pop()
        if label in self.used:
            self.lines.insert(at, "\t" * (depth - 1) + f"{label}:")

    def branch(self, depth: int, fuel: int) -> None:
        if self.choose.random() < 0.5:
            self.put(depth, f"if len(seen)%{self.choose.randint(2, 3)} == 0 {{")
            self.block(depth + 1, fuel)
            self.put(depth, "} else {")
            self.block(depth + 1, fuel)
            self.put(depth, "}")
            return
        self.put(depth, f"switch len(seen) % {self.choose.randint(2, 4)} {{")
        for case in range(2):
            self.put(depth, f"case {case}:")
            self.block(depth + 1, fuel)
            if case == 0 and self.choose.random() < 0.3:
                self.put(depth + 1, "fallthrough")
        self.put(depth, "default:")
        self.block(depth + 1, fuel)
        self.put(depth, "}")

    def literal(self, depth: int, fuel: int) -> None:
        """A function literal called on the spot: a function of its own, with loops of its own."""
        loops, self.loops = self.loops, []
        self.put(depth, "func() {")
        self.block(depth + 1, fuel)
        self.put(depth, "}()")
        self.loops = loops

    def back(self, depth: int, fuel: int) -> None:
        """A jump back: a loop that is none. In a block of its own, so that no jump passes a declaration."""
        self.labels += 1
        label = f"back{self.labels}"
        self.put(depth, "{")
        self.put(depth, f"{label}:")
        self.put(depth + 1, f'w.Log("{label}")')
        self.block(depth + 1, fuel)
        self.put(depth + 1, f"if len(seen)%{self.choose.randint(2, 4)} == 0 && w.More() {{")
        self.put(depth + 2, f"goto {label}")
        self.put(depth + 1, "}")
        self.put(depth, "}")


def program(name: str, seed: int) -> str:
    """A function of a seed."""
    writer = _Writer(random.Random(seed))
    writer.put(0, f"func {name}(w *world.World) {{")
    writer.put(1, "var seen []int")
    writer.put(1, "fixed, varying := 21*time.Millisecond, 9*time.Millisecond")
    while not writer.selects:
        writer.loop(1, 3)
    writer.put(1, "_, _ = fixed, varying")
    writer.put(1, 'w.Log("done", seen)')
    writer.put(0, "}")
    return "\n".join(writer.lines) + "\n"


def file(package: str, seeds: range) -> str:
    """A file with a function for each seed, registered under its name."""
    names = [f"generated{seed}" for seed in seeds]
    adds = "".join(f'\tadd("{name}", {name})\n' for name in names)
    head = f'package {package}\n\nimport (\n\t"time"\n\n\t"example.com/schedule/world"\n)\n\nfunc init() {{\n{adds}}}\n'
    return "\n".join([head, *(program(name, seed) for name, seed in zip(names, seeds, strict=True))])
