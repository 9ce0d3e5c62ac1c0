package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	heapFloor   = 150 << 20 // nothing is collected before the heap has this size
	growth      = 45        // percent of what is alive that a bigger heap may grow by
	firstGrowth = heapFloor / (4 << 20) * 100
)

// tuneMemory lets the heap grow to a floor before anything is collected, and from then on to somewhat more than is
// alive: most runs finish with few collections, and big modules do not collect all the time.
func tuneMemory() {
	debug.SetGCPercent(firstGrowth) // of the 4 MB that the runtime takes for the smallest heap
	afterCollection(new(sentinel))
}

type sentinel struct{ _ [16]byte }

// afterCollection sets the goal anew after every collection: the finalizer of an object that nobody holds runs then.
func afterCollection(s *sentinel) {
	runtime.SetFinalizer(s, func(*sentinel) {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		if sample[0].Value.Kind() == metrics.KindUint64 {
			live := max(4<<20, int(sample[0].Value.Uint64()))
			debug.SetGCPercent(max(growth, (heapFloor-live)*100/live))
		}
		afterCollection(new(sentinel))
	})
}
