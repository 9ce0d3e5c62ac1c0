package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	memoryFloor = 160 << 20
	memoryRoom  = 50 << 20 // for what is not heap, and for the garbage of one package
)

// tuneMemory lets the heap grow to a floor before anything is collected, and from then on to somewhat more than is
// alive: most runs finish without a collection to speak of, and big modules do not collect all the time.
func tuneMemory() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryFloor)
	afterCollection(new(sentinel))
}

type sentinel struct{ _ [16]byte }

// afterCollection sets the limit anew after every collection: the finalizer of an object that nobody holds runs then.
func afterCollection(s *sentinel) {
	runtime.SetFinalizer(s, func(*sentinel) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			heap := int64(live[0].Value.Uint64())
			debug.SetMemoryLimit(max(memoryFloor, heap+heap/4+memoryRoom))
		}
		afterCollection(new(sentinel))
	})
}
