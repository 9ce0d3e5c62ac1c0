package before

import (
	"time"

	"example.com/schedule/world"
)

func init() {
	add("wait at the end", repeated(waitAtTheEnd))
	add("wait in the middle", repeated(waitInTheMiddle))
	add("wait with a way out", repeated(waitWithAWayOut))
	add("two waits", repeated(twoWaits))
	add("tick range", tickRange)
	add("tick range again", tickRangeAgain)
	add("tick init", tickInit)
	add("tick post", tickPost)
	add("tick variable", tickVariable)
	add("tick case", tickCase)
}

func repeated(wait func(*world.World) bool) func(*world.World) {
	return func(w *world.World) {
		for w.More() && wait(w) {
			w.Log("round")
		}
	}
}

func waitAtTheEnd(w *world.World) bool {
	select {
	case <-w.Stop:
		return false
	case v := <-w.In:
		w.Work(v)
	case <-time.After(30 * time.Millisecond):
		w.Log("timeout")
	}
	return true
}

func waitInTheMiddle(w *world.World) bool {
	if w.Stopped() {
		return false
	}
	in, other := w.In, w.Other
	select {
	case v := <-in:
		w.Work(v)
	case v := <-other:
		w.Log("other", v)
	case <-time.After(w.Wait()):
		w.Log("timeout")
	}
	w.Work("middle")
	w.Log("end of the middle")
	return true
}

func waitWithAWayOut(w *world.World) bool {
	select {
	case <-w.Ctx.Done():
		return false
	case v := <-w.In:
		w.Work(v)
	case <-w.Other:
	case <-time.After(30 * time.Millisecond):
		w.Log("timeout")
	}
	w.Work("behind")
	w.Log("end")
	return true
}

func twoWaits(w *world.World) bool {
	stop, in := w.Stop, w.In
	select {
	case <-stop:
		return false
	case v := <-in:
		w.Work(v)
	case <-time.After(45 * time.Millisecond):
		w.Log("long")
	case <-time.After(w.Wait()):
		w.Log("short")
	}
	return true
}

func tickRange(w *world.World) {
	for now := range time.Tick(30 * time.Millisecond) {
		w.Log("tick", w.At(now))
		w.Work("tick")
		if w.Stopped() || !w.More() {
			return
		}
	}
}

func tickRangeAgain(w *world.World) {
	for round := range 3 {
		for range time.Tick(10 * time.Millisecond) {
			w.Work("tick", round)
			if !w.More() || w.Stopped() {
				break
			}
		}
		w.Work("between")
	}
}

func tickInit(w *world.World) {
	for c := time.Tick(11 * time.Millisecond); ; {
		select {
		case <-w.Stop:
			return
		case v := <-w.Other:
			w.Log("other", v)
		case <-c:
			w.Log("tick")
		}
	}
}

func tickPost(w *world.World) {
	for ; w.More() && !w.Stopped(); <-time.Tick(9 * time.Millisecond) {
		w.Work("round")
	}
}

func tickVariable(w *world.World) {
	tick := time.Tick(13 * time.Millisecond)
	for w.More() {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Log("in", v)
			<-tick
			w.Log("tick behind in")
		case <-tick:
			w.Log("tick")
		}
	}
}

func tickCase(w *world.World) {
	for w.More() {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case <-time.Tick(17 * time.Millisecond):
			w.Log("tick")
		}
	}
}
