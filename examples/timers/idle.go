// Package timers waits for work, for a while.
package timers

import (
	"context"
	"time"
)

// Batch collects items and hands them on when they are enough or when nothing came for a while.
func Batch(ctx context.Context, in <-chan string, flush func([]string)) {
	var batch []string
	for {
		select {
		case <-ctx.Done():
			flush(batch)
			return
		case item := <-in:
			batch = append(batch, item)
			if len(batch) < 100 {
				continue
			}
			flush(batch)
			batch = nil
		case <-time.After(5 * time.Second):
			flush(batch)
			batch = nil
		}
	}
}

// Sleep is left alone: each round ends with the timer, so a timer of its own would save nothing.
func Sleep(ctx context.Context, d time.Duration, poll func() bool) {
	for !poll() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(d):
		}
	}
}
