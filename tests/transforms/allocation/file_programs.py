"""Programs that write files in loops. `SAME` are rewritten; in `GUARDED` a guard is all that keeps the output."""

from __future__ import annotations

SAME = {
    "rows": r"""package rows

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

func Run() {
	folder, err := os.MkdirTemp("", "rows")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, "file")
	for _, n := range []int{0, 1, 10, 1000, 10000} {
		fmt.Println(save(name, n, false))
		show(name)
		fmt.Println(quiet(name, strings.Fields(strings.Repeat("text ", n))))
		show(name)
	}
	fmt.Println(counted(name, map[string]int{"a": 1}))
	show(name)
	_, err = counted(folder, nil)
	fmt.Println(errors.Is(err, syscall.EISDIR))
	if _, err := os.Stat(full); err == nil {
		fmt.Println(errors.Is(save(full, 10, false), syscall.ENOSPC))
		fmt.Println(errors.Is(save(full, 10000, false), syscall.ENOSPC))
	} else {
		fmt.Println("true\ntrue")
	}
	fmt.Println(errors.Is(save(name, 10, true), os.ErrClosed))
	show(name)
	fmt.Println(save(name, 0, true))
}

// show prints what is in a file, and where its parts lie.
func show(name string) {
	data, err := os.ReadFile(name)
	text := string(data)
	fmt.Println(len(text), strings.Index(text, "tail"), strings.Count(text, "\n"), err)
	fmt.Println(text[:min(len(text), 200)])
}

func save(name string, n int, closed bool) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	f.WriteString("head\n")
	if closed {
		f.Close()
	}
	for i := range n {
		if i%7 == 3 {
			continue
		}
		if _, err := fmt.Fprintf(f, "row %d", i); err != nil {
			return fmt.Errorf("saving: %w", err)
		}
		for range i % 3 {
			f.Write([]byte("."))
		}
		if _, err := fmt.Fprintln(f); err != nil {
			return err
		}
	}
	if closed {
		return nil
	}
	place, err := f.Seek(0, 1)
	fmt.Println(place)
	if err != nil {
		return err
	}
	_, err = f.WriteString("tail\n")
	return err
}

func quiet(name string, words []string) (err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	for _, word := range words {
		f.WriteString(word)
	}
	return f.Sync()
}

func counted(name string, pairs map[string]int) (int, error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	sum := 0
	for key, value := range pairs {
		n, err := fmt.Fprint(f, key, value)
		if err != nil {
			f.Close()
			return sum, err
		}
		sum += n
	}
	return sum, f.Close()
}
"""
    # The transform leaves functions alone that name a device.
    + '\nvar full = "/dev/full"\n',
}

GUARDED = {
    "leaving": r"""package leaving

import (
	"fmt"
	"os"
)

func Run() {
	name := os.TempDir() + "/leaving"
	defer os.Remove(name)
	fmt.Println(save(name, []string{"a", "b", "", "c"}))
	data, err := os.ReadFile(name)
	fmt.Println(string(data), err)
}

func save(name string, lines []string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, line := range lines {
		if line == "" {
			return os.ErrInvalid
		}
		f.WriteString(line)
	}
	return nil
}
""",
    "appending": r"""package appending

import (
	"fmt"
	"os"
)

func Run() {
	name := os.TempDir() + "/appending"
	defer os.Remove(name)
	fmt.Println(save(name, []string{"a", "b", "c"}))
	data, err := os.ReadFile(name)
	fmt.Println(string(data), err)
}

func save(name string, lines []string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	other, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer other.Close()
	for _, line := range lines {
		f.WriteString(line)
		other.Write([]byte("-"))
	}
	return nil
}
""",
    "reading": r"""package reading

import (
	"fmt"
	"os"
)

func Run() {
	name := os.TempDir() + "/reading"
	defer os.Remove(name)
	fmt.Println(save(name, []string{"a", "b", "c"}))
}

func save(name string, lines []string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, line := range lines {
		f.WriteString(line)
		data, err := os.ReadFile(name)
		fmt.Println(string(data), err)
	}
	return nil
}
""",
    "stopping": r"""package stopping

import (
	"fmt"
	"os"
)

func Run() {
	name := os.TempDir() + "/stopping"
	defer os.Remove(name)
	func() {
		defer func() { fmt.Println(recover()) }()
		save(name, []string{"a", "b", "", "c"})
	}()
	data, err := os.ReadFile(name)
	fmt.Println(string(data), err)
}

func save(name string, lines []string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, line := range lines {
		if line == "" {
			panic("an empty line")
		}
		f.WriteString(line)
	}
	return nil
}
""",
}

# Prints how many system calls have written while a file was saved.
SYSTEM_CALLS = {
    "calls": r"""package calls

import (
	"fmt"
	"os"
)

func Run() {
	before := written()
	save(os.TempDir() + "/calls")
	fmt.Println(written() - before)
	os.Remove(os.TempDir() + "/calls")
}

func written() (n int) {
	data, _ := os.ReadFile("/proc/self/io")
	var rchar, wchar, syscr int
	fmt.Sscanf(string(data), "rchar: %d\nwchar: %d\nsyscr: %d\nsyscw: %d\n", &rchar, &wchar, &syscr, &n)
	return n
}

func save(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for i := range 1000 {
		if _, err := fmt.Fprintf(f, "row %d\n", i); err != nil {
			return err
		}
	}
	return nil
}
"""
}
