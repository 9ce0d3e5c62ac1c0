package gc

import (
	"runtime"
	"strconv"
	"testing"
)

func BenchmarkDrop(b *testing.B) {
	c := &Cache{rows: map[string][]byte{}}
	for i := 0; i < b.N; i++ {
		c.Drop(strconv.Itoa(i))
		runtime.GC()
	}
}
