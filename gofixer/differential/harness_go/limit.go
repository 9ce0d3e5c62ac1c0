//go:build linux

package gofixer_harness

import gofixerSyscall "syscall"

// A slip of an input into `make` or strings.Repeat must not take the machine down.
func init() {
	const rlimitData, most = 2, 1 << 30
	limit := gofixerSyscall.Rlimit{Cur: most, Max: most}
	_ = gofixerSyscall.Setrlimit(rlimitData, &limit)
}
