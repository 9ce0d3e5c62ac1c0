"""Programs full of conversions. `SAME` are rewritten; in `GUARDED` a guard is all that keeps the output."""

from __future__ import annotations

_PAIRS = ("Compare", "Contains", "Count", "EqualFold", "HasPrefix", "HasSuffix", "Index", "LastIndex")
_CHARS = ("ContainsAny", "IndexAny", "LastIndexAny")
_UTF8 = ("DecodeLastRuneInString", "DecodeRuneInString", "FullRuneInString", "RuneCountInString", "ValidString")

# Texts that are no UTF-8, that are empty, that fold in special ways.
_TEXTS = r"""
var texts = []string{"", "a", "A", "abc", "ABC", "aXbXc", "\xff", "a\xffb", "\xff\xfe", "é", "É", "k\u212a", "ſs",
	"世界", 	"\xe4\xb8", "x\n", "\n\n", "\ufffd", "a\x00b", "aaaa", "aa", "K", "\u1e9eß",
	"long enough not to fit into the buffer"}
"""

SAME = {
    "pairs": 'package pairs\n\nimport (\n\t"fmt"\n\t"strings"\n)\n'
    + _TEXTS
    + "\nfunc Run() {\n\tfor _, x := range texts {\n\t\tfor _, y := range texts {\n\t\t\ta, b := []byte(x), []byte(y)\n"
    + "".join(f"\t\t\tfmt.Println(strings.{name}(string(a), string(b)))\n" for name in _PAIRS)
    + "".join(f"\t\t\tfmt.Println(strings.{name}(string(a), y))\n" for name in _CHARS)
    + "".join(f'\t\t\tfmt.Println(strings.{name}(string(a), "a\\xff"))\n' for name in _PAIRS)
    + "\t\t\tfor _, r := range y {\n\t\t\t\tfmt.Println(strings.IndexRune(string(a), r),"
    + " strings.ContainsRune(string(a), r))\n\t\t\t}\n"
    + "\t\t\tfor i := range len(y) {\n\t\t\t\tfmt.Println(strings.IndexByte(string(a), y[i]),"
    + " strings.LastIndexByte(string(a), y[i]))\n\t\t\t}\n\t\t}\n\t}\n"
    + "\tvar none []byte\n"
    + '\tfmt.Println(strings.Contains(string(none), ""), strings.IndexRune(string(none), -1))\n}\n',
    "letters": 'package letters\n\nimport (\n\t"fmt"\n\t"unicode/utf8"\n)\n'
    + _TEXTS
    + "\nfunc Run() {\n\tfor _, x := range texts {\n\t\tb := []byte(x)\n"
    + "".join(f"\t\tfmt.Println(utf8.{name}(string(b)))\n" for name in _UTF8)
    + "\t}\n}\n",
    "expressions": 'package expressions\n\nimport (\n\t"fmt"\n\t"regexp"\n)\n'
    + _TEXTS
    + r"""
func Run() {
	for _, pattern := range []string{`a`, `^$`, `\bx`, `.`, `[^a]+`, `(a)(b)?`, `$`, `(?i)k`} {
		re := regexp.MustCompile(pattern)
		for _, x := range texts {
			b := []byte(x)
			fmt.Println(re.MatchString(string(b)), re.FindStringIndex(string(b)), re.FindStringSubmatchIndex(string(b)))
			fmt.Println(re.FindAllStringIndex(string(b), -1), re.FindAllStringSubmatchIndex(string(b), 2) == nil)
			fmt.Println(re.Match([]byte(x)), re.FindIndex([]byte(x)) == nil, re.FindSubmatchIndex([]byte(x)))
		}
	}
}
""",
    "files": r"""package files

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

func Run() {
	file, err := os.CreateTemp("", "files")
	if err != nil {
		panic(err)
	}
	defer os.Remove(file.Name())
	long := strings.Repeat("long", 3000)
	b := []byte("bytes")
	fmt.Println(file.Write([]byte("")))
	fmt.Println(file.Write([]byte("text" + long[:3])))
	fmt.Println(file.WriteString(string(b)))
	fmt.Println(io.WriteString(file, string(b[:0])))
	w := bufio.NewWriter(file)
	fmt.Println(w.Write([]byte(long)))
	fmt.Println(w.WriteString(string(b)))
	fmt.Println(w.Buffered())
	fmt.Println(w.Write([]byte("constant")))
	fmt.Println(w.Flush())
	var buf bytes.Buffer
	var sb strings.Builder
	for range 3 {
		fmt.Fprint(&buf, 1)
		fmt.Println(buf.WriteString(string(b)))
		fmt.Println(sb.WriteString(string(b)))
		fmt.Println(io.WriteString(&sb, string(b)))
	}
	fmt.Println(buf.String(), sb.String(), sha256.Sum256([]byte(buf.String())))
	fmt.Println(os.WriteFile(file.Name()+"2", []byte(buf.String()), 0o600))
	buf.WriteByte('!')
	packed := new(bytes.Buffer)
	z := gzip.NewWriter(packed)
	h := sha256.New()
	for i := range 4 {
		fmt.Println(z.Write([]byte("row, ")))
		fmt.Println(h.Write([]byte("\n")))
		if i == 2 {
			continue
		}
		z.Write([]byte("another"))
	}
	z.Close()
	fmt.Println(packed.Bytes(), h.Sum(nil))
	read, err := os.ReadFile(file.Name())
	second, _ := os.ReadFile(file.Name() + "2")
	os.Remove(file.Name() + "2")
	fmt.Println(string(read), string(second), err)
	scanner := bufio.NewScanner(strings.NewReader(string(second)))
	for scanner.Scan() {
		fmt.Println(scanner.Text())
	}
	file.Close()
	_, err = file.Write([]byte("text"))
	_, other := file.WriteString(string(b))
	fmt.Println(errors.Is(err, os.ErrClosed), errors.Is(other, os.ErrClosed))
	var none *os.File
	fmt.Println(none.Write([]byte("text")))
	func() {
		defer func() { fmt.Println(recover()) }()
		var none *bufio.Writer
		none.Write([]byte("text"))
	}()
}
""",
}

GUARDED = {
    "growing": r"""package growing

import (
	"bytes"
	"fmt"
)

func Run() {
	buf := bytes.Buffer{}
	buf.WriteString("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX")
	b := buf.Next(50)[:10]
	buf.WriteString(string(b))
	fmt.Println(buf.String())
}
""",
    "layered": r"""package layered

import (
	"bufio"
	"fmt"
)

type shouting struct{}

func (shouting) Write(b []byte) (int, error) { fmt.Println("bytes", len(b)); return len(b), nil }

func (shouting) WriteString(s string) (int, error) { fmt.Println("string", len(s)); return len(s), nil }

func Run() {
	w := bufio.NewWriterSize(shouting{}, 16)
	w.Write([]byte("a text that does not fit"))
	w.Flush()
}
""",
    "deferring": r"""package deferring

import (
	"fmt"
	"strings"
)

func Run() {
	var sb strings.Builder
	defer func() { fmt.Println(sb.String()) }()
	b := []byte("abc")
	defer sb.WriteString(string(b))
	b[0] = 'x'
}
""",
    "reading": r"""package reading

import (
	"bufio"
	"fmt"
	"strings"
)

func Run() {
	b := []byte("abc")
	scanner := bufio.NewScanner(strings.NewReader(string(b)))
	b[0] = 'x'
	fmt.Println(scanner.Scan(), scanner.Text())
}
""",
    "nothing": r"""package nothing

import (
	"bytes"
	"crypto/md5"
	"fmt"
)

func Run() {
	defer func() { fmt.Println(recover()) }()
	var buf *bytes.Buffer
	fmt.Println(md5.Sum([]byte(buf.String())))
}
""",
    "keeping": r"""package keeping

import "fmt"

type keeper [][]byte

func (k *keeper) Write(b []byte) (int, error) {
	b[0]++
	*k = append(*k, b)
	return len(b), nil
}

func Run() {
	var k keeper
	for range 3 {
		k.Write([]byte("a"))
	}
	fmt.Println(k)
}
""",
}
