// Package wrong holds program idle of package before in the forms that guides recommend.
package wrong

import (
	"time"

	"example.com/schedule/world"
)

// Programs are the forms by name.
var Programs = map[string]func(*world.World){
	"reset inside the case":      resetInside,
	"reset behind the work":      resetBehind,
	"one timer for all":          hoisted,
	"a ticker instead of timers": ticker,
}

func resetInside(w *world.World) {
	n := 0
	timer := time.NewTimer(20 * time.Millisecond)
	defer timer.Stop()
	for {
		select {
		case <-w.Ctx.Done():
			return
		case v := <-w.In:
			timer.Reset(20 * time.Millisecond)
			n++
			w.Work(v)
			if v%2 == 0 {
				continue
			}
			w.Log("batch", n)
		case <-timer.C:
			timer.Reset(20 * time.Millisecond)
			w.Log("timeout", n)
			n = 0
		}
	}
}

func resetBehind(w *world.World) {
	n := 0
	timer := time.NewTimer(20 * time.Millisecond)
	defer timer.Stop()
	for {
		select {
		case <-w.Ctx.Done():
			return
		case v := <-w.In:
			n++
			w.Work(v)
			if v%2 == 0 {
				continue
			}
			w.Log("batch", n)
		case <-timer.C:
			w.Log("timeout", n)
			n = 0
		}
		timer.Reset(20 * time.Millisecond)
	}
}

func hoisted(w *world.World) {
	n := 0
	timeout := time.After(20 * time.Millisecond)
	for {
		select {
		case <-w.Ctx.Done():
			return
		case v := <-w.In:
			n++
			w.Work(v)
			if v%2 == 0 {
				continue
			}
			w.Log("batch", n)
		case <-timeout:
			w.Log("timeout", n)
			n = 0
		}
	}
}

func ticker(w *world.World) {
	n := 0
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-w.Ctx.Done():
			return
		case v := <-w.In:
			n++
			w.Work(v)
			if v%2 == 0 {
				continue
			}
			w.Log("batch", n)
		case <-ticker.C:
			w.Log("timeout", n)
			n = 0
		}
	}
}
