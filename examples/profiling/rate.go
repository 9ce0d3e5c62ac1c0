package profiling

import (
	"io"
	"runtime"
	"runtime/pprof"
)

// Profile profiles a piece of work, at a rate that the profiler cannot have.
func Profile(w io.Writer, work func()) error {
	runtime.SetCPUProfileRate(1000)
	if err := pprof.StartCPUProfile(w); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	work()
	return nil
}
