"""A program whose loops defer: what it prints, results and panics too, must not depend on gofixer having been there.

Lines that start with ``released`` are written by deferred closures: these alone may stand elsewhere afterwards.
`REWRITTEN` are the functions that change.
"""

from __future__ import annotations

REWRITTEN = {"plain", "results", "panics", "nested", "pairs", "readers", "calm", "iterated", "captures", "literal"}

SOURCE = r"""package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	dir, err := os.MkdirTemp("", "releasing")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	var names []string
	for _, name := range []string{"a", "b", "missing", "c"} {
		path := filepath.Join(dir, name)
		if name != "missing" {
			text := strings.Repeat("line of "+name+"\n# rest\n", 3)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				panic(err)
			}
		}
		names = append(names, path)
	}
	step("plain", func() { fmt.Println(plain(names)) })
	step("results", func() { fmt.Println(results(names)) })
	step("panics", func() { panics(names) })
	step("nested", func() { fmt.Println(nested([][]string{names, names[:1]})) })
	step("pairs", func() { pairs(names) })
	step("unpack", func() { unpack(names) })
	step("readers", func() { fmt.Println(readers(names)) })
	step("calm", func() { fmt.Println(calm(4)) })
	step("iterated", func() { iterated(sequence(names)) })
	step("captures", func() { captures(names) })
	step("literal", func() { literal(names) })
	step("kept", func() { fmt.Println(kept(names)) })
	step("recovered", func() { fmt.Println(recovered(names)) })
	step("counted", func() { counted(names) })
	step("result", func() { fmt.Println(result(names)) })
	step("late", late)
}

func step(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panics", r)
		}
	}()
	fmt.Println("step", name)
	f()
}

func plain(names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return errors.New("not there")
		}
		base := filepath.Base(name)
		defer func() {
			f.Close()
			fmt.Println("released", base)
		}()
		io.Copy(os.Stdout, f)
	}
	return nil
}

func results(names []string) (n int, err error) {
	defer func() { fmt.Println("n is", n) }()
	for i, name := range names {
		f, failed := os.Open(name)
		if failed != nil {
			err = errors.New("not there")
			continue
		}
		defer f.Close()
		data, _ := io.ReadAll(f)
		n += len(data) + i
	}
	return n, err
}

func panics(names []string) {
	n := 0
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		base := filepath.Base(name)
		defer func() {
			f.Close()
			fmt.Println("released", base)
		}()
		if n++; n == 2 {
			panic(fmt.Sprint("at ", n))
		}
		io.Copy(os.Stdout, f)
	}
}

func nested(groups [][]string) (n int) {
outer:
	for _, names := range groups {
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				continue outer
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
		read:
			for lines.Scan() {
				switch {
				case strings.HasPrefix(lines.Text(), "#"):
					break read
				}
				n++
			}
		}
	}
	return n
}

func pairs(names []string) {
	for _, name := range names {
		f, err := os.Create(name + ".gz")
		if err != nil {
			continue
		}
		defer func() {
			fmt.Println("released file", f.Close())
		}()
		z := gzip.NewWriter(f)
		defer func() {
			fmt.Println("released writer", z.Close())
		}()
		fmt.Fprintln(z, `text
of lines`)
	}
}

func unpack(names []string) {
	for _, name := range names {
		f, err := os.Open(name + ".gz")
		if err != nil {
			panic(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			panic(err)
		}
		io.Copy(os.Stdout, z)
		f.Close()
	}
}

func readers(names []string) (all []string) {
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		defer f.Close()
		r := bufio.NewReader(f)
		line, err := r.ReadString('\n')
		all = append(all, line, fmt.Sprint(err))
	}
	return all
}

func calm(n int) (sum int) {
	for i := range n {
		t := time.NewTimer(time.Duration(i))
		defer t.Stop()
		<-t.C
		sum += i
		if i%2 == 0 {
			sum++
		}
	}
	return sum
}

func sequence(names []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		defer fmt.Println("sequence over")
		for _, name := range names {
			if !yield(name) {
				return
			}
		}
	}
}

func iterated(names iter.Seq[string]) {
	for name := range names {
		f, err := os.Open(name)
		if err != nil {
			break
		}
		defer f.Close()
		io.Copy(os.Stdout, f)
	}
	fmt.Println("over")
}

func captures(names []string) {
	var later []func()
	for i, name := range names {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		value, n := filepath.Base(name), i
		if ctx.Err() != nil {
			panic("over too early")
		}
		later = append(later, func() { fmt.Println(value, n, i) })
		n++
	}
	for _, f := range later {
		f()
	}
}

func literal(names []string) {
	for _, name := range names {
		func() {
			for range 2 {
				f, err := os.Open(name)
				if err != nil {
					return
				}
				defer func() { fmt.Println("released", f.Close()) }()
				io.Copy(os.Stdout, io.LimitReader(f, 10))
			}
		}()
	}
}

func kept(names []string) (texts []string) {
	var files []io.Reader
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		defer f.Close()
		files = append(files, f)
	}
	for _, f := range files {
		data, err := io.ReadAll(f)
		texts = append(texts, string(data), fmt.Sprint(err))
	}
	return texts
}

func recovered(names []string) (n int) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		defer func() {
			f.Close()
			fmt.Println(recover())
		}()
		n++
		if n > 0 {
			panic("recovered")
		}
	}
	return n
}

func counted(names []string) {
	n := 0
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		defer func() {
			f.Close()
			fmt.Println("of", n)
		}()
		n++
		io.Copy(io.Discard, f)
	}
}

func result(names []string) (err error) {
	for _, name := range names {
		f, failed := os.Open(name)
		if failed != nil {
			continue
		}
		defer func() {
			f.Close()
			err = errors.New("closed")
		}()
		io.Copy(io.Discard, f)
	}
	return nil
}

func late() {
	called := make(chan bool, 3)
	for range 3 {
		t := time.AfterFunc(time.Millisecond, func() { called <- true })
		defer t.Stop()
		fmt.Println("set")
	}
	for range 3 {
		select {
		case <-called:
			fmt.Println("called")
		case <-time.After(5 * time.Second):
			fmt.Println("never called")
		}
	}
}
"""
