"""Rules that are wrong on purpose: everything they make builds and vets, and the comparison finds the input.

The cases are those lines of the lists of published mistakes where the inputs are of basic types.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from proving import by_function, differential, prove, rule

from gofixer.engine.model import Finding, Outcome, Verify


@dataclass(frozen=True)
class Wrong:
    """A rule, a function with one site for it, and what the difference has to name."""

    rule: dict[str, object]
    function: str
    input: str
    before: str = ""
    after: str = ""

    @property
    def name(self) -> str:
        return str(self.rule["name"])


CASES = (
    # fmt to strconv and concatenation
    Wrong(
        rule("hex-of-negative", 'fmt.Sprintf("%x", $n)', "strconv.FormatUint(uint64($n), 16)", n="int"),
        'func HexOfNegative(n int) string { return fmt.Sprintf("%x", n) }',
        "n = -1",
        '"-1"',
        '"ffffffffffffffff"',
    ),
    Wrong(
        rule("one-value-only", 'fmt.Sprintf("%d", $n)', "decimal($n)", n="int64"),
        'func OneValueOnly(n int64) string { return fmt.Sprintf("%d", n) }',
        "n = -9223372036854775808",
        '"-9223372036854775808"',
    ),
    Wrong(
        rule("upper-hex", 'fmt.Sprintf("%X", $n)', "strconv.FormatInt(int64($n), 16)", n="int"),
        'func UpperHex(n int) string { return fmt.Sprintf("%X", n) }',
        "n = 11",
        '"B"',
        '"b"',
    ),
    Wrong(
        rule("int-of-uint64", 'fmt.Sprintf("%d", $n)', "strconv.Itoa(int($n))", n="uint64"),
        'func IntOfUint64(n uint64) string { return fmt.Sprintf("%d", n) }',
        "n = 18446744073709551615",
        '"18446744073709551615"',
        '"-1"',
    ),
    Wrong(
        rule("char-of-int64", 'fmt.Sprintf("%c", $n)', "string(rune($n))", n="int64"),
        'func CharOfInt64(n int64) string { return fmt.Sprintf("%c", n) }',
        "n = ",
    ),
    Wrong(
        rule("byte-is-a-number", 'fmt.Sprintf("%d", $b)', "string(rune($b))", b="byte"),
        'func ByteIsANumber(b byte) string { return fmt.Sprintf("%d", b) }',
        "b = 0",
        '"0"',
        '"\\x00"',
    ),
    Wrong(
        rule("nil-and-empty", 'fmt.Appendf(nil, "%s", $s)', "[]byte($s)", s="string"),
        'func NilAndEmpty(s string) []byte { return fmt.Appendf(nil, "%s", s) }',
        's = ""',
        "[]uint8(nil)",
        '[]uint8("")',
    ),
    Wrong(
        rule("bytes-are-numbers", 'fmt.Sprintf("%v", $b)', "string($b)", b="[]byte"),
        'func BytesAreNumbers(b []byte) string { return fmt.Sprintf("%v", b) }',
        "b = []uint8(nil)",
        '"[]"',
        '""',
    ),
    Wrong(
        rule("two-percent-signs", 'fmt.Sprintf("%d%%", $n)', 'strconv.Itoa($n) + "%%"', n="int"),
        'func TwoPercentSigns(n int) string { return fmt.Sprintf("%d%%", n) }',
        "n = 0",
        '"0%"',
        '"0%%"',
    ),
    Wrong(
        rule("quotes-alone", 'fmt.Sprintf("%q", $s)', '"\\"" + $s + "\\""', s="string"),
        'func QuotesAlone(s string) string { return fmt.Sprintf("%q", s) }',
        "s = ",
    ),
    Wrong(
        rule("float-form", 'fmt.Sprintf("%v", $f)', "strconv.FormatFloat($f, 'f', -1, 64)", f="float64"),
        'func FloatForm(f float64) string { return fmt.Sprintf("%v", f) }',
        "f = ",
    ),
    Wrong(
        rule("float32-as-64", 'fmt.Sprintf("%g", $f)', "strconv.FormatFloat(float64($f), 'g', -1, 64)", f="float32"),
        'func Float32As64(f float32) string { return fmt.Sprintf("%g", f) }',
        "f = ",
    ),
    Wrong(
        rule("negative-zero", "strconv.FormatFloat($f, 'g', -1, 64)", "zero($f)", f="float64"),
        "func NegativeZero(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }",
        "f = -0",
        '"-0"',
        '"0"',
    ),
    Wrong(
        rule("nil-error", 'fmt.Sprintf("%v", $err)', "$err.Error()", err="error"),
        'func NilError(err error) string { return fmt.Sprintf("%v", err) }',
        "err = nil",
        '"<nil>"',
        "panic: runtime error: invalid memory address or nil pointer dereference",
    ),
    # every transform
    Wrong(
        rule("runes-are-not-bytes", "len($s)", "utf8.RuneCountInString($s)", s="string"),
        "func RunesAreNotBytes(s string) int { return len(s) }",
        "s = ",
    ),
    Wrong(
        rule("shift-of-negative", "$n / 2", "$n >> 1", n="int"),
        "func ShiftOfNegative(n int) int { return n / 2 }",
        "n = -1",
        "0",
        "-1",
    ),
    Wrong(
        rule("another-precedence", "double($a + $b)", "double($a) + $b", a="int", b="int"),
        "func AnotherPrecedence(a, b int) int { return double(a + b) }",
        "b = 1",
    ),
    Wrong(
        rule("no-panic-left", "$s[$n:]", 'strings.TrimPrefix($s, $s[:min($n, len($s))])', s="string", n="int"),
        "func NoPanicLeft(s string, n int) string { return s[n:] }",
        "n = 1",
        "panic: runtime error: slice bounds out of range [1:0]",
    ),
    Wrong(
        rule(
            "letter-case",
            "strings.ToLower($a) == strings.ToLower($b)",
            "strings.EqualFold($a, $b)",
            a="string",
            b="string",
        ),
        "func LetterCase(a, b string) bool { return strings.ToLower(a) == strings.ToLower(b) }",
        "a = ",
    ),
    # deferred closures to arguments
    Wrong(
        rule("evaluated-too-soon", "defer func() { $x = $y }()", "defer func(v int) { $x = v }($y)", x="int", y="int"),
        "func EvaluatedTooSoon(n int) (out int) {\n\tx := n\n\tdefer func() { out = x }()\n\tx = n * 2\n\treturn 0\n}",
        "n = 1",
        "2",
        "1",
    ),
    Wrong(
        rule("recover-directly", "defer func() { recover() }()", "defer recover()"),
        "func RecoverDirectly(s string, n int) byte {\n\tdefer func() { recover() }()\n\treturn s[n]\n}",
        "n = 0",
        "0",
        "panic: runtime error: index out of range [0] with length 0",
    ),
    # builders, preallocation
    Wrong(
        rule("doubled", "make([]byte, 0, 8)", "make([]byte, 8)"),
        "func Doubled(s string) []byte {\n\tout := make([]byte, 0, 8)\n\treturn append(out, s...)\n}",
        's = "',
        '[]uint8("',
        '[]uint8("\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00',
    ),
    Wrong(
        rule("nil-when-empty", "append([]byte{}, $s...)", "append([]byte(nil), $s...)", s="string"),
        "func NilWhenEmpty(s string) []byte { return append([]byte{}, s...) }",
        's = ""',
        '[]uint8("")',
        "[]uint8(nil)",
    ),
    Wrong(
        rule("negative-bound", "grow($n)", "make([]string, 0, $n)", n="int"),
        'func NegativeBound(n int) []string {\n\tout := grow(n)\n\tfor i := 0; i < n && i < 3; i++ {\n'
        '\t\tout = append(out, "x")\n\t}\n\treturn out\n}',
        "n = -1",
        "[]string{}",
        "panic: runtime error: makeslice: cap out of range",
    ),
)  # fmt: skip

HEAD = """package m

import (
	"fmt"
	"strconv"
	"strings"
)

var _ = strings.ToLower

func decimal(n int64) string {
	if n < -9223372036854775807 {
		return "-9223372036854775807"
	}
	return strconv.FormatInt(n, 10)
}

const shortest = -1

func zero(f float64) string {
	if f == 0 {
		return "0"
	}
	return strconv.FormatFloat(f, 'g', shortest, 64)
}

func double(n int) int { return n * 2 }

func grow(n int) []string { return []string{} }

"""


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Finding]]:
    root = tmp_path_factory.mktemp("wrong")
    text = HEAD + "\n\n".join(case.function for case in CASES) + "\n"
    yield by_function(prove(root, {"m.go": text}, [case.rule for case in CASES]))
    assert (root / "m.go").read_text() == text
    assert sorted(p.name for p in root.iterdir()) == ["go.mod", "m.go"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wrong_rule_is_rejected_with_the_input(case: Wrong, findings: dict[str, Finding]) -> None:
    finding = findings[case.function.split("(")[0].removeprefix("func ")]
    assert finding.transform == case.name
    assert finding.outcome is Outcome.REJECTED, differential(finding)
    assert case.input in finding.reason
    assert f"it was {case.before}" in finding.reason
    assert f"would be {case.after}" in finding.reason
    assert differential(finding)["difference"] == finding.reason


def test_without_the_comparison_they_all_build_and_vet(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The proof of every other level lets them through: what rejects them is the comparison."""
    root = tmp_path_factory.mktemp("vetted")
    text = HEAD + "\n\n".join(case.function for case in CASES) + "\n"
    report = prove(root, {"m.go": text}, [case.rule for case in CASES], verify=Verify.VET)
    said = {f.transform: f.reason for f in report.findings if f.outcome is not Outcome.PROPOSED}
    assert not said
    assert {f.transform for f in report.findings} == {case.name for case in CASES}
