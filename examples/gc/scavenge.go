package gc

import (
	"log"
	"runtime/debug"
	"time"
)

// Serve gives memory back on a timer, as the runtime does by itself.
func Serve(requests <-chan string) {
	go func() {
		for range time.Tick(time.Minute) {
			debug.FreeOSMemory()
		}
	}()
	for request := range requests {
		log.Print(request)
	}
}
