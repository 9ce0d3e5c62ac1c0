"""Programs that collect by hand: what each prints must not depend on gofixer having been there.

Each is a package with a `Run`; the guards judge whole packages. `REWRITTEN` are the packages that lose a call.
"""

from __future__ import annotations

MODULE = "example.com/collecting"

PACKAGES = {
    "plain": """package plain

import (
	"fmt"
	"runtime"
)

func Run() {
	sum := 0
	for i := range 5 {
		sum += work(i)
		runtime.GC()
	}
	fmt.Println(sum)
}

func work(n int) int { return len(make([]byte, n*1000)) }
""",
    "branches": """package branches

import (
	"fmt"
	"os"
	rt "runtime"
)

func Run() {
	for n := range 6 {
		fmt.Println(n, step(n, n*2))
	}
}

func step(n, limit int) (out string) {
	defer func() {
		out += "."
		rt.GC()
	}()
	if n > 4 {
		out += "a"
	} else if n > 3 {
		out += "b"
	} else if n > os.O_RDWR {
		rt.GC()
	}
	if n == 1 {
		out += "c"
	} else {
		rt.GC()
	}
	if limit > 4 && n < 4 {
		rt.GC()
	}
	switch n {
	case 0:
		out += "d"
		rt.GC()
		fallthrough
	case 1:
		rt.GC()
		out += "e"
	default:
		out += "f"
	}
	tidy()
	{
		rt.GC()
	}
	return out + fmt.Sprint(limit)
}

func tidy() {
	rt.GC()
}
""",
    "conditions": """package conditions

import (
	"fmt"
	"runtime"
)

type node struct{ next *node }

func Run() {
	try(func() { pointer(nil) })
	try(func() { index(nil) })
	try(func() { kind("text") })
	try(func() { compare([]int{1}, []int{1}) })
	try(func() { divide(0) })
	try(func() { count() })
}

func try(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func pointer(n *node) {
	if n.next == nil {
		runtime.GC()
	}
	fmt.Println("pointer")
}

func index(values []int) {
	if values[3] > 1 {
		runtime.GC()
	}
	fmt.Println("index")
}

func kind(value any) {
	if value.(int) > 1 {
		runtime.GC()
	}
	fmt.Println("kind")
}

func compare(a, b any) {
	if a == b {
		runtime.GC()
	}
	fmt.Println("compare")
}

func divide(n int) {
	if 10/n > 1 {
		runtime.GC()
	}
	fmt.Println("divide")
}

var calls int

func called() bool {
	calls++
	return true
}

func count() {
	if called() {
		runtime.GC()
	}
	fmt.Println("count", calls)
}
""",
    "finalizers": """package finalizers

import (
	"fmt"
	"runtime"
	"time"
)

type resource struct{ data [64]int }

var closed = make(chan string, 1)

func Run() {
	use()
	runtime.GC()
	select {
	case name := <-closed:
		fmt.Println(name)
	case <-time.After(time.Second):
		fmt.Println("never")
	}
}

func use() {
	r := &resource{}
	runtime.SetFinalizer(r, func(*resource) { closed <- "closed" })
	r.data[0]++
}
""",
    "weakly": """package weakly

import (
	"fmt"
	"runtime"
	"weak"
)

type entry struct{ data [64]int }

func Run() {
	pointer := make()
	fmt.Println(pointer.Value() == nil)
	work()
	runtime.GC()
	fmt.Println(pointer.Value() == nil)
}

func make() weak.Pointer[entry] { return weak.Make(&entry{}) }

func work() {}
""",
    "handle": """package handle

import "runtime"

var Closed = make(chan string, 1)

type Handle struct{ data [64]int }

func Open() *Handle {
	h := &Handle{}
	runtime.AddCleanup(h, func(name string) { Closed <- name }, "handle")
	return h
}

func (h *Handle) Use() { h.data[0]++ }
""",
    "imported": f"""package imported

import (
	"fmt"
	"runtime"
	"time"

	"{MODULE}/handle"
)

func Run() {{
	handle.Open().Use()
	runtime.GC()
	select {{
	case name := <-handle.Closed:
		fmt.Println(name)
	case <-time.After(time.Second):
		fmt.Println("never")
	}}
}}
""",
    "measured": """package measured

import (
	"fmt"
	"runtime"
	rm "runtime/metrics"
)

var sink []byte

func Run() {
	before := live()
	sink = make([]byte, 16<<20)
	sink = nil
	fmt.Println(live() < before+8<<20)
}

func live() uint64 {
	sample := []rm.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	warm(sample)
	runtime.GC()
	rm.Read(sample)
	return sample[0].Value.Uint64()
}

func warm(sample []rm.Sample) { sample[0].Value = rm.Value{} }
""",
}
REWRITTEN = frozenset({"plain", "branches"})

# The collector is off, and the program has to stay below a limit.
OFF = {
    "main.go": f"""package main

import (
	"fmt"
	"runtime"

	"{MODULE}/start"
)

var sink []byte

func main() {{
	start.Quietly()
	for i := range 100 {{
		step(i)
	}}
	fmt.Println(start.Objects() < 50)
}}

func step(n int) {{
	sink = make([]byte, 1<<20)
	sink[0] = byte(n)
	runtime.GC()
}}
""",
    "start/start.go": """package start

import (
	"runtime"
	"runtime/debug"
)

func Quietly() { debug.SetGCPercent(-1) }

// Objects counts the mebibytes that are in use.
func Objects() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc >> 20
}
""",
}
