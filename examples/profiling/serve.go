// Package profiling measures more than it needs.
package profiling

import "runtime"

func init() {
	runtime.SetBlockProfileRate(1)
}
