"""Programs that add to strings in loops, generated: where the string starts, how it grows, what is done with it."""

from __future__ import annotations

from itertools import product

PRELUDE = """package main

import (
	"fmt"
	"strings"
)

type text string

type counter struct {
	name string
	n    int
}

func (c *counter) next() string {
	c.n++
	c.name += "'"
	if c.n > 40 {
		panic("too many")
	}
	return fmt.Sprint(c.n)
}

var (
	_    = strings.Join
	kept []string
)

func keep(s string) string {
	kept = append(kept, s)
	return s
}

func show(name string, f func() any) {
	defer func() {
		r := recover()
		if r != nil {
			fmt.Printf("%s: panic %v %q\\n", name, r, kept)
		}
		kept = nil
	}()
	v := f()
	fmt.Printf("%s: %#v %q\\n", name, v, kept)
}
"""

STARTS = {
    "Empty": 's := ""',
    "Var": "var s string",
    "Text": 's := "<" + p',
    "Pair": 's, t := "", "t"\n\t_ = t',
    "Param": 's := p\n\ts += "-"',
}
GROWS = {
    "Word": "s += w",
    "Sum": 's += w + "/"',
    "Call": 's += keep(w) + keep("!") + "\\n"',
    "Late": "s += c.name + c.next()",
    "Method": "s += c.next() + w",
    "Format": 's += fmt.Sprintf("%02d:%v|", i, w)',
    "Lines": "s += fmt.Sprintln(w, i) + fmt.Sprint(i)",
    "Rune": 'for _, r := range w + "\\xffé" {\n\t\t\ts += string(r)\n\t\t}',
    "Bad": "s += string(rune(i*0xd800-1))",
    "Between": 'if len(s) > 0 {\n\t\t\ts += ", "\n\t\t}\n\t\ts += w',
    "Equal": 'if s == "" {\n\t\t\ts += "first "\n\t\t} else if s != "" && i > 1 {\n\t\t\ts += ";"\n\t\t}\n\t\ts += w',
    "Some": "if i%2 == 0 {\n\t\t\tcontinue\n\t\t}\n\t\ts += w",
    "Until": 's += w\n\t\tif i == 2 {\n\t\t\tbreak\n\t\t}\n\t\ts += ","',
    "Return": "if i == 3 {\n\t\t\treturn s\n\t\t}\n\t\ts += w",
    "Pad": 's += strings.Repeat(" ", max(0, 9-len(s))) + w',
    "Inner": 'for len(s) < 3*i {\n\t\t\ts += "."\n\t\t}',
    "Panic": "s += c.next() + c.next() + c.next() + w",
    "Shadow": 'for _, s := range ws {\n\t\t\ts += "x"\n\t\t\tkeep(s)\n\t\t}\n\t\ts += w',
    "Reset": 's += w\n\t\tif len(s) > 4 {\n\t\t\ts = ""\n\t\t}',
    "Seen": "s += w\n\t\tkeep(s)",
    "Deferred": "defer func() { keep(s) }()\n\t\ts += w",
    "Itself": "s += s + w",
    "Again": 's = s + w + "/"',
    "AgainCall": 's = s + keep(w) + (keep("!") + "\\n")',
    "AgainLate": "s = s + c.name + c.next()",
    "AgainBetween": 'if len(s) > 0 {\n\t\t\ts = s + ", "\n\t\t}\n\t\ts = s + w\n\t\ts += "."',
    "AgainFormat": 's = s + fmt.Sprintf("%02d:%v|", i, w)',
    "Doubled": "s = s + w + s",
}
ENDS = {
    "Whole": "return s",
    "Twice": 's += "."\n\tkeep(s)\n\treturn len(s)',
    "Cut": 'if s != "" {\n\t\ts = s[:len(s)-1]\n\t}\n\treturn s',
    "Map": "return map[string]int{s: len(p)}",
    "Nothing": "return len(p)",
}
REFUSED = ("Reset", "Seen", "Deferred", "Itself", "Doubled")


def functions() -> dict[str, str]:
    """Name to body of each function, all of ``func(ws []string, p string, c *counter) any``."""
    head = "for i, w := range ws {\n\t\t_, _ = i, w"
    return {
        f"{start}{grow}{end}": f"{STARTS[start]}\n\t{head}\n\t\t{GROWS[grow]}\n\t}}\n\t{ENDS[end]}"
        for start, grow, end in product(STARTS, GROWS, ENDS)
        if end == "Whole" or start in ("Empty", "Pair") or grow in ("Word", "Between")
    }


def program() -> str:
    """All functions, and a main that calls each with no, one and several words."""
    bodies = functions()
    text = [PRELUDE]
    text += [f"func {name}(ws []string, p string, c *counter) any {{\n\t{body}\n}}\n" for name, body in bodies.items()]
    text.append('func main() {\n\tfor i, ws := range [][]string{nil, {"a"}, {"bc", "d", "", "é", "f"}} {')
    text += [
        f'\t\tshow(fmt.Sprint("{name}", i), func() any {{ return {name}(ws, "p", &counter{{n: 12 * i}}) }})'
        for name in bodies
    ]
    return "\n".join([*text, "\t}\n}\n"])
