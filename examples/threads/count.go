package threads

import (
	"runtime"
	"strconv"
)

// Count turns numbers into text, on a thread of its own for no reason.
func Count(in <-chan int, out chan<- string) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for n := range in {
		out <- strconv.Itoa(n)
	}
}
