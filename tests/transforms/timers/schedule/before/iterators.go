package before

import (
	"time"

	"example.com/schedule/world"
)

func init() { add("range over a function", rangeOverFunction) }

func rangeOverFunction(w *world.World) {
	values := func(yield func(int) bool) {
		for i := range 8 {
			w.Work("yield", i)
			if !yield(i) {
				return
			}
		}
	}
	for i := range values {
		select {
		case v := <-w.In:
			w.Work(v)
		case <-w.Stop:
			return
		case <-time.After(30 * time.Millisecond):
			w.Log("timeout", i)
		}
	}
}
