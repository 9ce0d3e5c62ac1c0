package main

import "go/format"

// Formatted answers a request to format: one text for each source, null for one that does not parse.
type Formatted struct {
	Done  bool     `json:"done"`
	Texts [][]byte `json:"texts"`
}

// formatted formats sources as gofmt does.
func formatted(sources [][]byte) Formatted {
	texts := make([][]byte, len(sources))
	for i, source := range sources {
		if text, err := format.Source(source); err == nil {
			texts[i] = text
		}
	}
	return Formatted{true, texts}
}
