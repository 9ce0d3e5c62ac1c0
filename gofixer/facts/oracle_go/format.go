package main

import (
	"go/format"
	"runtime"
	"sync"
)

// Formatted answers a request to format: one text for each source, null for one that does not parse.
type Formatted struct {
	Done  bool     `json:"done"`
	Texts [][]byte `json:"texts"`
}

// formatted formats sources as gofmt does, several at a time.
func formatted(sources [][]byte) Formatted {
	texts := make([][]byte, len(sources))
	slots := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))
	var group sync.WaitGroup
	for i, source := range sources {
		i, source := i, source
		slots <- struct{}{}
		group.Add(1)
		go func() {
			defer group.Done()
			if text, err := format.Source(source); err == nil {
				texts[i] = text
			}
			<-slots
		}()
	}
	group.Wait()
	return Formatted{true, texts}
}
