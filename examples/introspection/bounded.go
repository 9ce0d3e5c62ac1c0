package introspection

import (
	"runtime"
	"sync"
)

// Each runs jobs, a hundred at a time.
func Each(jobs []func()) {
	var wg sync.WaitGroup
	for _, job := range jobs {
		for runtime.NumGoroutine() > 100 {
			runtime.Gosched()
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			job()
		}()
	}
	wg.Wait()
}
