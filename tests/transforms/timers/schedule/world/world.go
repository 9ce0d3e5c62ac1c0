// Package world is what the programs see: channels on which things happen at given times, and a log.
//
// At any moment at most one channel is ready, so that a select has no choice and the log says all.
package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// An Op makes one channel ready (In, Other or Out), some time after the one before it was taken.
type Op struct {
	After time.Duration
	On    int
	Value int
}

// A Schedule is what happens to a program. Work and Waits are taken in turn, again and again.
type Schedule struct {
	Ops   []Op
	Tail  time.Duration
	Work  []time.Duration
	Waits []time.Duration
}

// Generate makes the schedule of a seed. Times are random to the nanosecond, so that two of them never meet.
func Generate(seed uint64) Schedule {
	random := rand.New(rand.NewPCG(seed, 2))
	span := func(low, high time.Duration) time.Duration {
		return low + time.Duration(random.Int64N(int64(high-low)))
	}
	var s Schedule
	for range 4 + random.IntN(12) {
		s.Ops = append(s.Ops, Op{span(0, 60*time.Millisecond), max(0, random.IntN(5)-2), random.IntN(9)})
	}
	for range 1 + random.IntN(5) {
		s.Work = append(s.Work, span(0, 50*time.Millisecond))
		s.Waits = append(s.Waits, span(time.Millisecond, 50*time.Millisecond))
	}
	s.Tail = span(0, 200*time.Millisecond)
	return s
}

// A World is one run of a program. Stop is closed, and Ctx cancelled, at the end.
type World struct {
	In, Other, Out, Never chan int
	Stop                  chan struct{}
	Ctx                   context.Context
	Idle                  time.Duration
	schedule              Schedule
	start                 time.Time
	log                   []string
	works, waits, rounds  int
}

// Run runs a program under a schedule with fake time and gives its log: what happened, and when.
func Run(t *testing.T, program func(*World), s Schedule) (log []string) {
	synctest.Test(t, func(*testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		w := &World{
			In: make(chan int), Other: make(chan int), Out: make(chan int), Never: make(chan int),
			Stop: make(chan struct{}), Ctx: ctx, Idle: 25 * time.Millisecond, schedule: s, start: time.Now(),
		}
		done, gone := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(gone)
			w.act(done)
			close(w.Stop)
			cancel()
		}()
		program(w)
		w.Log("end")
		close(done)
		<-gone
		log = w.log
	})
	return log
}

func (w *World) act(done <-chan struct{}) {
	for _, op := range w.schedule.Ops {
		time.Sleep(op.After)
		switch op.On {
		case 0:
			select {
			case w.In <- op.Value:
			case <-done:
				return
			case <-time.After(300 * time.Millisecond):
			}
		case 1:
			select {
			case w.Other <- op.Value:
			case <-done:
				return
			case <-time.After(200*time.Millisecond + 1):
			}
		case 2:
			select {
			case <-w.Out:
			case <-done:
				return
			case <-time.After(200*time.Millisecond + 1):
			}
		}
	}
	time.Sleep(w.schedule.Tail)
}

// Log notes an event with its time. Only the program does: what happens elsewhere at the same time has no order.
func (w *World) Log(what string, values ...any) {
	w.log = append(w.log, fmt.Sprint(time.Since(w.start).Nanoseconds(), " ", what, values))
}

// At is a time as the log writes it.
func (w *World) At(t time.Time) int64 { return t.Sub(w.start).Nanoseconds() }

// Work takes its time.
func (w *World) Work(values ...any) {
	w.Log("work", values...)
	time.Sleep(w.schedule.Work[w.works%len(w.schedule.Work)])
	w.works++
	w.Log("worked")
}

// Wait is a duration that differs at every call, and whose calls can be seen.
func (w *World) Wait() time.Duration {
	d := w.schedule.Waits[w.waits%len(w.schedule.Waits)]
	w.waits++
	w.Log("wait", d)
	return d
}

// More ends loops that nothing else ends.
func (w *World) More() bool {
	w.rounds++
	return w.rounds < 40
}

// Stopped tells whether the end has come.
func (w *World) Stopped() bool {
	select {
	case <-w.Stop:
		return true
	default:
		return false
	}
}
