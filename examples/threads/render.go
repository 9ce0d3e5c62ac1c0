// Package threads is busy with threads and processors.
package threads

import (
	"net/http"
	"runtime"
)

// Render answers with as many processors as there are.
func Render(w http.ResponseWriter, r *http.Request) {
	runtime.GOMAXPROCS(runtime.NumCPU())
	w.WriteHeader(http.StatusNoContent)
}
