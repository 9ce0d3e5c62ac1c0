// Package gc tells the collector what it knows already.
package gc

import (
	"runtime"
	"sync"
)

// Cache holds rows until they are dropped.
type Cache struct {
	mu   sync.Mutex
	rows map[string][]byte
}

// Drop forgets a row.
func (c *Cache) Drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.rows, key)
	runtime.GC()
}
