package introspection

import (
	"log"
	"runtime"
	"time"
)

// Stacks logs the stacks of all goroutines, four times an hour.
func Stacks() {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		log.Printf("%s", buf[:n])
		time.Sleep(15 * time.Minute)
	}
}
