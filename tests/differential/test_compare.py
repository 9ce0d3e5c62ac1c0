"""What can be run side by side, over which inputs, and why other code cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from proving import by_function, differential, prove, rule

from gofixer.engine.model import Finding, Outcome

RULES = (
    rule("itoa", 'fmt.Sprintf("%d", $n)', "strconv.Itoa($n)", n="int"),
    rule("signed", 'fmt.Sprintf("%d", $n)', "strconv.FormatInt(int64($n), 10)", n="example.com/m.Level"),
    rule("write", 'fmt.Fprintf($w, "%d;", $n)', '$w.WriteString(strconv.Itoa($n) + ";")', n="int"),
    rule("write-over", 'fmt.Fprintf($w, "%d:", $n)', 'overwrite($w, strconv.Itoa($n) + ":")', n="int"),
    rule("wrong-seven", 'fmt.Sprintf("%03d", $n)', "seven($n)", n="int"),
    rule("fields", "len(strings.Fields($s))", "fields($s)", s="string"),
    rule("count-down", "down($n)", "forever($n)", n="int"),
    rule("bigger", "make([]int, $n)", "make([]int, $n, $n)", n="int"),
    rule("atoi", "strconv.Atoi($s)", "atoi($s)", s="string"),
    rule("keep", "fill($b)", "unfilled($b)"),
    rule("add-one", "$n + 1", "1 + $n", n="int"),
    rule("in-order", "order($n)", "ordered($n)", n="int"),
    rule("later", "stamp($n)", "stamped($n)", n="int"),
    rule("two-digits", "two($n)", "digits2($n)", n="int"),
    rule("error-text", 'fmt.Sprintf("%v", $e)', "$e.Error()", e="error"),
    rule("digits", 'fmt.Sprintf("%x", $n)', "hex.EncodeToString($n[:])", n="[4]byte"),
    rule("more", "$a = $a + $b", "$a += $b", a="string", b="string"),
    rule("drop-nothing", "$s + suffix", "plain($s)", s="string"),
    rule("append-bytes", 'fmt.Sprintf("%o", $n)', "strconv.AppendInt(nil, int64($n), 8)", n="int"),
    rule("append-wrong", 'fmt.Sprintf("%b", $n)', "strconv.AppendInt(nil, int64($n), 3)", n="int"),
)

SOURCE = r"""package m

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

type Level int8

type conf struct {
	name string
	n    int
	out  bytes.Buffer
	list []string
}

const suffix = ""

var table = map[string]int{"a": 1}
var counter int

func plain(s string) string { return s }

func seven(n int) string {
	if n == 70001 {
		return "wrong"
	}
	return fmt.Sprintf("%0*d", 3, n)
}

func overwrite(w *bytes.Buffer, s string) { w.Reset(); w.WriteString(s) }

func fields(s string) int { return len(strings.Split(s, " ")) }

func down(n int) int {
	for n > 1 {
		n--
	}
	return n
}

func forever(n int) int {
	for n == 3 {
	}
	return down(n)
}

func atoi(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		err = errors.New("no number")
	}
	return n, err
}

func fill(b []byte) int {
	for i := range b {
		b[i] = 'x'
	}
	return len(b)
}

func unfilled(b []byte) int { return len(b) }

func Plain(n int) string { return fmt.Sprintf("%d", n) }

func (l Level) Text() string { return fmt.Sprintf("%d", l) }

func (c *conf) Field() {
	os.Setenv("N", fmt.Sprintf("%d", c.n))
}

func (c *conf) Length() {
	os.Setenv("N", fmt.Sprintf("%d", len(c.list)))
}

func Local(now time.Time) string {
	year := now.Year()
	println(year)
	text := fmt.Sprintf("%d", year)
	return text
}

func (c *conf) Write() {
	println()
	fmt.Fprintf(&c.out, "%d;", c.n)
}

func Pointer(out *bytes.Buffer, n int) {
	println()
	fmt.Fprintf(out, "%d:", n)
}

func Unreached(n int) string {
	if n == 123456789123 && n%2 == 0 {
		return fmt.Sprintf("%03d", 70001)
	}
	return ""
}

func FarAway(a, b int) string {
	if a*31 == b*17+70001 && a > 5000 && b > a {
		return fmt.Sprintf("%03d", a)
	}
	return ""
}

func Constant(n int) string {
	if n != 70001 {
		return "no"
	}
	return fmt.Sprintf("%03d", n)
}

func Words(s string) int { return len(strings.Fields(s)) }

func Down(n int) int { return down(n) }

func Memory(n int) int { return len(make([]int, n)) }

func Number(s string) (int, error) { return strconv.Atoi(s) }

func Change(b []byte) int { return fill(b) }

func Console(n int) { fmt.Fprintf(os.Stderr, "%d;", n) }

func Now(n int) time.Time { return time.Now().Add(time.Duration(stamp(n))) }

func stamp(n int) int64 { return time.Now().Unix() }

func order(n int) string {
	keys := ""
	for k := range map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8} {
		keys += k
	}
	return keys
}

func ordered(n int) string { return "" }

func stamped(n int) int64 { return int64(n) }

func Unsteady(n int) string { return order(n) }

func Counting(n int) int {
	counter++
	m := n + 1
	return m
}

func Table(s string) int { return table[s] + len(strings.Fields(s)) }

func Channel(c chan int) {
	c <- (<-c) + 1
}

func Struct(c conf) string { return c.name + suffix }

func Generic[T any](n int, _ T) int { return n + 1 }

func Variadic(all ...int) int { return all[0] + 1 }

func Closure(n int) int {
	f := func(m int) int { return m + 1 }
	return f(n)
}

func Value(f func(int) int) int { return f(2) + 1 }

func Nothing(n int) { println(n + 1) }

func pure(n int) int { return n * 2 }

func Helper(n int) string { return fmt.Sprintf("%d", pure(n)) }

func (c *conf) Array(sum [4]byte) { os.Setenv("N", fmt.Sprintf("%x", sum)) }

func (c *conf) More(names []string) {
	name := c.name
	name = name + strings.ToUpper(names[0])
	c.name = name
}

func (c *conf) Encoded(n int) {
	os.Setenv("N", base64.URLEncoding.EncodeToString(c.out.Bytes()) + fmt.Sprintf("%d", n))
}

func Checked(c conf, err error, n int, ok bool) string {
	if err != nil && ok {
		return strings.ToUpper(fmt.Sprintf("%v", err))
	}
	if n < 10 || n > 99 {
		return ""
	}
	if c.n > 0 {
		println(digits2(n))
	}
	return ""
}

func digits2(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

func TooLate(c conf, n int) string {
	if n < 10 || n > 99 {
		return ""
	}
	n *= 2
	c.n = len(two(n))
	return ""
}

func two(n int) string { return strconv.Itoa(n) }

func InTime(c conf, n int) string {
	if n < 10 || n > 99 {
		return ""
	}
	c.n = len(two(n))
	n *= 2
	return ""
}

func Named(c conf, name string, n int) {
	if name == "a rare name" && n == 4711 {
		os.Setenv(name, fmt.Sprintf("%d", n))
	}
}

func (c *conf) Appended(lines [][]byte, n int) {
	for _, line := range lines {
		c.list = append(c.list, string(append(line, fmt.Sprintf("%o", n)...)))
	}
}

func (c *conf) AppendedWrong(lines [][]byte, n int) {
	for _, line := range lines {
		c.list = append(c.list, string(append(line, fmt.Sprintf("%b", n)...)))
	}
}

func Two(n, m int) string { return fmt.Sprintf("%d", n) + "," }
"""  # fmt: skip


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Finding]]:
    root = tmp_path_factory.mktemp("compare")
    files = {
        "m.go": SOURCE,
        "m_test.go": 'package m\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(1) }\n'
        "\nfunc label(n int) int { return n + 1 }\n",
    }
    yield by_function(prove(root, files, RULES))
    assert sorted(p.name for p in root.iterdir()) == ["go.mod", "m.go", "m_test.go"]


ALIKE = {
    "Plain": "function Plain",
    "Level.Text": "function Text",
    "(*conf).Field": 'expression `fmt.Sprintf("%d", c.n)`',
    "(*conf).Length": 'expression `fmt.Sprintf("%d", len(c.list))`',
    "Local": 'expression `fmt.Sprintf("%d", year)`',
    "(*conf).Write": 'expression `fmt.Fprintf(&c.out, "%d;", c.n)`',
    "Counting": "expression `n + 1`",
    "Variadic": "expression `all[0] + 1`",
    "Closure": "function Closure",
    "Value": "expression `f(2) + 1`",
    "Nothing": "expression `n + 1`",
    "Generic": "expression `n + 1`",
    "Helper": "function Helper",
    "Two": "function Two",
    "(*conf).Array": 'expression `fmt.Sprintf("%x", sum)`',
    "(*conf).More": "expression `name = name + strings.ToUpper(names[0])`",
    "(*conf).Encoded": 'expression `fmt.Sprintf("%d", n)`',
    "Checked": 'expression `fmt.Sprintf("%v", err)`',
    "InTime": "expression `two(n)`",
    "Named": 'expression `fmt.Sprintf("%d", n)`',
    "Struct": "expression `c.name + suffix`",
    "Channel": "expression `(<-c) + 1`",
    "(*conf).Appended": 'expression `fmt.Sprintf("%o", n)`',
    "FarAway": 'expression `fmt.Sprintf("%03d", a)`',
}


@pytest.mark.parametrize("function", ALIKE)
def test_what_is_alike_is_proposed_with_the_record(function: str, findings: dict[str, Finding]) -> None:
    finding = findings[function]
    assert finding.outcome is Outcome.PROPOSED, finding.reason
    said = differential(finding)
    assert said.get("compared") == ALIKE[function], said
    assert isinstance(said["inputs"], int)
    assert said["inputs"] > (1000 if function not in FEW else 0)
    if str(said["compared"]).startswith("function"):
        assert isinstance(said["reached"], int)
        assert said["reached"] > 1000


# Their places see few of the inputs.
FEW = ("Checked", "InTime", "Named")

WRONG = {
    "Pointer": 'it was "in front 0:", and would be "0:"',
    "Unreached": 'expression `fmt.Sprintf("%03d", 70001)` differs: it was "70001", and would be "wrong"',
    "Constant": 'function Constant differs for n = 70001: it was "70001", and would be "wrong"',
    "Words": 's = "": it was 0, and would be 1',
    "Table": 's = "": it was 0, and would be 1',
    "Down": "function Down did not end in time for n = 3, and did without the fix",
    "TooLate": 'expression `two(n)` differs for n = 0: it was "0", and would be "00"',
    "Number": 'the error "strconv.Atoi: parsing \\"',
    "(*conf).AppendedWrong": 'n = 2: it was "10", and would be "2"',
    "Change": 'with the slice changed to []uint8("x',
}


@pytest.mark.parametrize("function", WRONG)
def test_a_difference_rejects_with_both_outcomes(function: str, findings: dict[str, Finding]) -> None:
    finding = findings[function]
    assert finding.outcome is Outcome.REJECTED, finding.evidence
    assert WRONG[function] in finding.reason


IMPOSSIBLE = {
    "Console": "Console has no result; it writes to `os.Stderr`",
    "Now": "Now gives a time.Time; it calls stamp, and it calls time.Now",
    "Unsteady": "the unfixed code does not give the same result twice for n = 0",
    "label": "it stands in a test file",
}


@pytest.mark.parametrize("function", IMPOSSIBLE)
def test_what_cannot_be_compared_stays_and_says_why(function: str, findings: dict[str, Finding]) -> None:
    finding = findings[function]
    assert finding.outcome is Outcome.PROPOSED, finding.reason
    assert IMPOSSIBLE[function] in str(differential(finding)["not_possible"])


def test_inputs_that_need_too_much_memory_are_left_out(findings: dict[str, Finding]) -> None:
    finding = findings["Memory"]
    assert finding.outcome is Outcome.PROPOSED
    assert "small inputs only" in str(differential(finding)["remark"])


def test_tests_that_fail_without_any_fix_do_not_stand_in_the_way(findings: dict[str, Finding]) -> None:
    proof = findings["Plain"].evidence["proof"]
    assert isinstance(proof, dict)
    assert str(proof["tests"]["not_run"]).startswith("the tests of example.com/m fail without any fix")


def test_fixes_that_are_only_wrong_together(tmp_path: Path) -> None:
    source = (
        "package m\n\nfunc bump(n int) int { return n }\n\nfunc lower(n int) int { return n }\n\n"
        "func F(n int) int {\n\ta := bump(n)\n\tb := lower(n)\n\tif a == n+5 && b == n-5 {\n\t\treturn 1\n\t}\n"
        "\treturn a - a + b - b\n}\n"
    )
    rules = (rule("up", "bump($n)", "$n + 5", n="int"), rule("down", "lower($n)", "$n - 5", n="int"))
    report = prove(tmp_path, {"m.go": source}, rules)
    said = {f.transform: f for f in report.findings}
    assert said["up"].outcome is Outcome.PROPOSED
    assert said["down"].outcome is Outcome.REJECTED
    assert said["down"].reason == (
        "together with other fixes of the function: function F differs for n = 0: it was 0, and would be 1"
    )
