"""Programs that log in loops. `SAME` are rewritten; in `GUARDED` a guard is all that keeps the output."""

from __future__ import annotations

_HANDLER = r"""
// dump prints all that a handler can see of a record, but for the time and the line.
type dump struct{ prefix string }

func (d dump) Enabled(ctx context.Context, level slog.Level) bool {
	fmt.Println("enabled?", ctx.Value("key"), level)
	return level != slog.LevelDebug
}

func (d dump) Handle(ctx context.Context, record slog.Record) error {
	frame, _ := runtime.CallersFrames([]uintptr{record.PC}).Next()
	fmt.Println(d.prefix, ctx.Value("key"), record.Level, record.Message, record.NumAttrs(), frame.Function)
	record.Attrs(func(a slog.Attr) bool {
		fmt.Printf("\t%q %v %T %v\n", a.Key, a.Value.Kind(), a.Value.Any(), a.Value)
		return true
	})
	return nil
}

func (d dump) WithAttrs(attrs []slog.Attr) slog.Handler { return dump{fmt.Sprint(d.prefix, attrs)} }

func (d dump) WithGroup(name string) slog.Handler { return dump{d.prefix + name + "."} }
"""

_IMPORTS = 'import (\n\t"context"\n\t"fmt"\n\t"log/slog"\n\t"runtime"\n%s)\n'

SAME = {
    "kinds": "package kinds\n\n"
    + _IMPORTS % '\t"errors"\n\t"time"\n'
    + _HANDLER
    + r"""
type (
	text   string
	number int
	secret struct{ s string }
)

func (secret) LogValue() slog.Value { return slog.StringValue("hidden") }

func (number) String() string { return "a number" }

type none struct{}

func Run() {
	logger := slog.New(dump{}).With("a", 1).WithGroup("g")
	slog.SetDefault(slog.New(dump{"default"}))
	ctx := context.WithValue(context.Background(), "key", "value")
	var nothing any
	var err error
	var pointer *int
	for i := range 3 {
		logger.Info("ints", "int", i, "int8", int8(i), "int16", int16(-i), "int32", int32(i), "int64", int64(i)<<40)
		logger.Info("uints", "uint", uint(i), "uint8", uint8(i), "uint16", uint16(i), "uint32", uint32(i),
			"uint64", uint64(i)-1, "uintptr", uintptr(i), "rune", 'x', "big", uint64(1<<63))
		logger.Warn("floats", "float32", float32(i)/3, "float64", float64(i)/3, "constant", 1.5, "c", complex(1, 2))
		logger.Error("others", "i", i, "bool", i == 1, "nil", nil, "any", nothing, "err", err, "pointer", pointer)
		logger.Debug("never", "i", i)
		logger.Info("named", "i", i, "text", text("t"), "number", number(i), "secret", secret{"s"}, "none", none{})
		logger.Info("values", "i", i, "value", slog.IntValue(i), "level", slog.LevelWarn, "group",
			[]slog.Attr{slog.Int("a", i), slog.Group("empty")}, slog.Group("g", "x", i), slog.Group("empty"), "last", i)
		logger.InfoContext(ctx, "context", "took", time.Duration(i)*time.Second, "at", time.Unix(int64(i), 0).UTC())
		logger.Log(ctx, slog.Level(i), "level", "i", i)
		logger.DebugContext(nil, "no context", "i", i)
		slog.Info("default", "", i, "s", fmt.Sprint(i), "joined", errors.Join(nil, errors.New("e")))
		slog.Log(ctx, slog.LevelError+1, "default", "i", i)
		func() {
			defer func() { fmt.Println("recovered", recover()) }()
			logger.Info("panic", "i", i, "p", *pointer)
		}()
		func() {
			defer func() { fmt.Println("recovered", recover() != nil) }()
			var missing *slog.Logger
			for range 1 {
				missing.Info("panic", "i", i)
			}
		}()
	}
}
""",
    "printing": r"""package printing

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

func Run() {
	var buf bytes.Buffer
	var sb strings.Builder
	for _, s := range []string{"", "text", "100%", "\xff", strings.Repeat("x", 5000)} {
		fmt.Println(fmt.Fprint(&buf, s))
		fmt.Println(fmt.Fprint(&sb, s+"!"))
		fmt.Println(fmt.Fprint(os.Stdout, s))
		var none *os.File
		fmt.Println(fmt.Fprint(none, s))
		func() {
			defer func() { fmt.Println("recovered", recover() != nil) }()
			var none *bytes.Buffer
			for range 1 {
				fmt.Fprint(none, s)
			}
		}()
	}
	fmt.Println(buf.String(), sb.String())
}
""",
}

GUARDED = {
    "changing": "package changing\n\n"
    + _IMPORTS % ""
    + _HANDLER
    + r"""
type counter struct{ n int }

//go:noinline
func (c *counter) next() int { c.n++; return c.n }

func Run() {
	logger, c := slog.New(dump{}), &counter{}
	for range 3 {
		logger.Info("count", "before", c.n, "after", c.next())
	}
}
""",
    "embedding": "package embedding\n\n"
    + _IMPORTS % ""
    + _HANDLER
    + r"""
type tagged struct{ *slog.Logger }

func (t tagged) LogAttrs(context.Context, slog.Level, string, ...slog.Attr) { fmt.Println("mine") }

func Run() {
	logger := tagged{slog.New(dump{})}
	for i := range 3 {
		logger.Info("text", "i", i)
	}
}
""",
    "keys": "package keys\n\n"
    + _IMPORTS % ""
    + _HANDLER
    + r"""
func Run() {
	logger := slog.New(dump{})
	for i, key := range []any{"key", 1, slog.Int("a", 1), nil} {
		logger.Info("text", key, i, "last", i)
	}
}
""",
    "layers": r"""package layers

import (
	"bufio"
	"fmt"
	"strings"
)

type shouting struct{}

func (shouting) Write(b []byte) (int, error) { fmt.Println("bytes", len(b)); return len(b), nil }

func (shouting) WriteString(s string) (int, error) { fmt.Println("string", len(s)); return len(s), nil }

func Run() {
	w := bufio.NewWriter(shouting{})
	for n := range 3 {
		fmt.Fprint(w, strings.Repeat("text", n*3000))
	}
	w.Flush()
}
""",
}
