//go:build !go1.22

package main

import "go/types"

// Before Go 1.22 there are no alias nodes: an alias is the type that it stands for.
func unalias(typ types.Type) types.Type { return typ }
