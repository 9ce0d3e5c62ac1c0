"""Programs that fill slices and maps, generated: every way to declare, to range, to fill and to look at the result."""

from __future__ import annotations

from itertools import product

PRELUDE = """package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
)

type list []string

type box struct {
	Items []string
	next  *box
}

var (
	_ = errors.New
	_ = strings.Join
	_ iter.Seq[int]
)

// show prints what can be seen of a value, nil-ness above all; the order of maps does not matter to it.
func show(name string, f func() any) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Printf("%s: panic %v\\n", name, r)
		}
	}()
	v := f()
	text, err := json.Marshal(v)
	fmt.Printf("%s: %s %v %#v %t\\n", name, text, err, v, reflect.DeepEqual(v, []string(nil)))
}

func one(n int) ([]string, error) {
	if n < 0 {
		return nil, errors.New("negative")
	}
	return many[:n], nil
}

func check(n int) (string, error) {
	if n == 13 {
		return "", errors.New("thirteen")
	}
	if n == 17 {
		panic("seventeen")
	}
	return fmt.Sprint(n), nil
}

var (
	many  = []string{"a", "b", "c", "d"}
	sizes = []int{0, 1, 3, 13, 17, -1}
)
"""

DECLARED = {
    "Var": "var out []string",
    "Lit": "out := []string{}",
    "Make": "out := make([]string, 0)",
    "Named": "out := list{}",
    "Typed": "var out = []string{}",
    "Two": "var out, other []string\n\t_ = other",
}
# Loops over `xs []string`, `ns []int`, `m map[string]int`, `b *box`, `n int`.
LOOPS = {
    "Slice": "for _, x := range xs {\n\t\tout = append(out, x)\n\t}",
    "Pair": "for i, x := range xs {\n\t\tout = append(out, x, fmt.Sprint(i))\n\t}",
    "Counted": "for i := 0; i < len(xs); i++ {\n\t\tout = append(out, xs[i])\n\t}",
    "Map": "for k := range m {\n\t\tout = append(out, k)\n\t}",
    "Field": "for _, x := range b.Items {\n\t\tout = append(out, x)\n\t}",
    "Deep": "for _, x := range b.next.Items {\n\t\tout = append(out, x)\n\t}",
    "Number": "for i := range n {\n\t\tout = append(out, fmt.Sprint(i))\n\t}",
    "Upto": "for i := 0; i < n; i++ {\n\t\tout = append(out, fmt.Sprint(i))\n\t}",
    "Rest": "for _, x := range xs[1:] {\n\t\tout = append(out, x)\n\t}",
    "Late": "got, err := one(n)\n\tif err != nil {\n\t\treturn err.Error()\n\t}\n"
    "\tfor _, x := range got {\n\t\tout = append(out, x)\n\t}",
    "Error": "for _, v := range ns {\n\t\tx, err := check(v)\n\t\tif err != nil {\n\t\t\treturn err.Error()\n\t\t}\n"
    "\t\tout = append(out, x)\n\t}",
    "Result": "for _, v := range ns {\n\t\tx, err := check(v)\n\t\tif err != nil {\n\t\t\treturn out\n\t\t}\n"
    "\t\tout = append(out, x)\n\t}",
    "Deferred": 'defer func() {\n\t\trecover()\n\t\tfmt.Printf("-")\n\t\tresult = out\n\t}()\n'
    "\tfor _, v := range ns {\n\t\tx, _ := check(v)\n\t\tout = append(out, x)\n\t}",
    "Runes": 'for _, r := range strings.Join(xs, "") {\n\t\tout = append(out, string(r))\n\t}',
    "Twice": "for _, x := range xs {\n\t\tout = append(out, x)\n\t}\n"
    "\tfor k := range m {\n\t\tout = append(out, k)\n\t}",
    "Shadow": "for _, x := range xs {\n\t\tout := out\n\t\tout = append(out, x)\n\t}",
    "Reset": "for _, x := range xs {\n\t\tout = append(out, x)\n\t\tif len(out) > 2 {\n\t\t\tout = nil\n\t\t}\n\t}",
    "Seen": "for _, x := range xs {\n\t\tout = append(out, fmt.Sprint(out == nil, x))\n\t}",
    "First": 'out = append(out, "-l")\n\tfor _, x := range xs {\n\t\tout = append(out, x)\n\t}',
}
SEEN = {
    "Whole": "return out",
    "Text": 'return strings.Join(out, ",")',
    "Nil": "return out == nil",
    "Field": "return box{Items: out}",
    "Rest": "return out[0:]",
    "Cap": "return cap(out) > 2*len(out)+8",
}

MAPS = {
    "Copy": "out := make(map[string]int)\n\tfor k, v := range m {\n\t\tout[k] = v\n\t}",
    "Index": "out := map[string]int{}\n\tfor i, x := range xs {\n\t\tout[x] = i\n\t}",
    "Late": "out := map[string]bool{}\n\n\tgot, err := one(n)\n\tif err != nil {\n\t\treturn err.Error()\n\t}\n"
    "\tfor _, x := range got {\n\t\tout[x] = true\n\t}",
    "Deep": "var out = map[string]bool{}\n\tfor _, x := range b.next.Items {\n\t\tout[x] = true\n\t}",
    "Group": "out := map[int][]string{}\n\tfor _, x := range xs {\n\t\tout[len(x)] = append(out[len(x)], x)\n\t}",
}


def functions() -> dict[str, str]:
    """Name to body of each function, all of ``func(xs []string, ns []int, m map[string]int, b *box, n int) any``."""
    made = {
        f"{declared}{loop}{seen}": f"{DECLARED[declared]}\n\t{LOOPS[loop]}\n\t{SEEN[seen]}"
        for declared, loop, seen in product(DECLARED, LOOPS, SEEN)
        if not (declared == "Named" and seen in ("Field", "Text"))
        and (seen in ("Whole", "Nil") or loop in ("Slice", "Map", "Late", "Rest", "First"))
    }
    made |= {f"Map{name}": f"{body}\n\treturn out" for name, body in MAPS.items()}
    return made


def program() -> str:
    """All functions, and a main that calls each with inputs of many sizes, nil ones too."""
    bodies = functions()
    text = [PRELUDE]
    for name, body in bodies.items():
        text.append(
            f"func {name}(xs []string, ns []int, m map[string]int, b *box, n int) (result any) {{\n\t{body}\n}}\n"
        )
    text.append("func main() {\n\tfor i, size := range sizes {")
    text.append(
        "\t\tvar xs []string\n\t\tvar ns []int\n\t\tm := map[string]int{}\n\t\tb := &box{}\n"
        '\t\tif size == 1 {\n\t\t\txs, m["k"] = many[:1], 1\n\t\t}\n'
        "\t\tif size == 3 {\n\t\t\txs, ns, b.next = many[:3], []int{1, 2, 3}, &box{Items: many}\n"
        "\t\t\tb.Items = many\n\t\t}\n"
        "\t\tif size > 3 {\n\t\t\tns, b.next = []int{size, 1}, &box{}\n\t\t}"
    )
    text += [
        f'\t\tshow(fmt.Sprint("{name}", i), func() any {{ return {name}(xs, ns, m, b, size) }})' for name in bodies
    ]
    text.append("\t}\n}\n")
    return "\n".join(text)
