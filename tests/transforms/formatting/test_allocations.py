"""The allocations that the documentation promises, counted with ``testing.AllocsPerRun`` before and after."""

from __future__ import annotations

import pytest
from applying import allocations, module, rewrite

from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 25)  # the numbers are those of Go 1.25 and later

# Name: the statements of a function, and its allocations before and after.
SHAPES = {
    "TextAndNumber": ('text = fmt.Sprintf("key-%d", number)', 2, 1),
    "NumberAndText": ('text = fmt.Sprintf("%d/tcp", number)', 2, 1),
    "TextAroundNumber": ('text = fmt.Sprintf("/proc/%d/stat", number)', 2, 1),
    "LongestNumber": ('text = fmt.Sprintf("user-%d", smallest)', 2, 1),
    "Numbers": ('text = fmt.Sprintf("%d-%d", number, smallest)', 3, 1),
    "StringAndNumber": ('text = fmt.Sprintf("%s:%d", long, number)', 3, 1),
    "MapIndex": ('count += table[fmt.Sprintf("%d-%d", number, number)]', 3, 0),
    "Comparison": ('if fmt.Sprintf("key-%d", number) == long {\n\t\tcount++\n\t}', 2, 0),
    "Bytes": ('octets = []byte(fmt.Sprintf("foo-%d", number))', 3, 1),
    "AppendBytes": ('octets = append(octets, fmt.Sprintf("foo-%d", number)...)\n\toctets = octets[:0]', 2, 0),
    "BufioWriter": ('fmt.Fprintf(writer, "n=%d %s\\n", number, long)', 2, 0),
    "BytesBuffer": ('fmt.Fprintf(buffer, "n=%d\\n", number)\n\tbuffer.Reset()', 1, 0),
    "Builder": ('var sb strings.Builder\n\tsb.Grow(9)\n\tfmt.Fprintf(&sb, "n=%d", number)\n\ttext = sb.String()', 3, 1),
    "Decimal": ('text = fmt.Sprintf("%d", number)', 2, 1),
    "Hex": ('text = fmt.Sprintf("%x", number)', 2, 1),
    "Bool": ('text = fmt.Sprintf("%t", yes)', 1, 0),
    "String": ('text = fmt.Sprintf("%s", long)', 2, 0),
    "Quote": ('text = fmt.Sprintf("%q", "name"+short)', 3, 1),
    "NoVerb": ('text = fmt.Sprintf("plain")', 1, 0),
    "TwoStrings": ('text = fmt.Sprintf("%s/%s", long, short)', 3, 1),
    "FourStrings": ('text = fmt.Sprintf("%s/%s/%s/%s", long, short, long, short)', 5, 1),
    "Mixed": ('text = long + fmt.Sprintf("%d-%s-%d", number, short, number)', 5, 3),
}
HEADER = """package shapes

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
)

var (
	number, smallest = 123456, math.MinInt64
	long, short      = strings.Repeat("host.", 20), "s"
	yes              = true
	table            = map[string]int{}
	writer           = bufio.NewWriter(io.Discard)
	buffer           = bytes.NewBuffer(make([]byte, 0, 1024))
	text             string
	octets           = make([]byte, 0, 64)
	count            int
)

var _ strings.Builder
"""
TEST = """package shapes

import (
	"fmt"
	"testing"
)

func TestShapes(t *testing.T) {
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> tuple[dict[str, int], dict[str, int]]:
    functions = "".join(f"\nfunc {name}() {{\n\t{body}\n}}\n" for name, (body, _, _) in SHAPES.items())
    lines = "".join(f'\tfmt.Println("{name}:", testing.AllocsPerRun(100, {name}))\n' for name in SHAPES)
    files = {"shapes.go": HEADER + functions, "shapes_test.go": f"{TEST}{lines}}}\n"}
    folder = module(tmp_path_factory.mktemp("allocations"), files, go="1.22")
    before = allocations(folder, toolchain)
    rewrite(folder, "formatting", selected=True)
    return before, allocations(folder, toolchain)


def test_every_shape_is_counted(counted: tuple[dict[str, int], dict[str, int]]) -> None:
    before, after = counted
    assert before.keys() == after.keys() == SHAPES.keys()


@pytest.mark.parametrize("name", SHAPES)
def test_allocations(name: str, counted: tuple[dict[str, int], dict[str, int]]) -> None:
    before, after = counted
    assert (before[name], after[name]) == SHAPES[name][1:]
