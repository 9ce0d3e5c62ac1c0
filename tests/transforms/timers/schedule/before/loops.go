package before

import (
	"time"

	"example.com/schedule/world"
)

func init() {
	add("idle", idle)
	add("grows", grows)
	add("labelled", labelled)
	add("continues", continues)
	add("two selects", twoSelects)
	add("two timeouts", twoTimeouts)
	add("nested", nested)
	add("loop in a loop", loopInALoop)
	add("goto is the loop", gotoIsTheLoop)
	add("goto repeats the loop", gotoRepeatsTheLoop)
	add("goto leaves the loop", gotoLeavesTheLoop)
	add("call", call)
	add("call and later operands", callAndLaterOperands)
	add("budget", budget)
	add("field", field)
	add("helper", helper)
	add("lazy helper", lazyHelper)
	add("bound", bound)
	add("assigned", assigned)
	add("range", ranges)
	add("branch", branch)
	add("fallthrough", fallsThrough)
	add("literal", literal)
	add("declared in the loop", declaredInTheLoop)
	add("labelled select", labelledSelect)
	add("sleep", sleep)
	add("sleep that is left early", sleepLeftEarly)
	add("recursion", recursion)
	add("panic", panics)
	add("not positive", notPositive)
	add("init and post", initAndPost)
}

func idle(w *world.World) {
	n := 0
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
		case <-time.After(20 * time.Millisecond):
			w.Log("timeout", n)
			n = 0
		}
	}
}

func grows(w *world.World) {
	wait := time.Millisecond
	for w.More() {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
			wait = time.Millisecond
		case <-time.After(wait):
			w.Log("timeout", wait)
			wait += wait / 2
		}
	}
}

func labelled(w *world.World) {
	timeouts := 0
out:
	for {
		select {
		case v := <-w.In:
			w.Log("in", v)
		case v := <-w.Other:
			w.Work(v)
		case <-time.After(45 * time.Millisecond):
			if timeouts++; timeouts > 2 {
				break out
			}
			w.Log("timeout")
		}
	}
	w.Work("rest")
}

func continues(w *world.World) {
	for {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			if v < 5 {
				w.Work(v)
				continue
			}
		case v := <-w.Other:
			w.Log("other", v)
			continue
		case <-time.After(30 * time.Millisecond):
			w.Log("timeout")
			continue
		}
		w.Work("behind")
	}
}

func twoSelects(w *world.World) {
	for w.More() {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case <-time.After(15 * time.Millisecond):
			w.Log("first")
		}
		select {
		case v := <-w.Other:
			w.Work(v)
		case <-time.After(35 * time.Millisecond):
			w.Log("second")
		}
	}
}

func twoTimeouts(w *world.World) {
	long := 40 * time.Millisecond
	short := 60 * time.Millisecond
	for {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case <-time.After(long):
			w.Log("long")
			long, short = short, long
		case <-time.After(short):
			w.Log("short")
			short += 7 * time.Millisecond
		}
	}
}

func nested(w *world.World) {
	for {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
			select {
			case w.Out <- v:
				w.Log("out", v)
			case <-time.After(25 * time.Millisecond):
				w.Log("lost", v)
			}
		case <-time.After(50 * time.Millisecond):
			w.Log("idle")
		}
	}
}

func loopInALoop(w *world.World) {
next:
	for round := range 6 {
		for {
			select {
			case v := <-w.In:
				w.Work(round, v)
				if v > 6 {
					continue next
				}
			case v := <-w.Other:
				w.Log("other", v)
			case <-time.After(40 * time.Millisecond):
				w.Log("timeout", round)
				continue next
			}
		}
	}
}

func gotoIsTheLoop(w *world.World) {
	n := 0
again:
	n++
	select {
	case v := <-w.In:
		w.Work(v)
		goto again
	case v := <-w.Other:
		w.Log("other", v)
		goto again
	case <-time.After(30 * time.Millisecond):
		w.Log("timeout", n)
		if w.More() && n < 12 {
			goto again
		}
	}
}

func gotoRepeatsTheLoop(w *world.World) {
connect:
	w.Work("connect")
	for {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			if v < 4 {
				goto connect
			}
		case <-time.After(20 * time.Millisecond):
			w.Log("timeout")
		}
	}
}

func gotoLeavesTheLoop(w *world.World) {
	for {
		select {
		case v := <-w.In:
			w.Work(v)
			if v > 7 {
				goto out
			}
		case <-w.Stop:
			goto out
		case <-time.After(30 * time.Millisecond):
			w.Log("timeout")
		}
	}
out:
	w.Work("out")
}

func call(w *world.World) {
	for {
		select {
		case <-time.After(w.Wait()):
			w.Log("timeout")
		case v := <-w.In:
			w.Work(v)
		case <-w.Stop:
			return
		}
	}
}

func callAndLaterOperands(w *world.World) {
	in := func() chan int {
		w.Log("operand")
		return w.In
	}
	slow := func() int {
		w.Work("operand")
		return 3
	}
	for w.More() {
		if w.Stopped() {
			return
		}
		select {
		case <-time.After(60*time.Millisecond + w.Wait()):
			w.Log("timeout")
		case v := <-in():
			w.Work(v)
		case w.Out <- slow():
			w.Log("out")
		}
	}
}

func budget(w *world.World) {
	start := time.Now()
	for {
		select {
		case v := <-w.In:
			w.Log("in", v)
		case v := <-w.Other:
			w.Log("other", v)
		case <-time.After(150*time.Millisecond - time.Since(start)):
			w.Log("timeout")
			return
		}
	}
}

func field(w *world.World) {
	for {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Idle = time.Duration(5+v) * time.Millisecond
			w.Work(v)
		case <-time.After(w.Idle):
			w.Log("timeout", w.Idle)
			w.Idle += time.Millisecond
		}
	}
}

func helper(w *world.World) {
	for {
		timeout := time.After(60 * time.Millisecond)
		w.Work("before")
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case <-timeout:
			w.Log("timeout")
		}
	}
}

func lazyHelper(w *world.World) {
	slow := func() chan int {
		w.Work("operand")
		return w.In
	}
	for w.More() {
		if w.Stopped() {
			return
		}
		var timeout = time.After(55*time.Millisecond + w.Wait())
		select {
		case v := <-slow():
			w.Work(v)
		case <-timeout:
			w.Log("timeout")
		}
	}
}

func bound(w *world.World) {
	for {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case now := <-time.After(20 * time.Millisecond):
			w.Log("timeout", w.At(now))
		}
	}
}

func assigned(w *world.World) {
	var last time.Time
	var ok bool
	for {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case last, ok = <-time.After(20 * time.Millisecond):
			w.Log("timeout", w.At(last), ok)
		}
	}
}

func ranges(w *world.World) {
	for i, in := range []chan int{w.In, w.Other, w.In, w.In, w.Other, w.Never} {
		select {
		case v := <-in:
			w.Work(i, v)
		case <-time.After(40 * time.Millisecond):
			w.Log("timeout", i)
		}
	}
}

func branch(w *world.World) {
	for !w.Stopped() {
		var v int
		select {
		case v = <-w.In:
		case <-w.Stop:
			return
		}
		if v%2 == 1 {
			// Only odd ones are waited for.
			select {
			case v := <-w.Other:
				w.Work(v)
			case <-time.After(33 * time.Millisecond):
				w.Log("timeout")
			}
		} else {
			w.Work(v)
		}
	}
}

func fallsThrough(w *world.World) {
	for i := 0; w.More(); i++ {
		switch i % 3 {
		case 0:
			w.Log("zero")
			fallthrough
		case 1:
			select {
			case v := <-w.In:
				w.Work(v)
			case <-w.Stop:
				return
			case <-time.After(10 * time.Millisecond):
				w.Log("timeout", i)
				break
			}
		default:
			w.Work("default")
		}
	}
}

func literal(w *world.World) {
	for round := range 3 {
		func() {
			defer w.Log("round", round)
			for {
				select {
				case v := <-w.In:
					w.Work(v)
				case <-time.After(35 * time.Millisecond):
					return
				}
			}
		}()
	}
}

func declaredInTheLoop(w *world.World) {
	for {
		wait := w.Wait()
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case <-time.After(wait + time.Millisecond):
			w.Log("timeout", wait)
		}
	}
}

func labelledSelect(w *world.World) {
	for {
	wait:
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			for range v {
				if v > 5 {
					break wait
				}
				w.Work(v)
			}
		case <-time.After(20 * time.Millisecond):
			w.Log("timeout")
		}
		w.Log("behind")
	}
}

func sleep(w *world.World) {
	for {
		select {
		case <-w.Stop:
			return
		case <-time.After(20 * time.Millisecond):
			w.Work("poll")
		}
	}
}

func sleepLeftEarly(w *world.World) {
	for round := range 5 {
		w.Log("round", round)
		for tries := 0; ; tries++ {
			w.Work("try")
			if tries >= round {
				break
			}
			select {
			case <-w.Stop:
				return
			case <-time.After(15 * time.Millisecond):
			}
		}
	}
}

func recursion(w *world.World) {
	for range 3 {
		select {
		case v := <-w.In:
			w.Work(v)
			if w.More() {
				recursion(w)
			}
		case <-time.After(40 * time.Millisecond):
			w.Log("timeout")
		}
	}
}

func panics(w *world.World) {
	attempt := func() (again bool) {
		defer func() {
			if problem := recover(); problem != nil {
				w.Log("panic", problem)
				again = true
			}
		}()
		for {
			select {
			case <-w.Stop:
				return false
			case v := <-w.In:
				w.Work(10 / (v % 3))
			case <-time.After(35 * time.Millisecond):
				w.Log("timeout")
			}
		}
	}
	for attempt() {
	}
}

func notPositive(w *world.World) {
	wait := 2 * time.Millisecond
	for !w.Stopped() {
		select {
		case <-w.Never:
			w.Log("never")
		case <-time.After(wait):
			w.Log("timeout", wait)
			wait -= time.Millisecond
			time.Sleep(7 * time.Millisecond)
		}
	}
}

func initAndPost(w *world.World) {
	for i, d := 0, 10*time.Millisecond; i < 8; i, d = i+1, d+5*time.Millisecond {
		select {
		case <-w.Stop:
			return
		case v := <-w.In:
			w.Work(v)
		case <-time.After(d):
			w.Log("timeout", d)
		}
	}
}
