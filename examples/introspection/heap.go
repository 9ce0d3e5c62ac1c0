// Package introspection asks the runtime about itself.
package introspection

import (
	"fmt"
	"io"
	"runtime"
	"time"
)

// Report writes the size of the heap once a minute.
func Report(w io.Writer, stop <-chan struct{}) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			fmt.Fprintln(w, "heap:", m.HeapAlloc)
		case <-stop:
			return
		}
	}
}
