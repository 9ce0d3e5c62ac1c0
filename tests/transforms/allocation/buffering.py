"""Programs that ask a buffer for its text in a loop: what is kept must not depend on gofixer having been there."""

from __future__ import annotations

PRELUDE = """package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

var (
	_ = json.NewEncoder
	_ = bytes.NewBuffer
)

type page struct {
	bytes.Buffer
	own bytes.Buffer
}

func append1(b *bytes.Buffer) { b.WriteByte('1') }
"""

# Bodies of functions with `n int` and `keep func(string)`.
REWRITTEN = {
    "Plain": 'var b bytes.Buffer\n\tb.WriteString("x")\n\tfor range n {\n\t\tkeep(b.String())\n\t}',
    "Pointer": "b := &bytes.Buffer{}\n\tfmt.Fprint(b, n)\n\tfor range n {\n\t\tkeep(b.String())\n\t}\n\tb.Reset()\n"
    "\tkeep(b.String())",
    "Nested": "b := new(bytes.Buffer)\n\tfor i := range n {\n\t\tb.WriteByte('y')\n"
    "\t\tfor range i {\n\t\t\tkeep(b.String())\n"
    "\t\t\tif b.Len() > 2 {\n\t\t\t\tkeep(b.String())\n\t\t\t}\n\t\t}\n\t}",
    "Head": 'b := bytes.NewBufferString("xyz")\n'
    "\tfor i := 0; i < len(b.String()); i++ {\n\t\tkeep(b.String()[i:])\n\t}",
    "Skips": 'var b bytes.Buffer\n\tb.WriteString("x")\n\tfor i := range n {\n'
    "\t\tif i == 1 {\n\t\t\tcontinue\n\t\t}\n"
    '\t\tkeep(b.String() + "s")\n\t}',
}
KEPT = {
    "Written": "var b bytes.Buffer\n\tfor range n {\n\t\tb.WriteByte('x')\n\t\tkeep(b.String())\n\t}",
    "Encoder": "var b bytes.Buffer\n\te := json.NewEncoder(&b)\n"
    "\tfor i := range n {\n\t\te.Encode(i)\n\t\tkeep(b.String())\n\t}",
    "Alias": "var b bytes.Buffer\n\tp := &b\n\tfor range n {\n\t\tappend1(p)\n\t\tkeep(b.String())\n\t}",
    "Closure": "var b bytes.Buffer\n\tf := func() { b.WriteByte('c') }\n"
    "\tfor range n {\n\t\tf()\n\t\tkeep(b.String())\n\t}",
    "Method": "var b bytes.Buffer\n\tf := b.WriteByte\n\tfor range n {\n\t\tf('m')\n\t\tkeep(b.String())\n\t}",
    "Bytes": "b := bytes.NewBufferString(\"abc\")\n\tt := b.Bytes()\n\tfor i := range min(n, 3) {\n\t\tt[i] = '-'\n"
    "\t\tkeep(b.String())\n\t}",
    "Over": "t := []byte(\"abc\")\n\tb := bytes.NewBuffer(t)\n\tfor i := range min(n, 3) {\n\t\tt[i] = '-'\n"
    "\t\tkeep(b.String())\n\t}",
    "Field": "var p page\n\tfor range n {\n\t\tappend1(&p.own)\n\t\tkeep(p.own.String())\n\t}",
    "Embedded": "var p page\n\tfor range n {\n\t\tp.WriteByte('e')\n\t\tkeep(p.String())\n\t}",
    "Other": "b, c := new(bytes.Buffer), new(bytes.Buffer)\n\tfor range n {\n\t\tb, c = c, b\n\t\tc.WriteByte('o')\n"
    "\t\tkeep(b.String())\n\t}",
    "Read": 'b := bytes.NewBufferString("abcdef")\n\tfor range n {\n\t\tb.ReadByte()\n\t\tkeep(b.String())\n\t}',
}


def program() -> str:
    """All functions, and a main that calls each for no, one and three rounds."""
    bodies = REWRITTEN | KEPT
    text = [PRELUDE]
    text += [f"func {name}(n int, keep func(string)) {{\n\t{body}\n}}\n" for name, body in bodies.items()]
    text.append("func main() {\n\tfor _, n := range []int{0, 1, 3} {")
    for name in bodies:
        text.append(
            f"\t\t{{\n\t\t\tvar kept []string\n\t\t\t{name}(n, func(s string) {{ kept = append(kept, s) }})\n"
            f'\t\t\tfmt.Printf("{name}%d: %q\\n", n, kept)\n\t\t}}'
        )
    return "\n".join([*text, "\t}\n}\n"])
