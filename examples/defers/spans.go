// Package defers closes what a loop opened.
package defers

import "time"

// Sample is large enough for a closure to capture it by reference.
type Sample struct {
	Name   string
	Values [32]float64
	Start  time.Time
}

// Record keeps every sample until the function returns.
func Record(names []string, report func(Sample)) {
	for _, name := range names {
		var sample Sample
		sample.Name = name
		sample.Start = time.Now()
		defer func() {
			report(sample)
		}()
	}
}

// Track is left alone: the compiler captures start by value, and nothing is allocated.
func Track(done func(time.Duration)) {
	start := time.Now()
	defer func() {
		done(time.Since(start))
	}()
}
