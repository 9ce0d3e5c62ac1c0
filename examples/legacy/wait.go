// Package legacy belongs to a module from before Go 1.23: a timer that nobody stops stays until it fires.
package legacy

import (
	"context"
	"time"
)

// Wait gives up after ten minutes.
func Wait(ctx context.Context, ready <-chan struct{}) bool {
	select {
	case <-ready:
		return true
	case <-ctx.Done():
		return false
	case <-time.After(10 * time.Minute):
		return false
	}
}

// Poll asks once a second until the answer is yes.
func Poll(ask func() bool) {
	for range time.Tick(time.Second) {
		if ask() {
			return
		}
	}
}
